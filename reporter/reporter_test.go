package reporter_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestStates holds the definitions of the promise "no false green".
func TestStates(t *testing.T) {
	t.Parallel()
	passA, passB, passC := reportertest.Row("[It] A", "passed", ""), reportertest.Row("[It] B", "passed", ""), reportertest.Row("[It] C", "passed", "")
	failB, failC := reportertest.Row("[It] B", "failed", reportertest.Failure), reportertest.Row("[It] C", "failed", reportertest.Failure)
	one := reportertest.One
	for _, test := range []struct {
		name     string
		files    map[string]string
		provider string
		want     string // states of a and b, and the verdict
	}{
		{"all passed", one(passA, passB, passC), "", "passed passed ready"},
		{"one of two passed, the other unselected", one(passA, reportertest.Row("[It] B", "skipped", reportertest.Unselected), passC), "", "unconfirmed passed incomplete"},
		{"one of two passed, the other without a row", one(passA, passC), "", "unconfirmed passed incomplete"},
		{"one of two passed, the other skipped itself", one(passA, reportertest.Row("[It] B", "skipped", reportertest.SelfSkip), passC), "", "unconfirmed passed incomplete"},
		{"failed with a child", one(passA, passB, failC), "", "passed failed not ready"},
		{"failed without a child", one(passA, passB, reportertest.Row("[It] C", "failed", "")), "", "passed failed not ready"},
		{"timed out without a child", one(passA, passB, reportertest.Row("[It] C", "timedout", "")), "", "passed failed not ready"},
		{"panicked", one(passA, passB, reportertest.Row("[It] C", "panicked", "<error>boom</error>")), "", "passed failed not ready"},
		{"interrupted, and nothing says by whom", one(passA, passB, reportertest.Row("[It] C", "interrupted", "<error>int</error>")), "", "passed failed not ready"},
		{"aborted", one(passA, passB, reportertest.Row("[It] C", "aborted", reportertest.Failure)), "", "passed failed not ready"},
		{"one of two failed", one(passA, failB, passC), "", "failed passed not ready"},
		{"Ginkgo 1 retry", one(reportertest.Row("A", "", reportertest.Failure), reportertest.Row("A", "", ""), passB, passC), "", "flaky passed ready"},
		{"passed, then failed", one(passA, reportertest.Row("A", "", reportertest.Failure), passB, passC), "", "failed passed not ready"},
		{"failed twice, then passed", one(reportertest.Row("A", "", reportertest.Failure), reportertest.Row("A", "", reportertest.Failure), passA, passB, passC), "", "flaky passed ready"},
		{"rerun by the runner of the suite", one(reportertest.Row("A", "", "<rerunFailure>x</rerunFailure>"), passB, passC), "", "flaky passed ready"},
		{"failed in one file, passed in the next", map[string]string{
			"a/junit_01.xml": reportertest.Suite(reportertest.Row("[It] A", "failed", reportertest.Failure)), "b/junit_02.xml": reportertest.Suite(passA, passB, passC)},
			"", "failed passed not ready"},
		{"passed in one file, failed in the next", map[string]string{
			"a/junit_01.xml": reportertest.Suite(passA, passB, passC), "b/junit_02.xml": reportertest.Suite(reportertest.Row("[It] A", "failed", reportertest.Failure))},
			"", "failed passed not ready"},
		{"skipped in one file, passed in the next", map[string]string{
			"a/junit_01.xml": reportertest.Suite(reportertest.Row("[It] A", "skipped", reportertest.SelfSkip), passB), "b/junit_02.xml": reportertest.Suite(passA, passC)},
			"", "unconfirmed passed incomplete"},
		{"passed in two files", map[string]string{"junit_01.xml": reportertest.Suite(passA, passB), "junit_02.xml": reportertest.Suite(passA, passC)}, "", "passed passed ready"},
		{"self-skipped", one(passA, passB, reportertest.Row("[It] C", "skipped", reportertest.SelfSkip)), "", "passed skipped incomplete"},
		{"one of two self-skipped, the other without a row", one(reportertest.Row("[It] A", "skipped", reportertest.SelfSkip), passC), "", "not run passed incomplete"},
		{"pending", one(passA, passB, reportertest.Row("[It] C", "pending", `<skipped message="pending"></skipped>`)), "", "passed skipped incomplete"},
		{"unselected", one(passA, passB, reportertest.Row("[It] C", "skipped", reportertest.Unselected)), "", "passed not run incomplete"},
		{"Ginkgo 1 unselected", one(passA, passB, reportertest.Row("C", "", "<skipped></skipped>")), "", "passed not run incomplete"},
		{"absent", one(passA, passB), "", "passed not run incomplete"},
		{"exempt", one(passA, passB, failC), "azure", "passed exempt ready"},
		{"nothing at all", one(), "", "not run not run incomplete"},
		{"another suite of the same test names", map[string]string{"junit.xml": `<testsuite name="unit"><testcase name="A" time="1"/><testcase name="C" time="1"/></testsuite>`},
			"", "not run not run incomplete"},
		{"a bare suite", map[string]string{"junit.xml": `<testsuite name="Kubernetes e2e suite">` + passA + passB + passC + `</testsuite>`}, "", "passed passed ready"},
		{"nested suites", map[string]string{"junit.xml": `<testsuites><testsuite name="all"><testsuite name="Kubernetes e2e suite">` + passA + passB + passC +
			`</testsuite></testsuite></testsuites>`}, "", "passed passed ready"},
		{"a suite named before each test", map[string]string{"junit.xml": `<testsuite name="merged"><testcase name="Kubernetes e2e suite.[It] A" time="1"/>` +
			`<testcase name="Kubernetes e2e suite [It] B" time="1"/><testcase name="Kubernetes e2e suite C" time="1"/></testsuite>`}, "", "passed passed ready"},
		{"truncated behind the suite", map[string]string{"junit.xml": strings.TrimSuffix(reportertest.Suite(passA, passB, passC), "</testsuites>")}, "", "unconfirmed unconfirmed incomplete"},
		{"truncated", map[string]string{"junit.xml": strings.TrimSuffix(reportertest.Suite(passA, passB, passC), "</testsuite></testsuites>")}, "", "unconfirmed unconfirmed incomplete"},
		{"truncated in a row", map[string]string{"junit.xml": strings.TrimSuffix(reportertest.Suite(passA, passB, passC), "</testcase></testsuite></testsuites>")},
			"", "unconfirmed not run incomplete"},
		{"a dry run", map[string]string{"junit.xml": `<testsuite name="Kubernetes e2e suite"><properties><property name="DryRun" value="true"/></properties>` +
			passA + passB + passC + `</testsuite>`}, "", "not run not run incomplete"},
		{"a dry run that does not say so", one(untimed(passA), untimed(passB), untimed(passC)), "", "not run not run incomplete"},
		{"rows without times", one(strings.ReplaceAll(passA, ` time="1.5"`, ""), strings.ReplaceAll(passB, ` time="1.5"`, ""), strings.ReplaceAll(passC, ` time="1.5"`, "")),
			"", "not run not run incomplete"},
		{"the suite ran out of time", map[string]string{"junit.xml": said("SpecialSuiteFailureReason", "Suite Timeout Elapsed", passA, passB, passC)},
			"", "unconfirmed unconfirmed incomplete"},
		{"what ran when the suite was interrupted", map[string]string{"junit.xml": said("SpecialSuiteFailureReason", "Interrupted by User", passA, passB,
			reportertest.Row("[It] C", "interrupted", "<error>int</error>"))}, "", "unconfirmed not run incomplete"},
		{"the suite failed, and does not say why", map[string]string{"junit.xml": said("SuiteSucceeded", "false", passA, passB, passC)},
			"", "unconfirmed unconfirmed incomplete"},
		{"the suite failed by another test", map[string]string{"junit.xml": said("SuiteSucceeded", "false", passA, passB, passC, reportertest.Row("[It] X", "failed", reportertest.Failure))},
			"", "passed passed ready"},
		{"BeforeSuite failed", one(reportertest.Row("[SynchronizedBeforeSuite]", "failed", reportertest.Failure), passA, passB, passC), "", "not run not run incomplete"},
		{"BeforeSuite failed beside a good run", map[string]string{
			"junit_1.xml": reportertest.Suite(passA, passB, passC), "junit_2.xml": reportertest.Suite(reportertest.Row("BeforeSuite", "", reportertest.Failure), passA)},
			"", "passed passed ready"},
		{"AfterSuite failed", one(passA, passB, passC, reportertest.Row("[AfterSuite]", "failed", reportertest.Failure)), "", "unconfirmed unconfirmed incomplete"},
		{"ReportAfterSuite failed", one(passA, passB, passC, reportertest.Row("[ReportAfterSuite] Metrics", "failed", reportertest.Failure)), "", "unconfirmed unconfirmed incomplete"},
		{"DeferCleanup failed", one(passA, passB, passC, reportertest.Row("[DeferCleanup (Suite)]", "failed", reportertest.Failure)), "", "unconfirmed unconfirmed incomplete"},
		{"it did not run for Windows", one(passA, passB, passC,
			reportertest.Row("[It] [sig-windows] X", "skipped", `<skipped message="skipped - Only supported for node OS distro [windows] (not debian)"/>`)),
			"", "unconfirmed unconfirmed incomplete"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := reportertest.Run(t, test.files, test.provider)
			a := s.Categories[0].Abilities
			if got := a[0].State.String() + " " + a[1].State.String() + " " + s.Verdict.String(); got != test.want {
				t.Errorf("got %s, want %s; reasons %q, %q", got, test.want, a[0].Reasons, a[1].Reasons)
			}
			if a[2].State != reporter.Unproven {
				t.Errorf("ability c is %s", a[2].State)
			}
		})
	}
}

