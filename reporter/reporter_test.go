package reporter_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// run reads JUnit files, in the order of their names, and judges them by one category of three abilities: "a" is shown
// by the tests A and B, "b" by C, "c" by none.
func run(t *testing.T, files map[string]string, provider string) reporter.Summary {
	t.Helper()
	categories, err := specs.Parse([]specs.File{{Name: "spec.yaml", Data: []byte(`category: Core.Network
testCases:
- {id: a, description: Ability a, focus: ['^Kubernetes e2e suite (A|B)$']}
- {id: b, description: Ability b, focus: ['^Kubernetes e2e suite C$'], skipProviders: [azure]}
- {id: c, description: Ability c, unproven: no test}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	dir := fstest.MapFS{}
	for name, text := range files {
		dir[name] = &fstest.MapFile{Data: []byte(text)}
	}
	results, err := reporter.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	summary, err := reporter.Summarize(categories, results, provider)
	if err != nil {
		t.Fatal(err)
	}
	return summary
}

func suite(rows ...string) string {
	return "<testsuites><testsuite name=\"Kubernetes e2e suite\">" + strings.Join(rows, "\n") + "</testsuite></testsuites>"
}

func row(name, status, child string) string {
	if status != "" {
		status = ` status="` + status + `"`
	}
	return `<testcase name="` + name + `" classname="Kubernetes e2e suite"` + status + `>` + child + `</testcase>`
}

const (
	failure    = `<failure message="" type="failed">it broke</failure>`
	unselected = `<skipped message="skipped"></skipped>`
	selfSkip   = `<skipped message="skipped - no GMSA here"></skipped>`
)

// TestStates holds the definitions of the promise "no false green".
func TestStates(t *testing.T) {
	t.Parallel()
	passA, passC := row("[It] A", "passed", ""), row("[It] C", "passed", "")
	for _, test := range []struct {
		name     string
		files    map[string]string
		provider string
		want     string // states of a and b, and the verdict
	}{
		{"all passed", one(passA, row("[It] B", "passed", ""), passC), "", "passed passed ready"},
		{"one of two passed, the other unselected", one(passA, row("[It] B", "skipped", unselected), passC), "", "passed passed ready"},
		{"one of two passed, the other skipped itself", one(passA, row("[It] B", "skipped", selfSkip), passC), "", "passed passed ready"},
		{"failed with a child", one(passA, row("[It] C", "failed", failure)), "", "passed failed not ready"},
		{"failed without a child", one(passA, row("[It] C", "failed", "")), "", "passed failed not ready"},
		{"timed out without a child", one(passA, row("[It] C", "timedout", "")), "", "passed failed not ready"},
		{"panicked", one(passA, row("[It] C", "panicked", "<error>boom</error>")), "", "passed failed not ready"},
		{"interrupted", one(passA, row("[It] C", "interrupted", "<error>int</error>")), "", "passed failed not ready"},
		{"aborted", one(passA, row("[It] C", "aborted", failure)), "", "passed failed not ready"},
		{"one of two failed", one(passA, row("[It] B", "failed", failure), passC), "", "failed passed not ready"},
		{"Ginkgo 1 retry", one(row("A", "", failure), row("A", "", ""), row("C", "", "")), "", "flaky passed ready"},
		{"passed, then failed", one(row("A", "", ""), row("A", "", failure), row("C", "", "")), "", "failed passed not ready"},
		{"failed twice, then passed", one(row("A", "", failure), row("A", "", failure), row("A", "", ""), passC), "", "flaky passed ready"},
		{"rerun by the runner of the suite", one(row("A", "", "<rerunFailure>x</rerunFailure>"), passC), "", "flaky passed ready"},
		{"failed in one file, passed in the next", map[string]string{"a/junit_01.xml": suite(row("[It] A", "failed", failure)),
			"b/junit_02.xml": suite(passA, passC)}, "", "flaky passed ready"},
		{"self-skipped", one(passA, row("[It] C", "skipped", selfSkip)), "", "passed skipped incomplete"},
		{"pending", one(passA, row("[It] C", "pending", `<skipped message="pending"></skipped>`)), "", "passed skipped incomplete"},
		{"unselected", one(passA, row("[It] C", "skipped", unselected)), "", "passed not run incomplete"},
		{"Ginkgo 1 unselected", one(passA, row("C", "", "<skipped></skipped>")), "", "passed not run incomplete"},
		{"absent", one(passA), "", "passed not run incomplete"},
		{"exempt", one(passA, row("[It] C", "failed", failure)), "azure", "passed exempt ready"},
		{"nothing at all", one(), "", "not run not run incomplete"},
		{"another suite of the same test names", map[string]string{"junit.xml": `<testsuite name="unit"><testcase name="A"/><testcase name="C"/></testsuite>`},
			"", "not run not run incomplete"},
		{"a bare suite", map[string]string{"junit.xml": `<testsuite name="Kubernetes e2e suite">` + passA + passC + `</testsuite>`}, "", "passed passed ready"},
		{"nested suites", map[string]string{"junit.xml": `<testsuites><testsuite name="all"><testsuite name="Kubernetes e2e suite">` + passA + passC +
			`</testsuite></testsuite></testsuites>`}, "", "passed passed ready"},
		{"truncated", map[string]string{"junit.xml": strings.TrimSuffix(suite(passA, passC), "</testsuites>")}, "", "passed passed incomplete"},
		{"truncated in a row", map[string]string{"junit.xml": strings.TrimSuffix(suite(passA, passC), "</testcase></testsuite></testsuites>")},
			"", "passed not run incomplete"},
		{"truncated beside a whole file", map[string]string{"junit_1.xml": suite(passA, passC), "junit_2.xml": "<testsuites><testsuite"},
			"", "passed passed incomplete"},
		{"the view is not counted", map[string]string{"junit_01.xml": suite(passA), reporter.ViewFile: suite(passC)}, "", "passed not run incomplete"},
		{"a dry run", map[string]string{"junit.xml": `<testsuite name="Kubernetes e2e suite"><properties><property name="DryRun" value="true"/></properties>` +
			passA + passC + `</testsuite>`}, "", "not run not run incomplete"},
		{"the suite ran out of time", map[string]string{"junit.xml": `<testsuite name="Kubernetes e2e suite"><properties>
			<property name="SpecialSuiteFailureReason" value="Suite Timeout Elapsed"/></properties>` + passA + passC + `</testsuite>`}, "", "passed passed incomplete"},
		{"BeforeSuite failed", one(row("[SynchronizedBeforeSuite]", "failed", failure), row("[ReportAfterSuite] Invariant Metrics", "passed", "")),
			"", "not run not run incomplete"},
		{"BeforeSuite failed beside a good run", map[string]string{"junit_1.xml": suite(passA, passC), "junit_2.xml": suite(row("BeforeSuite", "", failure))},
			"", "passed passed incomplete"},
		{"AfterSuite failed", one(passA, passC, row("[AfterSuite]", "failed", failure)), "", "passed passed ready"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := run(t, test.files, test.provider)
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

func one(rows ...string) map[string]string {
	return map[string]string{"artifacts/junit_01.xml": suite(rows...)}
}

func TestReasons(t *testing.T) {
	t.Parallel()
	s := run(t, map[string]string{"junit_1.xml": "<testsuites>\n<testsuite name=\"Kubernetes e2e suite\">\n" + row("[It] C", "skipped", selfSkip) + "\n<testca"}, "")
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

func TestReadDir(t *testing.T) {
	t.Parallel()
	if _, err := reporter.ReadDir(fstest.MapFS{"build-log.txt": {}}); !errors.Is(err, reporter.ErrNoResults) {
		t.Errorf("a folder without results: %v", err)
	}
	for name, text := range map[string]string{
		"artifacts/metadata.json": `{"revision":"v1.36.3-12+0123abc"}`,
		"finished.json":           `{"timestamp":1,"passed":true,"metadata":{"revision":"v1.36.3-12+0123abc"}}`,
	} {
		results, err := reporter.ReadDir(fstest.MapFS{"artifacts/junit_01.xml": {Data: []byte(suite())}, name: {Data: []byte(text)}})
		if err != nil || results.KubernetesVersion != "v1.36.3-12+0123abc" || results.Files != 1 {
			t.Errorf("%s: %+v, %v", name, results, err)
		}
	}
	results, err := reporter.ReadDir(fstest.MapFS{"junit_01.xml": {Data: []byte(suite())}, "metadata.json": {Data: []byte(`{"revision":"6a5f0e1"}`)}})
	if err != nil || results.KubernetesVersion != "" {
		t.Errorf("a commit is taken for version %q, %v", results.KubernetesVersion, err)
	}
}

// TestHostileText holds that what a test says can neither drive the terminal nor speak Markdown.
func TestHostileText(t *testing.T) {
	t.Parallel()
	const hostile = "\u202e@someone fixes #1 | x <img src=x> [a](http://b) ``` \x1b[2J **bold** &#64;other"
	s := run(t, one(row("[It] A", "passed", ""), row("[It] C", "failed", "")), "")
	s.Categories[0].Abilities[1].Tests[0].Message = hostile
	s.Categories[0].Abilities[1].Tests[0].Name = hostile
	s.Categories[0].Abilities[0].Description = hostile
	s.Incomplete = []reporter.Warning{{Message: hostile}}
	var table, markdown strings.Builder
	if err := reporter.WriteTable(&table, s, reporter.TableOptions{Color: true}); err != nil {
		t.Fatal(err)
	}
	if err := reporter.WriteMarkdown(&markdown, s); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(table.String(), "\x1b[2J") || strings.Contains(table.String(), "\u202e") {
		t.Error("the table passes control characters on")
	}
	fenced := false
	for line := range strings.Lines(markdown.String()) {
		if strings.HasPrefix(line, "````") {
			continue // the name, a code span: what begins with a fence and has a backtick later begins no block
		}
		if strings.HasPrefix(line, "```") {
			if fenced = !fenced; !fenced && line != "```\n" {
				t.Errorf("the text ends its own fence: %s", line)
			}
			continue
		}
		if fenced {
			continue // code, where nothing is read as syntax
		}
		for _, bad := range []string{"@someone", "&#64;someone", "#1 ", "&#35;1", "<img", "[a]", "http://", "**bold**", "&#64;other", "\x1b", "\u202e"} {
			if strings.Contains(line, bad) {
				t.Errorf("Markdown passes %q on: %s", bad, line)
			}
		}
	}
	if fenced {
		t.Error("a fence is not closed")
	}
}
