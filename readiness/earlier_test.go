package readiness

import (
	"os"
	"path/filepath"
	"testing"

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
