package reporter_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestStates holds the definitions of the promise "no false green".
func TestStates(t *testing.T) {
	t.Parallel()
	passA, passC := reportertest.Row("[It] A", "passed", ""), reportertest.Row("[It] C", "passed", "")
	for _, test := range []struct {
		name     string
		files    map[string]string
		provider string
		want     string // states of a and b, and the verdict
	}{
		{"all passed", reportertest.One(passA, reportertest.Row("[It] B", "passed", ""), passC), "", "passed passed ready"},
		{"one of two passed, the other unselected", reportertest.One(passA, reportertest.Row("[It] B", "skipped", reportertest.Unselected), passC), "", "passed passed ready"},
		{"one of two passed, the other skipped itself", reportertest.One(passA, reportertest.Row("[It] B", "skipped", reportertest.SelfSkip), passC), "", "passed passed ready"},
		{"failed with a child", reportertest.One(passA, reportertest.Row("[It] C", "failed", reportertest.Failure)), "", "passed failed not ready"},
		{"failed without a child", reportertest.One(passA, reportertest.Row("[It] C", "failed", "")), "", "passed failed not ready"},
		{"timed out without a child", reportertest.One(passA, reportertest.Row("[It] C", "timedout", "")), "", "passed failed not ready"},
		{"panicked", reportertest.One(passA, reportertest.Row("[It] C", "panicked", "<error>boom</error>")), "", "passed failed not ready"},
		{"interrupted", reportertest.One(passA, reportertest.Row("[It] C", "interrupted", "<error>int</error>")), "", "passed failed not ready"},
		{"aborted", reportertest.One(passA, reportertest.Row("[It] C", "aborted", reportertest.Failure)), "", "passed failed not ready"},
		{"one of two failed", reportertest.One(passA, reportertest.Row("[It] B", "failed", reportertest.Failure), passC), "", "failed passed not ready"},
		{"Ginkgo 1 retry", reportertest.One(reportertest.Row("A", "", reportertest.Failure), reportertest.Row("A", "", ""), reportertest.Row("C", "", "")), "", "flaky passed ready"},
		{"passed, then failed", reportertest.One(reportertest.Row("A", "", ""), reportertest.Row("A", "", reportertest.Failure), reportertest.Row("C", "", "")), "", "failed passed not ready"},
		{"failed twice, then passed", reportertest.One(reportertest.Row("A", "", reportertest.Failure), reportertest.Row("A", "", reportertest.Failure), reportertest.Row("A", "", ""), passC), "", "flaky passed ready"},
		{"rerun by the runner of the suite", reportertest.One(reportertest.Row("A", "", "<rerunFailure>x</rerunFailure>"), passC), "", "flaky passed ready"},
		{"failed in one file, passed in the next", map[string]string{"a/junit_01.xml": reportertest.Suite(reportertest.Row("[It] A", "failed", reportertest.Failure)),
			"b/junit_02.xml": reportertest.Suite(passA, passC)}, "", "flaky passed ready"},
		{"self-skipped", reportertest.One(passA, reportertest.Row("[It] C", "skipped", reportertest.SelfSkip)), "", "passed skipped incomplete"},
		{"pending", reportertest.One(passA, reportertest.Row("[It] C", "pending", `<skipped message="pending"></skipped>`)), "", "passed skipped incomplete"},
		{"unselected", reportertest.One(passA, reportertest.Row("[It] C", "skipped", reportertest.Unselected)), "", "passed not run incomplete"},
		{"Ginkgo 1 unselected", reportertest.One(passA, reportertest.Row("C", "", "<skipped></skipped>")), "", "passed not run incomplete"},
		{"absent", reportertest.One(passA), "", "passed not run incomplete"},
		{"exempt", reportertest.One(passA, reportertest.Row("[It] C", "failed", reportertest.Failure)), "azure", "passed exempt ready"},
		{"nothing at all", reportertest.One(), "", "not run not run incomplete"},
		{"another suite of the same test names", map[string]string{"junit.xml": `<testsuite name="unit"><testcase name="A"/><testcase name="C"/></testsuite>`},
			"", "not run not run incomplete"},
		{"a bare suite", map[string]string{"junit.xml": `<testsuite name="Kubernetes e2e suite">` + passA + passC + `</testsuite>`}, "", "passed passed ready"},
		{"nested suites", map[string]string{"junit.xml": `<testsuites><testsuite name="all"><testsuite name="Kubernetes e2e suite">` + passA + passC +
			`</testsuite></testsuite></testsuites>`}, "", "passed passed ready"},
		{"truncated", map[string]string{"junit.xml": strings.TrimSuffix(reportertest.Suite(passA, passC), "</testsuites>")}, "", "passed passed incomplete"},
		{"truncated in a row", map[string]string{"junit.xml": strings.TrimSuffix(reportertest.Suite(passA, passC), "</testcase></testsuite></testsuites>")},
			"", "passed not run incomplete"},
		{"truncated beside a whole file", map[string]string{"junit_1.xml": reportertest.Suite(passA, passC), "junit_2.xml": "<testsuites><testsuite"},
			"", "passed passed incomplete"},
		{"the view is not counted", map[string]string{"junit_01.xml": reportertest.Suite(passA), reportdir.View: reportertest.Suite(passC)}, "", "passed not run incomplete"},
		{"a dry run", map[string]string{"junit.xml": `<testsuite name="Kubernetes e2e suite"><properties><property name="DryRun" value="true"/></properties>` +
			passA + passC + `</testsuite>`}, "", "not run not run incomplete"},
		{"the suite ran out of time", map[string]string{"junit.xml": `<testsuite name="Kubernetes e2e suite"><properties>
			<property name="SpecialSuiteFailureReason" value="Suite Timeout Elapsed"/></properties>` + passA + passC + `</testsuite>`}, "", "passed passed incomplete"},
		{"BeforeSuite failed", reportertest.One(reportertest.Row("[SynchronizedBeforeSuite]", "failed", reportertest.Failure), reportertest.Row("[ReportAfterSuite] Invariant Metrics", "passed", "")),
			"", "not run not run incomplete"},
		{"BeforeSuite failed beside a good run", map[string]string{"junit_1.xml": reportertest.Suite(passA, passC), "junit_2.xml": reportertest.Suite(reportertest.Row("BeforeSuite", "", reportertest.Failure))},
			"", "passed passed incomplete"},
		{"AfterSuite failed", reportertest.One(passA, passC, reportertest.Row("[AfterSuite]", "failed", reportertest.Failure)), "", "passed passed ready"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := reportertest.Run(t, test.files, test.provider)
			a := s.Categories[0].Abilities
			if got := a[0].State.String() + " " + a[1].State.String() + " " + s.Verdict.String(); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
			if a[2].State != reporter.Unproven {
				t.Errorf("ability c is %s", a[2].State)
			}
		})
	}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	s := reportertest.Run(t, map[string]string{"junit_1.xml": "<testsuites>\n<testsuite name=\"Kubernetes e2e suite\">\n" + reportertest.Row("[It] C", "skipped", reportertest.SelfSkip) + "\n<testca"}, "")
	a := s.Categories[0].Abilities
	if a[1].Reason != "no GMSA here" || a[2].Reason != "no test" || a[0].Reason != "" {
		t.Errorf("reasons %q, %q, %q", a[0].Reason, a[1].Reason, a[2].Reason)
	}
	if len(s.Incomplete) != 1 || !strings.HasPrefix(s.Incomplete[0].String(), "junit_1.xml:4: ") {
		t.Errorf("why incomplete: %v", s.Incomplete)
	}
}

