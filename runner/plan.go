// Package runner runs Kubernetes' e2e.test for the abilities of KEP-2578, and nothing else.
//
// It takes three steps. List asks a binary for its tests. NewPlan decides which of them are run, in how few calls: every
// ability is held against the names of that very binary, so that what it lacks, and a focus that selects too much, is known
// before anything runs. Run calls e2e.test for each Invocation, passes signals on, keeps what its progress posts say, and
// leaves no process behind. The package does not judge: e2e.test's JUnit files are left byte for byte, and package reporter
// reads them.
package runner

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

// Plan is what will be run, as data: nothing is decided after it.
type Plan struct {
	Abilities   []Ability    `json:"abilities"`          // every ability of the chosen categories, in their order
	Invocations []Invocation `json:"invocations"`        // in the order in which they run; none if there is nothing to run
	Problems    []Problem    `json:"problems,omitempty"` // of the specs with this binary, in the order of Abilities
}

// Ability is an ability with its tests in the binary that will run them.
type Ability struct {
	ID        string          `json:"id"`
	Category  string          `json:"category"`
	Placement specs.Placement `json:"placement,omitzero"` // where the pods of its tests must run; zero if the spec names no tests
	Tests     []string        `json:"tests"`              // that will run, sorted; none if NotRun says why
	LeftOut   []string        `json:"leftOut,omitempty"`  // that it has besides, and that the options leave out, sorted
	Missing   []string        `json:"missing,omitempty"`  // focus strings that select no test of the binary: the ability cannot be shown
	NotRun    string          `json:"notRun,omitempty"`   // why nothing will run: unproven, exempt, left out by a flag, not in the binary
	Send      specs.OS        `json:"send,omitempty"`     // where its pods are sent that choose no operating system; "": where they happen to
}

// sendOf is where pods of tests with a placement are to be sent: where the placement needs them, else to the first place that
// there is; "" if they can be sent nowhere.
func (o PlanOptions) sendOf(p specs.Placement) specs.OS {
	if len(o.Send) == 0 {
		return ""
	}
	if send := p.Send(); send != "" {
		return send
	}
	return o.Send[0]
}

// sends tells whether pods can be sent there.
func (o PlanOptions) sends(to specs.OS) bool { return to == "" || slices.Contains(o.Send, to) }

// Invocation is one call of e2e.test.
type Invocation struct {
	Number     int      `json:"number"`               // from 1, also over earlier runs into the same report directory
	Abilities  []string `json:"abilities"`            // the ids that it serves
	Tests      []string `json:"tests"`                // the tests that it selects, sorted
	Disruptive bool     `json:"disruptive,omitempty"` // it reboots nodes or evicts pods: it runs last
	Procs      int      `json:"procs,omitempty"`      // processes that share the tests, from 2; 0: one
	Send       specs.OS `json:"send,omitempty"`       // where pods go that choose no operating system; "": where they happen to
}

// Task is a test with where its pods are sent. One whose pods are sent nowhere is the same as on Windows: what it shows is
// judged by where they were.
type Task struct {
	Test    string
	ToLinux bool
}

// TaskOf is a test in an invocation that sends its pods somewhere, or nowhere.
func TaskOf(test string, send specs.OS) Task { return Task{test, send == specs.Linux} }

// PlanOptions narrow what is run. The zero value runs all that the categories name, in as few calls as there can be.
type PlanOptions struct {
	Provider       string        // abilities that the spec leaves out on it are not run
	SkipDisruptive bool          // leave out tests that break nodes for others
	SkipSerial     bool          // leave out tests that must have the cluster for themselves
	Isolate        bool          // one call for each ability
	Procs          int           // processes that share the tests that need not have the cluster for themselves; 0 and 1: one
	Send           []specs.OS    // where pods can be sent that choose no operating system; none: nowhere
	Have           map[Task]bool // what has a result already and is not run again
	Only           map[Task]bool // if not nil: nothing else is run
	FirstNumber    int           // of the first invocation; 0: 1
}

// NewPlan plans the abilities of a selection (specs.Select) for a binary with the given tests. What the binary lacks costs no
// more than the ability that needs it; the plan's problems tell of it, and of abilities that select too much. An error is a
// focus that does not compile.
func NewPlan(categories []specs.Category, tests []string, o PlanOptions) (Plan, error) {
	p := planner{tests: slices.Compact(slices.Sorted(slices.Values(tests))), options: o}
	p.names = proof.NewNames(p.tests)
	for _, c := range categories {
		assigned, err := specs.Assign(c.TestCases, p.tests)
		if err != nil {
			return Plan{}, fmt.Errorf("category %q: %w", c.Name, err)
		}
		for i, tc := range c.TestCases {
			p.plan.Abilities = append(p.plan.Abilities, p.ability(c.Name, tc, assigned[i]))
		}
	}
	p.plan.Invocations = invocations(p.plan.Abilities, o)
	return p.plan, nil
}

// planner makes a plan for one binary.
type planner struct {
	tests   []string // of the binary, sorted
	names   proof.Names
	options PlanOptions
	plan    Plan
}

