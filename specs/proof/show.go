package proof

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Sheet is all that is known of one ability before anything runs.
type Sheet struct {
	Spec     specs.Identity `json:"spec"` // zero unless the caller gives it
	Releases []Release      `json:"releases"`
	Ability  Ability        `json:"ability"`
}

// Show holds one ability against the tests of every version. An ID that the specs do not have is an error that names the
// nearest one.
func Show(categories []specs.Category, versions []specs.Version, catalogs []catalog.Catalog, id string) (Sheet, error) {
	l, err := newLedger(categories, versions, catalogs)
	if err != nil {
		return Sheet{}, err
	}
	at := slices.IndexFunc(l.abilities, func(a Ability) bool { return a.ID == id })
	if at < 0 {
		return Sheet{}, fmt.Errorf("unknown ability %q%s", id, nearest.Hint(id, ids(l.abilities)))
	}
	return Sheet{Releases: l.releases, Ability: l.abilities[at]}, nil
}

func ids(abilities []Ability) []string {
	all := make([]string, len(abilities))
	for i, a := range abilities {
		all[i] = a.ID
	}
	return all
}

// WriteTable shows a sheet to a person: the KEP's words, then a block for each set of releases with the same proof.
func (s Sheet) WriteTable(w io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "%s (%s, %s)\n", s.Ability.ID, s.Ability.Category, need(s.Ability.Required))
	fmt.Fprintf(&text, "  %s\n", wrapped(s.Ability.Description, 2))
	for _, b := range s.blocks() {
		fmt.Fprintf(&text, "\nKubernetes %s: %s\n", joinReleases(b.releases), b.proof.state())
		b.proof.fields(&text)
	}
	if slices.ContainsFunc(s.Releases, func(r Release) bool { return r.Assumed }) {
		fmt.Fprintln(&text)
	}
	legend(&text, s.Releases)
	if s.Spec != (specs.Identity{}) {
		fmt.Fprintf(&text, "\nBy %s.\n", s.Spec)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// block is a proof with all the releases that have it.
type block struct {
	proof    Proof
	releases []Release
}

func (s Sheet) blocks() []block {
	var blocks []block
	for i, p := range s.Ability.On {
		same := func(b block) bool {
			return b.proof.testCase.Line == p.testCase.Line && b.proof.testCase.File == p.testCase.File && b.proof.absent == p.absent &&
				slices.Equal(b.proof.Tests, p.Tests) && slices.Equal(b.proof.Candidates, p.Candidates)
		}
		if at := slices.IndexFunc(blocks, same); at >= 0 {
			blocks[at].releases = append(blocks[at].releases, s.Releases[i])
			continue
		}
		blocks = append(blocks, block{proof: p, releases: []Release{s.Releases[i]}})
	}
	return blocks
}

// fields writes what a proof has, a line or more for each.
func (p Proof) fields(text *strings.Builder) {
	field := func(name string, values ...string) {
		for _, v := range values {
			fmt.Fprintf(text, "  %-10s  %s\n", name, v)
			name = ""
		}
	}
	field("tests", p.Tests...)
	field("unmatched", p.Unmatched...)
	if p.Reason != "" {
		field("reason", wrapped(sentence(p.Reason), 14))
	}
	field("candidates", p.Candidates...)
	if p.Placement.Known() && !p.absent {
		field("placement", p.placementLines()...)
	}
	if p.Seen != "" {
		field("seen", "in the "+p.Seen+" job of SIG Windows")
	}
	if p.Notes != "" {
		field("notes", wrapped(sentence(p.Notes), 14))
	}
	conditions := make([]string, len(p.Evidence))
	for i, c := range p.Evidence {
		conditions[i] = "whole if the record of pods shows " + c.String()
		if i > 0 {
			conditions[i] = "and " + c.String()
		}
	}
	field("evidence", conditions...)
	field("spec", fmt.Sprintf("%s:%d", p.testCase.File, p.testCase.Line))
}

// placementLines are the placement, with a line for each role.
func (p Proof) placementLines() []string {
	if len(p.Placement.Roles) == 0 {
		return []string{p.Placement.String()}
	}
	lines := make([]string, len(p.Placement.Roles))
	for i, r := range p.Placement.Roles {
		lines[i] = fmt.Sprintf("%s on %s: a pod such as %s", r.Name, r.OS, r.Pods)
	}
	return lines
}

// wrapped is a text with a line break where a line would be too long, and that many spaces before each further line.
func wrapped(text string, indent int) string {
	return strings.Join(termtext.Wrap(text, 100-indent), "\n"+strings.Repeat(" ", indent))
}
