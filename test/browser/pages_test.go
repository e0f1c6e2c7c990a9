package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
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
	if err := reporter.WriteHTML(file, summaries); err != nil {
		t.Fatal(err)
	}
	return "file://" + name
}

// recorded is the run of the reporter's testdata.
func recorded(t *testing.T) reporter.Summary {
	t.Helper()
	results, err := reporter.ReadDir(os.DirFS("../../reporter/testdata/simulated-cluster"))
	if err != nil {
		t.Fatal(err)
	}
	return judge(t, results)
}

// failureText is what the recorded run says of its failures.
func failureText(t *testing.T) string {
	t.Helper()
	for _, c := range recorded(t).Categories {
		for _, a := range c.Abilities {
			if a.State == reporter.Failed {
				return a.Tests[0].Message
			}
		}
	}
	t.Fatal("the recorded run has no failure")
	return ""
}

// outcome says how the tests end whose names hold a text.
type outcome struct {
	text  string
	state reporter.State
}

// build is a run of every test of a release. All pass but for the outcomes.
func build(t *testing.T, id, version string, outcomes ...outcome) reporter.Summary {
	t.Helper()
	v, err := specs.ParseVersion(version)
	if err != nil {
		t.Fatal(err)
	}
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	tests, _, err := catalog.For(catalogs, v)
	if err != nil {
		t.Fatal(err)
	}
	results := reporter.Results{
		KubernetesVersion: version,
		Build: reporter.Build{
			Job: "ci-windows-op-readiness-" + specs.Slug(v.String()) + "-ltsc2022", ID: id, Platform: "ltsc2022",
			Org: "kubernetes", Repo: "kubernetes", SHA: "0123456789abcdef0123456789abcdef01234567",
			URL:     "https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/ci-windows-op-readiness/" + id,
			Started: time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC), Finished: time.Date(2026, 7, 1, 8, 41, 12, 0, time.UTC), Result: "FAILURE",
		},
	}
	text := failureText(t)
	for i, name := range tests.Names {
		test := reporter.Test{Name: name, State: reporter.Passed, File: "artifacts/junit_01.xml", Line: 3*i + 5, Duration: time.Duration(i%90+1) * time.Second}
		for _, o := range outcomes {
			if !strings.Contains(name, o.text) {
				continue
			}
			test.State = o.state
			test.Message = text
			if o.state == reporter.Skipped {
				test.Message = "no node has a GMSA credential spec"
			}
		}
		results.Tests = append(results.Tests, test)
	}
	return judge(t, results)
}

func judge(t *testing.T, results reporter.Results) reporter.Summary {
	t.Helper()
	categories, err := specs.Default()
	if err != nil {
		t.Fatal(err)
	}
	v, err := specs.ParseVersion(results.KubernetesVersion)
	if err != nil {
		t.Fatal(err)
	}
	if categories, err = specs.Select(categories, v); err != nil {
		t.Fatal(err)
	}
	summary, err := reporter.Summarize(categories, results, "")
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

// mixed is a build with every state but not run, its failures compared with the base branch.
func mixed(t *testing.T) reporter.Summary {
	t.Helper()
	s := build(t, "1940000000000000003", "v1.36.3", outcome{"ConfigMap should be consumable from pods in volume [", reporter.Failed},
		outcome{"StatefulSet", reporter.Flaky}, outcome{"GMSA", reporter.Skipped}, outcome{"NetworkPolicy", reporter.Failed})
	s.Baseline = 10
	standings := []reporter.Standing{
		{Kind: reporter.New, Of: 10}, {Kind: reporter.FlakyThere, Failed: 2, Of: 10}, {Kind: reporter.AlsoFailing, Since: "1939000000000000001"},
	}
	for i := range s.Categories {
		for j := range s.Categories[i].Abilities {
			a := &s.Categories[i].Abilities[j]
			if a.State == reporter.Failed && len(standings) > 0 {
				a.Standing, standings = standings[0], standings[1:]
			}
		}
	}
	return s
}

// several are builds of three Kubernetes versions.
func several(t *testing.T) []reporter.Summary {
	t.Helper()
	return []reporter.Summary{
		mixed(t),
		build(t, "1940000000000000002", "v1.35.4", outcome{"DNS", reporter.Failed}),
		build(t, "1940000000000000001", "v1.34.4"),
	}
}

// hostile is a build whose texts try to be elements, each in a way of its own.
func hostile(t *testing.T) reporter.Summary {
	t.Helper()
	const attack = `<script>pwned=1</script><img src=x onerror=pwned=1>&lt;img src=x onerror=pwned=1&gt;" onfocus=pwned=1 autofocus x="`
	s := recorded(t)
	s.KubernetesVersion += attack
	s.Provider = attack
	s.Warnings = []reporter.Warning{{Message: attack}}
	s.Build = reporter.Build{Job: attack, ID: attack, URL: "javascript:pwned=1", Org: attack, Repo: attack, SHA: attack, Result: attack, Platform: attack}
	for i := range s.Categories {
		s.Categories[i].Name += attack
		for j := range s.Categories[i].Abilities {
			a := &s.Categories[i].Abilities[j]
			a.ID, a.Description, a.Reason, a.Notes = fmt.Sprintf("a%d-%d%s", i, j, attack), a.Description+attack, attack, attack
			for k := range a.Tests {
				a.Tests[k].Name, a.Tests[k].Message, a.Tests[k].File = attack, attack+"\n"+attack, attack
			}
		}
	}
	return s
}
