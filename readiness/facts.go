package readiness

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Facts are what was found out before a run. Paths are absolute.
type Facts struct {
	Folder     string // the report directory; it need not be there
	E2E        runner.Binary
	Ginkgo     string          // "" for one process
	Kubeconfig string          // "" for the cluster that the program runs in
	Cluster    *runner.Cluster // nil: it was not looked at
	Warnings   []string        // what a user must know of all this
	earlier    earlier         // what the folder holds
}

// Look finds out what a run needs to know. It changes nothing. With an error the facts are those that were found by then:
// of a cluster on which nothing can be proven they tell the nodes.
func Look(ctx context.Context, o Options) (Facts, error) {
	var f Facts
	var err error
	if f.Folder, err = filepath.Abs(o.ReportDir); err != nil {
		return f, err
	}
	if o.Purpose == ToRun {
		if err := checkFree(f.Folder); err != nil {
			return f, err
		}
	}
	if f.earlier, err = readEarlier(f.Folder); err != nil {
		return f, err
	}
	if (o.Resume || o.RerunFailed) && f.earlier.record == nil {
		return f, usererror.WithHint(fmt.Errorf("report directory %q holds no run to go on with", f.Folder), "name it with --report-dir")
	}
	if f.E2E, err = listTests(ctx, o.Binary); err != nil {
		return f, err
	}
	if err := f.findGinkgo(o); err != nil {
		return f, err
	}
	if o.Purpose == ToRun {
		return f, f.lookAtCluster(ctx, o)
	}
	f.askVersion(ctx, o)
	return f, nil
}

func listTests(ctx context.Context, path string) (runner.Binary, error) {
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "op-readiness")
	} else {
		cache = "" // a user without a home: nothing is kept
	}
	b, err := runner.List(ctx, path, cache)
	if errors.Is(err, os.ErrNotExist) {
		return b, usererror.WithHint(fmt.Errorf("there is no e2e.test: %w", err),
			"get one with `make e2e.test KUBERNETES_VERSION=v1.36.3`, and name it with --e2e-binary bin/e2e.test")
	}
	return b, err
}

func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// lookAtCluster refuses a cluster on which nothing can be proven.
func (f *Facts) lookAtCluster(ctx context.Context, o Options) error {
	if err := f.inspect(ctx, o); err != nil {
		return err
	}
	warnings, err := f.Cluster.Check()
	f.Warnings = slices.Concat(f.Warnings, warnings, f.toolWarnings(o))
	return err
}

// askVersion asks a cluster that the user named for its version, where no version is named and nothing is to run. It does
// without an answer.
func (f *Facts) askVersion(ctx context.Context, o Options) {
	named := o.Kubeconfig != "" || os.Getenv("KUBECONFIG") != ""
	if o.Version != "" || !named {
		return
	}
	if err := f.inspect(ctx, o); err != nil {
		f.Warnings = append(f.Warnings, fmt.Sprintf("the cluster was not asked for its version: %v", err))
	}
}

func (f *Facts) inspect(ctx context.Context, o Options) error {
	var err error
	if f.Kubeconfig, err = findKubeconfig(o.Kubeconfig); err != nil {
		return err
	}
	config, err := runner.Connect(f.Kubeconfig)
	if err != nil {
		return err
	}
	cluster, err := runner.Inspect(ctx, config)
	if err != nil {
		return err
	}
	f.Cluster = &cluster
	return nil
}

// toolWarnings holds e2e.test against the cluster, and looks for kubectl, which many tests call.
func (f *Facts) toolWarnings(o Options) []string {
	var warnings []string
	binary, binaryErr := specs.ParseVersion(f.E2E.Release)
	cluster, clusterErr := specs.ParseVersion(f.Cluster.Version)
	if binaryErr == nil && clusterErr == nil && binary != cluster {
		warnings = append(warnings, fmt.Sprintf("e2e.test is of Kubernetes %s, the cluster of %s: tests may fail for that alone", f.E2E.Release, f.Cluster.Version))
	}
	named := slices.ContainsFunc(o.ExtraArgs, func(arg string) bool { return strings.HasPrefix(arg, "--kubectl-path") })
	if _, err := exec.LookPath("kubectl"); err != nil && !named {
		warnings = append(warnings, "kubectl is not on the PATH: tests that call it will fail; name it with --extra-arg=--kubectl-path=FILE")
	}
	return warnings
}

// version is that of the specs that hold for the run.
func (f *Facts) version(o Options) (string, error) {
	cluster := ""
	if f.Cluster != nil {
		cluster = f.Cluster.Version
	}
	version := cmp.Or(o.Version, cluster, f.E2E.Release)
	if version == "" {
		return "", usererror.WithHint(errors.New("neither the cluster nor e2e.test tells its Kubernetes version"), "name it with --kubernetes-version, such as 1.36")
	}
	return version, nil
}

// findKubeconfig returns the absolute path of the kubeconfig, or "" for the cluster that the program runs in: the one
// named, $KUBECONFIG, the pod's own, ~/.kube/config.
func findKubeconfig(named string) (string, error) {
	path := named
	if path == "" {
		path = filepath.SplitList(os.Getenv("KUBECONFIG") + string(filepath.ListSeparator))[0]
	}
	if path == "" && os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		return "", nil
	}
	if home, err := os.UserHomeDir(); path == "" && err == nil {
		if path = filepath.Join(home, ".kube", "config"); !exists(path) {
			path = ""
		}
	}
	if path == "" {
		return "", usererror.WithHint(errors.New("there is no cluster to test"), "name it with --kubeconfig or KUBECONFIG")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if !exists(path) {
		return "", fmt.Errorf("kubeconfig %q is not there", path)
	}
	return path, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
