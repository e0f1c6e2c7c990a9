package reporter_test

import (
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// A second judge, to hold the real one against. It is written from the rules of the promise "no false green" alone and
// shares the types with the real one, and nothing else. Where the rules are silent it takes what is less green, and says so.

// reference is a build as the second judge looks at it.
type reference struct {
	reporter.Evidence
	q       reporter.Question
	names   []string       // of all tests that are known: of e2e.test, of rows, and those that the run expected
	numbers map[string]int // of the call that wrote a file, as the file is named; 0 for the file of somebody else
	isSound bool
	journal map[int]map[string]record.State // by call and test
	send    specs.OS                        // where an ability's pods must be sent; "" if it does not depend on that
}

// judged is what the second judge says of a build. Abilities stand in the order of the question's categories.
type judged struct {
	states [][]reporter.State
	inPart [][]bool // of those that are green
	whole  bool     // the verdict may speak for the cluster
}

// judgeByReference judges by the rules. The maker knows what KEP-2578 requires, and which tests are whose.
func judgeByReference(e reporter.Evidence, q reporter.Question, m maker) judged {
	r := reference{Evidence: e, q: q, names: slices.Clone(q.Tests), numbers: map[string]int{}, journal: journalOf(e.Journal)}
	for _, s := range e.Suites {
		r.numbers[s.File] = number(s)
		for _, row := range s.Results {
			r.names = append(r.names, row.Name)
		}
	}
	if e.Run != nil {
		r.names = append(r.names, e.Run.Expected...)
		for _, told := range e.Journal { // also a test of which a call told, and no row does
			if slices.ContainsFunc(e.Run.Calls, func(c record.Call) bool { return c.Number == told.Invocation && !c.Redone }) {
				r.names = append(r.names, told.Test)
			}
		}
	}
	slices.Sort(r.names)
	r.names = slices.Compact(r.names)
	r.isSound = r.sound()
	j := judged{whole: r.whole(m.kep)}
	for _, c := range q.Spec.Categories {
		states, inPart := r.abilities(c, m.assign(c.TestCases, r.names))
		j.states, j.inPart = append(j.states, states), append(j.inPart, inPart)
	}
	return j
}

// whole tells whether the verdict may speak for the cluster: nothing that is required was left out of the question.
func (r reference) whole(required []specs.Category) bool {
	for _, want := range required {
		at := slices.IndexFunc(r.q.Spec.Categories, func(c specs.Category) bool { return c.Name == want.Name && c.Required })
		if want.Required && at < 0 {
			return false
		}
		for _, tc := range want.TestCases {
			if want.Required && !slices.ContainsFunc(r.q.Spec.Categories[at].TestCases, func(has specs.TestCase) bool { return has.ID == tc.ID }) {
				return false
			}
		}
	}
	return r.q.Spec.Identity.MayCallReady()
}

func verdictOfStates(states []reporter.State) reporter.Verdict {
	verdict, passed := reporter.Ready, false
	for _, s := range states {
		switch s {
		case reporter.Failed:
			return reporter.NotReady
		case reporter.Passed, reporter.Flaky:
			passed = true
		case reporter.Exempt, reporter.Unproven:
		default:
			verdict = reporter.Incomplete
		}
	}
	if !passed {
		return reporter.Incomplete
	}
	return verdict
}

// verdictOf is the verdict over the categories that count. Silent on optional ones alone: they speak for themselves, and
// never for the cluster.
func verdictOf(q reporter.Question, all []reporter.Verdict) reporter.Verdict {
	var verdicts []reporter.Verdict
	for i, c := range q.Spec.Categories {
		if q.Chosen || c.Required {
			verdicts = append(verdicts, all[i])
		}
	}
	if len(verdicts) == 0 {
		verdicts = all
	}
	if slices.Contains(verdicts, reporter.NotReady) {
		return reporter.NotReady
	}
	if len(verdicts) == 0 || slices.Contains(verdicts, reporter.Incomplete) {
		return reporter.Incomplete
	}
	return reporter.Ready
}

func (r reference) abilities(c specs.Category, assigned []specs.Assignment) (states []reporter.State, inPart []bool) {
	for i, tc := range c.TestCases {
		state, passed := r.ability(tc, assigned[i])
		states = append(states, state)
		inPart = append(inPart, tc.Partial && !r.showsTheRest(tc, passed))
	}
	return states, inPart
}

// ability returns the state of an ability, and its tests that passed.
func (r reference) ability(tc specs.TestCase, a specs.Assignment) (state reporter.State, passed []string) {
	switch omission, _ := tc.LeftOut(r.q.Provider); omission {
	case specs.Unproven:
		return reporter.Unproven, nil
	case specs.Exempt:
		return reporter.Exempt, nil
	}
	r = r.speakingOf(tc.Placement)
	shown := map[int]bool{}
	count := map[reporter.State]int{}
	for _, test := range a.Tests {
		name := r.names[test]
		state, sound := r.test(name)
		count[state]++
		if state == reporter.Passed || state == reporter.Flaky {
			passed = append(passed, name)
			shown[test] = sound && r.isSound && r.placed(tc.Placement, name)
		}
	}
	switch {
	case count[reporter.Failed] > 0: // also one of an alternative that is not needed: silent
		return reporter.Failed, passed
	case len(passed) == 0 && len(a.Tests) > 0 && count[reporter.Skipped] == len(a.Tests):
		return reporter.Skipped, nil
	case len(passed) == 0 && slices.ContainsFunc(a.Tests, func(test int) bool {
		state, _ := r.test(r.names[test])
		return state == reporter.NotRun && (r.byWord(r.names[test], record.Passed) || r.byAnother(r.names[test]))
	}): // silent on a word without a result, and on a result of another run: it passed, and is not shown
		return reporter.Unconfirmed, nil
	case len(passed) == 0: // silent on some skipped and others without a result: "skipped" is of every test
		return reporter.NotRun, nil
	case !slices.ContainsFunc(a.Ways(), func(way []specs.Requirement) bool { return holds(way, shown) }):
		return reporter.Unconfirmed, passed
	case count[reporter.Flaky] > 0:
		return reporter.Flaky, passed
	}
	return reporter.Passed, passed
}

// speakingOf leaves what speaks of a placement: not the suites of calls that sent pods elsewhere.
func (r reference) speakingOf(p specs.Placement) reference {
	r.send = p.Send()
	r.Suites = slices.DeleteFunc(slices.Clone(r.Suites), func(s reporter.Suite) bool { c := r.call(s); return c != nil && r.elsewhere(*c) })
	return r
}

func (r reference) elsewhere(c record.Call) bool {
	return c.Send != "" && r.send != "" && c.Send != r.send
}

// holds tells whether every focus of a way selects a test, and every test that one selects is shown.
func holds(way []specs.Requirement, shown map[int]bool) bool {
	for _, focus := range way {
		if len(focus.Tests) == 0 || slices.ContainsFunc(focus.Tests, func(test int) bool { return !shown[test] }) {
			return false
		}
	}
	return len(way) > 0
}

// sound tells whether nothing is known that stands against every result of the build.
func (r reference) sound() bool {
	ended := r.End.State == reporter.NoJob || r.End.State == reporter.Succeeded || r.End.State == reporter.FailedJob
	// Silent on what a file held behind the place where it was cut: a result of any test.
	cut := slices.ContainsFunc(r.Suites, func(s reporter.Suite) bool { return s.Cut != "" })
	if !ended || cut || len(r.Unread) > 0 || r.disagree() {
		return false
	}
	if r.Run == nil {
		return true
	}
	if r.Run.Ended == nil || r.Run.EndedBy != record.EndingComplete || r.lost() || r.untold() { // silent on an end without a word: it is not known
		return false
	}
	// Silent on a cluster of which the run knows nodes, and none with Windows: it shows nothing of Windows.
	return r.Run.Cluster == nil || slices.ContainsFunc(r.everyNode(), func(n record.Node) bool { return n.OS == string(specs.Windows) })
}

// disagree tells whether two sources contradict each other about the version, the choice of specs among them unless it is
// said to be the nearest, or about the platform, the nodes of the record among them. A branch such as master is no version.
func (r reference) disagree() bool {
	versions, platforms := map[string]bool{}, map[string]bool{}
	claims := slices.Clone(r.Versions)
	if !r.q.Assumed {
		claims = append(claims, reporter.Claim{Value: r.q.Version})
	}
	for _, c := range claims {
		if v, err := specs.ParseVersion(c.Value); err == nil && v != specs.Master() {
			versions[v.String()] = true
		}
	}
	for _, c := range r.Platforms {
		platforms[strings.Split(c.Value, "-")[0]] = true
	}
	delete(platforms, "")
	if r.Run != nil && r.Run.Cluster != nil && len(platforms) > 0 {
		for _, n := range r.everyNode() {
			if n.OS != string(specs.Windows) || n.Build == "" {
				continue
			}
			is := n.Build
			for build, platform := range map[string]string{"10.0.20348.": "ltsc2022", "10.0.26100.": "ltsc2025", "10.0.17763.": "ltsc2019"} {
				if strings.HasPrefix(n.Build+".", build) {
					is = platform
				}
			}
			platforms[is] = true
		}
	}
	return len(versions) > 1 || len(platforms) > 1
}

// lost tells whether the record names a file of results that is not there. Silent on it: what it says is not known. One that
// was cut, and whose results were taken over, has another name.
func (r reference) lost() bool {
	for _, call := range r.Run.Calls {
		for _, name := range call.JUnit {
			there := slices.ContainsFunc(r.Suites, func(s reporter.Suite) bool { return path.Base(s.File) == name })
			if !there && !strings.HasPrefix(name, "cut-") {
				return true
			}
		}
	}
	return false
}

// untold tells whether a call that was planned, or told of a test, is not in the record: silent on it, and how it ended is
// not known.
func (r reference) untold() bool {
	has := func(number int) bool {
		return len(r.Run.Calls) == 0 || slices.ContainsFunc(r.Run.Calls, func(c record.Call) bool { return c.Number == number })
	}
	return slices.ContainsFunc(r.Run.Plan.Invocations, func(inv record.Invocation) bool { return !has(inv.Number) }) ||
		slices.ContainsFunc(r.Journal, func(e record.Event) bool { return !has(e.Invocation) })
}

func (r reference) everyNode() []record.Node {
	nodes := slices.Clone(r.Run.Cluster.Nodes)
	for _, c := range r.Run.Cluster.Changes {
		if !c.Gone {
			nodes = append(nodes, c.Node)
		}
	}
	return nodes
}
