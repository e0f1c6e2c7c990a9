package proof

import (
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Difference is what happened to the tests of the abilities from one release to another.
type Difference struct {
	From        string   `json:"from"` // releases
	To          string   `json:"to"`
	Disappeared int      `json:"disappeared"` // tests of From, of all kinds, that To does not have
	Appeared    int      `json:"appeared"`
	Changes     []Change `json:"changes"` // by category and ability in the order of the specs, then by name
	// Unclaimed are the tests of SIG Windows that appeared and that no ability selects: new proof may be among them.
	Unclaimed []string `json:"unclaimed"`

	successors []specs.TestCase // the test cases that renamed tests ask for
}

// Change is one test of one ability that came or went.
type Change struct {
	Category string `json:"category"`
	Ability  string `json:"ability"` // its ID
	Kind     Kind   `json:"kind"`
	Old      string `json:"old,omitempty"`
	New      string `json:"new,omitempty"` // of a renamed test: the likely new name
	Selected bool   `json:"selected"`      // the spec, as it stands for the newer release, selects New
	State    State  `json:"state"`         // of the ability on the newer release
	File     string `json:"file"`          // the test case that holds for the newer release
	Line     int    `json:"line"`
}

// Kind is what happened to a test.
type Kind string

// The kinds.
const (
	Renamed   Kind = "renamed"   // gone, and a test that appeared has nearly its name
	Lost      Kind = "lost"      // gone
	Left      Kind = "left"      // still there, but the spec for the newer release does not select it
	Gained    Kind = "gained"    // the spec for the newer release selects it, the one for the older did not
	Candidate Kind = "candidate" // appeared, and an unproven ability watches for it
)

// Diff compares two releases, each with the spec as it stands for it.
func Diff(categories []specs.Category, from, to catalog.Catalog) (Difference, error) {
	before, err := prove(categories, from.Minor, from.Names)
	if err != nil {
		return Difference{}, err
	}
	after, err := prove(categories, to.Minor, to.Names)
	if err != nil {
		return Difference{}, err
	}
	jobs, err := newJobMatchers()
	if err != nil {
		return Difference{}, err
	}
	appeared := without(to.Names, from.Names)
	d := Difference{
		From: from.Version, To: to.Version, Changes: []Change{},
		Disappeared: len(without(from.Names, to.Names)), Appeared: len(appeared),
	}
	c := comparison{from: from.Names, to: to.Names, appeared: newLexicon(appeared)}
	for _, a := range abilities(categories) {
		changes := c.changes(before[a.ID], after[a.ID])
		if tc, ok := successor(after[a.ID].testCase, to.Minor, changes, after[a.ID].Tests, jobs); ok {
			d.successors = append(d.successors, tc)
		}
		for _, change := range changes {
			change.Category, change.Ability = a.Category, a.ID
			d.Changes = append(d.Changes, change)
		}
	}
	d.Unclaimed = unclaimed(appeared, after, d.Changes)
	return d, nil
}

// without returns the names that others, sorted too, do not have.
func without(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return has(others, name) })
}

func has(sorted []string, name string) bool {
	_, found := slices.BinarySearch(sorted, name)
	return found
}

type comparison struct {
	from, to []string
	appeared *lexicon
}

// changes returns what became of the tests of one ability.
func (c comparison) changes(before, after Proof) []Change {
	var changes []Change
	renamed := map[string]bool{}
	for _, old := range without(before.Tests, after.Tests) {
		change := Change{Kind: Left, Old: old}
		if !has(c.to, old) {
			change.Kind = Lost
			if likely := c.appeared.nearest(old, 1, len(old)/2); len(likely) == 1 {
				change.Kind, change.New = Renamed, likely[0]
				renamed[change.New] = true
			}
		}
		changes = append(changes, change)
	}
	for _, name := range without(after.Tests, before.Tests) {
		if !renamed[name] {
			changes = append(changes, Change{Kind: Gained, New: name})
		}
	}
	for _, name := range without(after.Candidates, c.from) {
		changes = append(changes, Change{Kind: Candidate, New: name})
	}
	for i := range changes {
		changes[i].Selected = has(after.Tests, changes[i].New)
		changes[i].State = after.State
		changes[i].File, changes[i].Line = after.testCase.File, after.testCase.Line
	}
	return changes
}

// unclaimed returns the names of SIG Windows that no ability selects and that are no likely new name of a test of one.
func unclaimed(appeared []string, proofs map[string]Proof, changes []Change) []string {
	claimed := map[string]bool{}
	for _, c := range changes {
		claimed[c.New] = true
	}
	for _, p := range proofs {
		for _, name := range p.Tests {
			claimed[name] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(appeared), func(name string) bool {
		return claimed[name] || !strings.HasPrefix(name, "[sig-windows]")
	})
}
