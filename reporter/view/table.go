package view

import (
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// excerptLines is how much of a failure text the table shows. The whole text is in the JUnit file that it names.
const excerptLines = 6

// writeTable shows a summary to a person at a terminal: the verdict, a line for each category, then every ability, with
// what its tests said where it is not green.
func writeTable(w io.Writer, s reporter.Summary, o Options) error {
	t := table{Options: o}
	if t.Width == 0 {
		t.Width = 80
	}
	t.head(s)
	t.overview(s.Categories)
	for _, c := range s.Categories {
		t.category(c)
	}
	t.notes("Failed around the tests", s.Around())
	t.notes("Why the proof is incomplete", s.Doubts())
	t.notes("Warnings", reporter.Lines(s.Warnings))
	_, err := io.WriteString(w, t.String())
	return err
}

type table struct {
	Options
	strings.Builder
}

func (t *table) head(s reporter.Summary) {
	title := "Windows operational readiness"
	if s.KubernetesVersion != "" {
		title += ", Kubernetes " + s.KubernetesVersion
	}
	if s.Provider != "" {
		title += ", provider " + s.Provider
	}
	fmt.Fprintln(t, safetext.Line(title))
	t.hanging("", s.Headline(), color(s.Verdict.Words()))
	fmt.Fprintln(t, s.Coverage())
	if attention := s.Attention(); attention != "" {
		t.hanging("", attention, "")
	}
}

func (t *table) overview(categories []reporter.Category) {
	name := len("CATEGORY")
	for _, c := range categories {
		name = max(name, len(c.Name))
	}
	fmt.Fprintf(t, "\n%-*s  %-10s  %-8s  %s\n", name, "CATEGORY", "VERDICT", "PROVEN", "ABILITIES")
	for _, c := range categories {
		verdict := t.paint(fmt.Sprintf("%-10s", c.Verdict), color(c.Verdict.Words()))
		t.hanging(fmt.Sprintf("%-*s  %s  %-8s  ", name, c.Name, verdict, c.Counts().Share()), c.Counts().Text(), "")
	}
}

func (t *table) category(c reporter.Category) {
	fmt.Fprintf(t, "\n%s (%s): %s\n", c.Name, c.Need(), t.paint(c.Verdict.String(), color(c.Verdict.Words())))
	for _, a := range c.Abilities {
		t.ability(a)
	}
}

func (t *table) ability(a reporter.Ability) {
	state := t.paint(fmt.Sprintf("%-11s", a.State), color(a.State.Words()))
	t.hanging("  "+state+"  ", a.Description+a.Remark(), "")
	if len(a.Reasons) > 0 {
		t.hanging("               ", a.Reason(), faint)
	}
	if standing := a.Standing.String(); standing != "" {
		t.hanging("               ", standing, yellow)
	}
	for _, test := range a.Tests {
		if test.State == reporter.Failed || test.State == reporter.Flaky {
			t.failure(test)
		}
	}
}

func (t *table) failure(test reporter.Test) {
	t.hanging("               - ", test.Name, "")
	t.hanging("                 ", test.Place(), faint)
	lines, more := test.Excerpt(excerptLines)
	for _, line := range lines {
		fmt.Fprintf(t, "                 | %s\n", termtext.Cut(safetext.Line(line), t.Width-19))
	}
	if more > 0 {
		fmt.Fprintf(t, "                 | … %d more lines\n", more)
	}
}

func (t *table) notes(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(t, "\n%s\n", title)
	for _, line := range lines {
		t.hanging("  - ", line, "")
	}
}

// hanging writes text behind a prefix, wrapped, its further lines as deep as the first.
func (t *table) hanging(prefix, text, color string) {
	depth := termtext.Width(prefix)
	for i, line := range termtext.Wrap(safetext.Line(text), max(t.Width-depth, 20)) {
		if i > 0 {
			prefix = strings.Repeat(" ", depth)
		}
		fmt.Fprintf(t, "%s%s\n", prefix, t.paint(line, color))
	}
}

// The SGR parameters of the colours (ECMA-48, section 8.3.117).
const (
	red    = "31"
	green  = "32"
	yellow = "33"
	faint  = "2"
)

func (t *table) paint(text, color string) string {
	if !t.Color || color == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// color is that of a tone.
func color(w reporter.Words) string {
	return [...]string{reporter.Quiet: faint, reporter.Good: green, reporter.Doubtful: yellow, reporter.Bad: red}[w.Tone]
}
