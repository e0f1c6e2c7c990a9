package specs

// Assignment is what a list of tests means to one test case. Tests are named by their places in the list.
type Assignment struct {
	Tests []int           // those that belong to the ability, in order
	Focus []Requirement   // one for each string of TestCase.Focus
	AnyOf [][]Requirement // one for each string of each alternative of TestCase.AnyOf
}

// Requirement is one focus string of an ability.
type Requirement struct {
	Focus string
	Tests []int // the tests that it selects, in order; none if nothing can show it
}

// Assign tells which tests belong to which test case: those that one focus string or more of it selects and none of its
// skip strings leaves out. The answers stand in the order of cases. A focus that does not compile is an error.
func Assign(cases []TestCase, tests []string) ([]Assignment, error) {
	index, err := NewIndex(cases)
	if err != nil {
		return nil, err
	}
	all := make([]Assignment, len(cases))
	requirements := make([][]*Requirement, len(cases)) // of each case, in the order of Expressions
	for i, tc := range cases {
		all[i], requirements[i] = newAssignment(tc)
	}
	for test, text := range tests {
		for _, m := range index.lookup(text) {
			r := requirements[m.testCase][m.expression]
			r.Tests = append(r.Tests, test)
			if a := &all[m.testCase]; len(a.Tests) == 0 || a.Tests[len(a.Tests)-1] != test {
				a.Tests = append(a.Tests, test)
			}
		}
	}
	return all, nil
}

// newAssignment returns the assignment of a test case without tests, and its requirements in the order of Expressions.
func newAssignment(tc TestCase) (Assignment, []*Requirement) {
	a := Assignment{Focus: newRequirements(tc.Focus)}
	for _, alternative := range tc.AnyOf {
		a.AnyOf = append(a.AnyOf, newRequirements(alternative))
	}
	var flat []*Requirement
	for _, list := range append([][]Requirement{a.Focus}, a.AnyOf...) {
		for i := range list {
			flat = append(flat, &list[i])
		}
	}
	return a, flat
}

func newRequirements(focus []string) []Requirement {
	list := make([]Requirement, len(focus))
	for i, f := range focus {
		list[i].Focus = f
	}
	return list
}

// Ways returns the ways in which the ability can be shown: one, of all of Focus, or one with each alternative of AnyOf.
// In a way every requirement must be shown.
func (a Assignment) Ways() [][]Requirement {
	if len(a.AnyOf) == 0 {
		return [][]Requirement{a.Focus}
	}
	ways := make([][]Requirement, len(a.AnyOf))
	for i, alternative := range a.AnyOf {
		ways[i] = append(append([]Requirement{}, a.Focus...), alternative...)
	}
	return ways
}

// Unshown returns the focus strings that lack a test that counts, in the way that lacks the fewest; none if the ability
// is shown. If every test counts these are the strings that select nothing.
func (a Assignment) Unshown(counts func(test int) bool) []string {
	var fewest []string
	for i, way := range a.Ways() {
		lacking := unshown(way, counts)
		if i == 0 || len(lacking) < len(fewest) {
			fewest = lacking
		}
	}
	return fewest
}

func unshown(way []Requirement, counts func(test int) bool) []string {
	var lacking []string
	for _, r := range way {
		shown := false
		for _, test := range r.Tests {
			shown = shown || counts(test)
		}
		if !shown {
			lacking = append(lacking, r.Focus)
		}
	}
	return lacking
}
