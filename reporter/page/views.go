package page

import (
	"cmp"
	"fmt"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// buildView, categoryView, abilityView and testView add to their values what the page says about them.
type buildView struct {
	reporter.Summary
	Number               int
	Name, Which          string // the version, and which build of it
	Class, Word, Subject string
	Judged, Shown        string
	Told                 bool // beside other builds it has details
	Bar                  []segment
	Facts                []link
	Categories, Details  []categoryView // Details are those that are shown in full
	Failed               []abilityView
	Doubts, Remarks      []string
	Setup                []testView
}

type categoryView struct {
	reporter.Category
	Class, Anchor, Need, Shown, TestGrid string
	Bar                                  []segment
	Abilities                            []abilityView
}

// segment is a part of a bar of states.
type segment struct {
	Class        string
	Start, Count int
}

type abilityView struct {
	reporter.Ability
	Class, Anchor, Compared, Tested string // Anchor is "" for one without details
	Open                            bool   // its tests are shown at once
	Tests                           []testView
}

type testView struct {
	reporter.Test
	Class, First, Text, Left string
	Source                   *link // nil if the failure text names none
}

// newBuildView takes the builds' number from 1. Beside others a build shows only the abilities with something to tell.
func newBuildView(s reporter.Summary, to coordinates.Addresses, number int, beside bool) buildView {
	counts := s.Counts()
	b := buildView{
		Summary: s, Number: number, Name: cmp.Or(s.KubernetesVersion, fmt.Sprintf("build %d", number)), Class: s.Verdict.Words().Class(),
		Judged: "the cluster", Shown: counts.Share(), Bar: bar(counts),
		Facts: facts(s, to), Doubts: s.Reasons(), Remarks: reporter.Lines(s.Warnings),
	}
	if !s.Whole {
		b.Judged = "a part"
	}
	b.Word, b.Subject, _ = strings.Cut(s.Headline(), ": ")
	b.Which = strings.Join(nonEmpty(s.Build.Platform, cmp.Or(s.Build.ID, s.Build.Source)), ", ")
	b.Setup = testViews(s, s.Setup)
	for i, c := range s.Categories {
		view := newCategoryView(s, c, to, fmt.Sprintf("b%d-c%d", number, i+1))
		detailed := view
		detailed.Abilities = nil
		for j := range view.Abilities {
			a := &view.Abilities[j]
			if beside && !a.tells() {
				continue
			}
			a.Anchor = fmt.Sprintf("%s-a%d", view.Anchor, j+1)
			detailed.Abilities = append(detailed.Abilities, *a)
			if a.State == reporter.Failed {
				b.Failed = append(b.Failed, *a)
			}
		}
		b.Categories = append(b.Categories, view)
		if len(detailed.Abilities) > 0 || !beside {
			b.Details = append(b.Details, detailed)
		}
	}
	b.Told = len(b.Details)+len(b.Doubts)+len(b.Setup)+len(b.Remarks) > 0
	return b
}

func newCategoryView(s reporter.Summary, c reporter.Category, to coordinates.Addresses, anchor string) categoryView {
	view := categoryView{Category: c, Class: c.Verdict.Words().Class(), Anchor: anchor, Need: c.Need(), Shown: c.Counts().Share(), Bar: bar(c.Counts())}
	for _, a := range c.Abilities {
		view.Abilities = append(view.Abilities, newAbilityView(s, a))
		if a.Proven() { // without a test for any ability there is no dashboard
			view.TestGrid = to.DashboardPage(to.CategoryDashboard(c.Name))
		}
	}
	return view
}

func bar(counts reporter.Counts) []segment {
	var segments []segment
	start := 0
	for _, state := range reporter.WorstFirst() {
		if counts.Of(state) > 0 {
			segments = append(segments, segment{state.Words().Class(), start, counts.Of(state)})
			start += counts.Of(state)
		}
	}
	return segments
}

func newAbilityView(s reporter.Summary, a reporter.Ability) abilityView {
	var counts reporter.Counts
	for _, test := range a.Tests {
		counts.ByState[test.State]++
	}
	noun := "tests"
	if len(a.Tests) == 1 {
		noun = "test"
	}
	return abilityView{
		Ability: a, Class: a.State.Words().Class(), Compared: a.Standing.String(), Tested: fmt.Sprintf("%d %s: %s", len(a.Tests), noun, counts.Text()),
		Open: a.State == reporter.Failed || a.State == reporter.Flaky, Tests: testViews(s, a.Tests),
	}
}

// tells says whether an ability has more to show than its state and what the spec says of it.
func (a abilityView) tells() bool {
	return a.State == reporter.Failed || a.State == reporter.Flaky || a.State == reporter.Skipped || (len(a.Reasons) > 0 && a.State != reporter.Unproven)
}

func testViews(s reporter.Summary, tests []reporter.Test) []testView {
	var views []testView
	for _, test := range tests {
		view := testView{Test: test, Class: test.State.Words().Class()}
		if first, _ := test.Excerpt(1); len(first) > 0 {
			view.First = first[0]
		}
		if test.State == reporter.Failed || test.State == reporter.Flaky {
			var rest string
			if view.Text, rest = bounded(strings.TrimSpace(test.Message)); rest != "" {
				view.Left = fmt.Sprintf("%d more lines (%d bytes) are not shown here; the whole text is in %s, line %d", 1+strings.Count(rest, "\n"), len(rest), test.File, test.Line)
			}
			view.Source = testSource(s.KubernetesVersion, test.Message)
		}
		views = append(views, view)
	}
	return views
}
