package reportertest

import (
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Fault is one thing that is wrong with a build, or not known of it.
type Fault struct {
	Name      string
	Abilities []string // of ReadyBuild, by id: those that are not shown with the fault; none: all
	// Do does it, to a build that may have other faults already, and leaves those as they are. It changes in place, so a
	// build that has had it is not to be used for anything else.
	Do func(*reporter.Evidence, *reporter.Question)
}

// Touches tells whether an ability that has tests is not shown with the fault, so that nothing green may stand beside it.
func (f Fault) Touches(id string) bool {
	return len(f.Abilities) == 0 || slices.Contains(f.Abilities, id)
}

// Faults are single faults of every kind, for ReadyBuild: with each of them no ability that it touches, no category of one
// and, if one is required, no verdict may be green in any view.
func Faults() []Fault {
	return slices.Concat(endFaults(), claimFaults(), suiteFaults(), nodeFaults(), rowFaults(), twoResults(), focusFaults(), runFaults(), callFaults(), accountFaults(),
		placeFaults(), roleFaults(), recordFaults())
}

// known makes a fault of what is known of a build.
func known(name string, change func(*reporter.Evidence), abilities ...string) Fault {
	return Fault{Name: name, Abilities: abilities, Do: func(e *reporter.Evidence, _ *reporter.Question) { change(e) }}
}

func endFaults() []Fault {
	end := func(state reporter.EndState, words string) func(*reporter.Evidence) {
		return func(e *reporter.Evidence) { e.End = reporter.End{State: state, Words: words} }
	}
	return []Fault{
		known("the job was aborted", end(reporter.Cut, "ABORTED")),
		known("the job ended in an error of Prow", end(reporter.Cut, "ERROR")),
		known("the job is still running", end(reporter.Running, "it has no finished.json yet")),
		known("the job was lost", end(reporter.EndUnknown, "there is no finished.json, and it began long ago")),
		known("the end of the job is contradicted", end(reporter.EndUnknown, "finished.json says SUCCESS, prowjob.json says aborted")),
		known("a file could not be read", func(e *reporter.Evidence) {
			e.Unread = append(e.Unread, reporter.Warning{File: "artifacts/junit_02.xml", Message: "not readable within its bounds: 3 GiB"})
		}),
		known("there is no result", func(e *reporter.Evidence) { e.Files, e.Suites = 0, nil }),
	}
}

func claimFaults() []Fault {
	return []Fault{
		known("the version is contradicted", func(e *reporter.Evidence) {
			e.Versions = append(e.Versions, reporter.Claim{Value: "v1.35.4", Source: "finished.json"})
		}),
		{Name: "the version is another than that of the question", Do: func(_ *reporter.Evidence, q *reporter.Question) { q.Version = "1.35" }},
		known("the platform is contradicted", func(e *reporter.Evidence) {
			e.Platforms = append(e.Platforms, reporter.Claim{Value: "ltsc2025", Source: "metadata.json"})
		}),
		known("a node has another Windows than the platform", func(e *reporter.Evidence) {
			eachNode(e, specs.Windows, func(n *record.Node) { n.Build = "10.0.26100.1" })
		}),
		known("a node has a Windows that no platform is", func(e *reporter.Evidence) {
			eachNode(e, specs.Windows, func(n *record.Node) { n.Build = "10.0.99999.1" })
		}),
		known("a node of another Windows joins", func(e *reporter.Evidence) {
			node := readyNode("windows-3", specs.Windows)
			node.Build = "10.0.26100.1"
			e.Run.Cluster.Changes = append(e.Run.Cluster.Changes, record.Change{Time: readyStart(), Node: node})
		}),
	}
}

// shownByFirst are the abilities that the first call alone shows.
func shownByFirst() []string {
	return []string{
		"pinned", "sent", "hybrid", "to-linux", "flagged", "alternatives", "rerun", "retried", "interface", "in-part", "addresses", "endpoints",
		"replaced", "optional",
	}
}

// suiteFaults are of the suite of the second call, whose test no other suite shows in both directions, or of the first.
func suiteFaults() []Fault {
	first := shownByFirst()
	second := func(name string, change func(*reporter.Suite)) Fault {
		return known(name, func(e *reporter.Evidence) { ofCall(e, 2, change) }, "to-linux", "to-windows")
	}
	return []Fault{
		known("a suite was cut", func(e *reporter.Evidence) {
			ofCall(e, 2, func(s *reporter.Suite) { s.Cut = "the file ends inside of <testsuite>" })
		}),
		known("a dry run", func(e *reporter.Evidence) { ofCall(e, 1, func(s *reporter.Suite) { s.DryRun = true }) }, first...),
		known("a dry run that does not say so", func(e *reporter.Evidence) {
			ofCall(e, 1, func(s *reporter.Suite) { s.Worked = false })
		}, first...),
		second("a suite that says that it failed, without a failure", func(s *reporter.Suite) { s.Succeeded, s.Failures = "false", 0 }),
		second("a suite whose word on its success cannot be read", func(s *reporter.Suite) { s.Succeeded, s.Failures = "perhaps", 0 }),
		second("a suite that was interrupted", func(s *reporter.Suite) { s.Special = "Interrupted by User" }),
		second("a suite that ran out of time", func(s *reporter.Suite) { s.Special = "Suite Timeout Elapsed" }),
		second("a suite that another process ended", func(s *reporter.Suite) { s.Special = "Interrupted by Other Ginkgo Process" }),
		second("a suite with a reason that nobody knows", func(s *reporter.Suite) { s.Special = "Detected Programmatic Focus" }),
		second("results that were taken over from a call that was cut", func(s *reporter.Suite) { s.File = "artifacts/" + reportdir.Resumed(2) }),
		known("a suite that ran for Linux", func(e *reporter.Evidence) {
			ofCall(e, 1, func(s *reporter.Suite) {
				s.Windows.Contradicted = "skipped - Only supported for node OS distro [windows] (not debian)"
			})
		}, first...),
	}
}

// nodeFaults are failed nodes around the tests.
func nodeFaults() []Fault {
	fault := func(call int, node string, abilities ...string) Fault {
		return known(node+" failed", func(e *reporter.Evidence) {
			ofCall(e, call, func(s *reporter.Suite) {
				s.Around = append(s.Around, reporter.Test{Name: node, State: reporter.Failed, Message: "it broke", File: s.File, Line: 4})
			})
		}, abilities...)
	}
	var list []Fault
	for _, node := range []string{"BeforeSuite", "SynchronizedBeforeSuite", "ReportBeforeSuite"} {
		list = append(list, fault(3, node, "rerun")) // so that what failed before was not run again
	}
	for _, node := range []string{"AfterSuite", "SynchronizedAfterSuite", "ReportAfterSuite", "DeferCleanup (Suite)"} {
		list = append(list, fault(2, node, "to-linux", "to-windows"))
	}
	return list
}

// rowFaults are of the rows of one test.
func rowFaults() []Fault {
	fault := func(name, test, ability string, change func(*reporter.Result)) Fault {
		return known(name, func(e *reporter.Evidence) { ofTest(e, test, change) }, ability)
	}
	ended := func(status string, state reporter.State) Fault {
		return fault("a test "+status, "[sig-windows] pinned one", "pinned", func(r *reporter.Result) {
			r.State, r.Status, r.Message = state, status, "the text of it"
		})
	}
	missing := func(name, test, ability string) Fault {
		return known(name, func(e *reporter.Evidence) { without(e, test) }, ability)
	}
	return []Fault{
		ended("failed", reporter.Failed), ended("timedout", reporter.Failed), ended("panicked", reporter.Failed), ended("aborted", reporter.Failed),
		ended("interrupted", reporter.Failed), ended("skipped", reporter.Skipped), ended("pending", reporter.Skipped),
		fault("the last attempt failed", "[sig-storage] retried", "retried", func(r *reporter.Result) { r.State, r.Status = reporter.Failed, "failed" }),
		missing("the test of a focus is missing", "[sig-windows] pinned two", "pinned"),
		missing("one of two tests of a focus is missing", "[sig-network] sent two", "sent"),
		missing("the only test is missing", "[sig-node] part", "in-part"),
		missing("the test of both alternatives is missing", "[sig-storage] base", "alternatives"),
		missing("the only alternative is missing", "[sig-storage] either", "alternatives"),
	}
}

// twoResults are results of one test that disagree, or do if they are not named as a rerun.
func twoResults() []Fault {
	again := func(test string, state reporter.State, at int) func(*reporter.Evidence) {
		return func(e *reporter.Evidence) {
			s := reporter.Suite{File: "artifacts/another/junit_01.xml", Worked: true, Windows: reporter.Flag{Shown: true}, Rows: 1}
			s.Results = []reporter.Result{{Test: reporter.Test{Name: test, State: state, File: s.File, Line: 3, Duration: 1}}}
			if state == reporter.Failed {
				s.Failures = 1
			}
			e.Suites = slices.Insert(e.Suites, min(at, len(e.Suites)), s)
		}
	}
	const pinned, rerun = "[sig-windows] pinned one", "[sig-storage] rerun"
	inOne := func(state reporter.State) func(*reporter.Evidence) {
		return func(e *reporter.Evidence) {
			ofCall(e, 1, func(s *reporter.Suite) {
				s.Results = append(s.Results, reporter.Result{Test: reporter.Test{Name: pinned, State: state, File: s.File, Line: 99}})
			})
		}
	}
	return []Fault{
		known("an earlier suite has it as failed", again(pinned, reporter.Failed, 0), "pinned"),
		known("a later suite has it as failed", again(pinned, reporter.Failed, 9), "pinned"),
		known("another suite has it as skipped", again(pinned, reporter.Skipped, 9), "pinned"),
		known("it passed and then failed in one suite", inOne(reporter.Failed), "pinned"),
		known("it passed and was skipped in one suite", inOne(reporter.Skipped), "pinned"),
		known("the record does not name the rerun", func(e *reporter.Evidence) {
			eachCall(e, 3, func(c *record.Call) { c.Rerun = false })
		}, "rerun"),
		known("the rerun failed", func(e *reporter.Evidence) {
			ofCall(e, 3, func(s *reporter.Suite) { s.Results[0].State, s.Failures = reporter.Failed, 1 })
		}, "rerun"),
		known("what was run again did not fail in the run", func(e *reporter.Evidence) {
			ofCall(e, 1, func(s *reporter.Suite) {
				s.Results = slices.DeleteFunc(s.Results, func(r reporter.Result) bool { return r.Name == rerun })
			})
			again(rerun, reporter.Failed, 0)(e)
		}, "rerun"),
	}
}

func focusFaults() []Fault {
	ask := func(name, id string, change func(*specs.TestCase)) Fault {
		return Fault{Name: name, Abilities: []string{id}, Do: func(_ *reporter.Evidence, q *reporter.Question) {
			for _, c := range q.Spec.Categories {
				for i := range c.TestCases {
					if c.TestCases[i].ID == id {
						change(&c.TestCases[i])
					}
				}
			}
		}}
	}
	return []Fault{
		ask("one of three focus strings selects nothing", "pinned", func(tc *specs.TestCase) {
			tc.Focus = append(slices.Clone(tc.Focus), specs.Exactly("[sig-windows] renamed"))
		}),
		ask("the only focus selects nothing", "in-part", func(tc *specs.TestCase) { tc.Focus = []string{specs.Exactly("[sig-node] renamed")} }),
		ask("no alternative selects a test", "alternatives", func(tc *specs.TestCase) {
			tc.AnyOf = [][]string{{specs.Exactly("[sig-storage] this")}, {specs.Exactly("[sig-storage] that")}}
		}),
		ask("the ability has no focus", "interface", func(tc *specs.TestCase) { tc.Focus = nil }),
		{Name: "the version has one more test that a focus selects", Abilities: []string{"sent"}, Do: func(_ *reporter.Evidence, q *reporter.Question) {
			for _, c := range q.Spec.Categories {
				for i, tc := range c.TestCases {
					if tc.ID == "sent" {
						c.TestCases[i].Focus = []string{`^Kubernetes e2e suite \[sig-network\] sent `}
					}
				}
			}
			q.Tests = append(q.Tests, "[sig-network] sent three")
		}},
	}
}

// Changes of a part of a build.

// ofCall changes every suite that a call of e2e.test wrote.
func ofCall(e *reporter.Evidence, number int, change func(*reporter.Suite)) {
	for i := range e.Suites {
		if n, ok := reportdir.Invocation(e.Suites[i].File); ok && n == number {
			change(&e.Suites[i])
		}
	}
}

// ofTest changes every row of a test.
func ofTest(e *reporter.Evidence, test string, change func(*reporter.Result)) {
	for _, s := range e.Suites {
		for i := range s.Results {
			if s.Results[i].Name == test {
				change(&s.Results[i])
			}
		}
	}
}

// without takes every row of a test away.
func without(e *reporter.Evidence, test string) {
	for i := range e.Suites {
		e.Suites[i].Results = slices.DeleteFunc(e.Suites[i].Results, func(r reporter.Result) bool { return r.Name == test })
	}
}

func eachCall(e *reporter.Evidence, number int, change func(*record.Call)) {
	for i := range e.Run.Calls {
		if e.Run.Calls[i].Number == number {
			change(&e.Run.Calls[i])
		}
	}
}

func eachNode(e *reporter.Evidence, os specs.OS, change func(*record.Node)) {
	for i := range e.Run.Cluster.Nodes {
		if e.Run.Cluster.Nodes[i].OS == string(os) {
			change(&e.Run.Cluster.Nodes[i])
		}
	}
}
