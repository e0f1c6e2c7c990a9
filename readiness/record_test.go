package readiness

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

func TestEndedBy(t *testing.T) {
	t.Parallel()
	results := func(endings ...runner.Ending) []runner.Result {
		var all []runner.Result
		for _, ending := range endings {
			all = append(all, runner.Result{Ending: ending})
		}
		return all
	}
	for _, test := range []struct {
		planned int
		results []runner.Result
		want    string
	}{
		{0, nil, record.EndingComplete},
		{2, results(runner.Completed, runner.Completed), record.EndingComplete},
		{2, results(runner.Completed, runner.Interrupted), record.EndingInterrupted},
		{3, results(runner.Completed, runner.Interrupted), record.EndingInterrupted},
		{2, results(runner.Completed, runner.TimedOut), record.EndingTimeout},
		{2, results(runner.Completed), record.EndingTimeout},
		{1, nil, record.EndingTimeout},
		{2, results(runner.TimedOut, runner.Completed), record.EndingComplete}, // an ability's own time
		{2, results(runner.Died, runner.Completed), record.EndingLost},
		{2, results(runner.Unstarted), record.EndingLost},
		{2, results(runner.Died, runner.Interrupted), record.EndingInterrupted},
	} {
		plan := runner.Plan{Invocations: make([]runner.Invocation, test.planned)}
		if got := endedBy(plan, test.results); got != test.want {
			t.Errorf("%d planned, %v: %s, want %s", test.planned, test.results, got, test.want)
		}
	}
}

// TestScopeOfRuns holds what runs into one folder are for together: each of them, and no more.
func TestScopeOfRuns(t *testing.T) {
	t.Parallel()
	spec := filepath.Join(t.TempDir(), "spec.yaml")
	if err := os.WriteFile(spec, []byte(`testCases:
- {category: Core.Network, id: one, description: One, focus: [A], placement: self}
- {category: Core.Network, id: two, description: Two, focus: [B], placement: self}
- {category: Core.Storage, id: three, description: Three, focus: [C], placement: self}
- {category: Core.Storage, id: four, description: Four, focus: [D], placement: self}
`), 0o644); err != nil {
		t.Fatal(err)
	}
	type choice struct{ categories, abilities []string }
	network, storage := []string{"Core.Network"}, []string{"Core.Storage"}
	for name, test := range map[string]struct{ before, now, want choice }{
		"all, all":                     {},
		"a category, all":              {before: choice{categories: network}},
		"all, an ability":              {now: choice{abilities: []string{"one"}}, want: choice{abilities: []string{"four", "one", "three", "two"}}},
		"two categories":               {choice{categories: network}, choice{categories: storage}, choice{categories: []string{"Core.Network", "Core.Storage"}}},
		"the same ability":             {choice{abilities: []string{"one"}}, choice{abilities: []string{"one"}}, choice{abilities: []string{"one"}}},
		"two abilities":                {choice{abilities: []string{"one"}}, choice{abilities: []string{"four"}}, choice{abilities: []string{"four", "one"}}},
		"a category, and an ability":   {choice{categories: network}, choice{abilities: []string{"four"}}, choice{abilities: []string{"four", "one", "two"}}},
		"an ability in its category":   {choice{network, []string{"one"}}, choice{categories: storage}, choice{[]string{"Core.Network", "Core.Storage"}, []string{"four", "one", "three"}}},
		"an ability, and its category": {choice{abilities: []string{"one"}}, choice{categories: network}, choice{abilities: []string{"one", "two"}}},
	} {
		p := Plan{
			Version: "v1.36.3", options: Options{Specs: spec, Categories: test.now.categories, Abilities: test.now.abilities},
			facts: Facts{earlier: earlier{record: &record.Run{Categories: test.before.categories, Abilities: test.before.abilities}}},
		}
		run, err := p.newRun(time.Now())
		if diff := cmp.Diff(test.want, choice{run.Categories, run.Abilities}, cmp.AllowUnexported(choice{})); diff != "" || err != nil {
			t.Errorf("%s: %v, %s", name, err, diff)
		}
	}
}

