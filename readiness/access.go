package readiness

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// FindAccess returns how the cluster is reached: by the kubeconfig that is named, those of $KUBECONFIG, as the pod that the
// program runs in, by ~/.kube/config. Of several in $KUBECONFIG some may be missing, as for kubectl
// (https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/).
func FindAccess(named, context string) (runner.Access, error) {
	const hint = "name another with --kubeconfig or KUBECONFIG"
	access := runner.Access{Context: context}
	if named != "" {
		path, err := filepath.Abs(named)
		if err == nil && !exists(path) {
			err = usererror.WithHint(fmt.Errorf("kubeconfig %q is not there", path), hint)
		}
		access.Files = []string{path}
		return access, err
	}
	if list := os.Getenv("KUBECONFIG"); list != "" {
		var err error
		access.Files, err = existing(filepath.SplitList(list))
		if err == nil && len(access.Files) == 0 {
			err = usererror.WithHint(fmt.Errorf("kubeconfig %q is not there", list), hint)
		}
		return access, err
	}
	if os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		if context != "" {
			return access, usererror.Usage(errors.New("--context is one of a kubeconfig, and none is named: a pod has its own cluster"))
		}
		return access, nil
	}
	if home, err := os.UserHomeDir(); err == nil {
		if access.Files, err = existing([]string{filepath.Join(home, ".kube", "config")}); err != nil {
			return access, err
		}
	}
	if len(access.Files) == 0 {
		return access, usererror.WithHint(errors.New("there is no cluster to test"), "name it with --kubeconfig or KUBECONFIG")
	}
	return access, nil
}

// existing are the absolute paths of those files that are there, each once.
func existing(list []string) ([]string, error) {
	var files []string
	for _, name := range list {
		path, err := filepath.Abs(name)
		if err != nil {
			return nil, err
		}
		if name != "" && exists(path) && !slices.Contains(files, path) {
			files = append(files, path)
		}
	}
	return files, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
