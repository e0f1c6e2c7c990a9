package reporter_test

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

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
		{"a gap in the watch, with a Linux node that left", func(e *reporter.Evidence, _ *reporter.Question) {
			gap(e)
			closed(e)
			gone := e.Run.Cluster.Nodes[3]
			gone.Taints = nil
			e.Run.Cluster.Changes = []record.Change{{Gone: true, Node: gone}}
		}, []string{"sent", "rerun", "endpoints", "replaced"}},
		{"a node of another Windows that left", func(e *reporter.Evidence, _ *reporter.Question) {
			gone := e.Run.Cluster.Nodes[0]
			gone.Build = "10.0.26100.1"
			e.Run.Cluster.Changes = []record.Change{{Gone: true, Node: gone}}
		}, nil},
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
		"a node has a Windows that no platform is":         "the Windows version is not known: the job's labels says ltsc2022, node windows-1 says 10.0.99999.1",
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
		"no pod started":                                   `place not shown: the record has no pod that started ("[sig-network] sent one")`,
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
		for status, cutOff := range map[string]bool{"interrupted": true, "aborted": false, "timedout": false, "failed": false, "timedout with its suite": true} {
			e, q := reportertest.ReadyBuild(t)
			interrupt(&e)
			for i := range e.Suites[0].Results {
				if r := &e.Suites[0].Results[i]; r.Name == "[sig-node] part" {
					r.State, r.Status = reporter.Failed, status
					if word, withSuite := strings.CutSuffix(status, " with its suite"); withSuite {
						r.Status, r.Message = word, suiteTimeout
					}
				}
			}
			want, verdict := reporter.Failed, reporter.NotReady
			if cutOff && name != "not" {
				want, verdict = reporter.NotRun, reporter.Incomplete
			}
			s := reportertest.Answer(t, e, q)
			for _, c := range s.Categories {
				for _, a := range c.Abilities {
					if a.ID == "in-part" && (a.State != want || slices.Contains(a.Reasons, "interrupted") != (want == reporter.NotRun)) {
						t.Errorf("%s interrupted, %s: %s, %q; want %s", name, status, a.State, a.Reasons, want)
					}
				}
			}
			if s.Verdict != verdict {
				t.Errorf("%s interrupted, %s: %s, want %s", name, status, s.Verdict, verdict)
			}
		}
	}
}

// TestFailedJob holds that a job which failed, and nothing in it, leaves open what did.
func TestFailedJob(t *testing.T) {
	t.Parallel()
	e, q := failedJob(t)
	const want = "the job failed (FAILURE), although no test did"
	s := reportertest.Answer(t, e, q)
	if s.Verdict != reporter.Incomplete || !slices.Contains(reporter.Lines(s.Incomplete), want) {
		t.Errorf("%s: %q", s.Verdict, reporter.Lines(s.Incomplete))
	}
}

// failedJob is a ready build in which no test failed, of a job that failed all the same.
func failedJob(t *testing.T) (reporter.Evidence, reporter.Question) {
	t.Helper()
	e, q := reportertest.ReadyBuild(t)
	e.End = reporter.End{State: reporter.FailedJob, Words: "FAILURE"}
	e.Suites[0].Failures, e.Suites[0].Succeeded, e.Run.Calls[0].ExitCode = 0, "true", 0
	e.Suites[0].Results = slices.DeleteFunc(e.Suites[0].Results, func(r reporter.Result) bool { return r.State == reporter.Failed })
	e.Journal = slices.DeleteFunc(e.Journal, func(event record.Event) bool { return event.State == record.Failed })
	e.Run.Calls[0].Told--
	return e, q
}

// skip makes a test that passed one that skipped itself.
func skip(e *reporter.Evidence, test string) {
	for i := range e.Suites[0].Results {
		if r := &e.Suites[0].Results[i]; r.Name == test {
			r.State, r.Message = reporter.Skipped, "not here"
		}
	}
	for i := range e.Journal {
		if e.Journal[i].Test == test {
			e.Journal[i].State = record.Skipped
		}
	}
}

