package readiness

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// readLines returns a file of lines, nothing if it is a link to nothing, or to a device that never ends.
func readLines(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	return os.ReadFile(name)
}

// readNumbers takes the numbers of the calls that the lines of a file tell of, those that can be read. Even where nothing else is
// left of such a call, no new one may have its number: the lines would count as the new one's.
func (e *earlier) readNumbers(name string) error {
	data, err := readLines(name)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(data) {
		var of struct {
			Invocation int `json:"invocation"`
		}
		if json.Unmarshal(line, &of) == nil {
			e.lastNumber = max(e.lastNumber, of.Invocation)
		}
	}
	return nil
}

// readPods reads of which tests a run that was killed wrote the pods down. It does so a little after a test has ended.
func (e *earlier) readPods(dir string) (map[int]map[string]bool, error) {
	if e.record == nil || !e.record.Witnessed || e.record.Ended != nil {
		return nil, nil
	}
	data, err := readLines(filepath.Join(dir, reportdir.Pods))
	if err != nil {
		return nil, err
	}
	lines, err := record.ParsePods(data)
	if err != nil {
		return nil, damaged(fmt.Errorf("reading %q: %w", filepath.Join(dir, reportdir.Pods), err))
	}
	tests := map[int]map[string]bool{}
	for _, inv := range e.record.Plan.Invocations {
		tests[inv.Number] = map[string]bool{}
	}
	for _, line := range lines {
		if of, ok := tests[line.Invocation]; ok {
			of[line.Test] = true
		}
	}
	return tests, nil
}

// unwitnessed tells whether the run was killed before it had written down the pods of a test that passed in a call.
func (e *earlier) unwitnessed(number int, suites []reporter.Suite) bool {
	written, ok := e.witnessed[number]
	return ok && slices.ContainsFunc(testsOfSuites(suites), func(t reporter.Test) bool {
		return t.State != reporter.Skipped && t.State != reporter.Failed && !written[t.Name]
	})
}

// untold tells whether a test passed in a file of a call whose output does not say so: that it failed is said, and stands.
func (e *earlier) untold(number int, suites []reporter.Suite) bool {
	planned := e.record != nil && slices.ContainsFunc(e.record.Calls, func(c record.Call) bool { return c.Number == number && len(c.Tests) > 0 })
	return planned && slices.ContainsFunc(testsOfSuites(suites), func(t reporter.Test) bool {
		told := e.told[number][t.Name]
		return (t.State == reporter.Passed || t.State == reporter.Flaky) && told != record.Passed && told != record.Failed
	})
}
