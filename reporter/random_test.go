package reporter_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// scenario is a random build and what it is judged for. It begins as one in which all is well, as far as its kind allows,
// and then some things happen to it.
type scenario struct {
	*rand.Rand
	reporter.Evidence
	q     reporter.Question
	calls int // of e2e.test, numbered from 1
	// The record is of an earlier program: it does not say what each call was to run.
	oldRecord bool
	steps     []string // the names of what happened to it
}

// maker makes scenarios, for one goroutine.
type maker struct {
	kep      []specs.Category // what KEP-2578 has
	happens  []thing
	assigned map[string][]specs.Assignment // what specs.Assign said before
}

func newMaker(kep []specs.Category) maker {
	return maker{kep: kep, happens: things(), assigned: map[string][]specs.Assignment{}}
}

// perQuestion is how many builds in a row are judged for one question: to make one takes longer than to make a build.
const perQuestion = 16

// scenario makes the scenario of a seed. What stands at the places of leaveOut does not happen; the rest is the same.
func (m maker) scenario(seed uint64, leaveOut ...int) *scenario {
	s := &scenario{Rand: rand.New(rand.NewPCG(seed/perQuestion, 1))}
	s.q = s.question(m.kep)
	s.Rand = rand.New(rand.NewPCG(seed, 2))
	s.q.Provider, s.q.Chosen = pick(s, "", "azure", "gce"), s.in(30)
	s.begin(m)
	numbers := []int{0, 0, 0, 1, 1, 1, 2, 2, 3, 6}
	for i := range numbers[s.IntN(len(numbers))] {
		s.Rand = rand.New(rand.NewPCG(seed, uint64(i)+3))
		thing := m.happens[s.IntN(len(m.happens))]
		if !slices.Contains(leaveOut, i) {
			thing.happen(s)
			s.steps = append(s.steps, thing.name)
		}
	}
	return s
}

// assign is specs.Assign.
func (m maker) assign(cases []specs.TestCase, tests []string) []specs.Assignment {
	var key strings.Builder
	for _, tc := range cases {
		for _, focus := range tc.Expressions() {
			key.WriteString(focus + "\n")
		}
		key.WriteString("\n")
	}
	for _, test := range tests {
		key.WriteString(test + "\n")
	}
	if known, ok := m.assigned[key.String()]; ok {
		return known
	}
	assigned, err := specs.Assign(cases, tests)
	if err != nil {
		panic(err) // the expressions are ours
	}
	if len(m.assigned) > 100 {
		clear(m.assigned)
	}
	m.assigned[key.String()] = assigned
	return assigned
}

// in tells, in so many of a hundred cases, yes.
func (s *scenario) in(percent int) bool { return s.IntN(100) < percent }

func pick[T any](s *scenario, from ...T) T { return from[s.IntN(len(from))] }

// question makes a small spec of three categories, or, now and then, one of all that KEP-2578 requires, or all but one.
func (s *scenario) question(kep []specs.Category) reporter.Question {
	q := reporter.Question{Version: "v1.36.3"}
	q.Spec.Identity = pick(s, specs.Identity{Embedded: true, HoldsRequired: true}, specs.Identity{Path: "dir"}, specs.Identity{Path: "dir", HoldsRequired: true})
	for _, c := range kep {
		for _, tc := range c.TestCases {
			if c.Required {
				q.Spec.Required = append(q.Spec.Required, tc.ID)
			}
		}
	}
	if s.in(10) {
		q.Spec.Categories = s.required(kep)
	} else {
		q.Spec.Categories = []specs.Category{{Name: "Core.Network", Required: true}, {Name: "Core.Storage", Required: true}, {Name: "Extend.Worker", Required: s.in(10)}}
		for i := range 6 + s.IntN(5) {
			c := &q.Spec.Categories[i%3]
			c.TestCases = append(c.TestCases, s.ability(i, 10))
		}
	}
	q.Tests = s.tests(q.Spec.Categories)
	return q
}

// required are the required categories of KEP-2578 with abilities of the same names, most of them unproven.
func (s *scenario) required(kep []specs.Category) []specs.Category {
	var list []specs.Category
	for i, c := range kep {
		if !c.Required {
			continue
		}
		mine := specs.Category{Name: c.Name, Required: true}
		for j, tc := range c.TestCases {
			ability := s.ability(20*i+j, 70)
			ability.ID = tc.ID
			mine.TestCases = append(mine.TestCases, ability)
		}
		list = append(list, mine)
	}
	if s.in(20) {
		c := &list[s.IntN(len(list))]
		c.TestCases = c.TestCases[1:]
	}
	return list
}

