package comment

import (
	"cmp"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// failure is a test that failed in one job or several.
type failure struct {
	Standing  reporter.Standing // the one that most needs a look
	Test      reporter.Test     // of the first job
	Abilities []string          // that it counts against, each with its category
	Places    []string          // where each job has it; Markdown
	Excerpt   []string          // the first lines of the failure text
}

// failuresOf lists each failed test once, the new ones first.
func failuresOf(jobs []Job, o Options) []failure {
	var list []failure
	at := map[string]int{}
	for _, job := range jobs {
		for _, f := range jobFailures(job.Summary, o) {
			if i, seen := at[f.Test.Name]; seen {
				list[i] = list[i].join(f)
				continue
			}
			at[f.Test.Name] = len(list)
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b failure) int {
		return cmp.Compare(place(a.Standing.Kind), place(b.Standing.Kind))
	})
	return list
}

// jobFailures are the failed tests of one job.
func jobFailures(job reporter.Summary, o Options) []failure {
	var list []failure
	for _, f := range job.FailedTests() {
		if f.State != reporter.Failed {
			continue
		}
		next := failure{Standing: f.Standing, Test: f.Test, Places: []string{o.placeOf(job, f.Test)}}
		for _, ability := range f.Against {
			next.Abilities = append(next.Abilities, ability.String())
		}
		list = append(list, next)
	}
	return list
}

// placeOf says where a job has the result of a test, with a link to the page of the build and one to the row on TestGrid.
func (o Options) placeOf(job reporter.Summary, t reporter.Test) string {
	text := safetext.Code(jobName(job.Build)) + " at " + safetext.Link(safetext.Code(t.Place()), o.page(job.Build))
	if row := o.row(job.Build.Job, t.Name); row != "" {
		text += " (" + safetext.Link("history", row) + ")"
	}
	return text
}

// rowLength is how many bytes the name of a test may have whose row is linked to.
const rowLength = 300

// row is the address of a test's row on TestGrid, "" if there is none.
func (o Options) row(job, test string) string {
	tab := o.tab(job)
	if tab == "" || len(test) > rowLength {
		return ""
	}
	return tab + "&include-filter-by-regex=" + strings.ReplaceAll(url.QueryEscape(regexp.QuoteMeta(test)), "+", "%20")
}

// join adds what another job, or another ability, says of the same test.
func (f failure) join(next failure) failure {
	if place(next.Standing.Kind) < place(f.Standing.Kind) {
		f.Standing = next.Standing
	}
	for _, ability := range next.Abilities {
		if !slices.Contains(f.Abilities, ability) {
			f.Abilities = append(f.Abilities, ability)
		}
	}
	f.Places = slices.Concat(f.Places, next.Places)
	return f
}

// place orders the kinds of failures as they are shown.
func place(k reporter.StandingKind) int {
	return [...]int{reporter.New: 0, reporter.Unclear: 1, reporter.Uncompared: 2, reporter.FlakyThere: 3, reporter.AlsoFailing: 4}[k]
}

// mostPlaces is how many jobs stand behind the name of a test.
const mostPlaces = 4

// In is where the test failed, as Markdown.
func (f failure) In() string {
	text := strings.Join(f.Places[:min(len(f.Places), mostPlaces)], ", ")
	if more := len(f.Places) - mostPlaces; more > 0 {
		text += fmt.Sprintf(" and in %s", plural(more, "more job"))
	}
	return text
}

// Word is what stands before a failure.
func (f failure) Word() string {
	return [...]string{reporter.Uncompared: "failed", reporter.New: "new", reporter.AlsoFailing: "also failing on the base branch", reporter.FlakyThere: "flaky on the base branch", reporter.Unclear: "not known whether new"}[f.Standing.Kind]
}

// Said is what the comparison with the base branch says, as Markdown, "" if there was none.
func (f failure) Said() string {
	switch s := f.Standing; {
	case s.Kind == reporter.New && s.Of == 0:
		return "The base branch has no result of it."
	case s.Kind == reporter.New:
		return "It passes on the base branch."
	case s.Kind == reporter.AlsoFailing:
		return "It fails on the base branch too, since build " + safetext.Code(s.Since) + "."
	case s.Kind == reporter.Unclear:
		return "It failed in the one build of the base branch that has a result of it, which is too few to tell."
	case s.Kind == reporter.FlakyThere:
		return fmt.Sprintf("On the base branch it failed in %d of %d builds.", s.Failed, s.Of)
	}
	return ""
}

// countFailures says how many failures there are of each kind: "1 new failure, 2 also failing on the base branch".
func countFailures(list []failure) string {
	counts := map[reporter.StandingKind]int{}
	for _, f := range list {
		counts[f.Standing.Kind]++
	}
	var parts []string
	for _, kind := range []reporter.StandingKind{reporter.New, reporter.Unclear, reporter.Uncompared, reporter.FlakyThere, reporter.AlsoFailing} {
		if n := counts[kind]; n > 0 {
			parts = append(parts, countOf(kind, n))
		}
	}
	return strings.Join(parts, ", ")
}

func countOf(k reporter.StandingKind, n int) string {
	switch k {
	case reporter.New:
		return plural(n, "new failure")
	case reporter.Unclear:
		return fmt.Sprintf("%d not known whether new", n)
	case reporter.FlakyThere:
		return fmt.Sprintf("%d flaky on the base branch", n)
	case reporter.AlsoFailing:
		return fmt.Sprintf("%d also failing on the base branch", n)
	}
	return plural(n, "failed test")
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
