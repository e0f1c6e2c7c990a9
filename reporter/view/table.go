package view

import (
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// What the table shows of long things, and, with Options.Details, all. The whole text of a failure is in the JUnit file
// that the table names.
const (
	excerptLines = 4   // of a failure text
	mostFailures = 5   // failed tests
	mostReasons  = 5   // reasons why the proof is not whole
	longTable    = 40  // lines, beyond which the verdict stands at the end too
	longReason   = 240 // columns of one reason
)

// writeTable shows a summary to a person at a terminal: which build, the verdict, what failed and why the proof is not
// whole, a line for each category and for each ability. What runs off the terminal is the abilities: behind them the
// verdict stands once more, with what to type next.
func writeTable(w io.Writer, s reporter.Summary, o Options) error {
	t := newTable(o)
	t.head(s)
	t.verdict(s)
	t.failures(s)
	t.reasons("Why the proof is not whole", s.Why())
	t.reasons("Failed in other suites", s.OtherFailures())
	t.reasons("Warnings", reporter.Lines(s.Warnings))
	t.overview(s.Categories)
	folded := t.abilities(s)
	long := strings.Count(t.String(), "\n") > longTable
	t.next(s, folded)
	if long {
		fmt.Fprintln(t)
		t.verdict(s)
	}
	_, err := io.WriteString(w, t.String())
	return err
}

type table struct {
	Options
	strings.Builder
}

func newTable(o Options) *table {
	if o.Width == 0 {
		o.Width = 80
	}
	return &table{Options: o}
}

// head says whose results these are.
func (t *table) head(s reporter.Summary) {
	title := "Windows operational readiness"
	if name := s.Build.Name(); name != "" {
		title += " of " + name
	}
	t.hanging("", title, "")
	if facts := factsLine(s); facts != "" {
		t.hanging("", facts, faint)
	}
	fmt.Fprintln(t)
}

// factsLine is what is known of a build besides its name, in one line.
func factsLine(s reporter.Summary) string {
	before := map[reporter.FactKind]string{
		reporter.FactPull: "pull request ", reporter.FactCommit: "commit ", reporter.FactStarted: "", reporter.FactDuration: "took ", reporter.FactEnd: "job: ",
		reporter.FactKubernetes: "Kubernetes ", reporter.FactWindows: "Windows ", reporter.FactRuntime: "", reporter.FactNodes: "nodes: ",
		reporter.FactProvider: "provider ", reporter.FactSpec: "judged by ", reporter.FactTool: "run by ",
	}
	var parts []string
	for _, fact := range s.Facts() {
		if words, ok := before[fact.Kind]; ok {
			parts = append(parts, words+fact.Text)
		}
	}
	return strings.Join(parts, "; ")
}

// verdict is the answer.
func (t *table) verdict(s reporter.Summary) {
	t.hanging("", s.Headline(), color(s.Verdict.Words()))
	t.hanging("", s.Coverage(), "")
	if attention := s.Attention(); attention != "" {
		t.hanging("", attention, "")
	}
}

// failures shows each test that failed once.
func (t *table) failures(s reporter.Summary) {
	tests := s.FailedTests()
	if len(tests) == 0 {
		return
	}
	fmt.Fprintf(t, "\nFailed tests: %s\n", countTests(tests))
	shown := tests
	if !t.Details {
		shown = tests[:min(len(tests), mostFailures)]
	}
	for _, f := range shown {
		t.failure(f)
	}
	if more := len(tests) - len(shown); more > 0 {
		fmt.Fprintf(t, "  … %d more with --details\n", more)
	}
}

// countTests says how many tests failed, and how many of them passed later: "3, 1 flaky".
func countTests(tests []reporter.FailedTest) string {
	failed, flaky := 0, 0
	for _, test := range tests {
		if test.State == reporter.Flaky {
			flaky++
		} else {
			failed++
		}
	}
	text := fmt.Sprint(failed)
	if flaky > 0 {
		text += fmt.Sprintf(", and %d %s", flaky, reporter.Flaky)
	}
	return text
}

func (t *table) failure(f reporter.FailedTest) {
	t.hanging("  - ", f.Name, color(f.State.Words()))
	t.hanging("    ", against(f.Against), "")
	if standing := f.Standing.String(); standing != "" {
		t.hanging("    ", standing, yellow)
	}
	t.hanging("    ", f.Place(), faint)
	lines, more := f.Excerpt(excerptLines)
	for _, line := range lines {
		fmt.Fprintf(t, "    | %s\n", termtext.Cut(safetext.Line(line), t.Width-6))
	}
	if more > 0 {
		fmt.Fprintf(t, "    | … %d more lines\n", more)
	}
}

// against names abilities, the first few of many.
func against(abilities []reporter.AbilityName) string {
	const most = 3
	var names []string
	for _, a := range abilities[:min(len(abilities), most)] {
		names = append(names, a.Category+" "+a.ID)
	}
	text := strings.Join(names, ", ")
	if more := len(abilities) - len(names); more > 0 {
		text += fmt.Sprintf(" and %d more abilities", more)
	}
	return text
}

// reasons lists lines below a title, the first of them without Details.
func (t *table) reasons(title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(t, "\n%s\n", title)
	shown := lines
	if !t.Details {
		shown = lines[:min(len(lines), mostReasons)]
	}
	for _, line := range shown {
		line = safetext.Line(line)
		if !t.Details {
			line = termtext.Cut(line, longReason)
		}
		t.hanging("  - ", line, "")
	}
	if more := len(lines) - len(shown); more > 0 {
		fmt.Fprintf(t, "  … %d more with --details\n", more)
	}
}

// next says what to type for more.
func (t *table) next(s reporter.Summary, folded bool) {
	source := t.Source
	if source == "" {
		source = s.Build.Source
	}
	if t.Details || source == "" {
		return
	}
	fmt.Fprintln(t)
	if folded {
		t.hanging("", "Categories without a result are shown in one line.", faint)
	}
	source = shellWord(safetext.Line(source))
	fmt.Fprintf(t, "op-readiness report %s --details\nop-readiness report %[1]s --output-file report.html\n", source)
}

// shellWord is a word as a shell takes it.
func shellWord(text string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("/._-:=@%+", r)
	}
	if strings.IndexFunc(text, func(r rune) bool { return !plain(r) }) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// hanging writes text behind a prefix, wrapped, its further lines as deep as the first.
func (t *table) hanging(prefix, text, color string) {
	depth := termtext.Width(prefix)
	for i, line := range termtext.Wrap(safetext.Line(text), max(t.Width-depth, 20)) {
		if i > 0 {
			prefix = strings.Repeat(" ", depth)
		}
		fmt.Fprintln(t, strings.TrimRight(prefix+t.paint(line, color), " "))
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
	if !t.Color || color == "" || text == "" {
		return text
	}
	return "\x1b[" + color + "m" + text + "\x1b[0m"
}

// color is that of a tone.
func color(w reporter.Words) string { return toneColor(w.Tone) }

func toneColor(t reporter.Tone) string {
	return [...]string{reporter.Quiet: faint, reporter.Good: green, reporter.Doubtful: yellow, reporter.Bad: red}[t]
}

// Paint colours text for a terminal, by how much it asks to be looked at.
func Paint(text string, tone reporter.Tone) string {
	return (&table{Options: Options{Color: true}}).paint(text, toneColor(tone))
}