// ability makes an ability with tests of its own, or, in so many of a hundred cases, one that has none.
func (s *scenario) ability(i, unproven int) specs.TestCase {
	tc := specs.TestCase{ID: fmt.Sprintf("ability-%d", i), Description: "d"}
	if s.in(unproven) {
		tc.Unproven = "no test"
		return tc
	}
	if s.in(10) {
		tc.SkipProviders = []string{"azure"}
	}
	for j := range 1 + s.IntN(2) {
		tc.Focus = append(tc.Focus, specs.Exactly(testName(i, j)))
	}
	if s.in(15) {
		tc.Focus[0] = fmt.Sprintf(`^Kubernetes e2e suite \[sig\] %d-0`, i) // and 0x
	}
	if s.in(10) {
		tc.AnyOf = [][]string{{specs.Exactly(testName(i, 7))}, {specs.Exactly(testName(i, 8)), specs.Exactly(testName(i, 9))}}
	}
	tc.Placement = s.placement()
	if s.in(30) {
		tc.Partial, tc.Notes = true, "Not shown: the rest."
		kinds := []specs.ConditionKind{specs.DistinctAddresses, specs.ReadyEndpoints, specs.ReplacedPods, specs.NodeAddress}
		for range s.IntN(3) {
			tc.Evidence = append(tc.Evidence, specs.Condition{Kind: pick(s, kinds...), Pods: pick(s, "", "^pod"), Count: 1 + s.IntN(2)})
		}
	}
	return tc
}

func testName(ability, number int) string { return fmt.Sprintf("[sig] %d-%d", ability, number) }

func (s *scenario) placement() specs.Placement {
	role := func(name string, os specs.OS) specs.Role { return specs.Role{Name: name, Pods: "^" + name, OS: os} }
	kind := pick(s, specs.PlacementSelf, specs.PlacementSelf, specs.PlacementFlag, specs.PlacementWindows, specs.PlacementWindows, specs.PlacementBoth,
		specs.PlacementNone, specs.PlacementRoles, "")
	p := specs.Placement{Kind: kind}
	if kind == specs.PlacementRoles {
		p.Roles = []specs.Role{role("client", pick(s, specs.Linux, specs.Windows)), role("server", pick(s, specs.Linux, specs.Windows))}
	}
	return p
}

// tests are those that an e2e.test has: all that the abilities name, now and then without one, and some others.
func (s *scenario) tests(categories []specs.Category) []string {
	list := []string{"[sig] another"}
	for _, c := range categories {
		for _, tc := range c.TestCases {
			for _, focus := range tc.Expressions() {
				var i, j int
				if _, err := fmt.Sscanf(focus, `^Kubernetes e2e suite \[sig\] %d-%d`, &i, &j); err == nil && !s.in(1) {
					list = append(list, testName(i, j))
				}
				if focus[len(focus)-1] != '$' {
					list = append(list, testName(i, 0)+"x")
				}
			}
		}
	}
	return list
}

// begin gives the scenario a build in which every test passed: a run of one's own with its record, or somebody's results.
func (s *scenario) begin(m maker) {
	s.Build, s.End, s.calls = reporter.Build{Job: "job"}, reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}, 1+s.IntN(3)
	if s.in(30) {
		s.Build, s.End = reporter.Build{}, reporter.End{State: reporter.NoJob}
	}
	own := s.in(65)
	s.oldRecord = s.in(20)
	for number := 1; number <= s.calls; number++ {
		suite := reporter.Suite{File: fmt.Sprintf("artifacts/junit_%02d.xml", number), Line: 2, Worked: true, Succeeded: pick(s, "", "true")}
		if own {
			suite.File = "artifacts/" + callFile(number)
		}
		suite.Windows.Shown = s.in(80)
		s.Suites = append(s.Suites, suite)
	}
	if own {
		s.ownRun()
	} else if s.in(50) {
		s.q.Declared = string(specs.Windows)
	}
	s.Versions, s.Platforms = []reporter.Claim{{Value: "v1.36.3", Source: "finished.json"}}, []reporter.Claim{{Value: "ltsc2022", Source: "labels"}}
	for _, c := range s.q.Spec.Categories {
		assigned := m.assign(c.TestCases, s.q.Tests)
		for i, tc := range c.TestCases {
			s.pass(tc, assigned[i])
		}
	}
	s.Files = len(s.Suites)
}

func callFile(number int) string { return "junit_" + reportdir.Prefix(number) + "01.xml" }

// ownRun gives the scenario the record of a run.
func (s *scenario) ownRun() {
	ended := randomStart().Add(time.Hour)
	s.Run = &record.Run{
		Started: randomStart(), Ended: &ended, EndedBy: record.EndingComplete, KubernetesVersion: "v1.36.3",
		Cluster: &record.Cluster{Version: "v1.36.3", Watched: s.in(70), Nodes: []record.Node{
			randomNode("windows-1", specs.Windows), randomNode("windows-2", specs.Windows), randomNode("linux-1", specs.Linux),
		}},
	}
	if s.in(30) {
		s.Run.Cluster.Nodes[2].Taints = []string{"control-plane"}
	}
	if s.in(10) {
		s.Run.Cluster = nil
	}
	sends := s.in(40)
	for number := 1; number <= s.calls; number++ {
		call := record.Call{Number: number, Ending: record.Completed, JUnit: []string{callFile(number)}}
		if sends {
			call.Send = pick(s, specs.Windows, specs.Linux, specs.Windows, "")
		}
		s.Run.Calls = append(s.Run.Calls, call)
	}
}

