package proof

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// WriteTable shows a report to a person: a line for each ability with a column for each release, then the findings.
func (r Report) WriteTable(w io.Writer) error {
	var text strings.Builder
	width := idWidth(r.Abilities)
	category := ""
	for _, a := range r.Abilities {
		if a.Category != category {
			category = a.Category
			heading(&text, a, width, r.Releases)
		}
		fmt.Fprintf(&text, "  %-*s", width, a.ID)
		for i, release := range r.Releases {
			fmt.Fprintf(&text, "  %*s", columnWidth(release), cell(a.On[i]))
		}
		fmt.Fprintln(&text)
	}
	fmt.Fprint(&text, "\nnumber: tests that prove it; part: they show only a part of it; -: no test; !: a focus string matches no test\n")
	legend(&text, r.Releases)
	groups := group(r.Findings)
	if len(groups) > 0 {
		fmt.Fprintln(&text)
	}
	for _, g := range groups {
		fmt.Fprintf(&text, "%s:%d: %s: %s\n", g.File, g.Line, g.Severity, g.text())
		for _, hint := range g.Hints {
			fmt.Fprintf(&text, "    %s\n", hint)
		}
	}
	if r.Spec != (specs.Identity{}) {
		fmt.Fprintf(&text, "\nBy %s.", r.Spec)
	}
	fmt.Fprintf(&text, "\n%s on Kubernetes %s: %s, %s\n", abilitiesText(len(r.Abilities)), joinReleases(r.Releases),
		count(groups, Error), count(groups, Warning))
	_, err := io.WriteString(w, text.String())
	return err
}

func abilitiesText(n int) string {
	if n == 1 {
		return "1 ability"
	}
	return fmt.Sprintf("%d abilities", n)
}

// heading writes the name of a category above the columns of its abilities.
func heading(text *strings.Builder, a Ability, width int, releases []Release) {
	if text.Len() > 0 {
		fmt.Fprintln(text)
	}
	fmt.Fprintf(text, "%-*s", width+2, a.Category+" ("+need(a.Required)+")")
	for _, release := range releases {
		fmt.Fprintf(text, "  %*s", columnWidth(release), release)
	}
	fmt.Fprintln(text)
}

func need(required bool) string {
	if required {
		return "required"
	}
	return "optional"
}

func idWidth(abilities []Ability) int {
	width := 0
	for _, a := range abilities {
		width = max(width, len(a.ID), len(a.Category)+len(" (required)")-2)
	}
	return width
}

// columnWidth is that of the longest usual cell, "10 part", or of the version.
func columnWidth(r Release) int { return max(len("10 part"), len(r.String())) }

func cell(p Proof) string {
	switch p.State {
	case Missing:
		return "!"
	case Unproven:
		return "-"
	case Partial:
		return fmt.Sprintf("%d part", len(p.Tests))
	}
	return fmt.Sprint(len(p.Tests))
}

// legend explains the star of the releases that have one.
func legend(text *strings.Builder, releases []Release) {
	for _, r := range releases {
		if r.Assumed {
			fmt.Fprintf(text, "%s: assumed; no catalog of its own yet, held against the tests of %s\n", r, r.Catalog)
		}
	}
}

// WriteGitHub writes the findings as workflow commands, which GitHub shows beside the lines of the files:
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func (r Report) WriteGitHub(w io.Writer) error {
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	for _, g := range group(r.Findings) {
		message := strings.Join(slices.Concat([]string{g.text()}, g.Hints), "\n")
		_, err := fmt.Fprintf(w, "::%s file=%s,line=%d,title=%s::%s\n", g.Severity, property.Replace(g.File), g.Line,
			property.Replace(g.Category+": "+g.Ability), data.Replace(message))
		if err != nil {
			return err
		}
	}
	return nil
}
