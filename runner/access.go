package runner

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/processdir"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
)

// Access is how the cluster is reached.
type Access struct {
	Files   []string // kubeconfigs, merged as kubectl merges those of $KUBECONFIG; none: the cluster that the program runs in
	Context string   // of the kubeconfig; "": its current one
}

// load reads the kubeconfigs. Paths in them become absolute.
func (a Access) load() (*clientcmdapi.Config, error) {
	return (&clientcmd.ClientConfigLoadingRules{Precedence: a.Files}).Load()
}

// Connect returns how the program itself reaches the cluster.
func (a Access) Connect() (*rest.Config, error) {
	var config *rest.Config
	var err error
	if len(a.Files) == 0 {
		config, err = rest.InClusterConfig()
	} else {
		config, err = a.read()
	}
	if err != nil {
		return nil, fmt.Errorf("reading how to reach the cluster: %w", err)
	}
	if _, _, err := rest.DefaultServerUrlFor(config); err != nil { // its words hold the address, and that may hold a password
		return nil, errors.New("reading how to reach the cluster: the address of its API server is none")
	}
	config.Timeout = 30 * time.Second
	return config, nil
}

// address is where an API server is, without a name and a password.
func address(config *rest.Config) string {
	at, err := url.Parse(config.Host)
	if err != nil {
		return "the API server"
	}
	at.User = nil
	return at.String()
}

// read is Connect by kubeconfigs. One without a cluster is an error, also in a pod.
func (a Access) read() (*rest.Config, error) {
	loaded, err := a.load()
	if err != nil {
		return nil, err
	}
	if _, there := loaded.Contexts[a.Context]; a.Context != "" && !there {
		known := slices.Sorted(maps.Keys(loaded.Contexts))
		return nil, fmt.Errorf("--context: unknown context %q%s; known are %q", a.Context, nearest.Hint(a.Context, known), known)
	}
	if err := a.lacks(*loaded); err != nil {
		return nil, err
	}
	return clientcmd.NewNonInteractiveClientConfig(*loaded, a.Context, &clientcmd.ConfigOverrides{}, nil).ClientConfig()
}

// lacks says what kubeconfigs lack that lead to no cluster, nil for nothing. The words of client-go for it are of variables that
// this program does not read.
func (a Access) lacks(loaded clientcmdapi.Config) error {
	files, known := strings.Join(a.Files, ", "), slices.Sorted(maps.Keys(loaded.Contexts))
	name := cmp.Or(a.Context, loaded.CurrentContext)
	context, there := loaded.Contexts[name]
	switch {
	case len(known) == 0:
		return fmt.Errorf("there is no context in %s", files)
	case name == "":
		return usererror.WithHint(fmt.Errorf("no context is the current one in %s", files), fmt.Sprintf("choose one with --context; known are %q", known))
	case !there:
		return usererror.WithHint(fmt.Errorf("the current context %q is not in %s", name, files), fmt.Sprintf("choose one with --context; known are %q", known))
	}
	if _, there := loaded.Clusters[context.Cluster]; !there {
		return fmt.Errorf("context %q names the cluster %q, which is not in %s", name, context.Cluster, files)
	}
	return nil
}

// Kubeconfig returns the path of one kubeconfig for e2e.test, which reads no list of them; "" for the cluster that the
// program runs in. Several files are merged into a new one that only the user can read, outside the report directory, which
// is often published; remove takes it away again.
func (a Access) Kubeconfig() (path string, remove func(), err error) {
	switch len(a.Files) {
	case 0:
		return "", func() {}, nil
	case 1:
		return a.Files[0], func() {}, nil
	}
	merged, err := a.load()
	if err != nil {
		return "", nil, fmt.Errorf("merging kubeconfigs: %w", err)
	}
	folder, err := processdir.Make(processdir.Kubeconfig)
	if err != nil {
		return "", nil, err
	}
	remove = func() { _ = os.RemoveAll(folder) } // a folder of the system's own that it clears
	path = filepath.Join(folder, "kubeconfig")
	if err := clientcmd.WriteToFile(*merged, path); err != nil {
		remove()
		return "", nil, fmt.Errorf("merging kubeconfigs: %w", err)
	}
	return path, remove, nil
}

// WriteAs writes a kubeconfig by which the program at hand reaches the same cluster as another user, for its owner alone.
// Whoever is reached so must allow that (https://kubernetes.io/docs/reference/access-authn-authz/user-impersonation/).
func (a Access) WriteAs(path, user string, groups []string) error {
	config, err := a.alone()
	if err != nil {
		return fmt.Errorf("writing a kubeconfig: %w", err)
	}
	for _, info := range config.AuthInfos {
		info.Impersonate, info.ImpersonateGroups = user, groups
	}
	if err := clientcmd.WriteToFile(*config, path); err != nil { // with mode 0600
		return fmt.Errorf("writing a kubeconfig: %w", err)
	}
	return nil
}

// alone is a kubeconfig of the one cluster. Files that it names keep their paths, since what is in them may change.
func (a Access) alone() (*clientcmdapi.Config, error) {
	if len(a.Files) == 0 {
		own, err := rest.InClusterConfig()
		if err != nil {
			return nil, err
		}
		return ofPod(own), nil
	}
	config, err := a.load()
	if err != nil {
		return nil, err
	}
	if a.Context != "" {
		config.CurrentContext = a.Context
	}
	return config, clientcmdapi.MinifyConfig(config)
}

// ofPod is a kubeconfig of the cluster that the program runs in. The token is read anew from its file, where it changes.
func ofPod(own *rest.Config) *clientcmdapi.Config {
	const name = "in-cluster"
	config := clientcmdapi.NewConfig()
	config.Clusters[name] = &clientcmdapi.Cluster{Server: own.Host, CertificateAuthority: own.CAFile}
	config.AuthInfos[name] = &clientcmdapi.AuthInfo{TokenFile: own.BearerTokenFile}
	config.Contexts[name] = &clientcmdapi.Context{Cluster: name, AuthInfo: name}
	config.CurrentContext = name
	return config
}