// untimed is a row that took no time.
func untimed(row string) string { return strings.ReplaceAll(row, `time="1.5"`, `time="0"`) }

// said is a suite with a property.
func said(name, value string, rows ...string) string {
	return `<testsuite name="Kubernetes e2e suite"><properties><property name="` + name + `" value="` + value + `"/></properties>` + strings.Join(rows, "") + `</testsuite>`
}

func TestReasons(t *testing.T) {
	t.Parallel()
	s := reportertest.Run(t, map[string]string{"junit_1.xml": "<testsuites>\n<testsuite name=\"Kubernetes e2e suite\">\n" +
		reportertest.Row("[It] A", "passed", "") + reportertest.Row("[It] C", "skipped", reportertest.SelfSkip) + "\n<testca"}, "")
	a := s.Categories[0].Abilities
	want := [][]string{
		{`no result of "B"`, "junit_1.xml:2: the suite was read only in part: the file ends in a tag inside of <testsuite>"},
		{"junit_1.xml:2: the suite was read only in part: the file ends in a tag inside of <testsuite>", "no GMSA here"},
		{"no test"},
	}
	for i := range a {
		if diff := cmp.Diff(want[i], a[i].Reasons); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", a[i].ID, a[i].State, diff)
		}
	}
	if len(s.Incomplete) != 1 || !strings.HasPrefix(s.Incomplete[0].String(), "junit_1.xml:2: ") {
		t.Errorf("why incomplete: %v", s.Incomplete)
	}
}

