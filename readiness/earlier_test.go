package readiness

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

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
