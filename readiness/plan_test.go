package readiness

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestLeftOut holds that the plan of a run and the judgement on it give the same reason why an ability has no result, also
// for one to which two apply.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	categories, err := specs.Parse([]specs.File{{Name: "spec.yaml", Data: []byte(`category: Core.Network
testCases:
- {id: both, description: Ability both, unproven: no test, skipProviders: [azure]}
- {id: exempt, description: Ability exempt, focus: [A], skipProviders: [azure]}
- {id: unproven, description: Ability unproven, unproven: no test}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	plan, err := runner.NewPlan(categories, []string{"A"}, runner.PlanOptions{Provider: "azure"})
	if err != nil {
		t.Fatal(err)
	}
	suite := reporter.Suite{Worked: true, Results: []reporter.Result{{Test: reporter.Test{Name: "A", State: reporter.Passed}}}}
	e := reporter.Evidence{End: reporter.End{State: reporter.NoJob}, Files: 1, Suites: []reporter.Suite{suite}}
	summary, err := reporter.Judge(e, reporter.Question{Spec: specs.Spec{Categories: categories}, Tests: []string{"A"}, Provider: "azure"})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"unproven: no test", `exempt: the spec leaves it out on provider "azure"`, "unproven: no test"} {
		a := summary.Categories[0].Abilities[i]
		if got := a.State.String() + ": " + a.Reason(); got != want {
			t.Errorf("%s is judged %q, want %q", a.ID, got, want)
		}
		if got := plan.Abilities[i].NotRun; got != want {
			t.Errorf("%s is planned as %q, want %q", a.ID, got, want)
		}
	}
}

// TestFindAccess holds the order in which a cluster is looked for.
func TestFindAccess(t *testing.T) {
	folder := t.TempDir()
	file := func(name string) string {
		path := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	named, first, home := file("named"), file("first"), file(".kube/config")
	list := func(files ...string) string { return strings.Join(files, string(filepath.ListSeparator)) }
	gone := filepath.Join(folder, "gone")
	for _, test := range []struct {
		name, named, variable, context, home, pod string
		want                                      []string
		wrong                                     string
	}{
		{name: "named", named: named, variable: first, home: folder, want: []string{named}},
		{name: "all of KUBECONFIG that are there", variable: list(gone, first, "", named, first), home: folder, context: "c", want: []string{first, named}},
		{name: "KUBECONFIG in a pod", variable: first, home: folder, pod: "10.0.0.1", want: []string{first}},
		{name: "none of KUBECONFIG", variable: list(gone, gone+"2"), home: folder, wrong: "is not there"},
		{name: "the pod's own", home: folder, pod: "10.0.0.1"},
		{name: "a context of a pod", home: folder, pod: "10.0.0.1", context: "c", wrong: "--context is one of a kubeconfig"},
		{name: "that of the user", home: folder, want: []string{home}},
		{name: "one that is not there", named: gone, home: folder, wrong: "is not there"},
		{name: "none", home: filepath.Join(folder, "nobody"), wrong: "there is no cluster to test"},
	} {
		t.Setenv("KUBECONFIG", test.variable)
		t.Setenv("HOME", test.home)
		t.Setenv("KUBERNETES_SERVICE_HOST", test.pod)
		got, err := FindAccess(test.named, test.context)
		if (err != nil) != (test.wrong != "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%s: %v, want %q", test.name, err, test.wrong)
		}
		if want := (runner.Access{Files: test.want, Context: test.context}); err == nil && !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, want %+v", test.name, got, want)
		}
	}
}
