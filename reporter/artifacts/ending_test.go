package artifacts_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// TestEnding holds what is known of the end of a job, and that a lost, empty or contradicted finished.json tells nothing.
func TestEnding(t *testing.T) {
	t.Parallel()
	prowJob := func(state, description string) string {
		return strings.Replace(prowJobJSON, `"state":"success"`, `"state":"`+state+`","description":"`+description+`"`, 1)
	}
	for name, test := range map[string]struct {
		finished, prowJob, started, podInfo string // "": as in a whole build; "-": there is none
		result                              string
		want                                reporter.End
	}{
		"well":                      {result: "SUCCESS", want: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}},
		"pending, though finished":  {prowJob: prowJob("pending", ""), result: "SUCCESS", want: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}},
		"without its ProwJob":       {prowJob: "-", result: "SUCCESS", want: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}},
		"crier's word":              {finished: `{"timestamp":1718003600,"passed":true,"result":"success","metadata":{"uploader":"crier"}}`, result: "SUCCESS", want: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}},
		"bootstrap, without result": {finished: `{"passed":true}`, result: "SUCCESS", want: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}},
		"running":                   {finished: "-", prowJob: prowJob("pending", ""), want: reporter.End{State: reporter.Running, Words: "there is no finished.json"}},
		"not scheduled":             {finished: "-", prowJob: prowJob("triggered", ""), want: reporter.End{State: reporter.Running, Words: "there is no finished.json"}},
		"lost":                      {finished: "-", prowJob: "-", want: reporter.End{Words: "it still runs, or was lost: there is no finished.json"}},
		"lost, of a job that ended": {finished: "-", want: reporter.End{Words: "there is no finished.json, though prowjob.json says success"}},
		"lost, of a job that failed": {finished: "-", prowJob: prowJob("failure", "Job failed."),
			want: reporter.End{Words: "there is no finished.json, though prowjob.json says failure"}},
		"aborted before it told": {finished: "-", prowJob: prowJob("aborted", "Aborted as the newer version of the job is running."),
			want: reporter.End{State: reporter.Cut, Words: "ABORTED: Aborted as the newer version of the job is running."}},
		"evicted": {finished: `{"passed":false,"result":"error"}`, prowJob: prowJob("error", "Job pod was evicted by the cluster."), result: "ERROR",
			want: reporter.End{State: reporter.Cut, Words: "ERROR: Job pod was evicted by the cluster."}},
		"failed": {finished: `{"passed":false,"result":"FAILURE"}`, prowJob: prowJob("failure", "Job failed."), result: "FAILURE",
			want: reporter.End{State: reporter.FailedJob, Words: "FAILURE"}},
		"bootstrap, failed": {finished: `{"passed":false}`, prowJob: "-", result: "FAILURE", want: reporter.End{State: reporter.FailedJob, Words: "FAILURE"}},
		"failed, as crier tells": {finished: `{"passed":false,"result":"failure","metadata":{"uploader":"crier"}}`, prowJob: prowJob("failure", "Job failed."), result: "FAILURE",
			want: reporter.End{State: reporter.Cut, Words: "FAILURE, which the job could not tell itself"}},
		"failed, since its pod was evicted": {finished: `{"passed":false,"result":"FAILURE"}`, prowJob: prowJob("failure", "Job failed."), result: "FAILURE",
			podInfo: `{"pod":{"status":{"reason":"Evicted","message":"The node was low on resource: memory.\n"}}}`,
			want:    reporter.End{State: reporter.Cut, Words: "FAILURE: the pod was ended: Evicted The node was low on resource: memory."}},
		"failed, since it ran out of memory": {finished: `{"passed":false,"result":"FAILURE"}`, prowJob: prowJob("failure", "Job failed."), result: "FAILURE",
			podInfo: `{"pod":{"status":{"phase":"Failed","containerStatuses":[{"name":"sidecar"},{"name":"test","state":{"terminated":{"reason":"OOMKilled"}}}]}}}`,
			want:    reporter.End{State: reporter.Cut, Words: "FAILURE: container test was ended: out of memory"}},
		"failed, and the pod tells nothing": {finished: `{"passed":false,"result":"FAILURE"}`, prowJob: prowJob("failure", "Job failed."), podInfo: `[]`, result: "FAILURE",
			want: reporter.End{State: reporter.FailedJob, Words: "FAILURE"}},
		"failed, and the pod has no reason": {finished: `{"passed":false,"result":"FAILURE"}`, prowJob: prowJob("failure", "Job failed."), result: "FAILURE",
			podInfo: `{"pod":{"status":{"phase":"Failed","containerStatuses":[{"name":"test","state":{"terminated":{"reason":"Error"}}}]}}}`,
			want:    reporter.End{State: reporter.FailedJob, Words: "FAILURE"}},
		"aborted, passed null": {finished: `{"passed":null,"result":"ABORTED"}`, prowJob: prowJob("aborted", ""), result: "ABORTED",
			want: reporter.End{State: reporter.Cut, Words: "ABORTED"}},
		"passed and result disagree": {finished: `{"passed":false,"result":"SUCCESS"}`, prowJob: "-", result: "SUCCESS",
			want: reporter.End{State: reporter.FailedJob, Words: "SUCCESS, though passed is false"}},
		"result and passed disagree": {finished: `{"passed":true,"result":"ABORTED"}`, prowJob: "-", result: "ABORTED",
			want: reporter.End{State: reporter.Cut, Words: "ABORTED, though passed is true"}},
		"contradicted by its ProwJob": {finished: `{"passed":false,"result":"ABORTED"}`, result: "ABORTED",
			want: reporter.End{Words: "finished.json says ABORTED, prowjob.json success"}},
		"success, but not by its ProwJob": {prowJob: prowJob("error", "Pod got deleted unexpectedly"), result: "SUCCESS",
			want: reporter.End{Words: "finished.json says SUCCESS, prowjob.json error"}},
		"began after its end": {started: `{"timestamp":1718003601}`, result: "SUCCESS",
			want: reporter.End{Words: "started.json is later than finished.json: the job began once more under the same number"}},
		"began at its end": {started: `{"timestamp":1718003600}`, result: "SUCCESS", want: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}},
		"of no bytes":      {finished: " \n", want: reporter.End{Words: "finished.json is empty"}},
		"of nothing":       {finished: "{}", want: reporter.End{Words: "finished.json does not say whether the job passed"}},
		"null":             {finished: "null", want: reporter.End{Words: "finished.json does not say whether the job passed"}},
		"HTML":             {finished: "<!doctype html><p>denied</p>", want: reporter.End{Words: "finished.json is odd: invalid character '<' looking for beginning of value"}},
		"cut short":        {finished: `{"passed":true,"result":"SUCCESS"`, want: reporter.End{Words: "finished.json is odd: unexpected end of JSON input"}},
		"odd time": {finished: `{"passed":true,"result":"SUCCESS","timestamp":"soon"}`, result: "SUCCESS",
			want: reporter.End{Words: `finished.json is odd: json: invalid number literal, trying to unmarshal "\"soon\"" into Number`}},
		"unknown word":       {finished: `{"passed":true,"result":"great"}`, result: "GREAT", want: reporter.End{Words: `finished.json says "GREAT"`}},
		"word of a ProwJob":  {finished: `{"passed":true,"result":"pending"}`, result: "PENDING", want: reporter.End{Words: `finished.json says "PENDING"`}},
		"a list, as if many": {finished: `[{"passed":true}]`, want: reporter.End{Words: "finished.json is odd: json: cannot unmarshal array into Go value of type artifacts.finished"}},
	} {
		changes := map[string]string{}
		for file, text := range map[string]string{"finished.json": test.finished, "prowjob.json": test.prowJob, "started.json": test.started, "podinfo.json": test.podInfo} {
			switch text {
			case "":
			case "-":
				changes[file] = ""
			default:
				changes[file] = text
			}
		}
		e := readBuild(t, presubmit, with(changes))
		if diff := cmp.Diff(test.want, e.End); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if e.Build.Result != test.result {
			t.Errorf("%s: result %q, want %q", name, e.Build.Result, test.result)
		}
	}
}

