package reporter_test

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// TestPretended holds by what a build is one on pretended Windows nodes: by one node of it at any time, or by the word of the
// record, which has runs before it too. Nodes that are no Windows do not count.
func TestPretended(t *testing.T) {
	t.Parallel()
	linux := func(e *reporter.Evidence) int {
		return slices.IndexFunc(e.Run.Cluster.Nodes, func(n record.Node) bool { return n.OS == "linux" })
	}
	for name, test := range map[string]struct {
		do   func(*reporter.Evidence)
		want bool
	}{
		"Windows":             {do: func(*reporter.Evidence) {}},
		"one node":            {do: func(e *reporter.Evidence) { e.Run.Cluster.Nodes[1].Pretended = true }, want: true},
		"the word of the run": {do: func(e *reporter.Evidence) { e.Run.Pretended = true }, want: true},
		"a run without nodes": {do: func(e *reporter.Evidence) { e.Run.Pretended, e.Run.Cluster = true, nil }, want: true},
		"a node that came later": {do: func(e *reporter.Evidence) {
			n := e.Run.Cluster.Nodes[0]
			n.Name, n.Pretended = "later", true
			e.Run.Cluster.Changes = []record.Change{{Node: n}}
		}, want: true},
		"Linux": {do: func(e *reporter.Evidence) { e.Run.Cluster.Nodes[linux(e)].Pretended = true }},
	} {
		e, q := reportertest.ReadyBuild(t)
		test.do(&e)
		s := reportertest.Answer(t, e, q)
		if s.Pretended != test.want || strings.Contains(s.Headline(), " on pretended Windows nodes") != test.want {
			t.Errorf("%s: %t: %s", name, s.Pretended, s.Headline())
		}
	}
}

// TestPretendedWords holds that every verdict of pretended nodes says so, and what else it says.
func TestPretendedWords(t *testing.T) {
	t.Parallel()
	one := []reporter.Category{{Name: "Core.Network"}}
	two := append(slices.Clone(one), reporter.Category{Name: "Core.Storage"})
	for want, s := range map[string]reporter.Summary{
		"READY: The cluster is operationally ready on pretended Windows nodes.":                        {Verdict: reporter.Ready, Whole: true},
		"NOT READY: The cluster is not operationally ready on pretended Windows nodes.":                {Verdict: reporter.NotReady, Whole: true},
		"INCOMPLETE: The cluster is not shown to be operationally ready on pretended Windows nodes.":   {Whole: true},
		"INCOMPLETE: Core.Network is not shown to be ready on pretended Windows nodes.":                {Categories: one},
		"INCOMPLETE: Core.Network, Core.Storage are not shown to be ready on pretended Windows nodes.": {Categories: two},
		"READY: The cluster is operationally ready on pretended Windows nodes (placement of pods on windows declared, not shown).": {
			Verdict: reporter.Ready, Whole: true, Declared: "windows"},
	} {
		s.Pretended = true
		if got := s.Headline(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	builds := []reporter.Summary{{Verdict: reporter.Ready, Pretended: true}, {Verdict: reporter.Ready}, {}, {Verdict: reporter.NotReady, Pretended: true}, {Verdict: reporter.Ready, Pretended: true}}
	if got := reporter.Answers(builds); got != "1 not ready on pretended Windows nodes, 1 incomplete, 1 ready, 2 ready on pretended Windows nodes" {
		t.Errorf("the builds are %s", got)
	}
}

// TestPretendedFacts holds that what is told of nodes and of where pods ran takes none for Windows that is not.
func TestPretendedFacts(t *testing.T) {
	t.Parallel()
	e, q := reportertest.PretendedBuild(t)
	e.Run.Cluster.Nodes[1].Build = "6.1.0-40-amd64"
	s := reportertest.Answer(t, e, q)
	facts := map[reporter.FactKind]string{}
	for _, f := range s.Facts() {
		facts[f.Kind] = f.Text
	}
	if got := facts[reporter.FactWindows]; got != "10.0.20348.2700 (pretended), 6.1.0-40-amd64 (pretended)" {
		t.Errorf("Windows: %s", got)
	}
	if got := facts[reporter.FactNodes]; got != "2 pretended Windows and 2 Linux" {
		t.Errorf("nodes: %s", got)
	}
	ran := 0
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			for place := range strings.SplitSeq(a.Where(), "; ") {
				if place == "" {
					continue
				}
				ran++
				if !strings.Contains(place, " pretended Windows node") && !strings.Contains(place, " Linux node") {
					t.Errorf("%s ran on %s", a.ID, place)
				}
			}
		}
	}
	if ran == 0 {
		t.Error("no ability says where its pods ran")
	}
	s.Nodes[0].Pretended = false
	if text := s.Facts(); !slices.ContainsFunc(text, func(f reporter.Fact) bool {
		return f.Text == "1 Windows and 1 pretended Windows and 2 Linux"
	}) {
		t.Errorf("with one of them: %v", text)
	}
}
