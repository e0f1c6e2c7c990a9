package reporter_test

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// TestListedNodes holds what the nodes mean that somebody else than the run listed: without a Windows node nothing is shown, with
// one that pretends nothing of Windows.
func TestListedNodes(t *testing.T) {
	t.Parallel()
	linux, windows, pretends := record.Node{Name: "l", OS: "linux"}, record.Node{Name: "w", OS: "windows"}, record.Node{Name: "p", OS: "windows", Pretended: true}
	for name, test := range map[string]struct {
		nodes     []record.Node
		verdict   reporter.Verdict
		why       string
		pretended bool
	}{
		"nobody listed them": {nil, reporter.Ready, "", false},
		"one is Windows":     {[]record.Node{linux, windows}, reporter.Ready, "", false},
		"none is":            {[]record.Node{linux}, reporter.Incomplete, "the cluster has no Windows node", false},
		"one pretends":       {[]record.Node{linux, windows, pretends}, reporter.Ready, "", true},
	} {
		e, q := reportertest.ReadyBuild(t)
		e.Nodes = test.nodes
		s := reportertest.Answer(t, e, q)
		if s.Verdict != test.verdict || s.Pretended != test.pretended || !strings.Contains(fmt.Sprint(s.Incomplete), test.why) {
			t.Errorf("%s: %s, pretended %t, %v", name, s.Verdict, s.Pretended, s.Incomplete)
		}
	}
	var e reporter.Evidence
	e.Nodes = []record.Node{windows}
	_, q := reportertest.ReadyBuild(t)
	if s := reportertest.Answer(t, e, q); len(s.Nodes) != 1 || s.Verdict == reporter.Ready {
		t.Errorf("%+v", s.Nodes)
	}
}
