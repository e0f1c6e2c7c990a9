package reporter

import (
	"fmt"
	"io"
	"strings"
	"text/template"
	"unicode"

	"sigs.k8s.io/windows-operational-readiness/templates"
)

// WriteMarkdown shows a summary in GitHub Flavored Markdown. What comes from test output is quoted or escaped: it can
// neither mention anyone nor break the layout.
func WriteMarkdown(w io.Writer, s Summary) error {
	functions := template.FuncMap{
		"text": markdownText, "code": commentCode, "fence": markdownFence,
		"mark": mark, "proven": Category.proven, "remarks": remarks, "failures": failures, "notes": notes,
	}
	t, err := template.New("summary").Funcs(functions).Parse(templates.SummaryMarkdown())
	if err != nil {
		return fmt.Errorf("parsing the Markdown template: %w", err)
	}
	return t.Execute(w, s)
}

func mark(v Verdict) string { return [...]string{"⚠️", "❌", "✅"}[v] }

// failure is a failed test with the category that it counts against.
type failure struct {
	Category string
	Test     Test
}

// failures lists each failed or flaky test of each category once.
func failures(s Summary) []failure {
	var list []failure
	for _, c := range s.Categories {
		seen := map[string]bool{}
		for _, a := range c.Abilities {
			for _, test := range a.Tests {
				if (test.State == Failed || test.State == Flaky) && a.State != Exempt && !seen[test.Name] {
					seen[test.Name] = true
					list = append(list, failure{Category: c.Name, Test: test})
				}
			}
		}
	}
	return list
}

func remarks(a Ability) string {
	return strings.TrimSpace(a.Standing.String() + a.Reason + a.remark())
}

func notes(s Summary) []string {
	var lines []string
	for _, line := range setupLines(s.Setup) {
		lines = append(lines, "Failed around the tests: "+line)
	}
	for _, line := range s.whyIncomplete() {
		lines = append(lines, "Incomplete: "+line)
	}
	return append(lines, warningLines(s.Warnings)...)
}

// textLength is more than any words of a spec have.
const textLength = 4000

// markdownText shows words as they are.
func markdownText(text string) string { return escapePlain(seen(text, textLength)) }

// markdownFence puts the first lines of a failure text into a fenced block.
func markdownFence(text string) string {
	lines, more := Test{Message: text}.excerpt(20)
	if more > 0 {
		lines = append(lines, fmt.Sprintf("... %d more lines", more))
	}
	if len(lines) == 0 {
		return "The file gives no failure text."
	}
	return commentFence(lines)
}

func longestRun(text string) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// visible is Clean for Markdown, where zero-width characters can split or hide words as well.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, Clean(text))
}
