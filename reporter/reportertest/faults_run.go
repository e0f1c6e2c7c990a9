package reportertest

import (
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Faults that the record of a run shows, or of the record itself.

func runFaults() []Fault {
	fault := func(name string, change func(*record.Run)) Fault {
		return known(name, func(e *reporter.Evidence) { change(e.Run) })
	}
	return []Fault{
		fault("the run did not end", func(r *record.Run) { r.Ended, r.EndedBy = nil, "" }),
		fault("the run was interrupted", func(r *record.Run) { r.EndedBy = record.EndingInterrupted }),
		fault("the run took too long", func(r *record.Run) { r.EndedBy = record.EndingTimeout }),
		fault("a call of the run was lost", func(r *record.Run) { r.EndedBy = record.EndingLost }),
		fault("nothing says how the run ended", func(r *record.Run) { r.EndedBy = "" }),
		fault("the run ended in a way that nobody knows", func(r *record.Run) { r.EndedBy = "well" }),
		known("the cluster has no Windows node", func(e *reporter.Evidence) {
			eachNode(e, specs.Windows, func(n *record.Node) { n.OS, n.Build = string(specs.Linux), "6.8.0" })
		}),
		known("the cluster has no node", func(e *reporter.Evidence) { e.Run.Cluster.Nodes = nil }),
	}
}

func callFaults() []Fault {
	second := func(name string, change func(*record.Call)) Fault {
		return known(name, func(e *reporter.Evidence) { eachCall(e, 2, change) }, "to-linux", "to-windows")
	}
	return []Fault{
		second("a call of e2e.test was interrupted", func(c *record.Call) { c.Ending = "interrupted" }),
		second("a call of e2e.test took too long", func(c *record.Call) { c.Ending = "timed out" }),
		second("a call of e2e.test died", func(c *record.Call) { c.Ending, c.ExitCode = "died", -1 }),
		second("a call of e2e.test was not started", func(c *record.Call) { c.Ending, c.ExitCode = "not started", -1 }),
		second("nothing says how a call of e2e.test ended", func(c *record.Call) { c.Ending = "" }),
		second("a call of e2e.test has a problem", func(c *record.Call) { c.Problem = "it wrote no JUnit" }),
		second("a call of e2e.test failed, without a failed test", func(c *record.Call) { c.ExitCode = 1 }),
		known("a call of e2e.test panicked, and a test of it failed before", func(e *reporter.Evidence) { eachCall(e, 1, func(c *record.Call) { c.ExitCode = 2 }) }, shownByFirst()...),
		known("a call of e2e.test did not fail, and a test of it did", func(e *reporter.Evidence) { eachCall(e, 1, func(c *record.Call) { c.ExitCode = 0 }) }, shownByFirst()...),
		known("a file that a call wrote is lost", func(e *reporter.Evidence) {
			e.Suites = slices.DeleteFunc(e.Suites, func(s reporter.Suite) bool { n, _ := reportdir.Invocation(s.File); return n == 2 })
		}),
	}
}

// accountFaults are of an account that is not closed: the rows of a call, its journal and its plan do not agree.
func accountFaults() []Fault {
	told := func(name, test, ability string, change func(*record.Event)) Fault {
		return known(name, func(e *reporter.Evidence) {
			for i := range e.Journal {
				if e.Journal[i].Test == test {
					change(&e.Journal[i])
				}
			}
		}, ability)
	}
	// As if the call had told nothing of the test, and had not counted it either.
	untold := func(e *reporter.Evidence, test string) {
		e.Journal = slices.DeleteFunc(e.Journal, func(event record.Event) bool { return event.Test == test })
		for i := range e.Run.Calls {
			if slices.Contains(e.Run.Calls[i].Tests, test) {
				e.Run.Calls[i].Told--
			}
		}
	}
	second := func(name string, change func(*record.Call)) Fault {
		return known(name, func(e *reporter.Evidence) { eachCall(e, 2, change) }, "to-linux", "to-windows")
	}
	return []Fault{
		told("e2e.test told that a test failed, and its row passed", "[sig-network] sent one", "sent", func(e *record.Event) { e.State = record.Failed }),
		told("e2e.test told that a test was skipped, and its row passed", "[sig-network] sent one", "sent", func(e *record.Event) { e.State = record.Skipped }),
		known("e2e.test told nothing of a test, and its row passed", func(e *reporter.Evidence) { untold(e, "[sig-network] sent one") }, "sent"),
		known("e2e.test told that a test failed, and it has no row", func(e *reporter.Evidence) {
			for i := range e.Suites {
				e.Suites[i].Results = slices.DeleteFunc(e.Suites[i].Results, func(r reporter.Result) bool { return r.Name == "[sig-network] sent two" })
			}
			for i := range e.Journal {
				if e.Journal[i].Test == "[sig-network] sent two" {
					e.Journal[i].State = record.Failed
				}
			}
		}, "sent"),
		known("a line of the journal is lost", func(e *reporter.Evidence) {
			e.Journal = slices.DeleteFunc(e.Journal, func(event record.Event) bool { return event.Invocation == 2 })
		}, "to-linux", "to-windows"),
		second("a result was not planned", func(c *record.Call) { c.Tests = []string{"[sig-network] another"} }),
		second("a call stood still", func(c *record.Call) { c.Ending = record.Stalled }),
		second("a call was never begun", func(c *record.Call) { c.Ending, c.ExitCode = record.NotBegun, -1 }),
		second("the results of a call that was done again are still there", func(c *record.Call) { c.Redone = true }),
		second("a call failed, and its suite says that it succeeded", func(c *record.Call) { c.ExitCode = 197 }),
		known("the record does not tell of a call", func(e *reporter.Evidence) {
			e.Run.Calls = slices.DeleteFunc(e.Run.Calls, func(c record.Call) bool { return c.Number == 2 })
		}),
	}
}

// placeFaults are of pods that ran elsewhere, or perhaps did.
func placeFaults() []Fault {
	lines := func(name, test, ability string, change func(*record.TestPods)) Fault {
		return known(name, func(e *reporter.Evidence) { eachLine(e, test, change) }, ability)
	}
	onLinux := func(p *record.Pod) { p.OS, p.Node, p.Build = string(specs.Linux), "linux-1", "6.8.0" }
	all := func(change func(*record.Pod)) func(*record.TestPods) {
		return func(l *record.TestPods) {
			for i := range l.Pods {
				change(&l.Pods[i])
			}
		}
	}
	one := func(change func(*record.Pod)) func(*record.TestPods) {
		return func(l *record.TestPods) {
			if len(l.Pods) > 0 {
				change(&l.Pods[0])
			}
		}
	}
	return []Fault{
		lines("a pod ran on Linux", "[sig-network] sent one", "sent", one(onLinux)),
		lines("all pods ran on Linux", "[sig-network] sent two", "sent", all(onLinux)),
		lines("all pods ran on Linux, although the test chooses Windows", "[sig-windows] pinned one", "pinned", all(onLinux)),
		lines("a pod ran on Linux, although the flag chooses Windows", "[sig-network] flagged", "flagged", one(onLinux)),
		lines("a pod ran nobody knows where", "[sig-network] sent one", "sent", one(func(p *record.Pod) { p.OS = "" })),
		lines("no pod started", "[sig-network] sent one", "sent", all(func(p *record.Pod) { p.Started, p.Ready = nil, nil })),
		lines("no pod is recorded", "[sig-network] sent one", "sent", func(l *record.TestPods) { l.Pods = nil }),
		lines("both pods ran on Windows", "[sig-windows] hybrid", "hybrid", all(func(p *record.Pod) { p.OS = string(specs.Windows) })),
		lines("both pods ran on Linux", "[sig-windows] hybrid", "hybrid", all(onLinux)),
		lines("the pods of a rerun ran on Linux", "[sig-storage] rerun", "rerun", all(onLinux)),
		known("a second attempt in the same call ran on Linux", func(e *reporter.Evidence) {
			again := readyPods("[sig-network] sent one", 1)
			all(onLinux)(&again)
			e.Pods = append(e.Pods, again)
		}, "sent"),
	}
}

// roleFaults are of roles that no pod had where it should.
func roleFaults() []Fault {
	pods := func(name, ability string, call int, change func([]record.Pod) []record.Pod) Fault {
		return known(name, func(e *reporter.Evidence) {
			eachLine(e, "[sig-network] directions", func(l *record.TestPods) {
				if l.Invocation == call {
					l.Pods = change(l.Pods)
				}
			})
		}, ability)
	}
	without := func(is func(record.Pod) bool) func([]record.Pod) []record.Pod {
		return func(list []record.Pod) []record.Pod { return slices.DeleteFunc(list, is) }
	}
	client := func(p record.Pod) bool { return p.Name == "client" }
	return []Fault{
		pods("the client on Windows is missing", "to-linux", 1, without(client)),
		pods("the client on Linux is missing", "to-windows", 2, without(client)),
		pods("the servers on Linux are missing", "to-linux", 1, without(func(p record.Pod) bool { return !client(p) && p.OS == string(specs.Linux) })),
		pods("the servers on Windows are missing", "to-windows", 2, without(func(p record.Pod) bool { return !client(p) && p.OS == string(specs.Windows) })),
		pods("the client did not start", "to-linux", 1, func(list []record.Pod) []record.Pod {
			for i := range list {
				if client(list[i]) {
					list[i].Started = nil
				}
			}
			return list
		}),
		pods("the server has another name", "to-windows", 2, func(list []record.Pod) []record.Pod {
			for i := range list {
				if !client(list[i]) {
					list[i].Name = "another"
				}
			}
			return list
		}),
	}
}

// recordFaults are of a record of pods that is not whole, for the tests that need it.
func recordFaults() []Fault {
	lines := func(name string, change func(*record.TestPods)) Fault {
		return known(name, func(e *reporter.Evidence) {
			for _, test := range []string{
				"[sig-network] sent one", "[sig-windows] hybrid", "[sig-network] directions", "[sig-storage] rerun", "[sig-network] endpoints", "[sig-apps] replaced",
			} {
				eachLine(e, test, change)
			}
		}, "sent", "hybrid", "to-linux", "to-windows", "rerun", "endpoints", "replaced")
	}
	return []Fault{
		lines("the watch of pods has a gap", func(l *record.TestPods) { l.Gap = "the API server was away for a minute" }),
		lines("pods and tests were joined by time", func(l *record.TestPods) { l.Joined = record.JoinedByTime }),
		lines("pods and tests were joined nobody knows how", func(l *record.TestPods) { l.Joined = "" }),
		lines("the record of pods is of other tests", func(l *record.TestPods) { l.Test = "[sig-apps] another" }),
		lines("the record of pods is of other calls", func(l *record.TestPods) { l.Invocation += 10 }),
		known("the record of pods is of an earlier call", func(e *reporter.Evidence) {
			eachLine(e, "[sig-network] sent one", func(l *record.TestPods) { l.Invocation = 0 })
		}, "sent"),
		known("nothing shows the flag", func(e *reporter.Evidence) {
			ofCall(e, 1, func(s *reporter.Suite) { s.Windows.Shown = false })
			e.Pods = slices.DeleteFunc(e.Pods, func(l record.TestPods) bool { return l.Test == "[sig-network] flagged" })
		}, "flagged"),
	}
}

func eachLine(e *reporter.Evidence, test string, change func(*record.TestPods)) {
	for i := range e.Pods {
		if e.Pods[i].Test == test {
			change(&e.Pods[i])
		}
	}
}
