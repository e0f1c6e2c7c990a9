// Package runner runs Kubernetes' e2e.test for the abilities of KEP-2578, and nothing else.
//
// It takes three steps. List asks a binary for its tests. NewPlan decides which of them are run, in how few calls: every
// ability is held against the names of that very binary, so that a focus which matches nothing is found before anything
// runs. Run calls e2e.test for each Invocation, passes signals on, keeps what its progress posts say, and leaves no
// process behind. The package does not judge: e2e.test's JUnit files are left byte for byte, and package reporter reads
// them.
package runner

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Plan is what will be run, as data: nothing is decided after it.
type Plan struct {
	Abilities   []Ability    `json:"abilities"`   // every ability of the chosen categories, in their order
	Invocations []Invocation `json:"invocations"` // in the order in which they run; none if there is nothing to run
}

// Ability is an ability with its tests in the binary that will run them.
type Ability struct {
	ID       string   `json:"id"`
	Category string   `json:"category"`
	Tests    []string `json:"tests"`            // that will run, sorted; none if NotRun says why
	NotRun   string   `json:"notRun,omitempty"` // why nothing will run: unproven, exempt, left out by a flag, without a match
}

// Invocation is one call of e2e.test.
type Invocation struct {
	Number     int      `json:"number"`               // from 1, also over earlier runs into the same report directory
	Abilities  []string `json:"abilities"`            // the ids that it serves
	Tests      []string `json:"tests"`                // the tests that it selects, sorted
	Disruptive bool     `json:"disruptive,omitempty"` // it reboots nodes or evicts pods: it runs last
}

// PlanOptions narrow what is run. The zero value runs all that the categories name, in as few calls as there can be.
type PlanOptions struct {
	Provider       string          // abilities that the spec leaves out on it are not run
	SkipDisruptive bool            // leave out tests that break nodes for others
	SkipSerial     bool            // leave out tests that must have the cluster for themselves
	Isolate        bool            // one call for each ability
	AllowUnmatched bool            // an ability without a test in the binary is not run, instead of an error
	Have           map[string]bool // tests that have a result already and are not run again
	Only           map[string]bool // if not nil: no other tests are run
	FirstNumber    int             // of the first invocation; 0: 1
}

// NewPlan plans the abilities of a selection (specs.Select) for a binary with the given tests. An ability whose focus
// matches none of them is an error that names its place and the nearest tests; all such errors are joined.
func NewPlan(categories []specs.Category, tests []string, o PlanOptions) (Plan, error) {
	var plan Plan
	var errs []error
	for _, c := range categories {
		matched, err := match(c.TestCases, tests)
		if err != nil {
			return Plan{}, fmt.Errorf("category %q: %w", c.Name, err)
		}
		for i, tc := range c.TestCases {
			a := planAbility(c.Name, tc, matched[i], o)
			if a.NotRun == unmatched && !o.AllowUnmatched {
				errs = append(errs, noMatch(tc, tests))
			}
			plan.Abilities = append(plan.Abilities, a)
		}
	}
	plan.Invocations = invocations(plan.Abilities, o)
	return plan, errors.Join(errs...)
}

// match returns for each test case the tests that it selects, sorted.
func match(cases []specs.TestCase, tests []string) ([][]string, error) {
	index, err := specs.NewIndex(cases)
	if err != nil {
		return nil, err
	}
	matched := make([][]string, len(cases))
	var found []int
	for _, test := range slices.Sorted(slices.Values(tests)) {
		found = index.Lookup(test, found[:0])
		for _, i := range found {
			matched[i] = append(matched[i], test)
		}
	}
	return matched, nil
}

// unmatched is why an ability is not run whose focus selects no test of the binary.
const unmatched = "its focus matches no test of this e2e.test"

func planAbility(category string, tc specs.TestCase, tests []string, o PlanOptions) Ability {
	a := Ability{ID: tc.ID, Category: category, Tests: []string{}}
	switch {
	case !tc.Proven():
		a.NotRun = "unproven: " + tc.Unproven
	case o.Provider != "" && slices.Contains(tc.SkipProviders, o.Provider):
		a.NotRun = fmt.Sprintf("exempt on provider %q", o.Provider)
	case len(tests) == 0:
		a.NotRun = unmatched
	default:
		a.Tests, a.NotRun = choose(tests, o)
	}
	return a
}

// choose returns the tests that the options leave, or the last reason why none is left.
func choose(tests []string, o PlanOptions) ([]string, string) {
	chosen, why := []string{}, ""
	for _, test := range tests {
		switch {
		case o.SkipDisruptive && disruptive(test):
			why = "left out by --skip-disruptive"
		case o.SkipSerial && strings.Contains(test, "[Serial]"):
			why = "left out by --skip-serial"
		case o.Only != nil && !o.Only[test]:
			why = "not among the tests to run again"
		case o.Have[test]:
			why = "has a result already"
		default:
			chosen = append(chosen, test)
		}
	}
	if len(chosen) > 0 {
		why = ""
	}
	return chosen, why
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

func noMatch(tc specs.TestCase, tests []string) error {
	text := fmt.Sprintf("%s:%d: ability %q: %s", tc.File, tc.Line, tc.ID, unmatched)
	for _, name := range nearest.Names(plainName(tc.Focus[0]), tests, 3) {
		text += fmt.Sprintf("\n\tdid you mean %q?", name)
	}
	return errors.New(text)
}

// plainName is a focus without what makes it a regular expression, to compare it with names.
func plainName(focus string) string {
	focus = strings.TrimPrefix(strings.TrimSuffix(focus, "$"), "^")
	return strings.TrimPrefix(strings.ReplaceAll(focus, `\`, ""), specs.Suite+" ")
}

// invocations puts the abilities' tests into calls: all undisruptive ones in the first, the disruptive ones in the last.
func invocations(abilities []Ability, o PlanOptions) []Invocation {
	var list []Invocation
	add := func(last bool, of []Ability) {
		inv := Invocation{Disruptive: last, Tests: []string{}, Abilities: []string{}}
		for _, a := range of {
			tests := slices.DeleteFunc(slices.Clone(a.Tests), func(t string) bool { return disruptive(t) != last })
			if len(tests) > 0 {
				inv.Abilities = append(inv.Abilities, a.ID)
				inv.Tests = append(inv.Tests, tests...)
			}
		}
		slices.Sort(inv.Tests)
		inv.Tests = slices.Compact(inv.Tests)
		if len(inv.Tests) > 0 {
			inv.Number = max(o.FirstNumber, 1) + len(list)
			list = append(list, inv)
		}
	}
	for _, last := range []bool{false, true} {
		if !o.Isolate {
			add(last, abilities)
			continue
		}
		for i := range abilities {
			add(last, abilities[i:i+1])
		}
	}
	return list
}

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
