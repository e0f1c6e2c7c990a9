package reporter_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/record"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// green tells whether a state says of an ability that it was shown.
func green(s reporter.State) bool { return s == reporter.Passed || s == reporter.Flaky }

// TestReadyBuild holds that the build to which faults are done has none, and is of every kind.
func TestReadyBuild(t *testing.T) {
	t.Parallel()
	e, q := reportertest.ReadyBuild(t)
	s := reportertest.Answer(t, e, q)
	if s.Verdict != reporter.Ready || !s.Whole || len(s.Incomplete) > 0 {
		t.Errorf("%s, whole %t, incomplete %q", s.Verdict, s.Whole, reporter.Lines(s.Incomplete))
	}
	counts := s.Counts()
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			switch want := map[string]reporter.State{"untested": reporter.Unproven, "elsewhere": reporter.Exempt, "rerun": reporter.Flaky, "retried": reporter.Flaky}[a.ID]; {
			case want == reporter.NotRun && a.State != reporter.Passed, want != reporter.NotRun && a.State != want:
				t.Errorf("%s is %s: %q", a.ID, a.State, a.Reasons)
			case a.State != reporter.Unproven && a.State != reporter.Exempt && a.InPart != (a.ID == "in-part"):
				t.Errorf("%s in part: %t", a.ID, a.InPart)
			}
		}
	}
	if counts.InPart != 1 || counts.Whole != counts.All()-3 {
		t.Errorf("%s", counts.Share())
	}
}

// TestFaults holds that with each single fault nothing that it touches is green.
func TestFaults(t *testing.T) {
	t.Parallel()
	faults, names := reportertest.Faults(), map[string]bool{}
	if len(faults) < 45 {
		t.Errorf("%d faults", len(faults))
	}
	for _, f := range faults {
		if names[f.Name] {
			t.Errorf("two faults %q", f.Name)
		}
		names[f.Name] = true
		checkFaults(t, f)
	}
}

// TestPairsOfFaults holds the same of two faults at once.
func TestPairsOfFaults(t *testing.T) {
	t.Parallel()
	faults, random := reportertest.Faults(), rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		checkFaults(t, faults[random.IntN(len(faults))], faults[random.IntN(len(faults))])
	}
}

// checkFaults does faults to the ready build and holds that nothing which one of them touches is green, and that each such
// thing says why.
func checkFaults(t *testing.T, faults ...reportertest.Fault) {
	t.Helper()
	var names []string
	e, q := reportertest.ReadyBuild(t)
	for _, f := range faults {
		f.Do(&e, &q)
		names = append(names, f.Name)
	}
	name := strings.Join(names, ", and ")
	touched := func(id string) bool {
		return faults[0].Touches(id) || faults[len(faults)-1].Touches(id)
	}
	s := reportertest.Answer(t, e, q)
	required := false
	for _, c := range s.Categories {
		dark := false
		for _, a := range c.Abilities {
			if a.State == reporter.Unproven || a.State == reporter.Exempt || !touched(a.ID) {
				continue
			}
			dark, required = true, required || c.Required
			if green(a.State) {
				t.Errorf("%s: %s is %s", name, a.ID, a.State)
			}
			if len(a.Reasons) == 0 && len(a.Missing) == 0 && a.State != reporter.Failed {
				t.Errorf("%s: %s is %s, and nothing says why", name, a.ID, a.State)
			}
		}
		if dark && c.Verdict == reporter.Ready {
			t.Errorf("%s: %s is ready", name, c.Name)
		}
	}
	if required && s.Verdict == reporter.Ready {
		t.Errorf("%s: the verdict is ready", name)
	}
}

