package reporter

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Collector gathers the JUnit files of one build into Results. The zero value is ready to use. Files are to be added in
// the order in which they were written: a test that failed in one and passed in a later one is flaky.
type Collector struct {
	results Results
	tests   map[string]Test
}

// Add reads one JUnit file. What is wrong with the file becomes a warning; the error is that of r. The view by ability that
// a run writes beside its results is left out: with it every test would count twice.
func (c *Collector) Add(name string, r io.Reader) error {
	if path.Base(name) == reportdir.View {
		return nil
	}
	var rows []Test
	file, err := junit.Read(r, junit.Options{}, func(row *junit.Row) error {
		if test, ok := testOf(name, row); ok {
			rows = append(rows, test)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("reading %q: %w", name, err)
	}
	c.results.Files++
	c.addFile(name, file)
	if slices.ContainsFunc(file.Suites, func(s junit.Suite) bool { return s.Properties[junit.DryRun] == "true" }) {
		c.results.Incomplete = append(c.results.Incomplete, Warning{File: name, Message: "a dry run: nothing ran"})
		return nil
	}
	for _, test := range rows {
		c.addTest(test)
	}
	return nil
}

// Append adds what next gathered from files that were written after those of c.
func (c *Collector) Append(next *Collector) {
	c.results.Files += next.results.Files
	c.results.Setup = append(c.results.Setup, next.results.Setup...)
	c.results.Incomplete = append(c.results.Incomplete, next.results.Incomplete...)
	c.results.Warnings = append(c.results.Warnings, next.results.Warnings...)
	if c.tests == nil {
		c.tests = map[string]Test{}
	}
	for name, test := range next.tests {
		if first, seen := c.tests[name]; seen {
			test = merge(first, test)
		}
		c.tests[name] = test
	}
}

// Results returns what was gathered, sorted.
func (c *Collector) Results() Results {
	results := c.results
	results.Tests = slices.SortedFunc(maps.Values(c.tests), func(a, b Test) int { return cmp.Compare(a.Name, b.Name) })
	return results
}

func (c *Collector) addFile(name string, file junit.File) {
	if file.Incomplete != "" {
		c.results.Incomplete = append(c.results.Incomplete,
			Warning{File: name, Line: file.IncompleteLine, Message: "read only in part: " + file.Incomplete})
	}
	for _, suite := range file.Suites {
		if reason := suite.Properties[junit.SpecialReason]; reason != "" {
			c.results.Incomplete = append(c.results.Incomplete, Warning{File: name, Message: "the run was cut short: " + reason})
		}
	}
	for _, w := range file.Warnings {
		c.results.Warnings = append(c.results.Warnings, Warning{File: name, Line: w.Line, Message: w.Message})
	}
}

func (c *Collector) addTest(test Test) {
	if node, ok := junit.SetupNode(test.Name); ok {
		c.addSetup(node, test)
		return
	}
	test.Name = strings.TrimPrefix(test.Name, junit.It)
	if c.tests == nil {
		c.tests = map[string]Test{}
	}
	first, seen := c.tests[test.Name]
	if seen {
		test = merge(first, test)
	}
	c.tests[test.Name] = test
}

// addSetup keeps a failed setup node. Without its BeforeSuite a suite runs no test, whatever its file lists.
func (c *Collector) addSetup(node string, test Test) {
	if test.State != Failed {
		return
	}
	c.results.Setup = append(c.results.Setup, test)
	if strings.Contains(node, "BeforeSuite") {
		c.results.Incomplete = append(c.results.Incomplete,
			Warning{File: test.File, Line: test.Line, Message: node + " failed: no test of this suite ran"})
	}
}

// testOf returns the row as a test, if it is a result of Kubernetes' e2e suite.
func testOf(file string, row *junit.Row) (Test, bool) {
	if row.Class != specs.Suite && row.Suite != specs.Suite {
		return Test{}, false
	}
	test := Test{
		Name: row.Name, Status: row.Status, Message: row.Message, File: file, Line: row.Line,
		Duration: time.Duration(row.Seconds * float64(time.Second)),
	}
	switch row.Outcome {
	case junit.Passed:
		test.State = Passed
		if row.Retries > 0 {
			test.State = Flaky
		}
	case junit.Failed:
		test.State = Failed
	case junit.Skipped:
		test.State = Skipped
	default:
		return Test{}, false
	}
	return test, true
}

// merge joins two results for one test, in their order. Passing after a failure is flaky; failing after a pass is
// failed; a skip says nothing against a result.
func merge(first, next Test) Test {
	switch {
	case next.State == Skipped:
		return first
	case first.State == Skipped || first.State == Passed || next.State == Failed:
		return next
	}
	first.State = Flaky
	return first
}
