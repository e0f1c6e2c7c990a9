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
	spec, err := specs.Open(at)
	return spec.Categories, err
}

// OpenSpec opens a spec with the categories of the given names, all without one, as they hold for a version; "" is the
// newest.
func OpenSpec(at, version string, names []string) (specs.Spec, error) {
	spec, err := specs.Open(at)
	if err != nil {
		return specs.Spec{}, err
	}
	v := specs.Master()
	if version != "" {
		if v, err = specs.ParseVersion(version); err != nil {
			return specs.Spec{}, fmt.Errorf("--kubernetes-version: %w", err)
		}
	}
	if spec.Categories, err = specs.Categories(spec.Categories, names...); err != nil {
		return specs.Spec{}, fmt.Errorf("--category: %w", err)
	}
	spec.Categories, err = specs.Select(spec.Categories, v)
	return spec, err
}

// SelectSpecs is OpenSpec for those who need no identity.
func SelectSpecs(at, version string, names []string) ([]specs.Category, error) {
	spec, err := OpenSpec(at, version, names)
	return spec.Categories, err
}

// Choice is what a user named of the specs.
type Choice struct {
	Specs      string   // folder or file; "": those that the program carries
	Version    string   // of Kubernetes; "": the newest
	Categories []string // none: all
	Abilities  []string // ids; none: all of the categories
}

// Choose opens the specs and returns what was chosen of them. A name that they do not have is an error with the one that was
// meant.
func Choose(c Choice) (specs.Spec, error) {
	spec, err := OpenSpec(c.Specs, c.Version, c.Categories)
	if err != nil {
		return specs.Spec{}, err
	}
	all, err := LoadSpecs(c.Specs)
	if err != nil {
		return specs.Spec{}, err
	}
	if err := checkAbilities(spec.Categories, all, c.Abilities); err != nil {
		return specs.Spec{}, err
	}
	spec.Categories, err = chooseAbilities(spec.Categories, c.Abilities)
	return spec, err
}

// checkChoice holds what a user named of the specs against them, before the version is known by which they are read.
func checkChoice(o Options) error {
	spec, err := specs.Open(o.Specs)
	if err != nil {
		return err
	}
	if o.Version != "" {
		if _, err = specs.ParseVersion(o.Version); err != nil {
			return usererror.Usage(fmt.Errorf("--kubernetes-version: %w", err))
		}
	}
	categories, err := specs.Categories(spec.Categories, o.Categories...)
	if err != nil {
		return fmt.Errorf("--category: %w", err)
	}
	return checkAbilities(categories, spec.Categories, o.Abilities)
}

// checkAbilities refuses an id that no ability of the chosen categories has. Of one that another of all has, it says which.
func checkAbilities(chosen, all []specs.Category, ids []string) error {
	known := abilityIDs(chosen)
	for _, id := range ids {
		if slices.Contains(known, id) {
			continue
		}
		for _, c := range all {
			if slices.Contains(abilityIDs([]specs.Category{c}), id) {
				return usererror.WithHint(fmt.Errorf("--ability: %q is of %s, which --category does not choose", id, c.Name), "name that category too, or none")
			}
		}
		return usererror.WithHint(fmt.Errorf("--ability: unknown ability %q%s", id, nearest.Hint(id, known)), "see op-readiness specs list")
	}
	return nil
}

// abilityIDs are the ids of all abilities of the categories.
func abilityIDs(categories []specs.Category) []string {
	var ids []string
	for _, c := range categories {
		for _, tc := range c.TestCases {
			ids = append(ids, tc.ID)
		}
	}
	return ids
}

// chooseAbilities returns the categories with the abilities of those ids only, or all without an id.
func chooseAbilities(categories []specs.Category, ids []string) ([]specs.Category, error) {
	if len(ids) == 0 {
		return categories, nil
	}
	if err := checkAbilities(categories, categories, ids); err != nil {
		return nil, err
	}
	var chosen []specs.Category
	for _, c := range categories {
		var cases []specs.TestCase
		for _, tc := range c.TestCases {
			if slices.Contains(ids, tc.ID) {
				cases = append(cases, tc)
			}
		}
		if c.TestCases = cases; len(cases) > 0 {
			chosen = append(chosen, c)
		}
	}
	return chosen, nil
}