// TestVerdict holds that required categories decide, and that a category in which nothing passed is not ready.
func TestVerdict(t *testing.T) {
	t.Parallel()
	const (
		network = "category: Core.Network\ntestCases:\n- {id: n, description: n, focus: [A], placement: self}\n"
		storage = "category: Core.Storage\ntestCases:\n- {id: s, description: s, unproven: no test}\n"
		worker  = "category: Extend.Worker\ntestCases:\n- {id: w, description: w, focus: [B], placement: self}\n"
		empty   = "category: Core.Concurrent\ntestCases:\n"
	)
	for _, test := range []struct {
		name   string
		files  []string
		passed string
		failed string
		chosen bool
		want   reporter.Verdict
	}{
		{"required passed, optional not run", []string{network, worker}, "A", "", false, reporter.Ready},
		{"required passed, optional failed", []string{network, worker}, "A", "B", false, reporter.Ready},
		{"required passed, optional failed, both chosen", []string{network, worker}, "A", "B", true, reporter.NotReady},
		{"required passed, optional not run, both chosen", []string{network, worker}, "A", "", true, reporter.Incomplete},
		{"required not run, optional passed", []string{network, worker}, "B", "", false, reporter.Incomplete},
		{"only optional, passed", []string{worker}, "B", "", false, reporter.Ready},
		{"nothing to prove in a required category", []string{network, storage}, "A", "", false, reporter.Incomplete},
		{"a required category without abilities", []string{network, empty}, "A", "", false, reporter.Incomplete},
		{"no category", nil, "A", "", false, reporter.Incomplete},
	} {
		var files []specs.File
		for i, text := range test.files {
			files = append(files, specs.File{Name: fmt.Sprint(i), Data: []byte(text)})
		}
		categories, err := specs.Parse(files)
		if err != nil {
			t.Fatal(err)
		}
		rows := []string{reportertest.Row(test.passed, "passed", "")}
		if test.failed != "" {
			rows = append(rows, reportertest.Row(test.failed, "failed", reportertest.Failure))
		}
		e := reportertest.Collect(t, fstest.MapFS{"junit.xml": {Data: []byte(reportertest.Suite(rows...))}})
		s := reportertest.Answer(t, e, reporter.Question{Spec: specs.Spec{Categories: categories}, Tests: []string{"A", "B"}, Chosen: test.chosen})
		if s.Verdict != test.want || s.Whole {
			t.Errorf("%s: %s, whole %t; want %s", test.name, s.Verdict, s.Whole, test.want)
		}
	}
}
