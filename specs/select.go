package specs

import (
	"errors"
	"fmt"
	"slices"
)

// Select returns the categories with one test case for each ability: of those with one ID the one whose highest
// Kubernetes version is the highest not above v, as KEP-2578 has it. A test case without versions holds for all of them
// and yields to any that names one. An ability of which no test case reaches down to v is an error.
func Select(categories []Category, v Version) ([]Category, error) {
	selected := make([]Category, 0, len(categories))
	var errs []error
	for _, c := range categories {
		var cases []TestCase
		for _, id := range ids(c.TestCases) {
			tc, err := choose(c.TestCases, id, v)
			if err != nil {
				errs = append(errs, err)
				continue
			}
			cases = append(cases, tc)
		}
		c.TestCases = cases
		selected = append(selected, c)
	}
	return selected, errors.Join(errs...)
}

// ids returns each ID once, in the order of first use.
func ids(cases []TestCase) []string {
	var all []string
	seen := map[string]bool{}
	for _, tc := range cases {
		if !seen[tc.ID] {
			seen[tc.ID] = true
			all = append(all, tc.ID)
		}
	}
	return all
}

// NoCaseError tells that no test case of an ability reaches down to a Kubernetes version. Select joins one for each such
// ability.
type NoCaseError struct {
	TestCase TestCase // the last one of the ability
	Version  Version  // what was asked for
	Lowest   Version  // the lowest version that a test case of the ability is for
}

// Error returns "file:line: message".
func (e *NoCaseError) Error() string {
	return fmt.Sprintf("%s:%d: ability %q has no test case for Kubernetes %s: its first is for %s",
		e.TestCase.File, e.TestCase.Line, e.TestCase.ID, e.Version, e.Lowest)
}

func choose(cases []TestCase, id string, v Version) (TestCase, error) {
	var chosen *TestCase
	var chosenVersion, lowest Version
	var last TestCase
	for i := range cases {
		tc := &cases[i]
		if tc.ID != id {
			continue
		}
		last = *tc
		if len(tc.KubernetesVersions) == 0 && chosen == nil {
			chosen = tc
		}
		for _, w := range tc.KubernetesVersions {
			if w.Compare(v) <= 0 && w.Compare(chosenVersion) > 0 {
				chosen, chosenVersion = tc, w
			}
			if lowest == (Version{}) || w.Compare(lowest) < 0 {
				lowest = w
			}
		}
	}
	if chosen == nil {
		return TestCase{}, &NoCaseError{TestCase: last, Version: v, Lowest: lowest}
	}
	return *chosen, nil
}

// Categories returns those of the given names, in the order of KEP-2578, or all if no name is given. A name that is not
// there is an error that lists the ones that are.
func Categories(categories []Category, names ...string) ([]Category, error) {
	if len(names) == 0 {
		return categories, nil
	}
	known := make([]string, len(categories))
	for i, c := range categories {
		known[i] = c.Name
	}
	for _, name := range names {
		if !slices.Contains(known, name) {
			return nil, fmt.Errorf("unknown category %q; known are %q", name, known)
		}
	}
	return slices.DeleteFunc(slices.Clone(categories), func(c Category) bool { return !slices.Contains(names, c.Name) }), nil
}