// TestWithoutJob holds what is a build of Prow, whose end must be known: what has a file of Prow's, or lies where Prow puts
// artifacts.
func TestWithoutJob(t *testing.T) {
	t.Parallel()
	one := func(name, text string) map[string]string { return map[string]string{name: text} }
	for name, test := range map[string]struct {
		folder string
		files  map[string]string
		want   reporter.EndState
	}{
		"results alone":            {"results/mine", one("junit_01.xml", suite("A passed")), reporter.NoJob},
		"results deeper":           {"results/mine", one("artifacts/junit_01.xml", suite("A passed")), reporter.NoJob},
		"results with a number":    {"results/7", one("junit_01.xml", suite("A passed")), reporter.NoJob},
		"artifacts of a number":    {"logs/job/7", one("artifacts/junit_01.xml", suite("A passed")), reporter.EndUnknown},
		"a log of Prow's":          {"results/mine", map[string]string{"junit_01.xml": suite("A passed"), "build-log.txt": ""}, reporter.EndUnknown},
		"sources that Prow cloned": {"results/mine", map[string]string{"junit_01.xml": suite("A passed"), "clone-log.txt": ""}, reporter.EndUnknown},
	} {
		if got := readBuild(t, test.folder, test.files).End; got.State != test.want {
			t.Errorf("%s: %+v", name, got)
		}
		if got := readLocal(t, test.folder, test.files).End; got.State != test.want {
			t.Errorf("%s, local: %+v", name, got)
		}
	}
}

