package reportdir_test

import (
	"path"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// TestInvocation holds that each name leads back to its number.
func TestInvocation(t *testing.T) {
	t.Parallel()
	for _, number := range []int{1, 42, 999, 1000, 123456789} {
		for _, name := range []string{
			reportdir.Progress(number), reportdir.Resumed(number), "deeper/" + strings.Replace(reportdir.Results(number), "*", "01", 1),
		} {
			if got, ok := reportdir.Invocation(name); !ok || got != number {
				t.Errorf("%s is of invocation %d, %t; want %d", name, got, ok, number)
			}
		}
	}
	for _, name := range []string{
		reportdir.View, reportdir.Record, "junit_01.xml", "junit_e2e-_01.xml", "junit_e2e-1", "junit_e2e-9999999999_01.xml", "xjunit_e2e-001_01.xml",
		reportdir.Cut(reportdir.Resumed(1)),
	} {
		if number, ok := reportdir.Invocation(name); ok {
			t.Errorf("%s is of invocation %d", name, number)
		}
	}
}

func TestIsCut(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		reportdir.Cut("junit_e2e-001_01.xml"): true, reportdir.Cut("deeper/junit_e2e-001_01.xml"): true, "junit_e2e-001_01.xml": false,
		"cut-deeper/junit_e2e-001_01.xml": false,
	} {
		if got := reportdir.IsCut(name); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func TestResults(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{
		"junit_e2e-007_01.xml": true, "junit_e2e-007_progress.xml": true, "junit_e2e-0071_01.xml": false, "junit_e2e-007_01.xml.gz": false,
	} {
		if got, err := path.Match(reportdir.Results(7), name); err != nil || got != want {
			t.Errorf("%s is of invocation 7: %t, %v", name, got, err)
		}
	}
	if got := reportdir.Cut("a/junit_1.xml"); got != "a/cut-junit_1.xml" {
		t.Errorf("cut: %s", got)
	}
}
