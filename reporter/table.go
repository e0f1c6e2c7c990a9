package reporter

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// TableOptions say how a table is shown.
type TableOptions struct {
	Width int  // columns of the terminal; 0: 80
	Color bool // mark states with colours (ECMA-48)
}

// excerptLines is how much of a failure text the table shows. The whole text is in the JUnit file that it names.
const excerptLines = 6

// WriteTable shows a summary to a person at a terminal: the verdict, a line for each category, then every ability, with
// what its tests said where it is not green.
func WriteTable(w io.Writer, s Summary, o TableOptions) error {
	t := table{TableOptions: o}
	if t.Width == 0 {
		t.Width = 80
	}
	t.head(s)
	t.overview(s.Categories)
	for _, c := range s.Categories {
		t.category(c)
	}
	t.notes("Failed around the tests", setupLines(s.Setup))
	t.notes("Why the proof is incomplete", s.whyIncomplete())
	t.notes("Warnings", warningLines(s.Warnings))
	_, err := io.WriteString(w, t.String())
	return err
}

type table struct {
	TableOptions
	strings.Builder
}

func (t *table) head(s Summary) {
	title := "Windows operational readiness"
	if s.KubernetesVersion != "" {
		title += ", Kubernetes " + s.KubernetesVersion
	}
	if s.Provider != "" {
		title += ", provider " + s.Provider
	}
	fmt.Fprintln(t, Clean(title))
	t.hanging("", s.Headline(), verdictColor(s.Verdict))
	fmt.Fprintln(t, s.Coverage())
	if attention := s.Attention(); attention != "" {
		t.hanging("", attention, "")
	}
}

func (t *table) overview(categories []Category) {
	name := 0
	for _, c := range categories {
		name = max(name, len(c.Name))
	}
	fmt.Fprintf(t, "\n%-*s  %-10s  %-8s  %s\n", name, "CATEGORY", "VERDICT", "PROVEN", "ABILITIES")
	for _, c := range categories {
		verdict := t.paint(fmt.Sprintf("%-10s", c.Verdict), verdictColor(c.Verdict))
		t.hanging(fmt.Sprintf("%-*s  %s  %-8s  ", name, c.Name, verdict, c.proven()), c.Counts().Text(), "")
	}
}

func (t *table) category(c Category) {
	need := "optional"
	if c.Required {
		need = "required"
	}
	fmt.Fprintf(t, "\n%s (%s): %s\n", c.Name, need, t.paint(c.Verdict.String(), verdictColor(c.Verdict)))
	for _, a := range c.Abilities {
		t.ability(a)
	}
}

func (t *table) ability(a Ability) {
	state := t.paint(fmt.Sprintf("%-8s", a.State), stateColor(a.State))
	t.hanging("  "+state+"  ", a.Description+a.remark(), "")
	if a.Reason != "" {
		t.hanging("            ", a.Reason, faint)
	}
	if standing := a.Standing.String(); standing != "" {
		t.hanging("            ", standing, yellow)
	}
	for _, test := range a.Tests {
		if test.State == Failed || test.State == Flaky {
			t.failure(test)
		}
	}
}

func (t *table) failure(test Test) {
	t.hanging("            - ", test.Name, "")
	t.hanging("              ", test.Place(), faint)
	lines, more := test.excerpt(excerptLines)
	for _, line := range lines {
		fmt.Fprintf(t, "              | %s\n", ansi.Truncate(Clean(line), t.Width-16, "…"))
	}
	if more > 0 {
		fmt.Fprintf(t, "              | … %d more lines\n", more)
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
	depth := ansi.StringWidth(prefix)
	wrapped := ansi.Wrap(Clean(text), max(t.Width-depth, 20), " ")
	for i, line := range strings.Split(wrapped, "\n") {
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

func verdictColor(v Verdict) string { return [...]string{yellow, red, green}[v] }

func stateColor(s State) string {
	return [states]string{yellow, green, yellow, red, yellow, faint, faint}[s]
}

// Clean takes out of text what could move the cursor or hide other text.
func Clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r):
			return -1
		}
		return r
	}, text)
}

func setupLines(tests []Test) []string {
	var lines []string
	for _, test := range tests {
		line := fmt.Sprintf("%s: %s", test.Name, test.Place())
		if excerpt, _ := test.excerpt(1); len(excerpt) > 0 {
			line += ": " + excerpt[0]
		}
		lines = append(lines, line)
	}
	return lines
}

func warningLines(warnings []Warning) []string {
	var lines []string
	for _, w := range warnings {
		lines = append(lines, w.String())
	}
	return lines
}
