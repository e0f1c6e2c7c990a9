package readiness

import (
	"errors"
	"fmt"
	"io/fs"
	"os/exec"
	"path/filepath"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// findGinkgo finds the command that lets several processes share the tests: the one named, else the one beside e2e.test, which
// is of its version. Without it there is one process, unless several were asked for.
func (f *Facts) findGinkgo(o Options) error {
	if o.Procs == 1 {
		return nil
	}
	beside := filepath.Join(filepath.Dir(f.E2E.Path), "ginkgo")
	name := o.Ginkgo
	if name == "" {
		name = beside
	}
	path, err := lookPath(name)
	switch {
	case err == nil:
		f.Ginkgo = path
		return nil
	case o.Procs == 0 && o.Ginkgo == "" && errors.Is(err, fs.ErrNotExist):
		f.Warnings = append(f.Warnings, fmt.Sprintf("there is no %s: one process runs all tests; `op-readiness download` gets it with e2e.test", beside))
		return nil
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		err = fmt.Errorf("there is no ginkgo for several processes: %w", err)
	}
	return usererror.WithHint(err, "`op-readiness download` gets it with e2e.test; name it with --ginkgo-binary, or do with --procs 1")
}

// Processes that share the tests where nobody says how many: SIG Windows' own jobs run two on each of two nodes
// (https://github.com/kubernetes-sigs/windows-testing/blob/master/capz/run-capz-e2e.sh).
const (
	procsPerNode = 2
	usualNodes   = 2
	maxProcs     = 8
)

// procs is how many processes share the tests.
func (f Facts) procs(o Options) int {
	switch {
	case f.Ginkgo == "":
		return 1
	case o.Procs > 0:
		return o.Procs
	case f.Cluster == nil:
		return procsPerNode * usualNodes
	}
	nodes := 0
	for _, n := range f.Cluster.Nodes {
		if n.Schedulable && n.OS == string(specs.Windows) {
			nodes++
		}
	}
	return min(procsPerNode*max(nodes, 1), maxProcs)
}
