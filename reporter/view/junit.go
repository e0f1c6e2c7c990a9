package view

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
)

// writeJUnit shows a summary as JUnit: a suite for each category, a test for each ability, so that a row of TestGrid reads
// "Core.Network.Ability to ...". An ability that was planned and not run is an error, for a skipped one counts as passed
// with some readers. A flaky one stands twice, failed and passed, which TestGrid and Spyglass show as flaky.
func writeJUnit(w io.Writer, s reporter.Summary) error {
	doc := junit.Document{Name: "op-readiness"}
	for _, c := range s.Categories {
		suite := junit.TestSuite{Name: c.Name}
		suite.Properties.Add("verdict", c.Verdict.String())
		suite.Properties.Add("kubernetes-version", s.KubernetesVersion)
		for i, a := range c.Abilities {
			suite.Cases = append(suite.Cases, abilityCases(s, c, a, i+1)...)
		}
		doc.Suites = append(doc.Suites, suite)
	}
	return doc.Write(w)
}

// abilityCases are the rows of an ability: one, or two for a flaky one. Item is its place in the category, from 1.
func abilityCases(s reporter.Summary, c reporter.Category, a reporter.Ability, item int) []junit.TestCase {
	row := junit.TestCase{Name: a.Description, Class: c.Name, Seconds: seconds(a), Properties: abilityProperties(s, c, a, item)}
	switch a.State {
	case reporter.NotRun:
		row.Error = &junit.Text{Type: "not run", Message: "not run: " + notRunReason(s, a)}
	case reporter.Skipped, reporter.Exempt, reporter.Unproven:
		row.Skipped = &junit.Text{Message: fmt.Sprintf("%s: %s", a.State, a.Reason())}
	case reporter.Failed, reporter.Flaky:
		row.Failure = &junit.Text{Type: a.State.String(), Text: failureText(a.Tests)}
	}
	if a.State != reporter.Flaky {
		return []junit.TestCase{row}
	}
	return []junit.TestCase{row, {Name: row.Name, Class: row.Class, Properties: row.Properties}}
}

func notRunReason(s reporter.Summary, a reporter.Ability) string {
	if len(a.Reasons) == 0 && len(s.Incomplete) > 0 {
		return s.Incomplete[0].String()
	}
	return cmp.Or(a.Reason(), "no result for any of its tests")
}

func abilityProperties(s reporter.Summary, c reporter.Category, a reporter.Ability, item int) junit.Properties {
	var list junit.Properties
	list.Add("ability", a.ID)
	list.Add("kep-2578-item", fmt.Sprintf("%s %d", c.Name, item))
	list.Add("state", a.State.String())
	list.Add("kubernetes-version", s.KubernetesVersion)
	if a.Partial {
		list.Add("partial", "true")
		list.Add("notes", a.Notes)
	}
	for _, t := range a.Tests {
		list.Add("test", fmt.Sprintf("%s: %s", t.State, t.Name))
	}
	return list
}

// failureText joins the texts of the tests that failed.
func failureText(tests []reporter.Test) string {
	var parts []string
	for _, t := range tests {
		if t.State == reporter.Failed || t.State == reporter.Flaky {
			parts = append(parts, t.Name+"\n"+t.Place()+"\n\n"+t.Message)
		}
	}
	return strings.Join(parts, "\n\n")
}