// TestNoFault holds what takes nothing away from a build, so that nobody learns to overlook what does.
func TestNoFault(t *testing.T) {
	t.Parallel()
	gap := func(e *reporter.Evidence) {
		for i := range e.Pods {
			e.Pods[i].Gap = "the API server was away"
		}
	}
	closed := func(e *reporter.Evidence) {
		for i := range e.Run.Cluster.Nodes {
			if n := &e.Run.Cluster.Nodes[i]; n.OS == string(specs.Linux) {
				n.Taints = []string{"node-role.kubernetes.io/control-plane"}
			}
		}
	}
	for _, test := range []struct {
		name  string
		do    func(*reporter.Evidence, *reporter.Question)
		still []string // shown; none: all
	}{
		{"nodes of two versions of Windows, and no word of one", func(e *reporter.Evidence, _ *reporter.Question) {
			e.Platforms, e.Run.Cluster.Nodes[0].Build = nil, "10.0.26100.1"
		}, nil},
		{"a job of the main branch", func(e *reporter.Evidence, _ *reporter.Question) {
			e.Versions = append(e.Versions, reporter.Claim{Value: "master", Source: "the job's labels"})
		}, nil},
		{"the tests of the nearest version, which is said", func(e *reporter.Evidence, q *reporter.Question) { q.Version, q.Assumed = "1.37", true }, nil},
		{"a job that failed by a test", func(e *reporter.Evidence, _ *reporter.Question) { e.End.State = reporter.FailedJob }, nil},
		{"a failure of another suite", func(e *reporter.Evidence, _ *reporter.Question) { e.Others = []reporter.Failure{{Suite: "up"}} }, nil},
		{"a gap in the watch, with tests that choose Windows", func(e *reporter.Evidence, _ *reporter.Question) { gap(e) },
			[]string{"pinned", "flagged", "alternatives", "interface", "retried", "in-part", "addresses", "optional"}},
		{"a gap in the watch, with Linux nodes that took no pods", func(e *reporter.Evidence, _ *reporter.Question) {
			gap(e)
			closed(e)
		}, []string{"sent", "rerun", "endpoints", "replaced"}},
		{"a gap in the watch, with a declaration", func(e *reporter.Evidence, q *reporter.Question) {
			gap(e)
			q.Declared = string(specs.Windows)
		}, []string{"sent", "hybrid", "flagged", "rerun", "endpoints", "replaced"}},
		{"the other alternative was skipped", func(e *reporter.Evidence, _ *reporter.Question) {
			e.Suites[0].Results = append(e.Suites[0].Results, reporter.Result{Test: reporter.Test{Name: "[sig-storage] or", State: reporter.Skipped}})
		}, nil},
		{"a call that died, and a later run that came to its end", func(e *reporter.Evidence, _ *reporter.Question) { e.Run.Calls[1].Ending = record.Died },
			[]string{"pinned", "sent", "hybrid", "flagged", "alternatives", "rerun", "retried", "interface", "in-part", "addresses", "endpoints", "replaced", "optional"}},
		{"results whose file was cut, and taken over", func(e *reporter.Evidence, _ *reporter.Question) {
			e.Run.Calls = append(e.Run.Calls, record.Call{Number: 4, Ending: record.Died, JUnit: []string{"cut-junit_e2e-004_01.xml"}})
		}, nil},
		{"a suite that says that it failed, with a failure", func(e *reporter.Evidence, _ *reporter.Question) {
			e.Suites[1].Succeeded, e.Suites[1].Failures, e.Run.Calls[1].ExitCode = "false", 1, 1
		}, nil},
		{"a suite in which every test skipped itself", func(e *reporter.Evidence, _ *reporter.Question) {
			e.Suites = append(e.Suites, reporter.Suite{File: "junit_5.xml", Results: []reporter.Result{{Test: reporter.Test{Name: "[sig-apps] another", State: reporter.Skipped}}}})
		}, nil},
	} {
		e, q := reportertest.ReadyBuild(t)
		test.do(&e, &q)
		s := reportertest.Answer(t, e, q)
		for _, c := range s.Categories {
			for _, a := range c.Abilities {
				left := a.State == reporter.Unproven || a.State == reporter.Exempt
				if !left && !green(a.State) && (test.still == nil || slices.Contains(test.still, a.ID)) {
					t.Errorf("%s: %s is %s: %q", test.name, a.ID, a.State, a.Reasons)
				}
			}
		}
		if test.still == nil && (s.Verdict != reporter.Ready || !s.Whole || len(s.Incomplete) > 0 && !strings.Contains(test.name, "cut")) {
			t.Errorf("%s: %s, whole %t, incomplete %q", test.name, s.Verdict, s.Whole, reporter.Lines(s.Incomplete))
		}
	}
}

