package view

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"text/template"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// writeMarkdown shows each summary in GitHub Flavored Markdown. What comes from test output is quoted or escaped: it can
// neither mention anyone nor break the layout.
func writeMarkdown(w io.Writer, summaries []reporter.Summary, _ Options) error {
	return fillMarkdown(w, templates.SummaryMarkdown(), summaries)
}

// writeLens shows each summary for the markdown lens of Prow's Spyglass: short, for it stands on the page of a build, and
// without HTML, which that lens leaves out.
func writeLens(w io.Writer, summaries []reporter.Summary, _ Options) error {
	return fillMarkdown(w, templates.LensMarkdown(), summaries)
}

func fillMarkdown(w io.Writer, text string, summaries []reporter.Summary) error {
	functions := template.FuncMap{
		"text": words, "item": item, "code": safetext.Code, "fence": markdownFence, "remarks": remarks, "facts": factsLine, "notShown": notShown, "against": against,
		"answer": answer,
		"others": reporter.Summary.OtherFailures, "warnings": func(s reporter.Summary) []string { return reporter.Lines(s.Warnings) },
		"failed": firstFailures, "why": firstReasons, "first": firstLine,
	}
	t, err := template.New("markdown").Funcs(functions).Parse(text)
	if err != nil {
		return fmt.Errorf("parsing a Markdown template: %w", err)
	}
	for _, s := range summaries {
		if err := t.Execute(w, s); err != nil {
			return fmt.Errorf("filling a Markdown template: %w", err)
		}
	}
	return nil
}

// wordsLength is more than any words of a spec have.
const wordsLength = 4000

func words(text string) string { return safetext.Words(text, wordsLength) }

// listMarker is what begins a list within an item of a list.
var listMarker = regexp.MustCompile(`^(?:[-+]|[0-9]+[.)])`)

// item is words as the beginning of an item of a list. U+2060 is not seen.
func item(text string) string {
	text = words(text)
	if listMarker.MatchString(text) {
		return "\u2060" + text
	}
	return text
}

// answer is the headline, of which all but the verdict itself may hold words of a spec.
func answer(s reporter.Summary) string {
	verdict, rest, _ := strings.Cut(s.Headline(), ": ")
	return verdict + ": " + words(rest)
}

// remarks are what a row says of an ability besides its state.
func remarks(s reporter.Summary, a reporter.Ability) string {
	var parts []string
	for _, part := range append([]string{a.Standing.String()}, s.ReasonsOf(a)...) {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.TrimSpace(strings.Join(parts, "; ") + a.Remark())
}

// beginning is the first part of a list, with how many there are more.
type beginning[T any] struct {
	Shown []T
	More  int
}

// first returns the beginning of a list, nil of an empty one.
func first[T any](list []T, most int) *beginning[T] {
	if len(list) == 0 {
		return nil
	}
	shown := list[:min(len(list), most)]
	return &beginning[T]{shown, len(list) - len(shown)}
}

func firstFailures(s reporter.Summary) *beginning[reporter.FailedTest] {
	return first(s.FailedTests(), 2*mostFailures)
}

// firstReasons are why a proof is not whole, what failed in other suites behind it, each no longer than fits.
func firstReasons(s reporter.Summary) *beginning[string] {
	b := first(append(s.Why(), s.OtherFailures()...), 2*mostReasons)
	if b != nil {
		b.Shown = append([]string(nil), b.Shown...)
		for i, line := range b.Shown {
			b.Shown[i] = safetext.Cut(line, longReason)
		}
	}
	return b
}

func firstLine(t reporter.FailedTest) string {
	if lines, _ := t.Excerpt(1); len(lines) > 0 {
		return lines[0]
	}
	return ""
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
