package junit

import (
	"encoding/xml"
	"io"
)

// Document is a JUnit file to write, in the form that TestGrid, Spyglass and Sonobuoy read.
type Document struct {
	XMLName xml.Name    `xml:"testsuites"`
	Name    string      `xml:"name,attr,omitempty"`
	Suites  []TestSuite `xml:"testsuite"`
}

// TestSuite is a testsuite element. Its totals are those of its cases.
type TestSuite struct {
	Name       string     `xml:"name,attr"`
	Properties Properties `xml:"properties>property"`
	Cases      []TestCase `xml:"testcase"`
}

// TestCase is a testcase element. With none of Failure, Error and Skipped it passed.
type TestCase struct {
	Name       string     `xml:"name,attr"`
	Class      string     `xml:"classname,attr"`
	Status     string     `xml:"status,attr,omitempty"`
	Seconds    float64    `xml:"time,attr"`
	Properties Properties `xml:"properties>property"`
	Failure    *Text      `xml:"failure"`
	Error      *Text      `xml:"error"`
	Skipped    *Text      `xml:"skipped"`
}

// Properties are names with values, in the order in which they are written.
type Properties []Property

// Property is a property element.
type Property struct {
	Name  string `xml:"name,attr"`
	Value string `xml:"value,attr"`
}

// Add adds a property.
func (p *Properties) Add(name, value string) { *p = append(*p, Property{Name: name, Value: value}) }

// Text is why a case did not pass.
type Text struct {
	Type    string `xml:"type,attr,omitempty"`
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// Write writes the document.
func (d Document) Write(w io.Writer) error {
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

// MarshalXML writes the suite with the totals of its cases.
func (s TestSuite) MarshalXML(e *xml.Encoder, start xml.StartElement) error {
	type counted struct {
		Name       string     `xml:"name,attr"`
		Tests      int        `xml:"tests,attr"`
		Failures   int        `xml:"failures,attr"`
		Errors     int        `xml:"errors,attr"`
		Skipped    int        `xml:"skipped,attr"`
		Properties Properties `xml:"properties>property"`
		Cases      []TestCase `xml:"testcase"`
	}
	c := counted{Name: s.Name, Tests: len(s.Cases), Properties: s.Properties, Cases: s.Cases}
	for _, row := range s.Cases {
		switch {
		case row.Failure != nil:
			c.Failures++
		case row.Error != nil:
			c.Errors++
		case row.Skipped != nil:
			c.Skipped++
		}
	}
	return e.EncodeElement(c, start)
}
