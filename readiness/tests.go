package readiness

import (
	"cmp"
	"io"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// writeTests writes results of e2e.test in its own form: what is known of a run whose own file is lost or cut short. A
// reason says why it may not be all; without one the file counts as whole.
func writeTests(w io.Writer, tests []reporter.Test, reason string) error {
	suite := junit.TestSuite{Name: specs.Suite}
	if reason != "" {
		suite.Properties.Add(junit.SpecialReason, reason)
	}
	for _, t := range tests {
		c := junit.TestCase{Name: junit.It + t.Name, Class: specs.Suite, Status: cmp.Or(t.Status, t.State.String()), Seconds: t.Duration.Seconds()}
		switch t.State {
		case reporter.Skipped:
			c.Skipped = &junit.Text{Message: "skipped - " + t.Message}
		case reporter.Failed, reporter.Flaky:
			c.Failure = &junit.Text{Text: t.Message}
		}
		suite.Cases = append(suite.Cases, c)
		if t.State == reporter.Flaky {
			suite.Cases = append(suite.Cases, junit.TestCase{Name: c.Name, Class: c.Class, Status: reporter.Passed.String()})
		}
	}
	return junit.Document{Suites: []junit.TestSuite{suite}}.Write(w)
}
