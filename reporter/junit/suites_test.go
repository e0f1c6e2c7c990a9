package junit

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSuites holds that facts belong to the element that they stand in, and that each row knows its own.
func TestSuites(t *testing.T) {
	t.Parallel()
	file, rows := readString(t, `<testsuites><testsuite name="a"><testcase name="1"/>
<testsuite name="b" time="2"><properties><property name="P" value="of b"/></properties><testcase name="2"/></testsuite>
<testcase name="3"/></testsuite><testsuite/></testsuites><testsuite name="c"><testcase name="4"/>`, Options{})
	want := []Suite{
		{Outer: -1, Line: 1, Whole: true},
		{Name: "a", Line: 1, Rows: 2, Whole: true},
		{Name: "a.b", Outer: 1, Line: 2, Rows: 1, Seconds: 2, Whole: true, Properties: map[string]string{"P": "of b"}},
		{Line: 3, Whole: true},
		{Name: "c", Outer: -1, Line: 3, Rows: 1},
	}
	if diff := cmp.Diff(want, file.Suites); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for i, in := range []int{1, 2, 1, 4} {
		if rows[i].In != in || rows[i].Suite != file.Suites[in].Name {
			t.Errorf("row %s is in suite %d, %q; want %d", rows[i].Name, rows[i].In, rows[i].Suite, in)
		}
	}
}

// TestSuitesAreBounded holds that a file of nothing but suites ends.
func TestSuitesAreBounded(t *testing.T) {
	t.Parallel()
	file, _ := readString(t, "<testsuites>"+strings.Repeat("<testsuite/>", maxSuites), Options{})
	if want := "there are more than 10000 suites"; file.Incomplete != want || len(file.Suites) != maxSuites {
		t.Errorf("%d suites, incomplete %q; want %q", len(file.Suites), file.Incomplete, want)
	}
}
