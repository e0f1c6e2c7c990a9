package view

import (
	"fmt"
	"io"
	"strings"
	"text/template"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// writeMarkdown shows each summary in GitHub Flavored Markdown. What comes from test output is quoted or escaped: it can
// neither mention anyone nor break the layout.
func writeMarkdown(w io.Writer, summaries []reporter.Summary, _ Options) error {
	functions := template.FuncMap{
		"text": words, "code": safetext.Code, "fence": markdownFence, "remarks": remarks, "failures": failures, "notes": notes,
	}
	t, err := template.New("summary").Funcs(functions).Parse(templates.SummaryMarkdown())
	if err != nil {
		return fmt.Errorf("parsing the Markdown template: %w", err)
	}
	for _, s := range summaries {
		if err := t.Execute(w, s); err != nil {
			return fmt.Errorf("filling the Markdown template: %w", err)
		}
	}
	return nil
}

// wordsLength is more than any words of a spec have.
const wordsLength = 4000

func words(text string) string { return safetext.Words(text, wordsLength) }

// failure is a failed test with the category that it counts against.
type failure struct {
	Category string
	Test     reporter.Test
}

// failures lists each failed or flaky test of each category once.
func failures(s reporter.Summary) []failure {
	var list []failure
	for _, c := range s.Categories {
		seen := map[string]bool{}
		for _, a := range c.Abilities {
			for _, test := range a.Tests {
				if (test.State == reporter.Failed || test.State == reporter.Flaky) && a.State != reporter.Exempt && !seen[test.Name] {
					seen[test.Name] = true
					list = append(list, failure{Category: c.Name, Test: test})
				}
			}
		}
	}
	return list
}

func remarks(a reporter.Ability) string {
	return strings.TrimSpace(a.Standing.String() + a.Reason() + a.Remark())
}

func notes(s reporter.Summary) []string {
	var lines []string
	for _, line := range s.Why() {
		lines = append(lines, "Incomplete: "+line)
	}
	return append(lines, reporter.Lines(s.Warnings)...)
}

// markdownFence puts the first lines of a failure text into a fenced block.
func markdownFence(text string) string {
	lines, more := reporter.Test{Message: text}.Excerpt(20)
	if more > 0 {
		lines = append(lines, fmt.Sprintf("... %d more lines", more))
	}
	if len(lines) == 0 {
		return "The file gives no failure text."
	}
	return safetext.Fence(lines)
}