// TestRunsIntoOneFolder holds what a record keeps of the runs before.
func TestRunsIntoOneFolder(t *testing.T) {
	t.Parallel()
	cut := reportdir.Cut("junit_e2e-002_01.xml")
	before := record.Run{
		Expected: []string{"B", "A"},
		Calls:    []record.Call{{Number: 1, JUnit: []string{"junit_e2e-001_01.xml"}}, {Number: 2, JUnit: []string{"junit_e2e-002_01.xml"}, Ending: record.Interrupted}},
	}
	plan := runner.Plan{
		Abilities:   []runner.Ability{{ID: "a", Tests: []string{"C", "A"}}, {ID: "b", Tests: []string{"C"}, LeftOut: []string{"D"}}},
		Invocations: []runner.Invocation{{Number: 3, Tests: []string{"C", "A"}}, {Number: 4, Tests: []string{"C"}}},
	}
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, rerun := range []bool{false, true} {
		p := Plan{
			Version: "1.36", Spec: specs.Identity{Path: "own", Digest: "sha256:1"}, Tests: plan, options: Options{Resume: !rerun, RerunFailed: rerun},
			facts: Facts{earlier: earlier{record: &before, cut: []string{"junit_e2e-002_01.xml"}, unsound: map[int]bool{2: true}}},
		}
		run, err := p.newRun(now)
		if err != nil {
			t.Fatal(err)
		}
		s := session{plan: p, folder: t.TempDir(), run: run}
		results := []runner.Result{{Number: 3, Ending: runner.Completed}, {Number: 4, Ending: runner.Completed}}
		for i, result := range results {
			s.run.Calls = append(s.run.Calls, recordCall(plan.Invocations[i], result, rerun))
		}
		s.end(results)
		run = s.run
		if diff := cmp.Diff([]string{"A", "B", "C", "D"}, run.Expected); diff != "" {
			t.Errorf("expected: %s", diff)
		}
		if len(run.Calls) != 4 || run.Calls[0].Rerun || run.Calls[2].Rerun != rerun || run.Calls[3].Rerun != rerun {
			t.Errorf("rerun %t: %+v", rerun, run.Calls)
		}
		if got := run.Calls[1].JUnit[0]; (got == cut) == rerun {
			t.Errorf("rerun %t: the file that was cut short is called %s", rerun, got)
		}
		if run.Calls[1].Redone == rerun || run.Calls[0].Redone || len(s.unwritten) > 0 || !slices.Equal(run.Calls[2].Tests, []string{"C", "A"}) {
			t.Errorf("rerun %t: %+v, %v", rerun, run.Calls, s.unwritten)
		}
		if run.EndedBy != record.EndingComplete || run.Ended == nil || run.Spec != p.Spec {
			t.Errorf("ended %v by %s, spec %s", run.Ended, run.EndedBy, run.Spec)
		}
	}
	if before.Calls[1].JUnit[0] == cut {
		t.Error("the record before was changed")
	}
}

// TestNotBegun holds that a record names the calls that a run did not come to, and why.
func TestNotBegun(t *testing.T) {
	t.Parallel()
	plan := Plan{Tests: runner.Plan{Invocations: []runner.Invocation{{Number: 3, Tests: []string{"A"}}, {Number: 4, Tests: []string{"B"}, Procs: 2}}}}
	s := session{plan: plan, folder: t.TempDir()}
	s.end([]runner.Result{{Number: 3, Ending: runner.Interrupted}})
	want := []record.Call{{
		Number: 4, Tests: []string{"B"}, Procs: 2, Command: []string{}, JUnit: []string{}, Ending: record.NotBegun, ExitCode: -1,
		Problem: "it was not begun: interrupted",
	}}
	if diff := cmp.Diff(want, s.run.Calls); diff != "" || s.run.EndedBy != record.EndingInterrupted {
		t.Errorf("%s: %s", s.run.EndedBy, diff)
	}
}

// TestKilledBefore holds that a call which was under way when its run was killed is in the record of the next one.
func TestKilledBefore(t *testing.T) {
	t.Parallel()
	before := record.Run{
		Plan:  record.Plan{Invocations: []record.Invocation{{Number: 1, Tests: []string{"A"}}, {Number: 2, Tests: []string{"B"}}}},
		Calls: []record.Call{{Number: 1, Ending: record.Completed}},
	}
	for _, resume := range []bool{false, true} {
		p := Plan{options: Options{Resume: resume}, facts: Facts{earlier: earlier{record: &before, unsound: map[int]bool{2: true}}}}
		calls := p.callsBefore(before)
		if len(calls) != 2 || calls[0].Redone || calls[1].Ending != record.Unknown || calls[1].Problem == "" || calls[1].Redone != resume {
			t.Errorf("resume %t: %+v", resume, calls)
		}
	}
}

