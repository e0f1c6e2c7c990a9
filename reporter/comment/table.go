package comment

import (
	"fmt"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// tableOf has a row for each job; the first row is the head. Cells are Markdown.
func tableOf(jobs []Job, o Options) [][]string {
	if len(jobs) == 0 {
		return nil
	}
	rows := [][]string{
		{"Job", "Verdict", "Whole", "In part", "Failed", "Missing", "Unproven", "Run again"},
		{"---", "---", "---:", "---:", "---:", "---:", "---:", "---"},
	}
	for _, job := range jobs {
		cells := append([]string{jobCell(job.Summary, o), verdictCell(job)}, countCells(job.Summary)...)
		rows = append(rows, append(cells, rerun(job.Build)))
	}
	return rows
}

// jobCell names the job with links to the page of the build, which has every ability, and to its history, and what it ran on.
func jobCell(s reporter.Summary, o Options) string {
	text := safetext.Link(safetext.Cell(jobName(s.Build)), o.page(s.Build))
	if link := safetext.Link("history", o.tab(s.Build.Job)); link != "history" {
		text += " " + link
	}
	if on := clusterText(s); on != "" && !running(s) {
		text += "<br>" + on
	}
	return text
}

func clusterText(s reporter.Summary) string {
	var parts []string
	for _, part := range []string{s.KubernetesVersion, s.Windows(), s.Runtime()} {
		if part != "" {
			parts = append(parts, safetext.Cell(part))
		}
	}
	return strings.Join(parts, " ")
}

// mostCategories is how many categories a cell names.
const mostCategories = 3

func verdictCell(job Job) string {
	s := job.Summary
	if running(s) {
		return "⏳ " + reporter.Running.String()
	}
	text := s.Verdict.Words().Sign + " " + s.Answer()
	if s.Verdict == reporter.Ready && !s.Whole {
		text += " in what it tests"
	}
	var bad []string
	for _, c := range s.Categories {
		if s.Verdict != reporter.Ready && c.Verdict == s.Verdict && (c.Required || s.Chosen) {
			bad = append(bad, plain(c.Name))
		}
	}
	if len(bad) > 0 {
		text += ": " + strings.Join(bad[:min(len(bad), mostCategories)], ", ")
		if more := len(bad) - mostCategories; more > 0 {
			text += fmt.Sprintf(" and %d more", more)
		}
	}
	if s.End.State == reporter.Cut || s.End.State == reporter.EndUnknown {
		text += ", " + s.End.State.String()
	}
	if said := earlierWords(job); said != "" {
		text += ", after " + said
	}
	if s.Declared != "" {
		text += ", placement declared"
	}
	return text
}

// countCells are the abilities that were shown whole and in part, failed, are missing, and have no test.
func countCells(s reporter.Summary) []string {
	if running(s) {
		return []string{"", "", "", "", ""}
	}
	c := s.Counts()
	missing := c.Of(reporter.Unconfirmed) + c.Of(reporter.NotRun) + c.Of(reporter.Skipped)
	cells := []string{fmt.Sprint(c.Whole), fmt.Sprint(c.InPart), fmt.Sprint(c.Of(reporter.Failed)), fmt.Sprint(missing), fmt.Sprint(c.Of(reporter.Unproven))}
	if n := c.Of(reporter.Exempt); n > 0 {
		cells[4] += fmt.Sprintf(", %d exempt", n)
	}
	return cells
}