func randomStart() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }

func randomNode(name string, os specs.OS) record.Node {
	n := record.Node{Name: name, OS: string(os), Build: "6.8.0", Ready: true}
	if os == specs.Windows {
		n.Build = "10.0.20348.2700"
	}
	return n
}

// pass lets every test of an ability pass in one of the calls, with pods as the placement wants them.
func (s *scenario) pass(tc specs.TestCase, a specs.Assignment) {
	for _, test := range a.Tests {
		number := 1 + s.IntN(s.calls)
		if len(tc.AnyOf) > 0 && s.in(30) && s.q.Tests[test][len(s.q.Tests[test])-1] >= '7' {
			continue
		}
		s.row(&s.Suites[number-1], s.q.Tests[test], reporter.Passed)
		if s.Run != nil {
			s.Pods = append(s.Pods, s.line(s.q.Tests[test], number, tc.Placement))
		}
	}
}

// row adds a row to a suite.
func (s *scenario) row(suite *reporter.Suite, test string, state reporter.State) {
	row := reporter.Result{Test: reporter.Test{Name: test, State: state, File: suite.File, Line: len(suite.Results) + 3, Message: "text"}}
	switch state {
	case reporter.Failed:
		row.Status = pick(s, "failed", "timedout", "interrupted", "aborted", "")
		row.Message = pick(s, row.Message, suiteTimeout)
	case reporter.Flaky:
		row.Retries = 1
	}
	suite.Results = append(suite.Results, row)
	suite.Rows++
	s.count(suite)
	s.tell(suite.File, row)
}

// count counts the tests of a suite whose last rows failed, and has its call end as it does then.
func (s *scenario) count(suite *reporter.Suite) {
	failed := map[string]int{}
	for _, r := range suite.Results {
		switch r.State {
		case reporter.Failed:
			failed[r.Name]++
		case reporter.Passed, reporter.Flaky:
			failed[r.Name] = 0
		}
	}
	suite.Failures = 0
	for _, n := range failed {
		suite.Failures += n
	}
	s.exit(*suite)
}

// exit has the call that wrote a suite end as its failures say.
func (s *scenario) exit(suite reporter.Suite) {
	number, _ := reportdir.Invocation(suite.File)
	if s.Run == nil {
		return
	}
	if at := slices.IndexFunc(s.Run.Calls, func(c record.Call) bool { return c.Number == number }); at >= 0 {
		s.Run.Calls[at].ExitCode = min(suite.Failures, 1)
	}
}

// tell has the call that wrote a file plan a test, and tell its end.
func (s *scenario) tell(file string, row reporter.Result) {
	number, _ := reportdir.Invocation(file)
	if s.Run == nil {
		return
	}
	at := slices.IndexFunc(s.Run.Calls, func(c record.Call) bool { return c.Number == number })
	if at < 0 || s.oldRecord {
		return
	}
	c := &s.Run.Calls[at]
	if !slices.Contains(c.Tests, row.Name) {
		c.Tests = append(c.Tests, row.Name)
		c.Told++
	}
	states := map[reporter.State]record.State{reporter.Failed: record.Failed, reporter.Skipped: record.Skipped}
	event := record.Event{Invocation: number, Test: row.Name, State: cmp.Or(states[row.State], record.Passed)}
	same := func(e record.Event) bool { return e.Invocation == number && e.Test == row.Name }
	s.Journal = append(slices.DeleteFunc(s.Journal, same), event)
}

// line is what the record says of a test whose pods ran where a placement wants them.
func (s *scenario) line(test string, call int, p specs.Placement) record.TestPods {
	line := record.TestPods{Test: test, Invocation: call, Joined: record.JoinedByNamespace}
	add := func(name string, os specs.OS) { line.Pods = append(line.Pods, s.pod(name, os, len(line.Pods))) }
	for _, role := range p.Roles {
		add(role.Name+"-1", role.OS)
	}
	switch p.Kind {
	case specs.PlacementBoth:
		add("linux", specs.Linux)
		add("windows", specs.Windows)
	case specs.PlacementRoles, specs.PlacementNone:
	default:
		for range 1 + s.IntN(4) {
			add(pick(s, "pod", "pod", "other"), specs.Windows)
		}
	}
	return line
}

// pod is a pod that lived from some second to another, of a few that there are.
func (s *scenario) pod(name string, os specs.OS, number int) record.Pod {
	second := func(n int) *time.Time { t := randomStart().Add(time.Duration(n) * time.Second); return &t }
	started := s.IntN(5)
	p := record.Pod{
		Namespace: "n", Name: name, UID: fmt.Sprint(number), Node: string(os) + "-1", OS: string(os), Started: second(started), Ready: second(started + s.IntN(2)),
		Addresses: []string{fmt.Sprint("a", number)}, NodeAddresses: []string{"a0", "a9"}, Owner: pick(s, "", "ReplicaSet/web"),
	}
	if s.in(50) {
		p.Gone = second(started + 1 + s.IntN(5))
	}
	if s.in(30) {
		p.Deleted = second(started + 1 + s.IntN(5))
	}
	return p
}
