package view

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// writeMatrix shows several builds beside each other: a column for each, a row for each category and each of its
// abilities.
func writeMatrix(w io.Writer, summaries []reporter.Summary, o Options) error {
	m := grid{table: table{Options: o}, summaries: summaries}
	if m.Width == 0 {
		m.Width = 80
	}
	m.legend()
	for _, c := range m.categories() {
		m.category(c)
	}
	_, err := io.WriteString(w, m.String())
	return err
}

type grid struct {
	table
	summaries []reporter.Summary
}

// legend numbers the builds, which would be too long for the heads of columns.
func (m *grid) legend() {
	fmt.Fprintf(m, "Windows operational readiness of %d builds\n", len(m.summaries))
	for i, s := range m.summaries {
		name := cmp.Or(strings.TrimSpace(s.Build.Job+" "+s.Build.ID), s.Build.Source)
		verdict := m.paint(fmt.Sprintf("%-10s", s.Verdict), color(s.Verdict.Words()))
		m.hanging(fmt.Sprintf("%3d  %s  ", i+1, verdict),
			fmt.Sprintf("%s  %s  %s", s.Counts().Share(), s.KubernetesVersion, name), "")
	}
	var verdicts, states []string
	for _, v := range []reporter.Verdict{reporter.Ready, reporter.NotReady, reporter.Incomplete} {
		verdicts = append(verdicts, v.Words().Letter+" "+v.String())
	}
	for _, state := range reporter.WorstFirst() {
		states = append(states, state.Words().Letter+" "+state.String())
	}
	fmt.Fprintf(m, "\n%s\n%s\n", strings.Join(verdicts, "  "), strings.Join(states, "  "))
}

// gridRow is a category or an ability over all builds.
type gridRow struct {
	name  string
	cells []string // one for each build, already painted
}

func (m *grid) line(r gridRow) {
	width := max(m.Width-4*len(m.summaries)-2, 20)
	name := r.name
	if utf8.RuneCountInString(name) > width {
		name = string([]rune(name)[:width-1]) + "…"
	}
	fmt.Fprintf(m, "%s%s", name, strings.Repeat(" ", width-utf8.RuneCountInString(name)))
	for _, cell := range r.cells {
		fmt.Fprintf(m, "   %s", cell)
	}
	fmt.Fprintln(m)
}

// categories returns the names of all categories, in the order of their first use.
func (m *grid) categories() []string {
	var names []string
	seen := map[string]bool{}
	for _, s := range m.summaries {
		for _, c := range s.Categories {
			if !seen[c.Name] {
				seen[c.Name] = true
				names = append(names, c.Name)
			}
		}
	}
	return names
}

func (m *grid) category(name string) {
	head := gridRow{name: name}
	states := map[string][]string{}
	descriptions := map[string]string{}
	var order []string
	for i, s := range m.summaries {
		c, ok := find(s.Categories, name)
		head.cells = append(head.cells, m.verdictCell(c, ok))
		for _, a := range c.Abilities {
			if states[a.ID] == nil {
				states[a.ID] = blank(len(m.summaries))
				descriptions[a.ID] = a.Description
				order = append(order, a.ID)
			}
			states[a.ID][i] = m.paint(a.State.Words().Letter, color(a.State.Words()))
		}
	}
	fmt.Fprintln(m)
	m.line(head)
	for _, id := range order {
		m.line(gridRow{name: "  " + safetext.Line(descriptions[id]), cells: states[id]})
	}
}

func (m *grid) verdictCell(c reporter.Category, ok bool) string {
	if !ok {
		return " "
	}
	return m.paint(c.Verdict.Words().Letter, color(c.Verdict.Words()))
}

func find(categories []reporter.Category, name string) (reporter.Category, bool) {
	for _, c := range categories {
		if c.Name == name {
			return c, true
		}
	}
	return reporter.Category{}, false
}

func blank(n int) []string {
	cells := make([]string, n)
	for i := range cells {
		cells[i] = " "
	}
	return cells
}
