package junit

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type outcomeTest struct {
	name, attributes, children string
	want                       Row
	warnings                   []string
}

func (tt outcomeTest) text() string {
	return suiteOf(`<testcase name="n" classname="c" ` + tt.attributes + `>` + tt.children + `</testcase>`)
}

// outcomeTests are the rules of the package documentation, one test case each.
func outcomeTests() []outcomeTest {
	return []outcomeTest{
		{"no status, no child", ``, ``, Row{Outcome: Passed}, nil},
		{"passed", `status="passed"`, ``, Row{Outcome: Passed}, nil},
		{"passed with output", `status="passed"`, `<system-out>FAILED</system-out>`, Row{Outcome: Passed}, nil},
		{"googletest", `status="run" result="completed"`, ``, Row{Outcome: Passed}, nil},
		{"other words", `status="SUCCESS"`, ``, Row{Outcome: Passed}, nil},
		{"completed", `status="Completed"`, ``, Row{Outcome: Passed}, nil},

		{"skipped without message", ``, `<skipped/>`, Row{Outcome: Unselected}, nil},
		{"skipped, pretty", ``, "<skipped>\n\t</skipped>", Row{Outcome: Unselected}, nil},
		{"Ginkgo 1 not selected", ``, `<skipped></skipped>`, Row{Outcome: Unselected}, nil},
		{"Ginkgo 2 not selected", `status="skipped"`, `<skipped message="skipped"></skipped>`, Row{Outcome: Unselected}, nil},
		{"with other attributes", `status="skipped"`, `<skipped type="x" message='skipped' />`, Row{Outcome: Unselected}, nil},
		{"passed, but skipped", `status="passed"`, `<skipped message="skipped"/>`, Row{Outcome: Unselected}, nil},
		{"unknown, but skipped", `status="odd"`, `<skipped message="skipped"/>`, Row{Outcome: Unselected}, nil},

		{"skipped at run time", `status="skipped"`, `<skipped message="skipped - no &lt;GPU&gt;"></skipped>`, Row{Outcome: Skipped, Message: "no <GPU>"}, nil},
		{"another reason", ``, `<skipped message="only on Spark"/>`, Row{Outcome: Skipped, Message: "only on Spark"}, nil},
		{"reason in the text", ``, `<skipped message="skipped"> why </skipped>`, Row{Outcome: Skipped, Message: "why"}, nil},
		{"prefix in the text", ``, `<skipped>skipped - why</skipped>`, Row{Outcome: Skipped, Message: "why"}, nil},
		{"message and text", ``, `<skipped message="a">b</skipped>`, Row{Outcome: Skipped, Message: "a\nb"}, nil},
		{"twice", ``, `<skipped message="skipped"/><skipped message="b"/>`, Row{Outcome: Skipped, Message: "b"}, nil},
		{"empty reason", ``, `<skipped message="skipped - "/>`, Row{Outcome: Skipped}, nil},
		{"skipped by status alone", `status="skipped"`, ``, Row{Outcome: Skipped}, nil},
		{"disabled", `status="disabled"`, ``, Row{Outcome: Skipped}, nil},
		{"googletest notrun", `status="notrun"`, ``, Row{Outcome: Skipped}, nil},
		{"pending", `status="pending"`, `<skipped message="pending"/>`, Row{Outcome: Skipped, Message: "pending"}, nil},
		{"pending alone", `status="pending"`, ``, Row{Outcome: Skipped, Message: "pending"}, nil},
		{"pending, said to be skipped", `status="pending"`, `<skipped message="skipped"/>`, Row{Outcome: Skipped, Message: "pending"}, nil},

		{"failure", ``, `<failure/>`, Row{Outcome: Failed}, nil},
		{"error", ``, `<error message="m"></error>`, Row{Outcome: Failed, Message: "m"}, nil},
		{"Ginkgo 2 failure", `status="failed"`, `<failure message="" type="failed">a&#xA;b</failure>`, Row{Outcome: Failed, Message: "a\nb"}, nil},
		{"failure though passed", `status="passed"`, `<failure>x</failure>`, Row{Outcome: Failed, Message: "x"}, nil},
		{"failure and skipped", ``, `<failure>x</failure><skipped message="s"/>`, Row{Outcome: Failed, Message: "x"}, nil},
		{"skipped and failure", ``, `<skipped/><error>x</error>`, Row{Outcome: Failed, Message: "x"}, nil},
		{"failed and skipped", `status="failed"`, `<skipped message="skipped"></skipped>`, Row{Outcome: Failed}, nil},
		{"several", ``, "<failure message=\"a\">\n b\n </failure><system-out>no</system-out><error>c</error>", Row{Outcome: Failed, Message: "a\nb\nc"}, nil},
		{"nested elements", ``, `<failure>a<b>c</b><system-out>no</system-out>d</failure>`, Row{Outcome: Failed, Message: "acd"}, nil},
		{"deeper", ``, `<results><failure>x</failure></results>`, Row{Outcome: Failed, Message: "x"}, nil},
		{"failure in an output", ``, `<system-out><failure>x</failure></system-out>`, Row{Outcome: Passed}, nil},
		{"CDATA", ``, `<failure>a<![CDATA[ <b> & ]]]]>c<!-- no --></failure>`, Row{Outcome: Failed, Message: "a <b> & ]]c"}, nil},
		{"failed alone", `status="failed"`, ``, Row{Outcome: Failed}, nil},
		{"timedout alone", `status="timedout"`, ``, Row{Outcome: Failed}, nil},
		{"panicked alone", `status="panicked"`, ``, Row{Outcome: Failed}, nil},
		{"interrupted alone", `status="interrupted"`, ``, Row{Outcome: Failed}, nil},
		{"aborted alone", `status="aborted"`, ``, Row{Outcome: Failed}, nil},
		{"unknown status", `status="odd"`, ``, Row{Outcome: Failed}, []string{`unknown status "odd", taken as failed`}},
		{"known beginning", `status="passed?"`, ``, Row{Outcome: Failed}, []string{`unknown status "passed?", taken as failed`}},

		{"flaky", ``, `<flakyFailure message="m">1</flakyFailure><flakyError>2</flakyError>`, Row{Outcome: Passed, Retries: 2, Message: "m\n1\n2"}, nil},
		{"flaky, Surefire", ``, `<flakyFailure><stackTrace>1</stackTrace><system-out>no</system-out></flakyFailure>`, Row{Outcome: Passed, Retries: 1, Message: "1"}, nil},
		{"rerun in vain", ``, `<failure>1</failure><rerunFailure>2</rerunFailure><rerunError/>`, Row{Outcome: Failed, Retries: 2, Message: "1\n2"}, nil},

		{"time", `time="1.5"`, ``, Row{Outcome: Passed, Seconds: 1.5}, nil},
		{"time for people", `time="1,234.5"`, ``, Row{Outcome: Passed, Seconds: 1234.5}, []string{`time="1,234.5" is no number of seconds, taken as 1234.5`}},
		{"empty time", `time=""`, ``, Row{Outcome: Passed}, []string{`time="" is no number of seconds, taken as 0`}},
		{"no time", `time="whatever"`, ``, Row{Outcome: Passed}, []string{`time="whatever" is no number of seconds, taken as 0`}},
	}
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for _, tt := range outcomeTests() {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text, want := tt.text(), tt.want
			want.Suite, want.In, want.Name, want.Class, want.Line = "s", 1, "n", "c", 1
			want.Offset = int64(strings.Index(text, "<testcase"))
			_, status, _ := strings.Cut(tt.attributes, `status="`)
			want.Status, _, _ = strings.Cut(status, `"`)
			file, rows := readString(t, text, Options{AllRows: true})
			if diff := cmp.Diff([]Row{want}, rows); diff != "" {
				t.Errorf("rows (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.warnings, messages(file)); diff != "" || file.Incomplete != "" {
				t.Errorf("warnings (-want +got), incomplete %q:\n%s", file.Incomplete, diff)
			}
		})
	}
}

