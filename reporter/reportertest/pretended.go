package reportertest

import (
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// PretendedBuild is ReadyBuild on nodes that only pretend to be Windows.
func PretendedBuild(t testing.TB) (reporter.Evidence, reporter.Question) {
	t.Helper()
	e, q := ReadyBuild(t)
	for i := range e.Run.Cluster.Nodes {
		if n := &e.Run.Cluster.Nodes[i]; n.OS == string(specs.Windows) {
			n.Pretended = true
		}
	}
	return e, q
}