// TestVerdict holds that required categories decide, and that a category in which nothing passed is not ready.
func TestVerdict(t *testing.T) {
	t.Parallel()
	spec := func(name, text string) specs.File { return specs.File{Name: name, Data: []byte(text)} }
	network := spec("n.yaml", "category: Core.Network\ntestCases:\n- {id: n, description: n, focus: [A]}\n")
	storage := spec("s.yaml", "category: Core.Storage\ntestCases:\n- {id: s, description: s, unproven: no test}\n")
	worker := spec("w.yaml", "category: Extend.Worker\ntestCases:\n- {id: w, description: w, focus: [B]}\n")
	empty := spec("e.yaml", "category: Core.Concurrent\ntestCases:\n")
	passed := func(names ...string) (r reporter.Results) {
		for _, name := range names {
			r.Tests = append(r.Tests, reporter.Test{Name: name, State: reporter.Passed})
		}
		return r
	}
	for _, test := range []struct {
		name    string
		files   []specs.File
		results reporter.Results
		want    reporter.Verdict
	}{
		{"required passed, optional not run", []specs.File{network, worker}, passed("A"), reporter.Ready},
		{"required not run, optional passed", []specs.File{network, worker}, passed("B"), reporter.Incomplete},
		{"only optional, passed", []specs.File{worker}, passed("B"), reporter.Ready},
		{"nothing to prove in a required category", []specs.File{network, storage}, passed("A"), reporter.Incomplete},
		{"a required category without abilities", []specs.File{network, empty}, passed("A"), reporter.Incomplete},
		{"no category", nil, passed("A"), reporter.Incomplete},
		{"a state that nobody set", []specs.File{network}, reporter.Results{Tests: []reporter.Test{{Name: "A"}}}, reporter.Incomplete},
	} {
		categories, err := specs.Parse(test.files)
		if err != nil {
			t.Fatal(err)
		}
		s, err := reporter.Summarize(categories, test.results, "")
		if err != nil {
			t.Fatal(err)
		}
		if s.Verdict != test.want || s.Whole {
			t.Errorf("%s: %s, whole %t; want %s", test.name, s.Verdict, s.Whole, test.want)
		}
	}
}