func messages(f File) []string {
	var texts []string
	for _, w := range f.Warnings {
		texts = append(texts, w.Message)
	}
	return texts
}

func TestUnselectedRowsAreCounted(t *testing.T) {
	t.Parallel()
	text := suiteOf(`<testcase name="a"><skipped/></testcase><testcase name="b"/><testcase name="c"><skipped message="skipped"></skipped></testcase>`)
	file, rows := readString(t, text, Options{})
	if file.Rows != 3 || file.Unselected != 2 || len(rows) != 1 || rows[0].Name != "b" {
		t.Errorf("got %d rows, %d unselected, delivered %v", file.Rows, file.Unselected, rows)
	}
}

func TestOutcomeString(t *testing.T) {
	t.Parallel()
	got := fmt.Sprint(Unselected, Passed, Failed, Skipped, Outcome(9))
	if want := "unselected passed failed skipped Outcome(9)"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSeconds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text  string
		want  float64
		clean bool
	}{
		{"12.5", 12.5, true},
		{" 2.0522e-05 ", 2.0522e-05, true},
		{"0", 0, true},
		{"1,234.5", 1234.5, false},
		{"1,234", 1234, false},
		{"1,234,567.25", 1234567.25, false},
		{"0,123", 0.123, false},
		{"12,5", 12.5, false},
		{"1.234,5", 1234.5, false},
		{",5", 0.5, false},
		{"1,2,3", 0, false},
		{"", 0, false},
		{"whatever", 0, false},
		{"-1", 0, false},
		{"NaN", 0, false},
		{"Inf", 0, false},
		{"1e999", 0, false},
	}
	for _, tt := range tests {
		if got, clean := parseSeconds(tt.text); got != tt.want || clean != tt.clean {
			t.Errorf("parseSeconds(%q) = %v, %v, want %v, %v", tt.text, got, clean, tt.want, tt.clean)
		}
	}
}
