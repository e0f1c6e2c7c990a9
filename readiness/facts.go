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

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Facts are what was found out before a run. Paths are absolute.
type Facts struct {
	Folder   string // the report directory; it need not be there
	E2E      runner.Binary
	Ginkgo   string          // "" for one process
	RepoList string          // the registries that stand for those of tests; "": none
	Access   runner.Access   // to the cluster; zero: it was not looked for, or is that which the program runs in
	Cluster  *runner.Cluster // nil: it was not looked at
	Unpinned string          // why pods cannot be pinned in the cluster; "" if they can, or nobody asked
	Warnings []string        // what a user must know of all this
	earlier  earlier         // what the folder holds
}

// Look finds out what a run needs to know: first what lies on this machine, so that a mistake in a flag, a spec or a folder
// is told at once, and then the cluster. It changes nothing. With an error the facts are those that were found by then: of a
// cluster on which nothing can be proven they tell the nodes.
func Look(ctx context.Context, o Options) (Facts, error) {
	f, err := lookHere(ctx, o)
	if err != nil {
		return f, err
	}
	if o.Purpose == ToRun {
		return f, f.lookAtCluster(ctx, o)
	}
	f.askVersion(ctx, o)
	return f, nil
}

// lookHere finds out what this machine knows.
func lookHere(ctx context.Context, o Options) (Facts, error) {
	var f Facts
	var err error
	if f.Folder, err = filepath.Abs(o.ReportDir); err != nil {
		return f, err
	}
	if o.Purpose == ToRun {
		if err := checkFolder(f.Folder); err != nil {
			return f, err
		}
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
	if err = checkChoice(o); err != nil {
		return f, err
	}
	if f.RepoList, err = findRepoList(); err != nil {
		return f, err
	}
	if f.E2E, err = listTests(ctx, o.Binary); err != nil {
		return f, err
	}
	if err := f.findGinkgo(o); err != nil {
		return f, err
	}
	return f, nil
}

// checkFolder tells whether results can be written to a folder, which need not be there yet.
func checkFolder(folder string) error {
	there := folder
	for !exists(there) && filepath.Dir(there) != there {
		there = filepath.Dir(there)
	}
	file, err := os.CreateTemp(there, ".op-readiness-")
	if err != nil {
		return usererror.WithHint(fmt.Errorf("report directory %q cannot be written: %w", folder, err), "name another with --report-dir")
	}
	return errors.Join(file.Close(), os.Remove(file.Name()))
}

// findRepoList returns the list of registries that the user's environment names for e2e.test, which ends with a stack trace
// where it cannot read it. It is an address or a file of YAML (kubernetes' test/utils/image/manifest.go).
func findRepoList() (string, error) {
	const variable = runner.RepoListVariable
	list := os.Getenv(variable)
	if list == "" || strings.HasPrefix(list, "https://") || strings.HasPrefix(list, "http://") {
		return list, nil
	}
	path, err := filepath.Abs(list) // of several processes none runs in this folder
	if err != nil {
		return "", err
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return "", usererror.WithHint(fmt.Errorf("reading the registries for test images: %w", err), "see "+variable)
	}
	var registries map[string]string
	if err := yaml.Unmarshal(data, &registries); err != nil {
		return "", usererror.WithHint(fmt.Errorf("reading the registries for test images: %s: %w", path, err), "see "+variable)
	}
	return path, nil
}

func listTests(ctx context.Context, path string) (runner.Binary, error) {
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "op-readiness")
	} else {
		cache = "" // a user without a home: nothing is kept
	}
	b, err := runner.List(ctx, path, cache)
	const hint = "get one with `make e2e.test KUBERNETES_VERSION=v1.36.3`, and name it with --e2e-binary bin/e2e.test"
	switch {
	case errors.Is(err, os.ErrNotExist):
		return b, usererror.WithHint(fmt.Errorf("there is no e2e.test: %w", err), hint)
	case errors.Is(err, os.ErrPermission):
		return b, usererror.WithHint(fmt.Errorf("%q is no program that you may run: %w", path, err), hint)
	case err != nil && ctx.Err() == nil:
		return b, usererror.WithHint(fmt.Errorf("%q does not work as an e2e.test of this machine: %w", path, err), hint)
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

// checkSame refuses a cluster that is another one than that of the earlier run into the folder, or has become one of another
// Kubernetes version: results of both would be judged as those of one.
func (f *Facts) checkSame() error {
	const hint = "name its kubeconfig or its --context, or another --report-dir"
	if f.earlier.record == nil || f.earlier.record.Cluster == nil {
		return nil
	}
	before, now := *f.earlier.record.Cluster, *recordCluster(f.Cluster)
	then, thenErr := specs.ParseVersion(before.Version)
	version, err := specs.ParseVersion(now.Version)
	switch {
	case !before.Is(now):
		return usererror.WithHint(fmt.Errorf("the run in %q was on another cluster, at %s; this one is at %s", f.Folder, before.Server, now.Server), hint)
	case thenErr == nil && err == nil && then != version:
		return usererror.WithHint(fmt.Errorf("the run in %q was on Kubernetes %s; the cluster has %s now", f.Folder, before.Version, now.Version), "name another --report-dir")
	}
	return nil
}

// lookAtCluster refuses a cluster on which nothing can be proven.
func (f *Facts) lookAtCluster(ctx context.Context, o Options) error {
	if err := f.inspect(ctx, o); err != nil {
		return err
	}
	if err := f.checkSame(); err != nil {
		return err
	}
	warnings, err := f.Cluster.Check()
	f.Warnings = slices.Concat(f.Warnings, warnings, f.toolWarnings(o))
	if err != nil {
		return err
	}
	return f.lookAtPin(ctx, o)
}

// askVersion asks a cluster that the user named for its version, where no version is named and nothing is to run. It does
// without an answer.
func (f *Facts) askVersion(ctx context.Context, o Options) {
	named := o.Kubeconfig != "" || os.Getenv("KUBECONFIG") != "" || o.Context != ""
	if o.Version != "" || !named {
		return
	}
	if err := f.inspect(ctx, o); err != nil {
		f.Warnings = append(f.Warnings, fmt.Sprintf("the cluster was not asked for its version: %v", err))
	}
}

func (f *Facts) inspect(ctx context.Context, o Options) error {
	var err error
	if f.Access, err = FindAccess(o.Kubeconfig, o.Context); err != nil {
		return err
	}
	config, err := f.Access.Connect()
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
	if text := reporter.PlatformDoubt(o.Platform, f.Cluster.Nodes); text != "" {
		warnings = append(warnings, text+": the verdict will be incomplete at best")
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
