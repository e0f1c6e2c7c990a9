package comment

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// tableOf has a column for each job and a row for each category; the first row is the head. Cells are Markdown.
func tableOf(jobs []reporter.Summary, o Options) [][]string {
	if len(jobs) == 0 {
		return nil
	}
	rows := [][]string{
		tableRow("Category", jobs, func(s reporter.Summary) string { return safetext.Link(safetext.Cell(jobName(s.Build)), s.Build.URL) }),
		slices.Repeat([]string{"---"}, len(jobs)+1),
		tableRow("**Verdict**", jobs, verdictCell),
	}
	for _, name := range categoryNames(jobs) {
		rows = append(rows, tableRow(categoryHead(name, jobs), jobs, func(s reporter.Summary) string { return categoryCell(s, name) }))
	}
	rows = append(rows, tableRow("**All abilities**", jobs, totalCell))
	for _, row := range [][]string{
		tableRow("Cluster", jobs, clusterCell),
		tableRow("History", jobs, func(s reporter.Summary) string { return testGridCell(s, o) }),
		tableRow("Run again", jobs, func(s reporter.Summary) string { return rerun(s.Build) }),
	} {
		if strings.Join(row[1:], "") != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

func tableRow(head string, jobs []reporter.Summary, cell func(reporter.Summary) string) []string {
	row := []string{head}
	for _, job := range jobs {
		row = append(row, cell(job))
	}
	return row
}

func verdictCell(s reporter.Summary) string {
	if running(s) {
		return "⏳ " + reporter.Running.String()
	}
	text := s.Verdict.Words().Sign + " " + s.Answer()
	if s.End.State == reporter.Cut || s.End.State == reporter.EndUnknown {
		text += ", " + s.End.State.String()
	}
	if s.Declared != "" {
		text += ", placement declared"
	}
	return text
}

// categoryHead marks a category that no job requires.
func categoryHead(name string, jobs []reporter.Summary) string {
	for _, job := range jobs {
		if slices.ContainsFunc(job.Categories, func(c reporter.Category) bool { return c.Name == name && c.Required }) {
			return plain(name)
		}
	}
	return plain(name) + " (optional)"
}

// categoryCell says how much of a category a job proved, and what is bad about it.
func categoryCell(s reporter.Summary, name string) string {
	i := slices.IndexFunc(s.Categories, func(c reporter.Category) bool { return c.Name == name })
	switch {
	case running(s):
		return "⏳"
	case i < 0:
		return "not in this job"
	}
	c := s.Categories[i]
	return c.Verdict.Words().Sign + " " + c.Counts().Share() + badCounts(c.Counts())
}

// badCounts lists the states that somebody may have to look at, and, where nothing was proven, the reasons for that.
func badCounts(counts reporter.Counts) string {
	states := []reporter.State{reporter.Failed, reporter.Unconfirmed, reporter.NotRun, reporter.Skipped, reporter.Flaky}
	if counts.Shown() == 0 {
		states = append(states, reporter.Exempt, reporter.Unproven)
	}
	text := ""
	for _, state := range states {
		if counts.Of(state) > 0 {
			text += fmt.Sprintf(", %d %s", counts.Of(state), state)
		}
	}
	return text
}

func totalCell(s reporter.Summary) string {
	if running(s) {
		return ""
	}
	return "**" + s.Counts().Share() + "**" + badCounts(s.Counts())
}

func clusterCell(s reporter.Summary) string {
	var parts []string
	for _, part := range []string{s.KubernetesVersion, s.Windows(), s.Runtime()} {
		if part != "" {
			parts = append(parts, safetext.Cell(part))
		}
	}
	return strings.Join(parts, ", ")
}

func testGridCell(s reporter.Summary, o Options) string {
	if link := safetext.Link("TestGrid", o.TestGrid[s.Build.Job]); link != "TestGrid" {
		return link
	}
	return ""
}
