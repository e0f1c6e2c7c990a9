package view

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
)

// verdictSuite is the suite of verdicts.
const verdictSuite = "Verdict"

// writeJUnit shows a summary as JUnit: first the verdicts, then a suite for each category with a test for each ability, so
// that a row of TestGrid reads "Core.Network.Ability to ...".
// Which element each state has, and why, is in the doc of the package.
func writeJUnit(w io.Writer, s reporter.Summary) error {
	doc := junit.Document{Name: "op-readiness", Suites: []junit.TestSuite{verdicts(s)}}
	for _, c := range s.Categories {
		suite := junit.TestSuite{Name: c.Name}
		suite.Properties.Add("verdict", c.Verdict.String())
		addProperty(&suite.Properties, "kubernetes-version", s.KubernetesVersion)
		for i, a := range c.Abilities {
			suite.Cases = append(suite.Cases, abilityCases(s, c, a, i+1)...)
		}
		if len(suite.Cases) > 0 { // Sonobuoy takes an empty suite for a test
			doc.Suites = append(doc.Suites, suite)
		}
	}
	return doc.Write(w)
}

// verdicts is the suite with a row for the whole and one for each category that is required, or that a run can make ready.
func verdicts(s reporter.Summary) junit.TestSuite {
	suite := junit.TestSuite{Name: verdictSuite}
	for _, fact := range s.Facts() {
		addProperty(&suite.Properties, strings.ReplaceAll(strings.ToLower(string(fact.Kind)), " ", "-"), fact.Text)
	}
	suite.Properties.Add("coverage", s.Coverage())
	for _, c := range s.Categories {
		suite.Properties.Add(c.Name, c.Counts().Text())
	}
	row := junit.TestCase{Name: s.Affirmed(), Class: verdictSuite}
	judge(&row, s.Verdict, s.Headline()+" "+s.Coverage(), s.Why())
	suite.Cases = append(suite.Cases, row)
	for _, c := range s.Categories {
		if counts := c.Counts(); c.Required || counts.Of(reporter.Exempt)+counts.Of(reporter.Unproven) < counts.All() {
			row := junit.TestCase{Name: c.Name, Class: verdictSuite}
			judge(&row, c.Verdict, c.Verdict.String()+": "+c.Counts().Text(), categoryReasons(s, c))
			suite.Cases = append(suite.Cases, row)
		}
	}
	return suite
}

// judge gives a row the element of a verdict.
func judge(row *junit.TestCase, v reporter.Verdict, message string, why []string) {
	if v != reporter.Ready {
		row.Failure = &junit.Text{Type: v.String(), Message: safetext.Document(message), Text: safetext.Document(strings.Join(why, "\n"))}
	}
}

// categoryReasons are the abilities of a category that are not shown, with the reasons.
func categoryReasons(s reporter.Summary, c reporter.Category) []string {
	var lines []string
	for _, a := range c.Abilities {
		switch a.State {
		case reporter.Failed:
			lines = append(lines, a.State.String()+": "+a.Description)
		case reporter.Unconfirmed, reporter.NotRun, reporter.Skipped:
			lines = append(lines, notShownText(s, a)+": "+a.Description)
		}
	}
	return lines
}

// abilityCases are the rows of an ability: none for one without a test, two for a flaky one. Item is its place in the
// category, from 1.
func abilityCases(s reporter.Summary, c reporter.Category, a reporter.Ability, item int) []junit.TestCase {
	row := junit.TestCase{Name: a.Description, Class: c.Name, Seconds: seconds(a), Properties: abilityProperties(s, c, a, item)}
	switch a.State {
	case reporter.Exempt, reporter.Unproven:
		return nil
	case reporter.Passed:
		return []junit.TestCase{row}
	case reporter.Failed, reporter.Flaky:
		row.Failure = &junit.Text{Type: a.State.String(), Message: safetext.Document(strings.TrimSuffix(a.State.String()+": "+firstFailure(a), ": ")), Text: failureText(a.Tests)}
	default:
		row.Failure = &junit.Text{Type: a.State.String(), Message: notShownText(s, a), Text: safetext.Document(strings.Join(a.Reasons, "\n"))}
	}
	if a.State != reporter.Flaky {
		return []junit.TestCase{row}
	}
	return []junit.TestCase{row, {Name: row.Name, Class: row.Class, Properties: row.Properties}}
}

// notShownText says in a line why an ability was not shown.
func notShownText(s reporter.Summary, a reporter.Ability) string {
	reason := a.Reason()
	if reason == "" && len(s.Incomplete) > 0 {
		reason = s.Incomplete[0].String()
	}
	return a.State.String() + ": " + safetext.Cut(cmp.Or(reason, "no result of any of its tests"), longReason)
}

func abilityProperties(s reporter.Summary, c reporter.Category, a reporter.Ability, item int) junit.Properties {
	var list junit.Properties
	list.Add("ability", a.ID)
	list.Add("kep-2578-item", fmt.Sprintf("%s %d", c.Name, item))
	list.Add("state", a.State.String())
	addProperty(&list, "kubernetes-version", s.KubernetesVersion)
	if a.InPart {
		list.Add("partial", "true")
		list.Add("notes", a.Notes)
	}
	addProperty(&list, "ran", a.Where())
	for _, t := range a.Tests {
		addProperty(&list, "test", fmt.Sprintf("%s: %s", t.State, t.Name))
	}
	return list
}

// addProperty adds a property whose value a build may have written, if there is one.
func addProperty(list *junit.Properties, name, value string) {
	if value = safetext.Document(value); value != "" {
		list.Add(name, value)
	}
}

// failureText joins the texts of the tests that failed.
func failureText(tests []reporter.Test) string {
	var parts []string
	for _, t := range tests {
		if t.State == reporter.Failed || t.State == reporter.Flaky {
			parts = append(parts, safetext.Document(t.Name+"\n"+t.Place()+"\n\n"+t.Message))
		}
	}
	return strings.Join(parts, "\n\n")
}
