// Package proof tells how far the e2e tests of Kubernetes prove the abilities of KEP-2578, before anything runs.
//
// Each question is one function from specs and catalogs of test names to a plain value, which then has its views:
//
//	Verify  categories, versions, catalogs -> Report       what is wrong with the specs
//	Cover   categories, versions, catalogs -> Coverage     how much is proven
//	Show    categories, versions, catalogs -> Sheet        all that is known of one ability
//	Diff    categories, two catalogs       -> Difference   what a release does to the abilities' tests
//	Focus   selected categories            -> []Selection  what to give to e2e.test
//
// The package reads no files and runs no tests; what a test said when it ran is the reporter's matter.
package proof

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Release is a version of Kubernetes with the catalog that speaks for it.
type Release struct {
	Version specs.Version `json:"version"`
	Catalog string        `json:"catalog"`           // the release of the catalog, such as "v1.36.3"
	Assumed bool          `json:"assumed,omitempty"` // Version has no catalog yet: an earlier version's stands in
}

// String returns the version, with a star if it is assumed: "1.36", "master*".
func (r Release) String() string {
	if r.Assumed {
		return r.Version.String() + "*"
	}
	return r.Version.String()
}

// Ability is one ability as each release shows it.
type Ability struct {
	Category    string  `json:"category"`
	Required    bool    `json:"required"`
	ID          string  `json:"id"`
	Description string  `json:"description"`
	On          []Proof `json:"on"` // one for each release, in their order
}

// State is how far an ability is proven.
type State string

// The states. Missing is the one that is never right: the spec names tests, and the release lacks what some focus string
// asks for, or the spec says nothing for the version at all.
const (
	Whole    State = "whole"
	Partial  State = "partial"
	Unproven State = "unproven"
	Missing  State = "missing"
)

// String returns the state in words for a reader.
func (s State) String() string {
	switch s {
	case Partial:
		return "in part"
	case Unproven:
		return "without a test"
	}
	return string(s)
}

// Proof is what one release has for an ability.
type Proof struct {
	State      State             `json:"state"`
	Tests      []string          `json:"tests,omitempty"`      // that the spec selects, sorted
	Unmatched  []string          `json:"unmatched,omitempty"`  // focus strings that match none
	Candidates []string          `json:"candidates,omitempty"` // that an unproven ability watches for, sorted
	Reason     string            `json:"reason,omitempty"`     // why there is no test
	Placement  specs.Placement   `json:"placement,omitzero"`   // of an ability with tests
	Seen       string            `json:"seen,omitempty"`       // the job of SIG Windows that runs the tests; "": none
	Evidence   []specs.Condition `json:"evidence,omitempty"`   // what makes a partial ability whole
	Notes      string            `json:"notes,omitempty"`      // what the tests do not show, or need

	testCase specs.TestCase
	absent   bool // the spec says nothing for the version; Reason says so
}

// unseen tells whether the ability has tests that no job of SIG Windows runs.
func (p Proof) unseen() bool { return (p.State == Whole || p.State == Partial) && p.Seen == "" }

// ledger is every ability on every release: what the answers are drawn from.
type ledger struct {
	releases  []Release
	words     []func() *lexicon // of each release, made when first asked for
	abilities []Ability
}

// newLedger holds every ability against the tests of every version.
func newLedger(categories []specs.Category, versions []specs.Version, catalogs []catalog.Catalog) (ledger, error) {
	l := ledger{abilities: abilities(categories)}
	var errs []error
	for _, v := range versions {
		c, assumed, err := catalog.For(catalogs, v)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		proofs, err := prove(categories, v, c.Names)
		if err != nil {
			return ledger{}, err
		}
		for i, a := range l.abilities {
			l.abilities[i].On = append(a.On, proofs[a.ID])
		}
		l.releases = append(l.releases, Release{Version: v, Catalog: c.Version, Assumed: assumed})
		l.words = append(l.words, sync.OnceValue(func() *lexicon { return newLexicon(c.Names) }))
	}
	return l, errors.Join(errs...)
}

// abilities returns each ability once, in the order of the specs, without proofs.
func abilities(categories []specs.Category) []Ability {
	var all []Ability
	seen := map[string]bool{}
	for _, c := range categories {
		for _, tc := range c.TestCases {
			if !seen[tc.ID] {
				seen[tc.ID] = true
				all = append(all, Ability{Category: c.Name, Required: c.Required, ID: tc.ID, Description: tc.Description})
			}
		}
	}
	return all
}

// prove returns the proof of each ability, by its ID, that version v has if its tests have these names.
func prove(categories []specs.Category, v specs.Version, names []string) (map[string]Proof, error) {
	selected, err := specs.Select(categories, v)
	proofs := absent(err)
	cases := testCases(selected)
	assigned, err := specs.Assign(watching(cases), names)
	if err != nil {
		return nil, err
	}
	for i, tc := range cases {
		p := Proof{
			State: State(tc.Proof()), Reason: tc.Unproven, Placement: tc.Placement, Seen: tc.Seen, Evidence: tc.Evidence,
			Notes: tc.Notes, testCase: tc,
		}
		tests := make([]string, 0, len(assigned[i].Tests))
		for _, test := range assigned[i].Tests {
			tests = append(tests, names[test])
		}
		if !tc.Proven() {
			p.Candidates = tests
			proofs[tc.ID] = p
			continue
		}
		p.Tests, p.Unmatched = tests, Unmatched(assigned[i])
		if len(p.Unmatched) > 0 {
			p.State, p.Reason = Missing, missingReason(p)
		}
		proofs[tc.ID] = p
	}
	return proofs, nil
}

func missingReason(p Proof) string {
	if len(p.Tests) == 0 {
		return "its focus matches no test"
	}
	return fmt.Sprintf("focus strings that match no test: %d of %d", len(p.Unmatched), len(p.testCase.Expressions()))
}

// watching returns the test cases with the candidates of an unproven ability for its focus.
func watching(cases []specs.TestCase) []specs.TestCase {
	cases = slices.Clone(cases)
	for i, tc := range cases {
		if !tc.Proven() {
			cases[i].Focus = tc.Candidates
		}
	}
	return cases
}

// absent returns a proof for each ability of which the spec says nothing: the errors of specs.Select.
func absent(err error) map[string]Proof {
	proofs := map[string]Proof{}
	joined, _ := err.(interface{ Unwrap() []error })
	if joined == nil {
		return proofs
	}
	for _, err := range joined.Unwrap() {
		var e *specs.NoCaseError
		if errors.As(err, &e) {
			reason := fmt.Sprintf("no test case is for this version: the first is for %s", e.Lowest)
			proofs[e.TestCase.ID] = Proof{State: Missing, Reason: reason, testCase: e.TestCase, absent: true}
		}
	}
	return proofs
}

func testCases(categories []specs.Category) []specs.TestCase {
	var all []specs.TestCase
	for _, c := range categories {
		all = append(all, c.TestCases...)
	}
	return all
}

// Versions returns the minor versions of the catalogs: those that can be held against the truth.
func Versions(catalogs []catalog.Catalog) []specs.Version {
	var versions []specs.Version
	for _, c := range slices.SortedFunc(slices.Values(catalogs), catalog.Catalog.Compare) {
		versions = append(versions, c.Minor)
	}
	return slices.Compact(versions)
}

// joinReleases writes releases as "1.35, 1.36, master*".
func joinReleases(releases []Release) string {
	texts := make([]string, len(releases))
	for i, r := range releases {
		texts[i] = r.String()
	}
	return strings.Join(texts, ", ")
}
