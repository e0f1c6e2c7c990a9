package reporter

import (
	"fmt"
	"slices"
	"strings"
)

// commentTable has a column for each job and a row for each category; the first row is the head. Cells are Markdown.
func commentTable(jobs []Summary, o CommentOptions) [][]string {
	if len(jobs) == 0 {
		return nil
	}
	rows := [][]string{
		tableRow("Category", jobs, func(s Summary) string { return commentLink(commentCell(jobName(s.Build)), s.Build.URL) }),
		slices.Repeat([]string{"---"}, len(jobs)+1),
		tableRow("**Verdict**", jobs, verdictCell),
	}
	for _, name := range categoryNames(jobs) {
		rows = append(rows, tableRow(categoryHead(name, jobs), jobs, func(s Summary) string { return categoryCell(s, name) }))
	}
	rows = append(rows, tableRow("**All abilities**", jobs, totalCell))
	for _, row := range [][]string{
		tableRow("Kubernetes", jobs, clusterCell),
		tableRow("History", jobs, func(s Summary) string { return testGridCell(s, o) }),
		tableRow("Run again", jobs, func(s Summary) string { return commentRerun(s.Build) }),
	} {
		if strings.Join(row[1:], "") != "" {
			rows = append(rows, row)
		}
	}
	return rows
}

func tableRow(head string, jobs []Summary, cell func(Summary) string) []string {
	row := []string{head}
	for _, job := range jobs {
		row = append(row, cell(job))
	}
	return row
}

func verdictCell(s Summary) string {
	if running(s.Build) {
		return "⏳ running"
	}
	return mark(s.Verdict) + " " + s.Verdict.String()
}

// categoryHead marks a category that no job requires.
func categoryHead(name string, jobs []Summary) string {
	for _, job := range jobs {
		if slices.ContainsFunc(job.Categories, func(c Category) bool { return c.Name == name && c.Required }) {
			return commentPlain(name)
		}
	}
	return commentPlain(name) + " (optional)"
}

// categoryCell says how much of a category a job proved, and what is bad about it.
func categoryCell(s Summary, name string) string {
	i := slices.IndexFunc(s.Categories, func(c Category) bool { return c.Name == name })
	switch {
	case running(s.Build):
		return "⏳"
	case i < 0:
		return "not in this job"
	}
	c := s.Categories[i]
	return mark(c.Verdict) + " " + c.proven() + " proven" + badCounts(c.Counts())
}

// badCounts lists the states that somebody may have to look at, and, where nothing was proven, the reasons for that.
func badCounts(counts Counts) string {
	states := []State{Failed, NotRun, Skipped, Flaky}
	if counts.Proven() == 0 {
		states = append(states, Exempt, Unproven)
	}
	text := ""
	for _, state := range states {
		if counts[state] > 0 {
			text += fmt.Sprintf(", %d %s", counts[state], state)
		}
	}
	return text
}

func totalCell(s Summary) string {
	if running(s.Build) {
		return ""
	}
	return "**" + s.proven() + " proven**" + badCounts(s.Counts())
}

func clusterCell(s Summary) string {
	var parts []string
	for _, part := range []string{s.KubernetesVersion, s.Build.Platform} {
		if part != "" {
			parts = append(parts, commentCell(part))
		}
	}
	return strings.Join(parts, ", ")
}

func testGridCell(s Summary, o CommentOptions) string {
	if link := commentLink("TestGrid", o.TestGrid[s.Build.Job]); link != "TestGrid" {
		return link
	}
	return ""
}
