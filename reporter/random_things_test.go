package reporter_test

import (
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// thing is what may happen to a scenario: good, bad or of no meaning.
type thing struct {
	name   string
	happen func(*scenario)
}

func things() []thing {
	return slices.Concat(thingsOfBuilds(), thingsOfSuites(), thingsOfTests(), thingsOfRuns(), thingsOfJournals(), thingsOfPods())
}

func thingsOfBuilds() []thing {
	return []thing{
		{"another end", func(s *scenario) {
			s.End.State = pick(s, reporter.EndUnknown, reporter.NoJob, reporter.Succeeded, reporter.FailedJob, reporter.Cut, reporter.Running)
		}},
		{"one more version", func(s *scenario) {
			s.Versions = append(s.Versions, reporter.Claim{Value: pick(s, "1.36", "v1.36.0", "1.35", "master", "", "latest"), Source: "labels"})
		}},
		{"another version of the question", func(s *scenario) { s.q.Version = pick(s, "", "1.36", "1.35", "master") }},
		{"the nearest tests", func(s *scenario) { s.q.Version, s.q.Assumed = pick(s, "1.36", "1.99"), true }},
		{"one more platform", func(s *scenario) {
			s.Platforms = append(s.Platforms, reporter.Claim{Value: pick(s, "ltsc2022", "ltsc2022-hyperv", "ltsc2025", ""), Source: "metadata.json"})
		}},
		{"no platform", func(s *scenario) { s.Platforms = nil }},
		{"a file not read", func(s *scenario) { s.Unread = []reporter.Warning{{File: "junit_9.xml", Message: "too large"}} }},
		{"another suite failed", func(s *scenario) { s.Others = []reporter.Failure{{Suite: "up"}} }},
		{"a word of the build log", func(s *scenario) { s.Log = []reporter.Warning{{Message: "it said so"}} }},
		{"no suites", func(s *scenario) { s.Suites, s.Files = nil, 0 }},
		{"another provider", func(s *scenario) { s.q.Provider = pick(s, "", "azure") }},
		{"declared", func(s *scenario) { s.q.Declared = string(specs.Windows) }},
		{"not declared", func(s *scenario) { s.q.Declared = "" }},
		{"chosen", func(s *scenario) { s.q.Chosen = !s.q.Chosen }},
		{"a test that e2e.test does not have", func(s *scenario) {
			if len(s.q.Tests) > 0 {
				i := s.IntN(len(s.q.Tests))
				s.q.Tests = slices.Delete(slices.Clone(s.q.Tests), i, i+1)
			}
		}},
		{"a focus that nothing has", func(s *scenario) {
			s.someAbility(func(tc *specs.TestCase) { tc.Focus = append(slices.Clone(tc.Focus), specs.Exactly("[sig] nothing")) })
		}},
	}
}

// someAbility changes an ability that has tests.
func (s *scenario) someAbility(change func(*specs.TestCase)) {
	var all []*specs.TestCase
	for _, c := range s.q.Spec.Categories {
		for i := range c.TestCases {
			if c.TestCases[i].Proven() {
				all = append(all, &c.TestCases[i])
			}
		}
	}
	if len(all) > 0 {
		change(pick(s, all...))
	}
}

// aSuite changes one of the suites.
func aSuite(name string, change func(*scenario, *reporter.Suite)) thing {
	return thing{name, func(s *scenario) {
		if len(s.Suites) > 0 {
			change(s, &s.Suites[s.IntN(len(s.Suites))])
		}
	}}
}

func thingsOfSuites() []thing {
	return []thing{
		aSuite("cut", func(_ *scenario, suite *reporter.Suite) { suite.Cut = "the file ends" }),
		aSuite("a dry run", func(_ *scenario, suite *reporter.Suite) { suite.DryRun = true }),
		aSuite("no test took time", func(_ *scenario, suite *reporter.Suite) { suite.Worked = false }),
		aSuite("its word on success", func(s *scenario, suite *reporter.Suite) { suite.Succeeded = pick(s, "", "true", "false", "no") }),
		aSuite("a test failed that no ability selects", func(s *scenario, suite *reporter.Suite) {
			suite.Failures, suite.Succeeded = suite.Failures+1, "false"
			s.exit(*suite)
		}),
		aSuite("a special reason", func(s *scenario, suite *reporter.Suite) {
			suite.Special = pick(s, "Interrupted by User", "Suite Timeout Elapsed", "Detected Programmatic Focus")
		}),
		aSuite("a failed node", func(s *scenario, suite *reporter.Suite) {
			name := pick(s, "BeforeSuite", "SynchronizedBeforeSuite", "AfterSuite", "ReportAfterSuite", "DeferCleanup (Suite)")
			suite.Around = append(suite.Around, reporter.Test{Name: name, State: reporter.Failed})
		}),
		aSuite("the flag", func(s *scenario, suite *reporter.Suite) { suite.Windows.Shown = !suite.Windows.Shown }),
		aSuite("not for Windows", func(_ *scenario, suite *reporter.Suite) { suite.Windows.Contradicted = "Only supported for ..." }),
		aSuite("taken over", func(s *scenario, suite *reporter.Suite) { suite.File = reportdir.Resumed(1 + s.IntN(3)) }),
		aSuite("a file of somebody else", func(_ *scenario, suite *reporter.Suite) { suite.File = "elsewhere/junit_77.xml" }),
		{"a suite is lost", func(s *scenario) {
			if len(s.Suites) > 0 {
				i := s.IntN(len(s.Suites))
				s.Suites = slices.Delete(s.Suites, i, i+1)
			}
		}},
		{"the suites in another order", func(s *scenario) { slices.Reverse(s.Suites) }},
	}
}

// aTest changes the rows of one test in one suite.
func aTest(name string, change func(s *scenario, suite *reporter.Suite, test string)) thing {
	return aSuite(name, func(s *scenario, suite *reporter.Suite) {
		if len(suite.Results) > 0 {
			change(s, suite, suite.Results[s.IntN(len(suite.Results))].Name)
		}
	})
}

func randomState(s *scenario) reporter.State {
	return pick(s, reporter.Passed, reporter.Passed, reporter.Failed, reporter.Failed, reporter.Skipped, reporter.Flaky)
}

func withoutTest(suite *reporter.Suite, test string) {
	suite.Results = slices.DeleteFunc(suite.Results, func(r reporter.Result) bool { return r.Name == test })
}

func thingsOfTests() []thing {
	return []thing{
		aTest("a test without a row", func(_ *scenario, suite *reporter.Suite, test string) { withoutTest(suite, test) }),
		aTest("another state", func(s *scenario, suite *reporter.Suite, test string) {
			withoutTest(suite, test)
			s.row(suite, test, randomState(s))
		}),
		aTest("one more row", func(s *scenario, suite *reporter.Suite, test string) { s.row(suite, test, randomState(s)) }),
		aTest("failed and retried", func(s *scenario, suite *reporter.Suite, test string) {
			withoutTest(suite, test)
			s.row(suite, test, reporter.Failed)
			s.row(suite, test, pick(s, reporter.Passed, reporter.Passed, reporter.Failed, reporter.Skipped))
		}),
		aTest("again in another suite", func(s *scenario, suite *reporter.Suite, test string) {
			s.row(&s.Suites[s.IntN(len(s.Suites))], test, randomState(s))
		}),
		aTest("failed, and run again", func(s *scenario, suite *reporter.Suite, test string) {
			withoutTest(suite, test)
			s.row(suite, test, reporter.Failed)
			s.again(test, pick(s, reporter.Passed, reporter.Passed, reporter.Passed, reporter.Failed))
		}),
		aTest("run again", func(s *scenario, _ *reporter.Suite, test string) { s.again(test, randomState(s)) }),
		aTest("skipped everywhere", func(s *scenario, suite *reporter.Suite, test string) {
			for i := range s.Suites {
				withoutTest(&s.Suites[i], test)
			}
			s.row(suite, test, reporter.Skipped)
		}),
	}
}

// again runs a test in one more call, which the record may name as a rerun.
func (s *scenario) again(test string, state reporter.State) {
	s.calls++
	suite := reporter.Suite{File: "artifacts/" + callFile(s.calls), Worked: true, Windows: reporter.Flag{Shown: s.in(80)}}
	s.row(&suite, test, state)
	s.Suites = append(s.Suites, suite)
	if s.Run == nil {
		return
	}
	call := record.Call{Number: s.calls, Rerun: s.in(70), Ending: record.Completed, JUnit: []string{callFile(s.calls)}}
	defer func() { s.tell(suite.File, suite.Results[0]) }()
	if state == reporter.Failed {
		call.ExitCode = 1
	}
	s.Run.Calls = append(s.Run.Calls, call)
	for _, line := range s.Pods {
		if line.Test == test && s.in(90) {
			line.Invocation, line.Pods = s.calls, slices.Clone(line.Pods)
			s.Pods = append(s.Pods, line)
			return
		}
	}
}

// aRun changes the record of the run, if there is one.
func aRun(name string, change func(*scenario, *record.Run)) thing {
	return thing{name, func(s *scenario) {
		if s.Run != nil {
			change(s, s.Run)
		}
	}}
}

func thingsOfRuns() []thing {
	aCall := func(name string, change func(*scenario, *record.Call)) thing {
		return aRun(name, func(s *scenario, r *record.Run) {
			if len(r.Calls) > 0 {
				change(s, &r.Calls[s.IntN(len(r.Calls))])
			}
		})
	}
	aCluster := func(name string, change func(*scenario, *record.Cluster)) thing {
		return aRun(name, func(s *scenario, r *record.Run) {
			if r.Cluster != nil {
				change(s, r.Cluster)
			}
		})
	}
	return []thing{
		aRun("no record", func(s *scenario, _ *record.Run) { s.Run = nil }),
		aRun("the run did not end", func(_ *scenario, r *record.Run) { r.Ended = nil }),
		aRun("who ended the run", func(s *scenario, r *record.Run) {
			r.EndedBy = pick(s, record.EndingComplete, record.EndingInterrupted, record.EndingTimeout, record.EndingLost, "")
		}),
		aRun("one more test was expected", func(s *scenario, r *record.Run) { r.Expected = append(r.Expected, testName(s.IntN(8), s.IntN(3))) }),
		aCall("the end of a call", func(s *scenario, c *record.Call) {
			c.Ending = pick(s, record.Completed, "interrupted", "timed out", "died", "")
		}),
		aCall("a problem of a call", func(_ *scenario, c *record.Call) { c.Problem = "it wrote no JUnit" }),
		aCall("the exit code of a call", func(s *scenario, c *record.Call) { c.ExitCode = pick(s, 0, 1, 2, 197) }),
		aCall("a rerun", func(s *scenario, c *record.Call) { c.Rerun = !c.Rerun }),
		aCall("a call of which nothing is known", func(s *scenario, c *record.Call) { *c = record.Call{Number: 77, Ending: record.Completed} }),
		aCluster("the watch of nodes", func(_ *scenario, c *record.Cluster) { c.Watched = !c.Watched }),
		aCluster("only Linux nodes", func(_ *scenario, c *record.Cluster) {
			c.Nodes = slices.DeleteFunc(c.Nodes, func(n record.Node) bool { return n.OS == string(specs.Windows) })
		}),
		aCluster("only Windows nodes", func(_ *scenario, c *record.Cluster) {
			c.Nodes = slices.DeleteFunc(c.Nodes, func(n record.Node) bool { return n.OS == string(specs.Linux) })
		}),
		aCluster("a node joins, or changes", func(s *scenario, c *record.Cluster) {
			node := randomNode("new-1", pick(s, specs.Windows, specs.Linux, ""))
			node.Cordoned, node.Ready = s.in(50), s.in(80)
			c.Changes = append(c.Changes, record.Change{Node: node, Gone: s.in(20)})
		}),
		aCluster("a node of another Windows", func(s *scenario, c *record.Cluster) {
			for i := range c.Nodes {
				if c.Nodes[i].OS == string(specs.Windows) && s.in(60) {
					c.Nodes[i].Build = pick(s, "10.0.26100.1", "10.0.99999.1")
				}
			}
		}),
		aCluster("Windows nodes that are not ready", func(s *scenario, c *record.Cluster) {
			for i := range c.Nodes {
				if c.Nodes[i].OS == string(specs.Windows) {
					c.Nodes[i].Ready = s.in(30)
				}
			}
		}),
		aCluster("the Linux nodes", func(s *scenario, c *record.Cluster) {
			for i := range c.Nodes {
				if c.Nodes[i].OS == string(specs.Linux) {
					c.Nodes[i].Cordoned = s.in(50)
				}
			}
		}),
	}
}

// thingsOfJournals are of what e2e.test told, and of what each call was to run.
func thingsOfJournals() []thing {
	aLine := func(name string, change func(*scenario, int)) thing {
		return thing{name, func(s *scenario) {
			if len(s.Journal) > 0 {
				change(s, s.IntN(len(s.Journal)))
			}
		}}
	}
	aCall := func(name string, change func(*scenario, *record.Call)) thing {
		return thing{name, func(s *scenario) {
			if s.Run != nil && len(s.Run.Calls) > 0 {
				change(s, &s.Run.Calls[s.IntN(len(s.Run.Calls))])
			}
		}}
	}
	return []thing{
		{"no journal", func(s *scenario) { s.Journal = nil }},
		aLine("an end that was not told", func(s *scenario, i int) {
			s.Journal = slices.Delete(s.Journal, i, i+1)
			if s.in(50) && s.Run != nil {
				for i := range s.Run.Calls {
					s.Run.Calls[i].Told = max(0, s.Run.Calls[i].Told-1)
				}
			}
		}),
		aLine("told otherwise", func(s *scenario, i int) { s.Journal[i].State = pick(s, record.Passed, record.Failed, record.Skipped) }),
		aLine("told twice", func(s *scenario, i int) {
			again := s.Journal[i]
			again.State = pick(s, record.Passed, record.Failed, record.Skipped)
			s.Journal = append(s.Journal, again)
		}),
		aLine("told by another call", func(s *scenario, i int) { s.Journal[i].Invocation = 1 + s.IntN(4) }),
		aCall("a test that was not planned", func(s *scenario, c *record.Call) {
			if len(c.Tests) > 0 {
				i := s.IntN(len(c.Tests))
				c.Tests = slices.Delete(slices.Clone(c.Tests), i, i+1)
			}
		}),
		aCall("a test that was planned", func(s *scenario, c *record.Call) { c.Tests = append(c.Tests, testName(s.IntN(8), s.IntN(3))) }),
		aCall("one more told", func(_ *scenario, c *record.Call) { c.Told++ }),
		aCall("a call that was planned", func(s *scenario, _ *record.Call) {
			s.Run.Plan.Invocations = append(s.Run.Plan.Invocations, record.Invocation{Number: 1 + s.IntN(4)})
		}),
		aCall("a call that was done again", func(_ *scenario, c *record.Call) { c.Redone = true }),
	}
}

func thingsOfPods() []thing {
	aLine := func(name string, change func(*scenario, *record.TestPods)) thing {
		return thing{name, func(s *scenario) {
			if len(s.Pods) > 0 {
				change(s, &s.Pods[s.IntN(len(s.Pods))])
			}
		}}
	}
	aPod := func(name string, change func(*scenario, *record.Pod)) thing {
		return aLine(name, func(s *scenario, l *record.TestPods) {
			for i := range l.Pods {
				if i == 0 || s.in(50) {
					change(s, &l.Pods[i])
				}
			}
		})
	}
	return []thing{
		{"no record of pods", func(s *scenario) { s.Pods = nil }},
		aLine("no pods of a test", func(_ *scenario, l *record.TestPods) { l.Pods = nil }),
		aLine("a gap", func(_ *scenario, l *record.TestPods) { l.Gap = "the watch broke" }),
		aLine("joined by time", func(s *scenario, l *record.TestPods) { l.Joined = pick(s, record.JoinedByTime, "") }),
		aLine("pods of another test", func(s *scenario, l *record.TestPods) { l.Test = testName(s.IntN(8), s.IntN(3)) }),
		aLine("pods of another call", func(s *scenario, l *record.TestPods) { l.Invocation = s.IntN(4) }),
		aLine("one more attempt", func(s *scenario, l *record.TestPods) {
			s.Pods = append(s.Pods, s.line(l.Test, l.Invocation, specs.Placement{Kind: pick(s, specs.PlacementBoth, specs.PlacementWindows, specs.PlacementNone)}))
		}),
		aPod("on Linux", func(_ *scenario, p *record.Pod) { p.OS, p.Node = string(specs.Linux), "linux-1" }),
		aPod("on Windows", func(s *scenario, p *record.Pod) {
			p.OS, p.Node = string(specs.Windows), pick(s, "windows-1", "windows-2")
		}),
		aPod("nobody knows where", func(_ *scenario, p *record.Pod) { p.OS = "" }),
		aPod("not scheduled", func(_ *scenario, p *record.Pod) { p.Node, p.OS, p.Started, p.Ready = "", "", nil, nil }),
		aPod("not started", func(_ *scenario, p *record.Pod) { p.Started, p.Ready = nil, nil }),
		aPod("not ready", func(_ *scenario, p *record.Pod) { p.Ready = nil }),
		aPod("another name", func(s *scenario, p *record.Pod) { p.Name = pick(s, "client-1", "server-2", "pod", "other") }),
		aPod("other addresses", func(s *scenario, p *record.Pod) { p.Addresses = pick(s, nil, []string{"a1"}, []string{"a0", "a1"}) }),
		aPod("gone", func(s *scenario, p *record.Pod) { t := randomStart().Add(2e9); p.Gone = &t }),
	}
}