// ability plans one ability, and notes its problems.
func (p *planner) ability(category string, tc specs.TestCase, assigned specs.Assignment) Ability {
	a := Ability{ID: tc.ID, Category: category, Placement: tc.Placement, Tests: []string{}}
	if omission, reason := tc.LeftOut(p.options.Provider); omission != specs.NotOmitted {
		a.NotRun = fmt.Sprintf("%s: %s", omission, reason)
		return a
	}
	a.Missing = proof.Unmatched(assigned)
	lacks := p.names.Lacks(tc, assigned)
	for _, lack := range lacks {
		p.note(tc, Missing, lack.Message, lack.Hints)
	}
	if len(assigned.Tests) == 0 {
		a.NotRun = notHere(lacks)
		return a
	}
	selected := named(assigned.Tests, p.tests)
	if a.Send = p.options.sendOf(tc.Placement); !p.options.sends(a.Send) {
		a.LeftOut, a.NotRun = selected, fmt.Sprintf("left out by --pin: its pods would have to be sent to %s", a.Send)
		return a
	}
	if a.Tests, a.LeftOut, a.NotRun = choose(selected, a.Send, p.options); len(a.Tests) == 0 {
		return a
	}
	for _, excess := range tc.Excesses(selected) {
		p.note(tc, Broad, excess.Message, proof.ExcessHints(excess))
	}
	return a
}

// notHere is why an ability is not run of which the binary has no test, with what may have been meant.
func notHere(lacks []proof.Lack) string {
	text := "not in this e2e.test"
	for _, lack := range lacks {
		text += ": " + strings.Join(append([]string{lack.Message}, lack.Hints...), "; ")
	}
	return text
}

// named are the names at those places of a list.
func named(places []int, list []string) []string {
	names := make([]string, len(places))
	for i, place := range places {
		names[i] = list[place]
	}
	return names
}

// choose parts tests into those that run and those that the options leave out, with the last reason if none runs.
func choose(tests []string, send specs.OS, o PlanOptions) (chosen, leftOut []string, why string) {
	chosen = []string{}
	for _, test := range tests {
		reason := ""
		switch {
		case o.SkipDisruptive && disruptive(test):
			reason = "left out by --skip-disruptive"
		case o.SkipSerial && serial(test):
			reason = "left out by --skip-serial"
		case o.Only != nil && !o.Only[TaskOf(test, send)]:
			reason = "not among the tests to run again"
		case o.Have[TaskOf(test, send)]:
			reason = "has a result already"
		}
		if reason == "" {
			chosen = append(chosen, test)
		} else {
			leftOut, why = append(leftOut, test), reason
		}
	}
	if len(chosen) > 0 {
		why = ""
	}
	return chosen, leftOut, why
}

// disruptive tells whether a test takes nodes or pods away from others: by its label, or, for those that carry none, by
// what they are (kubernetes' test/e2e/windows).
func disruptive(test string) bool {
	for _, mark := range []string{"[Disruptive]", "RebootHost", "GracefulNodeShutdown", "Graceful Node Shutdown", "[sig-windows] [Feature:Windows] Eviction"} {
		if strings.Contains(test, mark) {
			return true
		}
	}
	return false
}

// invocations puts the abilities' tests into calls: those that several processes can share in the first, those that need the
// cluster for themselves behind them, the disruptive ones last, and each once for every place to which pods are sent.
func invocations(abilities []Ability, o PlanOptions) []Invocation {
	var list []Invocation
	add := func(of turn, send specs.OS, abilities []Ability) {
		inv := Invocation{Disruptive: of == breaking, Send: send, Tests: []string{}, Abilities: []string{}}
		for _, a := range abilities {
			tests := slices.DeleteFunc(slices.Clone(a.Tests), func(t string) bool { return o.turnOf(t) != of || a.Send != send })
			if len(tests) > 0 {
				inv.Abilities = append(inv.Abilities, a.ID)
				inv.Tests = append(inv.Tests, tests...)
			}
		}
		slices.Sort(inv.Tests)
		inv.Tests = slices.Compact(inv.Tests)
		if len(inv.Tests) == 0 {
			return
		}
		if procs := min(o.Procs, len(inv.Tests)); of == shared && procs > 1 {
			inv.Procs = procs
		}
		inv.Number = max(o.FirstNumber, 1) + len(list)
		list = append(list, inv)
	}
	sends := o.Send
	if len(sends) == 0 {
		sends = []specs.OS{""}
	}
	for _, of := range []turn{shared, alone, breaking} {
		for _, send := range sends {
			if !o.Isolate {
				add(of, send, abilities)
				continue
			}
			for i := range abilities {
				add(of, send, abilities[i:i+1])
			}
		}
	}
	return list
}

// turn is when a test runs.
type turn int

const (
	shared   turn = iota // beside others, if there are several processes
	alone                // it needs the cluster for itself
	breaking             // it takes nodes or pods away from others
)

func (o PlanOptions) turnOf(test string) turn {
	switch {
	case disruptive(test):
		return breaking
	case o.Procs > 1 && serial(test):
		return alone
	}
	return shared
}

// serial tells whether a test must have the cluster for itself.
func serial(test string) bool { return strings.Contains(test, "[Serial]") }

// maxFocus is how many bytes one focus may have: Linux takes at most 128 KiB in one argument.
const maxFocus = 100 << 10

// Focus returns regular expressions that select exactly these tests, to Ginkgo: one, unless there are very many. Its form
// matters: Go's regexp takes 200 times as long for "^suite a$|^suite b$" as for "^suite (?:a|b)$", since it looks for the
// first at every place of every name.
func Focus(tests []string) []string {
	var list []string
	for start := 0; start < len(tests); {
		end, size := start, 0
		for end < len(tests) && (end == start || size+2*len(tests[end]) < maxFocus) {
			size += 2 * len(tests[end])
			end++
		}
		list = append(list, focus(tests[start:end]))
		start = end
	}
	return list
}

func focus(tests []string) string {
	quoted := make([]string, len(tests))
	for i, test := range tests {
		quoted[i] = regexp.QuoteMeta(test)
	}
	return "^" + regexp.QuoteMeta(specs.Suite) + " (?:" + strings.Join(quoted, "|") + ")$"
}
