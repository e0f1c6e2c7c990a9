package readiness

import (
	"fmt"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// LoadSpecs reads the categories in a folder or file, or, for "", those that the program carries.
func LoadSpecs(at string) ([]specs.Category, error) {
	if at == "" {
		return specs.Default()
	}
	return specs.Load(at)
}

// SelectSpecs loads the categories of the given names, all without one, as they hold for a version; "" is the newest.
func SelectSpecs(at, version string, names []string) ([]specs.Category, error) {
	categories, err := LoadSpecs(at)
	if err != nil {
		return nil, err
	}
	v := specs.Master()
	if version != "" {
		if v, err = specs.ParseVersion(version); err != nil {
			return nil, fmt.Errorf("--kubernetes-version: %w", err)
		}
	}
	if categories, err = specs.Categories(categories, names...); err != nil {
		return nil, fmt.Errorf("--category: %w", err)
	}
	return specs.Select(categories, v)
}

// chooseAbilities returns the categories with the abilities of those ids only, or all without an id.
func chooseAbilities(categories []specs.Category, ids []string) ([]specs.Category, error) {
	if len(ids) == 0 {
		return categories, nil
	}
	var known []string
	var chosen []specs.Category
	for _, c := range categories {
		var cases []specs.TestCase
		for _, tc := range c.TestCases {
			known = append(known, tc.ID)
			if slices.Contains(ids, tc.ID) {
				cases = append(cases, tc)
			}
		}
		if c.TestCases = cases; len(cases) > 0 {
			chosen = append(chosen, c)
		}
	}
	for _, id := range ids {
		if !slices.Contains(known, id) {
			return nil, usererror.WithHint(fmt.Errorf("--ability: unknown ability %q%s", id, nearest.Hint(id, known)), "see op-readiness specs list")
		}
	}
	return chosen, nil
}