// TestPretendedRuns holds that a record tells of nodes that pretended to be Windows, and forgets it of no run into its folder.
func TestPretendedRuns(t *testing.T) {
	t.Parallel()
	real := &runner.Cluster{Nodes: []runner.Node{{Name: "w", OS: "windows"}, {Name: "l", OS: "linux"}}}
	pretended := &runner.Cluster{Nodes: []runner.Node{{Name: "w", OS: "windows"}, {Name: "p", OS: "windows", Pretended: true}}}
	for name, test := range map[string]struct {
		cluster *runner.Cluster
		before  *record.Run
		want    bool
	}{
		"Windows":                   {cluster: real},
		"no look at the cluster":    {},
		"one that pretends":         {cluster: pretended, want: true},
		"after Windows":             {cluster: pretended, before: &record.Run{}, want: true},
		"Windows, after":            {cluster: real, before: &record.Run{Pretended: true}, want: true},
		"no look, after":            {before: &record.Run{Pretended: true}, want: true},
		"Windows, after the like":   {cluster: real, before: &record.Run{}},
		"both runs with pretenders": {cluster: pretended, before: &record.Run{Pretended: true}, want: true},
	} {
		p := Plan{Version: "v1.36.3", facts: Facts{Cluster: test.cluster, earlier: earlier{record: test.before}}}
		run, err := p.newRun(time.Now())
		if err != nil || run.Pretended != test.want {
			t.Errorf("%s: %t, %v", name, run.Pretended, err)
		}
		if test.cluster == pretended && (run.Cluster.Nodes[0].Pretended || !run.Cluster.Nodes[1].Pretended) {
			t.Errorf("%s: the nodes are %+v", name, run.Cluster.Nodes)
		}
	}
}

// TestEarlier holds which results a later run can rely on: those of suites that came to their end, and of others the
// failures that were not stopped with them.
func TestEarlier(t *testing.T) {
	t.Parallel()
	const row, end = `<testcase name="A" time="1"><failure>x</failure></testcase><testcase name="B" status="interrupted" time="1"><error>int</error></testcase>` +
		`<testcase name="C" time="1"/>`, `</testsuite>`
	suite := `<testsuite name="Kubernetes e2e suite">`
	for name, test := range map[string]struct {
		text         string
		whole, saved string
		cut          bool
	}{
		"whole":               {suite + row + end, "A", "", false},
		"cut short":           {suite + row, "", "A", true},
		"interrupted":         {suite + `<properties><property name="SpecialSuiteFailureReason" value="Interrupted by User"/></properties>` + row + end, "", "A", true},
		"a dry run":           {suite + `<properties><property name="DryRun" value="true"/></properties>` + row + end, "", "A", true},
		"a failed node":       {suite + `<testcase name="[BeforeSuite]" status="failed"><failure>x</failure></testcase>` + row + end, "", "A", true},
		"no suite of ours":    {`<testsuite name="other"><testcase name="A"/>` + end, "", "", false},
		"denies its success":  {suite + `<properties><property name="SuiteSucceeded" value="false"/></properties><testcase name="C" time="1"/>` + end, "", "", true},
		"failed, then passed": {suite + `<testcase name="A" time="1"><failure>x</failure></testcase><testcase name="A" time="1"/>` + end, "A", "", false},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "junit_e2e-007_01.xml"), []byte(test.text), 0o644); err != nil {
			t.Fatal(err)
		}
		e, err := readEarlier(dir)
		if err != nil || e.lastNumber != 7 {
			t.Fatalf("%s: %d, %v", name, e.lastNumber, err)
		}
		_, whole := e.whole[runner.Task{Test: "A"}]
		_, saved := e.saved[runner.Task{Test: "A"}]
		if whole != (test.whole == "A") || saved != (test.saved == "A") || (len(e.cut) == 1) != test.cut || len(e.whole) > 2 || len(e.saved) > 1 {
			t.Errorf("%s: whole %v, saved %v, cut %v", name, e.whole, e.saved, e.cut)
		}
		if flaky := e.whole[runner.Task{Test: "A"}].State == reporter.Flaky; flaky != (name == "failed, then passed") {
			t.Errorf("%s: A is %s", name, e.whole[runner.Task{Test: "A"}].State)
		}
	}
}
