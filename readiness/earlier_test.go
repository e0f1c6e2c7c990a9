package readiness

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// TestAccountOfCalls holds which calls of an earlier run are done again when it is resumed: those whose account is not closed, by
// the record, the files and the journal. What e2e.test told as failed failed.
func TestAccountOfCalls(t *testing.T) {
	t.Parallel()
	const (
		passes = `<testsuite name="Kubernetes e2e suite"><testcase name="A" time="1"/><testcase name="B" time="1"/></testsuite>`
		fails  = `<testsuite name="Kubernetes e2e suite"><testcase name="A" time="1"/><testcase name="B" time="1"><failure>x</failure></testcase></testsuite>`
		a, b   = `{"invocation":1,"test":"A","state":"passed"}` + "\n", `{"invocation":1,"test":"B","state":"passed"}` + "\n"
	)
	call := func(keys string) string {
		return `{"schema":"op-readiness.run/v1","tool":"v2","started":"2026-01-02T03:04:05Z","endedBy":"complete","invocations":[{"number":1,"tests":["A","B"],"ending":"completed",` +
			`"junit":["junit_e2e-001_01.xml"],"told":2` + keys + `}]}`
	}
	for name, test := range map[string]struct {
		record, junit, journal, other string
		unsound                       bool
		want                          reporter.State // of B in the results that stand
	}{
		"closed":                         {call(""), passes, a + b, "", false, reporter.Passed},
		"failed":                         {call(`,"exitCode":1`), fails, a + `{"invocation":1,"test":"B","state":"failed"}` + "\n", "", false, reporter.Failed},
		"failed, and exited with 0":      {call(""), fails, a + b, "", true, reporter.NotRun},
		"failed, and panicked":           {call(`,"exitCode":2`), fails, a + b, "", true, reporter.NotRun},
		"exited with 1":                  {call(`,"exitCode":1`), passes, a + b, "", true, reporter.NotRun},
		"the file is gone":               {call(""), "", a + b, "", true, reporter.NotRun},
		"a line of the journal is gone":  {call(""), passes, a, "", true, reporter.NotRun},
		"told as skipped":                {call(""), passes, a + `{"invocation":1,"test":"B","state":"skipped"}` + "\n", "", true, reporter.NotRun},
		"told of another":                {call(""), passes, a + `{"invocation":1,"test":"C","state":"passed"}` + "\n", "", true, reporter.NotRun},
		"told as failed":                 {call(""), passes, a + `{"invocation":1,"test":"B","state":"failed"}` + "\n", "", false, reporter.Failed},
		"told as failed, then as passed": {call(""), passes, a + `{"invocation":1,"test":"B","state":"failed"}` + "\n" + b, "", false, reporter.Failed},
		"of no call of the run":          {call(`,"exitCode":2`), passes, a + b, passes, true, reporter.NotRun},
	} {
		dir := t.TempDir()
		for file, text := range map[string]string{"op-readiness.json": test.record, "junit_e2e-001_01.xml": test.junit, "op-readiness-progress.jsonl": test.journal, "junit_01.xml": test.other} {
			if text == "" {
				continue
			}
			if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		e, err := readEarlier(dir)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := e.whole[runner.Task{Test: "B"}].State; e.unsound[1] != test.unsound || got != test.want {
			t.Errorf("%s: to be done again: %t; B is %s, want %s", name, e.unsound[1], got, test.want)
		}
		if lost := test.junit == ""; lost != (len(e.lost) == 1) {
			t.Errorf("%s: lost %q", name, e.lost)
		}
	}
}

// TestUnwitnessed holds that what passed in a call whose run was killed before it had written down the pods of all of its tests is
// to run again, and that all else stands.
func TestUnwitnessed(t *testing.T) {
	t.Parallel()
	ended := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	call := record.Call{Number: 1, Tests: []string{"[sig-a] one", "[sig-a] two", "[sig-a] three"}, Ending: record.Completed, JUnit: []string{"junit_e2e-001_01.xml"}}
	for name, test := range map[string]struct {
		run   record.Run
		pods  string
		again bool
	}{
		"all written":              {record.Run{Witnessed: true}, "one two three", false},
		"of one that passed not":   {record.Run{Witnessed: true}, "one three", true},
		"of none":                  {record.Run{Witnessed: true}, "", true},
		"of one that was skipped":  {record.Run{Witnessed: true}, "one two", false},
		"the last line cut short":  {record.Run{Witnessed: true}, "one three two|", true},
		"the run ended":            {record.Run{Witnessed: true, Ended: &ended}, "", false},
		"nobody was to write them": {record.Run{}, "", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			test.run.Schema, test.run.Calls = record.RunSchema, []record.Call{call}
			test.run.Plan.Invocations = []record.Invocation{{Number: 1, Tests: call.Tests}}
			var run, pods bytes.Buffer
			if err := test.run.Encode(&run); err != nil {
				t.Fatal(err)
			}
			for name := range bytes.FieldsSeq([]byte(test.pods)) {
				whole, _, cut := bytes.Cut(name, []byte("|"))
				if err := (record.TestPods{Schema: record.PodsSchema, Test: "[sig-a] " + string(whole), Invocation: 1}).Encode(&pods); err != nil {
					t.Fatal(err)
				}
				if cut {
					pods.Truncate(pods.Len() - 5)
				}
			}
			for file, data := range map[string]string{
				reportdir.Record: run.String(), reportdir.Pods: pods.String(),
				reportdir.Journal: `{"invocation":1,"test":"[sig-a] one","state":"passed"}` + "\n" + `{"invocation":1,"test":"[sig-a] two","state":"passed"}` + "\n",
				"junit_e2e-001_01.xml": `<testsuites><testsuite name="Kubernetes e2e suite" tests="3" skipped="1"><properties><property name="SuiteSucceeded" value="true"></property></properties>
<testcase name="[It] [sig-a] one" classname="Kubernetes e2e suite" status="passed" time="1"></testcase><testcase name="[It] [sig-a] two" classname="Kubernetes e2e suite" status="passed" time="1"></testcase>
<testcase name="[It] [sig-a] three" classname="Kubernetes e2e suite" status="skipped" time="1"><skipped></skipped></testcase></testsuite></testsuites>`,
			} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			e, err := readEarlier(dir)
			if err != nil {
				t.Fatal(err)
			}
			if e.unsound[1] != test.again || (len(e.whole) == 2) == test.again || (len(e.cut) == 1) != test.again {
				t.Errorf("unsound %v, whole %v, cut %v", e.unsound, e.whole, e.cut)
			}
		})
	}
}
