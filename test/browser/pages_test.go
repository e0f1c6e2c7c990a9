package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/page"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// write writes a report of the builds and returns its address.
func write(t *testing.T, summaries ...reporter.Summary) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "report.html")
	file, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	to := coordinates.Addresses{TestGrid: "https://testgrid.k8s.io", Prow: "https://prow.k8s.io", Group: "sig-windows-op-readiness"}
	if err := page.Write(file, summaries, to); err != nil {
		t.Fatal(err)
	}
	return "file://" + name
}

// recorded is the run of the reporter's testdata.
func recorded(t *testing.T) reporter.Summary {
	t.Helper()
	return reportertest.Recorded(t, "../../reporter", "simulated-cluster", "v1.36.3")
}

// mixed is a build with every state but exempt, its failures compared with the base branch.
func mixed(t *testing.T) reporter.Summary {
	t.Helper()
	return reportertest.Mixed(t)
}

// build is a build in which every test passed but for the outcomes, so many days before the others.
func build(t *testing.T, version string, days int, outcomes ...reportertest.Outcome) reporter.Summary {
	t.Helper()
	q := reportertest.Question(t, version)
	b := reportertest.Job(fmt.Sprint(1940000000000000000-days), version)
	b.Started, b.Finished = b.Started.AddDate(0, 0, -days), b.Finished.AddDate(0, 0, -days)
	e := reportertest.Proved(t, b, q)
	reportertest.Change(&e, outcomes...)
	return reportertest.Answer(t, e, q)
}

// several are builds of three Kubernetes versions, each with another verdict or state.
func several(t *testing.T) []reporter.Summary {
	t.Helper()
	return []reporter.Summary{
		mixed(t),
		build(t, "v1.35.4", 1, reportertest.Outcome{Text: "DNS", State: reporter.Failed, Says: reportertest.PodFailure}),
		build(t, "v1.37.2", 2, reportertest.Outcome{Text: "StatefulSet", State: reporter.NotRun}),
	}
}

// many are builds of a month.
func many(t *testing.T) []reporter.Summary {
	t.Helper()
	list := []reporter.Summary{mixed(t)}
	for day := 1; day < 30; day++ {
		var outcomes []reportertest.Outcome
		if day%4 == 1 {
			outcomes = append(outcomes, reportertest.Outcome{Text: "DNS", State: reporter.Failed, Says: reportertest.PodFailure})
		}
		if day%7 == 3 {
			outcomes = append(outcomes, reportertest.Outcome{Text: "StatefulSet", State: reporter.Flaky, Says: reportertest.PodFailure},
				reportertest.Outcome{Text: "GMSA", State: reporter.Skipped, Says: "no node has a GMSA credential spec"})
		}
		list = append(list, build(t, "v1.36.3", day, outcomes...))
	}
	return list
}

// hostile is a build whose texts try to be elements, each in a way of its own.
func hostile(t *testing.T) reporter.Summary {
	t.Helper()
	const attack = `<script>pwned=1</script><img src=x onerror=pwned=1>&lt;img src=x onerror=pwned=1&gt;" onfocus=pwned=1 autofocus x="`
	s := mixed(t)
	s.KubernetesVersion += attack
	s.Provider, s.Tool, s.Declared, s.End.Words, s.Spec.Path, s.Spec.Embedded = attack, attack, attack, attack, attack, false
	s.Warnings, s.Incomplete = []reporter.Warning{{Message: attack}}, []reporter.Warning{{File: attack, Message: attack}}
	s.Others = []reporter.Failure{{Suite: attack, Test: reporter.Test{Name: attack, Message: attack}}}
	s.Build = reporter.Build{
		Job: attack, ID: attack, URL: "javascript:pwned=1", Org: attack, Repo: attack, SHA: attack, Result: attack, Platform: attack,
		Started: time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC),
	}
	for i := range s.Nodes {
		n := &s.Nodes[i]
		n.Name, n.Build, n.Runtime, n.Kubelet, n.Taints = attack, attack, attack, attack, []string{attack}
	}
	for i := range s.Categories {
		s.Categories[i].Name += attack
		for j := range s.Categories[i].Abilities {
			a := &s.Categories[i].Abilities[j]
			a.ID, a.Description, a.Reasons, a.Notes = fmt.Sprintf("a%d-%d%s", i, j, attack), a.Description+attack, []string{attack, attack}, attack
			a.Ran = []reporter.Place{{OS: attack, Build: attack, Runtime: attack, Nodes: []string{attack}}}
			for k := range a.Tests {
				a.Tests[k].Name, a.Tests[k].Message, a.Tests[k].File = attack, attack+"\n"+attack, attack
			}
		}
	}
	return s
}