// TestWhy holds the words in which a fault is told.
func TestWhy(t *testing.T) {
	t.Parallel()
	why := map[string]string{ // of the first ability that the fault touches
		"the version is another than that of the question": "the Kubernetes version is not known: op-readiness.json says v1.36.3, the choice of specs says 1.35",
		"a node has another Windows than the platform":     "the Windows version is not known: the job's labels says ltsc2022, node windows-1 says ltsc2025",
		"a suite whose word on its success cannot be read": `artifacts/junit_e2e-002_01.xml:2: whether the suite succeeded is not known: it says "perhaps"`,
		"a call of the run was lost":                       "the run lost a call of e2e.test",
		"nothing says how the run ended":                   "how the run ended is not known: its record does not tell",
		"the cluster has no Windows node":                  "the cluster has no Windows node",
		"a call of e2e.test died":                          "call 2 of e2e.test did not end by itself: died",
		"a call of e2e.test has a problem":                 "call 2 of e2e.test has a problem: it wrote no JUnit",
		"a call of e2e.test failed, without a failed test": "call 2 of e2e.test ended with exit code 1, although no test of it failed",
		"a file that a call wrote is lost":                 `"junit_e2e-002_01.xml", which call 2 of e2e.test wrote, is not among the results`,
		"one of three focus strings selects nothing":       `no test is selected by "^Kubernetes e2e suite \\[sig-windows\\] renamed$"`,
		"the only focus selects nothing":                   `no test is selected by "^Kubernetes e2e suite \\[sig-node\\] renamed$"`,
		"it passed and was skipped in one suite":           `skipped in one row, and not in another: "[sig-windows] pinned one"`,
		"a pod ran on Linux":                               `its pods ran on linux: 1, windows: 2 ("[sig-network] sent one")`,
		"the client on Windows is missing":                 `no client ran on windows ("[sig-network] directions")`,
	}
	for _, f := range reportertest.Faults() {
		want, ok := why[f.Name]
		if !ok {
			continue
		}
		delete(why, f.Name)
		e, q := reportertest.ReadyBuild(t)
		f.Do(&e, &q)
		told := false
		for _, c := range reportertest.Answer(t, e, q).Categories {
			for _, a := range c.Abilities {
				if told = told || slices.Contains(a.Reasons, want); f.Touches(a.ID) && a.State == reporter.Unconfirmed && !slices.Contains(a.Reasons, want) {
					t.Errorf("%s: %s says %q, not %q", f.Name, a.ID, a.Reasons, want)
				}
			}
		}
		if !told {
			t.Errorf("%s: nothing says %q", f.Name, want)
		}
	}
	if len(why) > 0 {
		t.Errorf("no such faults: %q", why)
	}
}

// TestChosenAbilities holds that a verdict speaks for a cluster only if it is of all that KEP-2578 requires.
func TestChosenAbilities(t *testing.T) {
	t.Parallel()
	e, q := reportertest.ReadyBuild(t)
	for i := range q.Spec.Categories {
		q.Spec.Categories[i].TestCases = q.Spec.Categories[i].TestCases[:1] // one of each category
	}
	s := reportertest.Answer(t, e, q)
	if s.Verdict != reporter.Ready || s.Whole || strings.Contains(s.Headline(), "The cluster") {
		t.Errorf("%s, whole %t: %s", s.Verdict, s.Whole, s.Headline())
	}
}

// TestInFlight holds that what a run cut off itself is no failure of the cluster, and what a test did itself is one.
func TestInFlight(t *testing.T) {
	t.Parallel()
	interruptions := map[string]func(*reporter.Evidence){
		"the job":  func(e *reporter.Evidence) { e.End.State = reporter.Cut },
		"the run":  func(e *reporter.Evidence) { e.Run.EndedBy = record.EndingInterrupted },
		"the call": func(e *reporter.Evidence) { e.Run.Calls[0].Ending = record.TimedOut },
		"by word":  func(e *reporter.Evidence) { e.Suites[0].Special = "Suite Timeout Elapsed" },
		"not":      func(*reporter.Evidence) {},
	}
	for name, interrupt := range interruptions {
		for status, cutOff := range map[string]bool{"interrupted": true, "aborted": false, "timedout": false, "failed": false} {
			e, q := reportertest.ReadyBuild(t)
			interrupt(&e)
			for i := range e.Suites[0].Results {
				if r := &e.Suites[0].Results[i]; r.Name == "[sig-node] part" {
					r.State, r.Status = reporter.Failed, status
				}
			}
			want, verdict := reporter.Failed, reporter.NotReady
			if cutOff && name != "not" {
				want, verdict = reporter.NotRun, reporter.Incomplete
			}
			s := reportertest.Answer(t, e, q)
			for _, c := range s.Categories {
				for _, a := range c.Abilities {
					if a.ID == "in-part" && a.State != want {
						t.Errorf("%s interrupted, %s: %s, want %s", name, status, a.State, want)
					}
				}
			}
			if s.Verdict != verdict {
				t.Errorf("%s interrupted, %s: %s, want %s", name, status, s.Verdict, verdict)
			}
		}
	}
}
