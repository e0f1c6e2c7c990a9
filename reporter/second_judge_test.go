package reporter_test

import (
	"flag"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

var (
	evidences = flag.Int64("evidences", 50_000, "random evidences on which the two judges are compared")
	firstSeed = flag.Int64("seed", 0, "seed of the first of them")
)

// difference is where the two judges do not agree.
type difference struct {
	where        string
	real, second string
	greener      bool // the real judge is
}

func (d difference) String() string {
	text := fmt.Sprintf("%s is %s, and %s by the second judge", d.where, d.real, d.second)
	if d.greener {
		text += ": too green"
	}
	return text
}

// TestSecondJudge holds the real judge against the second one on random evidences: it is never greener, and they differ
// nowhere but for the reasons of allowed.
func TestSecondJudge(t *testing.T) {
	t.Parallel()
	kep, err := specs.Default()
	if err == nil {
		kep, err = specs.Select(kep, specs.Version{Major: 1, Minor: 36})
	}
	if err != nil {
		t.Fatal(err)
	}
	defer debug.SetGCPercent(debug.SetGCPercent(800)) // random builds are many, small, and soon forgotten
	var next, ready, whole atomic.Int64
	next.Store(*firstSeed)
	end := *firstSeed + *evidences
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			m := newMaker(kep)
			for block := next.Add(perQuestion) - perQuestion; block < end && !t.Failed(); block = next.Add(perQuestion) - perQuestion {
				for seed := block; seed < min(block+perQuestion, end); seed++ {
					summary, differences := compare(t, m, m.scenario(uint64(seed)))
					if len(differences) > 0 {
						report(t, m, uint64(seed))
					}
					if summary.Verdict == reporter.Ready {
						ready.Add(1)
					}
					if summary.Verdict == reporter.Ready && summary.Whole {
						whole.Add(1)
					}
				}
			}
		})
	}
	workers.Wait()
	t.Logf("compared %d evidences: %d are ready by both judges, %d of these speak for a cluster", *evidences, ready.Load(), whole.Load())
	if ready.Load()*10 < *evidences || whole.Load() == 0 {
		t.Error("too few of them are green to hold a judge who is too green")
	}
}

// compare lets both judge and returns where they differ without a reason.
func compare(t *testing.T, m maker, s *scenario) (reporter.Summary, []difference) {
	summary, err := reporter.Judge(s.Evidence, s.q)
	if err != nil {
		t.Error(err)
	}
	second := judgeByReference(s.Evidence, s.q, m)
	var list []difference
	add := func(where string, real, other fmt.Stringer, greener bool) {
		if real.String() != other.String() {
			list = append(list, difference{where, real.String(), other.String(), greener})
		}
	}
	var verdicts []reporter.Verdict
	for i, c := range summary.Categories {
		for j, a := range c.Abilities {
			other := &second.states[i][j]
			if mayDiffer(s, a.State, *other) {
				*other = a.State
			}
			add(a.ID, a.State, *other, green(a.State) && !green(*other))
			if green(a.State) && green(*other) {
				add(a.ID, wholeness(!a.InPart), wholeness(!second.inPart[i][j]), !a.InPart)
			}
		}
		verdicts = append(verdicts, verdictOfStates(second.states[i]))
		add(c.Name, c.Verdict, verdicts[i], c.Verdict == reporter.Ready)
	}
	add("the build", summary.Verdict, verdictOf(s.q, verdicts), summary.Verdict == reporter.Ready)
	add("the verdict", wholeness(summary.Whole), wholeness(second.whole), summary.Whole)
	return summary, list
}

type wholeness bool

func (w wholeness) String() string {
	if w {
		return "whole"
	}
	return "in part"
}

// mayDiffer tells whether there is a reason for which the two may say different things of an ability. None may make the
// real judge greener.
func mayDiffer(s *scenario, real, second reporter.State) bool {
	return !green(real) && slices.ContainsFunc(allowed(), func(a reason) bool { return a.real == real && a.second == second && a.holds(s) })
}

// reason is why the real judge may say something else of an ability than the second.
type reason struct {
	real, second reporter.State
	holds        func(*scenario) bool
	why          string
}

func allowed() []reason {
	failedAlone := func(s *scenario) bool {
		return s.End.State == reporter.FailedJob && len(s.Others) == 0 && !slices.ContainsFunc(s.Suites, func(suite reporter.Suite) bool {
			return suite.Failures+len(suite.Around) > 0
		})
	}
	const why = "a job that failed, and nothing that failed in it: what did is not known, and may be any of its tests"
	return []reason{
		{reporter.Unconfirmed, reporter.Passed, failedAlone, why},
		{reporter.Unconfirmed, reporter.Flaky, failedAlone, why},
	}
}

// report tells of a seed on which the judges differ: what happened to the build, without all that does not matter.
func report(t *testing.T, m maker, seed uint64) {
	var leaveOut []int
	for i := range 10 {
		try := append(slices.Clone(leaveOut), i)
		if _, differences := compare(t, m, m.scenario(seed, try...)); len(differences) > 0 {
			leaveOut = try
		}
	}
	s := m.scenario(seed, leaveOut...)
	summary, differences := compare(t, m, s)
	text := fmt.Sprintf("seed %d: %q\n", seed, s.steps)
	for _, d := range differences {
		text += d.String() + "\n"
	}
	t.Error(text + dump(s, summary, differences))
}

// dump writes what is known of the abilities on which the judges differ.
func dump(s *scenario, summary reporter.Summary, differences []difference) string {
	var b strings.Builder
	fmt.Fprintf(&b, "end %d, version %q of %q, platforms %v, declared %q\n", s.End.State, s.q.Version, s.Versions, s.Platforms, s.q.Declared)
	if s.Run != nil {
		fmt.Fprintf(&b, "run: ended %t by %q, calls %+v, cluster %+v\n", s.Run.Ended != nil, s.Run.EndedBy, s.Run.Calls, s.Run.Cluster)
	}
	for _, suite := range s.Suites {
		rows := suite.Results
		suite.Results = nil
		fmt.Fprintf(&b, "suite %+v\n", suite)
		for _, r := range rows {
			fmt.Fprintf(&b, "  %s %s %q\n", r.Name, r.State, r.Status)
		}
	}
	for _, c := range summary.Categories {
		for _, a := range c.Abilities {
			if slices.ContainsFunc(differences, func(d difference) bool { return d.where == a.ID }) {
				fmt.Fprintf(&b, "%s: focus %q, any of %q, placed %v, evidence %v, reasons %q\n", a.ID, a.Focus, a.AnyOf, a.Placement, a.Evidence, a.Reasons)
				dumpPods(&b, s, a)
			}
		}
	}
	return b.String()
}

func dumpPods(b *strings.Builder, s *scenario, a reporter.Ability) {
	for _, line := range s.Pods {
		if slices.ContainsFunc(a.Tests, func(test reporter.Test) bool { return test.Name == line.Test }) {
			fmt.Fprintf(b, "  pods of %s in call %d, %s, gap %q\n", line.Test, line.Invocation, line.Joined, line.Gap)
			for _, p := range line.Pods {
				fmt.Fprintf(b, "    %s on %q (%s), started %v, ready %v, gone %v, %v of %v, %s\n", p.Name, p.Node, p.OS, p.Started, p.Ready, p.Gone, p.Addresses, p.NodeAddresses, p.Owner)
			}
		}
	}
}
