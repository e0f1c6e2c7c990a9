package proof

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Report is what Verify found.
type Report struct {
	Spec      specs.Identity `json:"spec"` // zero unless the caller gives it
	Releases  []Release      `json:"releases"`
	Abilities []Ability      `json:"abilities"`
	Findings  []Finding      `json:"findings"` // by file and line, then in the order of Releases
}

// Finding is one thing that is wrong with the test case of an ability on one release.
type Finding struct {
	Severity Severity `json:"severity"`
	File     string   `json:"file"`
	Line     int      `json:"line"`
	Category string   `json:"category"`
	Required bool     `json:"required"`
	Ability  string   `json:"ability"` // its ID
	Release  Release  `json:"release"`
	Message  string   `json:"message"`
	Hints    []string `json:"hints,omitempty"` // what to do about it, a line each
}

// Severity says whether a finding makes a spec wrong.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Verify holds every ability against the tests of every version. A version without a catalog of its own is held against
// the newest one below it. Versions that no catalog can speak for are an error.
func Verify(categories []specs.Category, versions []specs.Version, catalogs []catalog.Catalog) (Report, error) {
	l, err := newLedger(categories, versions, catalogs)
	if err != nil {
		return Report{}, err
	}
	jobs, err := newJobMatchers()
	if err != nil {
		return Report{}, err
	}
	r := Report{Releases: l.releases, Abilities: l.abilities, Findings: []Finding{}}
	for i, release := range l.releases {
		users := usersOf(l.abilities, i)
		for _, a := range l.abilities {
			p := a.On[i]
			for _, w := range slices.Concat(inspect(p, l.words[i], release, jobs), sharing(a, p, users)) {
				r.Findings = append(r.Findings, Finding{
					Severity: w.severity, File: p.testCase.File, Line: p.testCase.Line, Category: a.Category, Required: a.Required,
					Ability: a.ID, Release: release, Message: w.message, Hints: w.hints,
				})
			}
		}
	}
	sortFindings(r.Findings)
	return r, nil
}

// Unused returns the report with a warning for each test case that holds for none of its releases: what is left of a
// version that is no longer supported.
func (r Report) Unused(categories []specs.Category) Report {
	type place struct {
		file string
		line int
	}
	used := map[place]bool{}
	for _, a := range r.Abilities {
		for _, p := range a.On {
			used[place{p.testCase.File, p.testCase.Line}] = true
		}
	}
	r.Findings = slices.Clone(r.Findings)
	for _, c := range categories {
		for _, tc := range c.TestCases {
			if !used[place{tc.File, tc.Line}] {
				r.Findings = append(r.Findings, Finding{
					Severity: Warning, File: tc.File, Line: tc.Line, Category: c.Name, Required: c.Required, Ability: tc.ID,
					Release: r.Releases[0], Message: "no supported version needs this test case any more",
					Hints: []string{"delete it, and the kubernetesVersions of the one that follows it"},
				})
			}
		}
	}
	sortFindings(r.Findings)
	return r
}

func sortFindings(findings []Finding) {
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
}

// Strict returns the report with every warning made an error.
func (r Report) Strict() Report {
	r.Findings = slices.Clone(r.Findings)
	for i := range r.Findings {
		r.Findings[i].Severity = Error
	}
	return r
}

// Err returns the errors of the report, joined, each "file:line: message", or nil.
func (r Report) Err() error {
	return joinErrors(r.Findings)
}

// RequiredErr is Err for required categories only: what forbids to generate a job.
func (r Report) RequiredErr() error {
	return joinErrors(slices.DeleteFunc(slices.Clone(r.Findings), func(f Finding) bool { return !f.Required }))
}

func joinErrors(findings []Finding) error {
	var errs []error
	for _, g := range group(findings) {
		if g.Severity != Error {
			continue
		}
		text := fmt.Sprintf("%s:%d: %s", g.File, g.Line, g.text())
		errs = append(errs, errors.New(strings.Join(append([]string{text}, g.Hints...), "\n    ")))
	}
	return errors.Join(errs...)
}

// grouped is one finding with all the releases on which it is the same.
type grouped struct {
	Finding
	releases []Release
}

// text is the message with its ability and releases.
func (g grouped) text() string {
	return fmt.Sprintf("ability %q: %s (Kubernetes %s)", g.Ability, g.Message, joinReleases(g.releases))
}

// group puts findings together that differ in their release only, in the order of the first of each.
func group(findings []Finding) []grouped {
	var groups []grouped
	for _, f := range findings {
		same := func(g grouped) bool {
			return g.File == f.File && g.Line == f.Line && g.Ability == f.Ability && g.Severity == f.Severity &&
				g.Message == f.Message && slices.Equal(g.Hints, f.Hints)
		}
		if i := slices.IndexFunc(groups, same); i >= 0 {
			groups[i].releases = append(groups[i].releases, f.Release)
			continue
		}
		groups = append(groups, grouped{Finding: f, releases: []Release{f.Release}})
	}
	return groups
}

// count returns the number of groups of a severity, in words: "1 error".
func count(groups []grouped, s Severity) string {
	n := 0
	for _, g := range groups {
		if g.Severity == s {
			n++
		}
	}
	return plural(n, string(s))
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
