package sonobuoy

import (
	"encoding/xml"
	"io"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
)

// junitCase is the one row of an ending without a verdict.
type junitCase struct {
	XMLName xml.Name `xml:"testsuites"`
	Suite   struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Case     struct {
			Class   string `xml:"classname,attr"`
			Name    string `xml:"name,attr"`
			Failure struct {
				Message string `xml:"message,attr"`
			} `xml:"failure"`
		} `xml:"testcase"`
	} `xml:"testsuite"`
}

// encodeJUnit writes an ending without a verdict in the place of the rows that a run writes at its end. A plugin's file with
// `result-format: junit` has Sonobuoy read every file of JUnit, and those of a run that was cut short may have passed tests alone.
func encodeJUnit(w io.Writer, e Ending) error {
	var c junitCase
	c.Suite.Name, c.Suite.Tests, c.Suite.Failures = Name, 1, 1
	c.Suite.Case.Class, c.Suite.Case.Name = Name, verdictName
	c.Suite.Case.Failure.Message = safetext.Cut(e.Problem, maxReason)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	if err := encoder.Encode(c); err != nil {
		return err
	}
	return encoder.Close()
}
