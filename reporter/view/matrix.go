package view

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// The columns of the matrix: wide ones have the day and the short id of their builds above them, narrow ones a number.
const (
	wideColumn   = 7
	narrowColumn = 4
	leastName    = 36 // columns for the names of abilities
)

// writeMatrix shows several builds: which they are with their verdicts, a matrix of abilities and builds, and below it what
// failed and why proofs are not whole. Builds for which there is no room stand in a matrix of their own.
func writeMatrix(w io.Writer, summaries []reporter.Summary, o Options) error {
	m := grid{table: newTable(o), summaries: summaries, column: wideColumn}
	if len(summaries)*m.column > m.Width-leastName {
		m.column = narrowColumn
	}
	m.builds()
	m.legend()
	most := max(1, (m.Width-leastName)/m.column)
	for first := 0; first < len(summaries); first += most {
		m.matrix(first, min(first+most, len(summaries)))
	}
	m.allFailures()
	m.allReasons()
	if strings.Count(m.String(), "\n") > longTable {
		fmt.Fprintf(m, "\n%s\n", m.answer())
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type grid struct {
	*table
	summaries []reporter.Summary
	column    int // its width
}

// answer counts the verdicts, the worst first.
func (m *grid) answer() string {
	return fmt.Sprintf("Windows operational readiness of %d builds: %s", len(m.summaries), reporter.Answers(m.summaries))
}

// builds lists the builds by the numbers that the matrix has for them.
func (m *grid) builds() {
	fmt.Fprintf(m, "%s\n\n", m.answer())
	for i, s := range m.summaries {
		verdict := m.paint(fmt.Sprintf("%-10s", s.Verdict), color(s.Verdict.Words()))
		m.hanging(fmt.Sprintf("%3d  %s  ", i+1, verdict), buildLine(s), "")
	}
}

func buildLine(s reporter.Summary) string {
	var parts []string
	for _, part := range []string{strings.TrimSpace(s.Pretence()), s.Counts().Share(), s.Build.When(), s.KubernetesVersion, s.Windows(), s.Build.Name()} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "; ")
}

// matrix shows the builds from first to before end.
func (m *grid) matrix(first, end int) {
	fmt.Fprintln(m)
	numbers, days, ids := m.heads(first, end)
	for _, head := range []gridRow{{cells: numbers}, {cells: days}, {cells: ids}} {
		if strings.Join(head.cells, "") != "" {
			m.line(head)
		}
	}
	for _, name := range m.categories() {
		m.category(name, first, end)
	}
}

// legend says what the letters mean.
func (m *grid) legend() {
	var verdicts, states []string
	for _, v := range []reporter.Verdict{reporter.NotReady, reporter.Incomplete, reporter.Ready} {
		verdicts = append(verdicts, v.Words().Letter+" "+v.String())
	}
	for _, state := range reporter.WorstFirst() {
		states = append(states, state.Words().Letter+" "+state.String())
		if state == reporter.Passed {
			states = append(states, strings.ToLower(state.Words().Letter)+" in part")
		}
	}
	half := (len(states) + 1) / 2
	fmt.Fprintln(m)
	for _, line := range [][]string{verdicts, states[:half], states[half:]} {
		fmt.Fprintln(m, strings.Join(line, "  "))
	}
}

// heads are what stands above the columns; narrow ones have a number alone.
func (m *grid) heads(first, end int) (numbers, days, ids []string) {
	for i := first; i < end; i++ {
		b := m.summaries[i].Build
		day := ""
		if !b.Started.IsZero() {
			day = b.Started.UTC().Format("01-02")
		}
		numbers, days, ids = append(numbers, fmt.Sprint(i+1)), append(days, day), append(ids, b.ShortID())
	}
	if m.column == narrowColumn {
		return numbers, nil, nil
	}
	return numbers, days, ids
}

// gridRow is a line of the matrix.
type gridRow struct {
	name  string
	cells []string // one for each build, already painted
}

func (m *grid) line(r gridRow) {
	columns := min(m.Width, leastName+16+m.column*len(r.cells)) - m.column*len(r.cells)
	name := termtext.Cut(safetext.Line(r.name), columns)
	line := name + strings.Repeat(" ", columns-termtext.Width(name))
	for _, cell := range r.cells {
		line += strings.Repeat(" ", max(0, m.column-termtext.Width(cell))) + cell
	}
	fmt.Fprintln(m, strings.TrimRight(line, " "))
}

// categories returns the names of all categories, in the order of their first use.
func (m *grid) categories() []string {
	var names []string
	for _, s := range m.summaries {
		for _, c := range s.Categories {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	return names
}

func (m *grid) category(name string, first, end int) {
	head := gridRow{name: name}
	states := map[string][]string{}
	var order []string
	for i, s := range m.summaries {
		c, ok := find(s.Categories, name)
		if i >= first && i < end {
			head.cells = append(head.cells, m.verdictCell(c, ok))
		}
		for _, a := range c.Abilities {
			if states[a.ID] == nil {
				states[a.ID] = make([]string, end-first)
				order = append(order, a.ID)
			}
			if i >= first && i < end {
				states[a.ID][i-first] = m.paint(a.Letter(), color(a.State.Words()))
			}
		}
	}
	fmt.Fprintln(m)
	m.line(head)
	for _, id := range order {
		m.line(gridRow{name: "  " + id, cells: states[id]})
	}
}

func (m *grid) verdictCell(c reporter.Category, ok bool) string {
	if !ok {
		return " "
	}
	return m.paint(c.Verdict.Words().Letter, color(c.Verdict.Words()))
}

func find(categories []reporter.Category, name string) (reporter.Category, bool) {
	i := slices.IndexFunc(categories, func(c reporter.Category) bool { return c.Name == name })
	if i < 0 {
		return reporter.Category{}, false
	}
	return categories[i], true
}

// allFailures lists each failed test once, with the builds in which it failed.
func (m *grid) allFailures() {
	var order []reporter.FailedTest
	in := map[string][]string{}
	for i, s := range m.summaries {
		for _, f := range s.FailedTests() {
			if in[f.Name] == nil {
				order = append(order, f)
			}
			in[f.Name] = append(in[f.Name], fmt.Sprint(i+1))
		}
	}
	if len(order) == 0 {
		return
	}
	fmt.Fprintf(m, "\nFailed tests: %d\n", len(order))
	for i, f := range order {
		if !m.Details && i == 2*mostFailures {
			fmt.Fprintf(m, "  … %d more with --details\n", len(order)-i)
			return
		}
		m.hanging("  - ", f.Name, color(f.State.Words()))
		m.hanging("    ", "builds "+strings.Join(in[f.Name], ", "), "")
		if lines, _ := f.Excerpt(1); len(lines) > 0 {
			fmt.Fprintf(m, "    | %s\n", termtext.Cut(safetext.Line(lines[0]), m.Width-6))
		}
	}
}

// allReasons lists why the proofs are not whole, and the warnings, each once with the builds that it is about.
func (m *grid) allReasons() {
	var order []string
	in := map[string][]string{}
	for i, s := range m.summaries {
		for _, line := range slices.Concat(s.Why(), reporter.Lines(s.Warnings)) {
			if in[line] == nil {
				order = append(order, line)
			}
			in[line] = append(in[line], fmt.Sprint(i+1))
		}
	}
	for i, line := range order {
		order[i] = strings.Join(in[line], ", ") + ": " + line
	}
	m.reasons("Why proofs are not whole, and warnings, by build", order)
}
