package junit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOddProperty(t *testing.T) {
	t.Parallel()
	file, _ := readString(t, suiteOf("<property name=\"P\">a\xff&nbsp;</property>"), Options{})
	want := File{
		Suites: []Suite{
			{Outer: -1, Whole: true, Line: 1},
			{Name: "s", Whole: true, Line: 1, Properties: map[string]string{"P": "a\ufffd&nbsp;"}},
		},
		Warnings: []Warning{
			{Line: 1, Offset: 53, Message: `no reference that XML knows: "&nbsp;", kept as written`},
			{Line: 1, Offset: 70, Message: notUTF8},
		},
	}
	if diff := cmp.Diff(want, file); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFile(t *testing.T) {
	t.Parallel()
	file, _ := readString(t, `<testsuites name="root &amp; all">
<properties><property name="DryRun" value="true"/></properties>
<testsuite name="a" timestamp="2024-05-01T14:20:30" time="1.5">
<properties><property name="DryRun" value="false"/><property name="FocusStrings" value="\[a\]|&lt;"/></properties>
<testcase name="n"><properties><property name="of" value="a test"/></properties></testcase>
<properties><property name="Text"> in the <![CDATA[text]]> </property><property name="Empty"/></properties>
</testsuite><testsuite name="b" timestamp="later"/></testsuites>`, Options{})
	want := File{
		Name: "root & all",
		Suites: []Suite{
			{Outer: -1, Whole: true, Line: 1, Properties: map[string]string{"DryRun": "true"}},
			{
				Name: "a", Timestamp: "2024-05-01T14:20:30", Seconds: 1.5, Rows: 1, Whole: true, Line: 3,
				Properties: map[string]string{"DryRun": "false", "FocusStrings": `\[a\]|<`, "Text": "in the text", "Empty": ""},
			},
			{Name: "b", Timestamp: "later", Whole: true, Line: 7},
		},
		Rows: 1,
	}
	if diff := cmp.Diff(want, file); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPropertiesAreBounded reads a file with the environment of ten thousand suites.
func TestPropertiesAreBounded(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&b, `<property name="P%d" value="v"/>`, i)
	}
	file, _ := readString(t, suiteOf(b.String()), Options{})
	if len(file.Suites[1].Properties) != maxProperties || len(file.Warnings) != 1 {
		t.Errorf("%d properties, warnings %v", len(file.Suites[1].Properties), file.Warnings)
	}
	large := `<property name="L` + strings.Repeat("x", 400<<10) + `" value="` + strings.Repeat("y", 300<<10) + `"/>`
	file, _ = readString(t, suiteOf(large+strings.ReplaceAll(large, "L", "M")), Options{})
	if len(file.Suites[1].Properties) != 1 || len(file.Warnings) != 1 {
		t.Errorf("%d large properties, warnings %v", len(file.Suites[1].Properties), file.Warnings)
	}
}
