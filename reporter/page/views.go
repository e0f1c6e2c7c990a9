package page

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// buildView, categoryView, abilityView and testView add to their values what the page says about them.
type buildView struct {
	reporter.Summary
	Number               int
	Name, Which          string // the version, and which build of it
	Day, Short           string // above its column in a matrix
	Class, Word, Subject string
	Shown                string
	Bar                  []segment
	Facts                []link
	Categories, Details  []categoryView // Details are those that are shown in full
	Failed               []abilityView
	Reasons, Others      []string
	Remarks              []string
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
	Part                            bool   // a part of it was shown
	Where                           string // its pods ran
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
		Short: s.Build.ShortID(), Shown: counts.Share(), Bar: bar(abilitiesOf(s)...), Facts: facts(s, to),
		Reasons: s.Reasons(), Others: s.OtherFailures(), Remarks: reporter.Lines(s.Warnings), Setup: testViews(s, s.Setup),
	}
	if !s.Build.Started.IsZero() {
		b.Day = s.Build.Started.UTC().Format(time.DateOnly)
	}
	b.Word, b.Subject, _ = strings.Cut(s.Headline(), ": ")
	b.Which = strings.Join(nonEmpty(s.Build.Platform, cmp.Or(s.Build.ID, s.Build.Source)), ", ")
	for i, c := range s.Categories {
		b.add(newCategoryView(s, c, to, fmt.Sprintf("b%d-c%d", number, i+1)), beside)
	}
	return b
}

// add adds a category, and what of it is shown in full.
func (b *buildView) add(view categoryView, beside bool) {
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

func newCategoryView(s reporter.Summary, c reporter.Category, to coordinates.Addresses, anchor string) categoryView {
	view := categoryView{Category: c, Class: c.Verdict.Words().Class(), Anchor: anchor, Need: c.Need(), Shown: c.Counts().Share(), Bar: bar(c.Abilities...)}
	for _, a := range c.Abilities {
		view.Abilities = append(view.Abilities, newAbilityView(s, a))
		if a.Proven() { // without a test for any ability there is no dashboard
			view.TestGrid = categoryGrid(s.Build, c.Name, to)
		}
	}
	return view
}

func abilitiesOf(s reporter.Summary) []reporter.Ability {
	var all []reporter.Ability
	for _, c := range s.Categories {
		all = append(all, c.Abilities...)
	}
	return all
}

// bar has a segment for each state that occurs, and one for what passed in part.
func bar(abilities ...reporter.Ability) []segment {
	var segments []segment
	start := 0
	add := func(class string, is func(reporter.Ability) bool) {
		n := 0
		for _, a := range abilities {
			if is(a) {
				n++
			}
		}
		if n > 0 {
			segments = append(segments, segment{class, start, n})
			start += n
		}
	}
	for _, state := range reporter.WorstFirst() {
		part := func(a reporter.Ability) bool { return a.State == state && a.InPart && state == reporter.Passed }
		add(state.Words().Class()+" part", part)
		add(state.Words().Class(), func(a reporter.Ability) bool { return a.State == state && !part(a) })
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
	a.Reasons = s.ReasonsOf(a)
	return abilityView{
		Ability: a, Class: a.State.Words().Class(), Compared: a.Standing.String(), Tested: fmt.Sprintf("%d %s: %s", len(a.Tests), noun, counts.Text()),
		Part: a.InPart && (a.State == reporter.Passed || a.State == reporter.Flaky), Where: a.Where(),
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
			if view.Text, rest = bounded(strings.TrimSpace(safetext.Document(test.Message))); rest != "" {
				view.Left = fmt.Sprintf("%d more lines (%d bytes) are not shown here; the whole text is in %s, line %d", 1+strings.Count(rest, "\n"), len(rest), test.File, test.Line)
			}
			view.Source = testSource(s.KubernetesVersion, test.Message)
		}
		views = append(views, view)
	}
	return views
}
