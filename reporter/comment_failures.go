package reporter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// commentFailure is a test that failed in one job or several.
type commentFailure struct {
	Standing  Standing // the one that most needs a look
	Test      Test     // of the first job
	Abilities []string // that it counts against, each with its category
	Jobs      []string
	Excerpt   []string // the first lines of the failure text
}

// commentFailures lists each failed test once, the new ones first.
func commentFailures(jobs []Summary) []commentFailure {
	var list []commentFailure
	at := map[string]int{}
	for _, job := range jobs {
		for _, f := range jobFailures(job) {
			if i, seen := at[f.Test.Name]; seen {
				list[i] = list[i].join(f)
				continue
			}
			at[f.Test.Name] = len(list)
			list = append(list, f)
		}
	}
	slices.SortStableFunc(list, func(a, b commentFailure) int {
		return cmp.Compare(place(a.Standing.Kind), place(b.Standing.Kind))
	})
	return list
}

// jobFailures are the failed tests of the failed abilities of one job.
func jobFailures(job Summary) []commentFailure {
	var list []commentFailure
	for _, c := range job.Categories {
		for _, a := range c.Abilities {
			for _, t := range a.Tests {
				if a.State == Failed && t.State == Failed {
					list = append(list, commentFailure{
						Standing: a.Standing, Test: t, Abilities: []string{c.Name + ": " + a.Description}, Jobs: []string{jobName(job.Build)},
					})
				}
			}
		}
	}
	return list
}

// join adds what another job, or another ability, says of the same test.
func (f commentFailure) join(next commentFailure) commentFailure {
	if place(next.Standing.Kind) < place(f.Standing.Kind) {
		f.Standing = next.Standing
	}
	if !slices.Contains(f.Abilities, next.Abilities[0]) {
		f.Abilities = append(f.Abilities, next.Abilities[0])
	}
	if !slices.Contains(f.Jobs, next.Jobs[0]) {
		f.Jobs = append(f.Jobs, next.Jobs[0])
	}
	return f
}

// place orders the kinds of failures as they are shown.
func place(k StandingKind) int {
	return [...]int{Uncompared: 1, New: 0, AlsoFailing: 3, FlakyThere: 2}[k]
}

// Word is what stands before a failure.
func (f commentFailure) Word() string {
	return [...]string{Uncompared: "failed", New: "new", AlsoFailing: "also failing on the base branch", FlakyThere: "flaky on the base branch"}[f.Standing.Kind]
}

// Said is what the comparison with the base branch says, as Markdown, "" if there was none.
func (f commentFailure) Said() string {
	switch s := f.Standing; {
	case s.Kind == New && s.Of == 0:
		return "The base branch has no result of it."
	case s.Kind == New:
		return "It passes on the base branch."
	case s.Kind == AlsoFailing:
		return "It fails on the base branch too, since build " + commentCode(s.Since) + "."
	case s.Kind == FlakyThere:
		return fmt.Sprintf("On the base branch it failed in %d of %d builds.", s.Failed, s.Of)
	}
	return ""
}

// countFailures says how many failures there are of each kind: "1 new failure, 2 also failing on the base branch".
func countFailures(list []commentFailure) string {
	counts := map[StandingKind]int{}
	for _, f := range list {
		counts[f.Standing.Kind]++
	}
	var parts []string
	for _, kind := range []StandingKind{New, Uncompared, FlakyThere, AlsoFailing} {
		if n := counts[kind]; n > 0 {
			parts = append(parts, kind.count(n))
		}
	}
	return strings.Join(parts, ", ")
}

func (k StandingKind) count(n int) string {
	switch k {
	case New:
		return plural(n, "new failure")
	case FlakyThere:
		return fmt.Sprintf("%d flaky on the base branch", n)
	case AlsoFailing:
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
