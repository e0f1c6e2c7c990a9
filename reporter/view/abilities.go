package view

import (
	"fmt"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// overview has a line for each category: what of it was shown, whole and in part, and what was not.
func (t *table) overview(categories []reporter.Category) {
	name := len("CATEGORY")
	for _, c := range categories {
		name = max(name, len(c.Name))
	}
	fmt.Fprintf(t, "\n%-*s  %-10s  WHOLE  IN PART  OF  NOT SHOWN\n", name, "CATEGORY", "VERDICT")
	for _, c := range categories {
		verdict, counts := t.paint(fmt.Sprintf("%-10s", c.Verdict), color(c.Verdict.Words())), c.Counts()
		line := fmt.Sprintf("%-*s  %s  %5d  %7d  %2d  ", name, safetext.Line(c.Name), verdict, counts.Whole, counts.InPart, counts.All())
		t.hanging(line, notShown(counts), "")
	}
}

// notShown lists the states of the abilities that were not shown, and how many of the others are flaky.
func notShown(counts reporter.Counts) string {
	flaky := counts.Of(reporter.Flaky)
	counts.ByState[reporter.Passed], counts.ByState[reporter.Flaky] = 0, 0
	text := ""
	if counts.All() > 0 {
		text = counts.Text()
	}
	if flaky > 0 {
		text += fmt.Sprintf(" (%d %s)", flaky, reporter.Flaky)
	}
	return strings.TrimSpace(text)
}

// abilities lists the abilities of each category. Without Details a category in which no test has a result is left to its
// line in the overview; it returns whether there was one.
func (t *table) abilities(s reporter.Summary) (folded bool) {
	for _, c := range s.Categories {
		if !t.Details && nothingRan(c) {
			folded = true
			continue
		}
		fmt.Fprintf(t, "\n%s (%s)\n", t.paint(safetext.Line(c.Name), color(c.Verdict.Words())), c.Need())
		id := 0
		for _, a := range c.Abilities {
			id = max(id, len(a.ID))
		}
		for _, a := range c.Abilities {
			a.Reasons = s.ReasonsOf(a)
			t.ability(a, id)
		}
	}
	return folded
}

// nothingRan tells whether the line of a category says all that there is to say about its abilities.
func nothingRan(c reporter.Category) bool {
	for _, a := range c.Abilities {
		if a.State != reporter.NotRun && a.State != reporter.Unproven && a.State != reporter.Exempt || len(a.Tests) > 0 {
			return false
		}
	}
	return true
}

// abilityIndent is how far what stands below the id of an ability is indented.
const abilityIndent = "               "

// ability shows an ability in a line, its remark behind as many columns as the longest id takes.
func (t *table) ability(a reporter.Ability, id int) {
	state := t.paint(fmt.Sprintf("%-11s", a.State), color(a.State.Words()))
	if t.Details {
		t.details(a, state)
		return
	}
	line := fmt.Sprintf("%-*s  %s", id, safetext.Line(a.ID), safetext.Line(shortRemark(a)))
	fmt.Fprintf(t, "  %s  %s\n", state, termtext.Cut(strings.TrimRight(line, " "), t.Width-len(abilityIndent)))
}

// shortRemark is the one thing that a line says of an ability besides its state.
func shortRemark(a reporter.Ability) string {
	switch {
	case a.Standing.Kind != reporter.Uncompared:
		return a.Standing.String()
	case len(a.Reasons) > 0 && a.State != reporter.Passed && a.State != reporter.Flaky:
		return a.Reasons[0]
	case a.InPart && (a.State == reporter.Passed || a.State == reporter.Flaky):
		return "in part"
	}
	return ""
}

// details are all that is known of an ability.
func (t *table) details(a reporter.Ability, state string) {
	t.hanging("  "+state+"  ", a.ID+": "+a.Description, "")
	if a.InPart {
		t.hanging(abilityIndent, strings.TrimSuffix("in part: "+a.Notes, ": "), "")
	}
	for _, reason := range a.Reasons {
		t.hanging(abilityIndent, reason, faint)
	}
	if standing := a.Standing.String(); standing != "" {
		t.hanging(abilityIndent, standing, yellow)
	}
	if where := a.Where(); where != "" {
		t.hanging(abilityIndent, "ran on "+where, faint)
	}
	for _, test := range a.Tests {
		t.hanging(abilityIndent+"- ", test.State.String()+": "+test.Name, "")
	}
}