// TestNoResults holds that a build without JUnit says so, and why.
func TestNoResults(t *testing.T) {
	t.Parallel()
	log := strings.Repeat("long before\n", 20_000) + "\x1b[31mError: machine win-node-1 did not come up\x1b[0m\n\n+ kubectl get nodes\n========\n" +
		`{"component":"entrypoint","error":"wrapped process failed: exit status 1","level":"error","msg":"Error executing test process"}` + "\n"
	const none = "no results: no junit*.xml was uploaded"
	without := func(changes map[string]string) map[string]string {
		all := map[string]string{"artifacts/junit_01.xml": "", "build-log.txt": ""}
		maps.Copy(all, changes)
		return with(all)
	}
	for name, test := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"failed": {without(map[string]string{"build-log.txt": log, "finished.json": `{"passed":false}`}), []string{
			none + "; the log of the build ends like this",
			"build-log.txt: long before", "build-log.txt: long before", "build-log.txt: long before",
			"build-log.txt: Error: machine win-node-1 did not come up",
			"build-log.txt: Error executing test process: wrapped process failed: exit status 1",
		}},
		"log alone": {map[string]string{"sidecar-build-log.txt": "no", "test-build-log.txt": "the end"},
			[]string{none + "; the log of the build ends like this", "test-build-log.txt: the end"}},
		"empty log":       {without(map[string]string{"build-log.txt": "\n"}), []string{none}},
		"log of no bytes": {map[string]string{"started.json": "{}", "finished.json": "{}", "build-log.txt": ""}, []string{none}},
		"what Prow says": {map[string]string{"finished.json": `{"passed":false}`, "prowjob.json": `{"status":{"state":"error","description":"Pod pending timeout."}}`},
			[]string{none + "; Prow says: Pod pending timeout."}},
		"view alone": {without(map[string]string{"artifacts/junit_op-readiness.xml": suite("A passed")}), []string{none}},
		"not cloned": {without(map[string]string{"clone-log.txt": "# Cloning o/r\nfatal: couldn't find remote ref pull/1/head", "clone-records.json": `[
			{"refs":{"org":"o","repo":"good"},"commands":[{"command":"git init"}]},
			{"refs":{"org":"o","repo":"r"},"failed":true,"commands":[{"command":"git init","output":"Initialized"},
				{"command":"git fetch pull/1/head","output":"fatal: couldn't find remote ref\n","error":"exit status 128"},{"command":"git retry","error":"no"}]}]`}),
			[]string{
				"clone-records.json: o/r could not be cloned: git fetch pull/1/head: fatal: couldn't find remote ref exit status 128",
				none + "; the log of the build ends like this", "clone-log.txt: # Cloning o/r", "clone-log.txt: fatal: couldn't find remote ref pull/1/head",
			}},
		"many not cloned": {without(map[string]string{"clone-records.json": "[" + strings.Repeat(`{"failed":true},`, 9) + `{"failed":true}]`}), []string{
			"clone-records.json: / could not be cloned", "clone-records.json: / could not be cloned", "clone-records.json: / could not be cloned",
			"clone-records.json: / could not be cloned", "clone-records.json: / could not be cloned", none,
		}},
		"what Prow says of a failure": {map[string]string{"finished.json": `{"passed":false}`, "prowjob.json": `{"status":{"state":"failure","description":"Job failed."}}`}, []string{none}},
		"Prow says nothing":           {map[string]string{"finished.json": `{"passed":false}`, "prowjob.json": `{"status":{"state":"error"}}`}, []string{none}},
		"odd records of clones":       {without(map[string]string{"clone-records.json": "<html>"}), []string{none}},
	} {
		for where, e := range map[string]reporter.Evidence{"store": readBuild(t, presubmit, test.files), "local": readLocal(t, presubmit, test.files)} {
			if diff := cmp.Diff(test.want, texts(e.Log)); diff != "" {
				t.Errorf("%s, %s: %s", name, where, diff)
			}
			if e.Files != 0 || len(e.Suites) != 0 || len(e.Unread) != 0 {
				t.Errorf("%s, %s: %d files, %d suites, %v", name, where, e.Files, len(e.Suites), e.Unread)
			}
		}
	}
	if e := readBuild(t, presubmit, with(map[string]string{"clone-records.json": `[{"failed":true}]`})); len(e.Log) != 0 {
		t.Errorf("with results: %v", e.Log)
	}
}
