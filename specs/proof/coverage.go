package proof

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Coverage is how many abilities each release can prove.
type Coverage struct {
	Spec       specs.Identity     `json:"spec"` // zero unless the caller gives it
	Releases   []Release          `json:"releases"`
	Categories []CategoryCoverage `json:"categories"`
	Counts     []Count            `json:"counts"` // of all categories, one for each release
}

// CategoryCoverage is the coverage of one category.
type CategoryCoverage struct {
	Category  string    `json:"category"`
	Required  bool      `json:"required"`
	Counts    []Count   `json:"counts"` // one for each release
	Abilities []Ability `json:"abilities"`
}

// Count is the number of abilities by their state.
type Count struct {
	All      int `json:"all"`
	Whole    int `json:"whole"`
	Partial  int `json:"partial"`
	Unproven int `json:"unproven"`
	Missing  int `json:"missing"` // the spec names tests that the release does not have
	Unseen   int `json:"unseen"`  // of Whole and Partial: those whose tests no job of SIG Windows runs
}

// Cover counts the abilities that are proven by the tests of each version, under the rules of Verify.
func Cover(categories []specs.Category, versions []specs.Version, catalogs []catalog.Catalog) (Coverage, error) {
	l, err := newLedger(categories, versions, catalogs)
	if err != nil {
		return Coverage{}, err
	}
	c := Coverage{Releases: l.releases, Counts: counts(l.abilities, len(l.releases)), Categories: []CategoryCoverage{}}
	for _, category := range categories {
		own := slices.DeleteFunc(slices.Clone(l.abilities), func(a Ability) bool { return a.Category != category.Name })
		c.Categories = append(c.Categories, CategoryCoverage{
			Category: category.Name, Required: category.Required, Counts: counts(own, len(l.releases)), Abilities: own,
		})
	}
	return c, nil
}

func counts(abilities []Ability, releases int) []Count {
	all := make([]Count, releases)
	for i := range all {
		for _, a := range abilities {
			all[i] = all[i].add(a.On[i])
		}
	}
	return all
}

func (c Count) add(p Proof) Count {
	c.All++
	switch p.State {
	case Whole:
		c.Whole++
	case Partial:
		c.Partial++
	case Unproven:
		c.Unproven++
	case Missing:
		c.Missing++
	}
	if p.unseen() {
		c.Unseen++
	}
	return c
}

// text is "14 / 19 / 13", in the order of countLegend, and what is missing.
func (c Count) text() string {
	text := fmt.Sprintf("%d / %d / %d", c.Whole, c.Partial, c.Unproven)
	if c.Missing > 0 {
		text += fmt.Sprintf(", %d missing", c.Missing)
	}
	return text
}

// countLegend explains Count.text.
const countLegend = "whole / in part / without a test"

// state is the state of an ability on one release, in words: "whole, unseen on Windows".
func (p Proof) state() string {
	if p.unseen() {
		return p.State.String() + ", unseen on Windows"
	}
	return p.State.String()
}

// placement is that of the newest release that has tests, or "".
func (a Ability) placement() string {
	for _, p := range slices.Backward(a.On) {
		if p.Placement.Known() {
			return p.Placement.String()
		}
	}
	return ""
}

// remark is what a reader should know of an ability on some releases: why it is unproven, or what its tests need.
type remark struct {
	state    State
	text     string
	releases []Release
}

// remarks returns the different remarks on an ability, in the order of the releases.
func remarks(a Ability, releases []Release) []remark {
	var all []remark
	for i, p := range a.On {
		r := remark{state: p.State, text: p.Reason}
		if r.text == "" {
			r.text = p.noted()
		}
		if r.text == "" {
			continue
		}
		same := func(old remark) bool { return old.state == r.state && old.text == r.text }
		if at := slices.IndexFunc(all, same); at >= 0 {
			all[at].releases = append(all[at].releases, releases[i])
			continue
		}
		r.releases = []Release{releases[i]}
		all = append(all, r)
	}
	return all
}

// noted is the notes with what makes the ability whole.
func (p Proof) noted() string {
	if len(p.Evidence) == 0 {
		return p.Notes
	}
	conditions := make([]string, len(p.Evidence))
	for i, c := range p.Evidence {
		conditions[i] = c.String()
	}
	return sentence(p.Notes) + " Whole if the record shows " + strings.Join(conditions, ", and ") + "."
}

// on is " on 1.34, 1.35" if a remark does not hold for every release.
func (r remark) on(releases []Release) string {
	if len(r.releases) == len(releases) {
		return ""
	}
	return " on " + joinReleases(r.releases)
}

// sentence ends a text with a full stop.
func sentence(text string) string { return strings.TrimSuffix(text, ".") + "." }