// TestFailedByVerdict holds that a job which failed because the run in it exited for its verdict leaves nothing open: what passed
// is shown. A run that says less, or another thing than what is found, explains nothing.
func TestFailedByVerdict(t *testing.T) {
	t.Parallel()
	const doubt = "the job failed (FAILURE), although no test did"
	for _, test := range []struct {
		name      string
		do        func(*reporter.Evidence)
		explained bool
	}{
		{"incomplete", func(e *reporter.Evidence) { e.Run.Summary = []byte(`{"verdict": "incomplete"}`) }, true},
		{"not ready", func(e *reporter.Evidence) { e.Run.Summary = []byte(`{"verdict": "not ready"}`) }, true},
		{"ready", func(e *reporter.Evidence) { e.Run.Summary = []byte(`{"verdict": "ready"}`) }, false},
		{"not judged", func(*reporter.Evidence) {}, false},
		{"odd", func(e *reporter.Evidence) { e.Run.Summary = []byte(`{"verdict": 1}`) }, false},
		{"another word", func(e *reporter.Evidence) { e.Run.Summary = []byte(`{"verdict": "no"}`) }, false},
		{"not ended", func(e *reporter.Evidence) {
			e.Run.Summary, e.Run.Ended = []byte(`{"verdict": "incomplete"}`), nil
		}, false},
		{"interrupted", func(e *reporter.Evidence) {
			e.Run.Summary, e.Run.EndedBy = []byte(`{"verdict": "incomplete"}`), record.EndingInterrupted
		}, false},
		{"no run", func(e *reporter.Evidence) { e.Run = nil }, false},
		{"everything is found ready", func(e *reporter.Evidence) {
			e.Run.Summary = []byte(`{"verdict": "incomplete"}`)
		}, false},
	} {
		e, q := failedJob(t)
		if test.name != "everything is found ready" {
			skip(&e, "[sig-storage] interface")
		}
		test.do(&e)
		s := reportertest.Answer(t, e, q)
		if skipped := slices.ContainsFunc(s.Categories, func(c reporter.Category) bool { return c.Counts().Of(reporter.Skipped) > 0 }); skipped == (test.name == "everything is found ready") {
			t.Fatalf("%s: skipped %t", test.name, skipped)
		}
		if doubted := slices.Contains(reporter.Lines(s.Incomplete), doubt); doubted == test.explained || s.Verdict != reporter.Incomplete {
			t.Errorf("%s: %s: %q", test.name, s.Verdict, reporter.Lines(s.Incomplete))
		}
	}
}

// TestCalls holds that a result belongs to the call of e2e.test that wrote it.
func TestCalls(t *testing.T) {
	t.Parallel()
	file := func(number int) string { return "artifacts/junit_" + reportdir.Prefix(number) + "01.xml" }
	for _, test := range []struct {
		name    string
		do      func(*reporter.Evidence)
		ability string
		want    reporter.State
	}{
		{"the rerun came before the failure", func(e *reporter.Evidence) {
			e.Suites[0].File, e.Run.Calls[0].Number, e.Run.Calls[0].JUnit = file(9), 9, []string{file(9)}
		}, "rerun", reporter.Failed},
		{"results of somebody else, and pods of no call", func(e *reporter.Evidence) {
			e.Suites[0].File, e.Run.Calls[0].JUnit = "artifacts/another/junit_01.xml", nil
			for i := range e.Pods {
				e.Pods[i].Invocation = 0
			}
		}, "sent", reporter.Unconfirmed},
		{"results of somebody else, beside nodes that took no pods of the run", func(e *reporter.Evidence) {
			e.Suites[0].File, e.Run.Calls[0].JUnit, e.Pods = "artifacts/another/junit_01.xml", nil, nil
			e.Run.Cluster.Nodes = e.Run.Cluster.Nodes[:2]
		}, "sent", reporter.Unconfirmed},
		{"nodes that took no pods of the run", func(e *reporter.Evidence) { e.Run.Cluster.Nodes, e.Pods = e.Run.Cluster.Nodes[:2], nil }, "sent", reporter.Passed},
	} {
		e, q := reportertest.ReadyBuild(t)
		test.do(&e)
		for _, c := range reportertest.Answer(t, e, q).Categories {
			for _, a := range c.Abilities {
				if a.ID == test.ability && a.State != test.want {
					t.Errorf("%s: %s is %s, want %s: %q", test.name, a.ID, a.State, test.want, a.Reasons)
				}
			}
		}
	}
}
