package reporter

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// xmlSuites and what is below it are JUnit as TestGrid, Spyglass and Sonobuoy read it.
type xmlSuites struct {
	XMLName xml.Name   `xml:"testsuites"`
	Name    string     `xml:"name,attr,omitempty"`
	Suites  []xmlSuite `xml:"testsuite"`
}

type xmlSuite struct {
	Name       string        `xml:"name,attr"`
	Tests      int           `xml:"tests,attr"`
	Failures   int           `xml:"failures,attr"`
	Errors     int           `xml:"errors,attr"`
	Skipped    int           `xml:"skipped,attr"`
	Properties []xmlProperty `xml:"properties>property"`
	Cases      []xmlCase     `xml:"testcase"`
}

type xmlCase struct {
	Name       string        `xml:"name,attr"`
	Class      string        `xml:"classname,attr"`
	Status     string        `xml:"status,attr,omitempty"`
	Seconds    float64       `xml:"time,attr"`
	Properties []xmlProperty `xml:"properties>property"`
	Failure    *xmlText      `xml:"failure"`
	Error      *xmlText      `xml:"error"`
	Skipped    *xmlText      `xml:"skipped"`
}

type xmlProperty struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

type xmlText struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit shows a summary as JUnit, for ViewFile: a suite for each category, a test for each ability, so that a row
// of TestGrid reads "Core.Network.Ability to ...". An ability that was planned and not run is an error, for a skipped
// one counts as passed with some readers. A flaky one stands twice, failed and passed, which TestGrid and Spyglass show
// as flaky.
func WriteJUnit(w io.Writer, s Summary) error {
	doc := xmlSuites{Name: "op-readiness"}
	for _, c := range s.Categories {
		suite := xmlSuite{Name: c.Name, Properties: properties("verdict", c.Verdict.String(), "kubernetes-version", s.KubernetesVersion)}
		for i, a := range c.Abilities {
			suite.Cases = append(suite.Cases, abilityCases(s, c, a, i+1)...)
		}
		doc.Suites = append(doc.Suites, suite)
	}
	return doc.write(w)
}

// WriteTests writes results of e2e.test in its own form: what is known of a run whose own file is lost or cut short. A
// reason says why it may not be all; without one the file counts as whole.
func WriteTests(w io.Writer, tests []Test, reason string) error {
	suite := xmlSuite{Name: specs.Suite}
	if reason != "" {
		suite.Properties = properties("SpecialSuiteFailureReason", reason)
	}
	for _, t := range tests {
		c := xmlCase{Name: "[It] " + t.Name, Class: specs.Suite, Status: cmp.Or(t.Status, t.State.String()), Seconds: t.Duration.Seconds()}
		switch t.State {
		case Skipped:
			c.Skipped = &xmlText{Message: "skipped - " + t.Message}
		case Failed, Flaky:
			c.Failure = &xmlText{Text: t.Message}
		}
		suite.Cases = append(suite.Cases, c)
		if t.State == Flaky {
			suite.Cases = append(suite.Cases, xmlCase{Name: c.Name, Class: c.Class, Status: Passed.String()})
		}
	}
	return xmlSuites{Suites: []xmlSuite{suite}}.write(w)
}

func (d xmlSuites) write(w io.Writer) error {
	for i := range d.Suites {
		d.Suites[i].count()
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(d); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func (s *xmlSuite) count() {
	s.Tests = len(s.Cases)
	for _, c := range s.Cases {
		switch {
		case c.Failure != nil:
			s.Failures++
		case c.Error != nil:
			s.Errors++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
}

// abilityCases are the rows of an ability: one, or two for a flaky one.
func abilityCases(s Summary, c Category, a Ability, item int) []xmlCase {
	row := xmlCase{Name: a.Description, Class: c.Name, Properties: abilityProperties(s, c, a, item)}
	for _, t := range a.Tests {
		row.Seconds += t.Duration.Seconds()
	}
	switch a.State {
	case NotRun:
		row.Error = &xmlText{Type: "not run", Message: "not run: " + notRunReason(s, a)}
	case Skipped, Exempt, Unproven:
		row.Skipped = &xmlText{Message: fmt.Sprintf("%s: %s", a.State, a.Reason)}
	case Failed, Flaky:
		row.Failure = &xmlText{Type: a.State.String(), Text: failureText(a.Tests)}
	}
	if a.State != Flaky {
		return []xmlCase{row}
	}
	return []xmlCase{row, {Name: row.Name, Class: row.Class, Properties: row.Properties}}
}

func notRunReason(s Summary, a Ability) string {
	if a.Reason == "" && len(s.Incomplete) > 0 {
		return s.Incomplete[0].String()
	}
	return cmp.Or(a.Reason, "no result for any of its tests")
}

func abilityProperties(s Summary, c Category, a Ability, item int) []xmlProperty {
	list := properties(
		"ability", a.ID, "kep-2578-item", fmt.Sprintf("%s %d", c.Name, item), "state", a.State.String(), "kubernetes-version", s.KubernetesVersion,
	)
	if a.Partial {
		list = append(list, properties("partial", "true", "notes", a.Notes)...)
	}
	for _, t := range a.Tests {
		list = append(list, properties("test", fmt.Sprintf("%s: %s", t.State, t.Name))...)
	}
	return list
}

// failureText joins the texts of the tests that failed.
func failureText(tests []Test) string {
	var parts []string
	for _, t := range tests {
		if t.State == Failed || t.State == Flaky {
			parts = append(parts, t.Name+"\n"+t.Place()+"\n\n"+t.Message)
		}
	}
	return strings.Join(parts, "\n\n")
}

// properties makes properties of names and values in turn.
func properties(pairs ...string) []xmlProperty {
	var list []xmlProperty
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, xmlProperty{Name: pairs[i], Value: pairs[i+1]})
	}
	return list
}
