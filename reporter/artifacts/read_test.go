package artifacts_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

const (
	startedJSON  = `{"timestamp":1718000000,"pull":"123","repos":{"kubernetes/kubernetes":"master:base1,123:head1"},"repo-commit":"merge1"}`
	finishedJSON = `{"timestamp":1718003600,"passed":true,"result":"SUCCESS","metadata":{"revision":"v1.36.3"}}`
	prowJobJSON  = `{"apiVersion":"prow.k8s.io/v1","kind":"ProwJob",
"metadata":{"labels":{"windows-op-readiness.sigs.k8s.io/platform":"ltsc2022","windows-op-readiness.sigs.k8s.io/kubernetes-version":"1.36"},
 "annotations":{"windows-op-readiness.sigs.k8s.io/categories":"Core.Network, Core.Storage"}},
"spec":{"type":"presubmit","job":"pull-windows-op-readiness",
 "refs":{"org":"kubernetes","repo":"kubernetes","base_ref":"master","base_sha":"base1","pulls":[{"number":123,"sha":"head1"}]}},
"status":{"state":"success","build_id":"1001","url":"https://prow.k8s.io/view/gs/kubernetes-ci-logs/pr-logs/pull/123/pull-windows-op-readiness/1001"}}`
	presubmit = "pr-logs/pull/123/pull-windows-op-readiness/1001"
	periodic  = "logs/ci-windows-op-readiness/2002"
)

// with returns the files of a whole build, some of them replaced, or left out if "".
func with(changes map[string]string) map[string]string {
	files := map[string]string{
		"started.json": startedJSON, "finished.json": finishedJSON, "prowjob.json": prowJobJSON, "build-log.txt": "it ran\n",
		"artifacts/junit_01.xml": suite("A passed"),
	}
	maps.Copy(files, changes)
	maps.DeleteFunc(files, func(_, text string) bool { return text == "" })
	return files
}

func readBuild(t *testing.T, folder string, files map[string]string) reporter.Results {
	t.Helper()
	reader, _ := serve(t, objects(folder, files)...)
	results, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+folder))
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func texts(warnings []reporter.Warning) []string {
	var all []string
	for _, w := range warnings {
		all = append(all, w.String())
	}
	return all
}

func TestReadPresubmit(t *testing.T) {
	t.Parallel()
	files := with(map[string]string{
		"artifacts/junit_10.xml": suite("A passed", "B failed"), "artifacts/junit_2.xml": suite("A failed"), "artifacts/node/junit_3.xml": suite(),
		"artifacts/junit_op-readiness.xml": "a view, never read", "artifacts/metadata.json": "not needed", "artifacts/big.log": "no",
	})
	reader, wire := serve(t, objects(presubmit, files)...)
	source := "https://prow.k8s.io/view/gs/" + bucket + "/" + presubmit
	got, err := reader.Read(t.Context(), at(t, source))
	if err != nil {
		t.Fatal(err)
	}
	want := reporter.Results{
		Build: reporter.Build{
			Source: source, URL: source, Job: "pull-windows-op-readiness", ID: "1001", Org: "kubernetes", Repo: "kubernetes",
			Pull: 123, SHA: "head1", Version: "1.36", Platform: "ltsc2022", ChosenOnly: []string{"Core.Network", "Core.Storage"}, Result: "SUCCESS",
			Started: time.Unix(1718000000, 0).UTC(), Finished: time.Unix(1718003600, 0).UTC(),
		},
		KubernetesVersion: "v1.36.3", Files: 4,
		Tests: []reporter.Test{
			{Name: "A", State: reporter.Flaky, Status: "failed", Message: "it broke", File: "artifacts/junit_2.xml", Line: 1},
			{Name: "B", State: reporter.Failed, Status: "failed", Message: "it broke", File: "artifacts/junit_10.xml", Line: 2},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	asked := []string{"list " + presubmit + "/"}
	for _, name := range []string{
		"artifacts/junit_01.xml", "artifacts/junit_10.xml", "artifacts/junit_2.xml", "artifacts/node/junit_3.xml",
		"finished.json", "prowjob.json", "started.json",
	} {
		asked = append(asked, presubmit+"/"+name)
	}
	if diff := cmp.Diff(asked, wire.asked()); diff != "" {
		t.Errorf("requests: %s", diff)
	}
}

// TestIdentity holds what is taken for the identity of a build, by the metadata that it has.
func TestIdentity(t *testing.T) {
	t.Parallel()
	const job = `"job":"j"`
	for name, test := range map[string]struct {
		changes map[string]string
		want    string // org/repo#pull@sha
		odd     []string
	}{
		"pod utilities alone": {
			map[string]string{"prowjob.json": ""}, "kubernetes/kubernetes#123@head1",
			[]string{"there is no prowjob.json: the job's name is not known"},
		},
		"bootstrap": {
			map[string]string{"prowjob.json": "", "started.json": `{"timestamp":1.5e9,"pull":"master:base1,123:head1",
				"repos":{"k8s.io/kubernetes":"master:base1,123:head1","k8s.io/release":"master"},"version":"v1.12.0"}`},
			"kubernetes/kubernetes#123@head1", []string{"there is no prowjob.json: the job's name is not known"},
		},
		"periodic": {
			map[string]string{"prowjob.json": `{"spec":{` + job + `,"extra_refs":[{"org":"kubernetes-sigs","repo":"a_b"}]}}`},
			"kubernetes-sigs/a_b#0@merge1", nil,
		},
		"batch": {
			map[string]string{"prowjob.json": `{"spec":{` + job + `,"refs":{"org":"o","repo":"r","base_sha":"b","pulls":[{"number":1},{"number":2}]}}}`},
			"o/r#0@b", []string{"a batch: it tests the pull requests #1, #2 together"},
		},
		"no repository": {map[string]string{"prowjob.json": `{"spec":{` + job + `}}`, "started.json": `{"pull":null}`}, "/#0@", nil},
		"a field of another type": {
			map[string]string{"prowjob.json": `{"spec":{"job":7,"refs":{"org":"o","repo":"r"}}}`}, "o/r#0@merge1",
			[]string{"prowjob.json: it is odd: json: cannot unmarshal number into Go struct field .spec.job of type string"},
		},
		"cut short": {
			map[string]string{"prowjob.json": `{"spec":`}, "kubernetes/kubernetes#123@head1",
			[]string{"prowjob.json: it is odd: unexpected end of JSON input"},
		},
	} {
		results := readBuild(t, periodic, with(test.changes))
		b := results.Build
		if got := fmt.Sprintf("%s/%s#%d@%s", b.Org, b.Repo, b.Pull, b.SHA); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
		if diff := cmp.Diff(test.odd, texts(results.Warnings)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if page := "https://prow.k8s.io/view/gs/" + bucket + "/" + periodic; b.URL != page {
			t.Errorf("%s: page %s", name, b.URL)
		}
	}
}

// TestEnding holds that a build is never greener than its end.
func TestEnding(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		changes    map[string]string
		result     string
		incomplete []string
		odd        []string
	}{
		"well": {nil, "SUCCESS", nil, nil},
		"running": {
			map[string]string{"finished.json": "", "prowjob.json": strings.Replace(prowJobJSON, "success", "pending", 1)}, "",
			[]string{"the build is still running, or was lost: there is no finished.json"}, nil,
		},
		"pending, though finished": {map[string]string{"prowjob.json": strings.Replace(prowJobJSON, "success", "pending", 1)}, "SUCCESS", nil, nil},
		"crier's word":             {map[string]string{"finished.json": `{"timestamp":1,"passed":true,"result":"success"}`}, "SUCCESS", nil, nil},
		"timed out, tests passed": {
			map[string]string{"finished.json": `{"passed":false,"result":"failure"}`}, "FAILURE",
			[]string{"the job failed (FAILURE), although no test did"}, nil,
		},
		"bootstrap, without result": {
			map[string]string{"finished.json": `{"passed":false}`}, "FAILURE",
			[]string{"the job failed (FAILURE), although no test did"}, nil,
		},
		"aborted, passed null": {
			map[string]string{"finished.json": `{"passed":null,"result":"ABORTED"}`}, "ABORTED",
			[]string{"the job failed (ABORTED), although no test did"}, nil,
		},
		"failed, as a test did": {
			map[string]string{"finished.json": `{"passed":false,"result":"FAILURE"}`, "artifacts/junit_01.xml": suite("A failed")}, "FAILURE", nil, nil,
		},
		"says nothing": {
			map[string]string{"finished.json": `{"timestamp":"soon","passed":null}`}, "", nil,
			[]string{
				`finished.json: it is odd: json: invalid number literal, trying to unmarshal "\"soon\"" into Number`,
				"finished.json: it does not say whether the job passed",
			},
		},
		"truncated JUnit": {
			map[string]string{"artifacts/junit_01.xml": strings.TrimSuffix(suite("A passed"), "</testsuite></testsuites>")}, "SUCCESS",
			[]string{"artifacts/junit_01.xml:2: read only in part: the file ends inside of <testsuite>"}, nil,
		},
	} {
		results := readBuild(t, presubmit, with(test.changes))
		if results.Build.Result != test.result {
			t.Errorf("%s: result %q, want %q", name, results.Build.Result, test.result)
		}
		if diff := cmp.Diff(test.incomplete, texts(results.Incomplete)); diff != "" {
			t.Errorf("%s: incomplete: %s", name, diff)
		}
		if diff := cmp.Diff(test.odd, texts(results.Warnings)); diff != "" {
			t.Errorf("%s: warnings: %s", name, diff)
		}
	}
}

// TestNoResults holds that a build without JUnit says so, and why.
func TestNoResults(t *testing.T) {
	t.Parallel()
	log := strings.Repeat("long before\n", 20_000) + "\x1b[31mError: machine win-node-1 did not come up\x1b[0m\n\n+ kubectl get nodes\n========\n" +
		`{"component":"entrypoint","error":"wrapped process failed: exit status 1","level":"error","msg":"Error executing test process"}` + "\n"
	for name, test := range map[string]struct {
		files map[string]string
		want  []string
	}{
		"failed": {
			with(map[string]string{"artifacts/junit_01.xml": "", "build-log.txt": log, "finished.json": `{"passed":false}`}),
			[]string{
				"no results: no junit*.xml was uploaded; the log of the build ends like this",
				"build-log.txt: long before", "build-log.txt: long before", "build-log.txt: long before",
				"build-log.txt: Error: machine win-node-1 did not come up",
				"build-log.txt: Error executing test process: wrapped process failed: exit status 1",
			},
		},
		"log alone": {
			map[string]string{"sidecar-build-log.txt": "no", "test-build-log.txt": "the end"},
			[]string{
				"the build is still running, or was lost: there is no finished.json",
				"no results: no junit*.xml was uploaded; the log of the build ends like this", "test-build-log.txt: the end",
			},
		},
		"empty log":       {with(map[string]string{"artifacts/junit_01.xml": "", "build-log.txt": "\n"}), []string{"no results: no junit*.xml was uploaded"}},
		"log of no bytes": {map[string]string{"started.json": "{}", "finished.json": "{}", "build-log.txt": ""}, []string{"no results: no junit*.xml was uploaded"}},
		"what Prow says": {
			map[string]string{"finished.json": `{"passed":false}`, "prowjob.json": `{"status":{"state":"error","description":"Pod pending timeout."}}`},
			[]string{"no results: no junit*.xml was uploaded; Prow says: Pod pending timeout."},
		},
		"view alone": {
			with(map[string]string{"artifacts/junit_01.xml": "", "build-log.txt": "", "artifacts/junit_op-readiness.xml": suite("A passed")}),
			[]string{"no results: no junit*.xml was uploaded"},
		},
	} {
		results := readBuild(t, presubmit, test.files)
		if diff := cmp.Diff(test.want, texts(results.Incomplete)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if results.Files != 0 || len(results.Tests) != 0 {
			t.Errorf("%s: %d files, %d tests", name, results.Files, len(results.Tests))
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	bare := `{"timestamp":1,"passed":true}`
	for name, test := range map[string]struct {
		changes map[string]string
		want    string
	}{
		"finished.json": {nil, "v1.36.3"},
		"metadata.json": {
			map[string]string{"finished.json": bare, "artifacts/metadata.json": `{"revision":"v1.35.1"}`, "artifacts/x/metadata.json": `{"revision":"v1.1.1"}`},
			"v1.35.1",
		},
		"label":  {map[string]string{"finished.json": bare}, "1.36"},
		"master": {map[string]string{"finished.json": bare, "prowjob.json": strings.Replace(prowJobJSON, `"1.36"`, `"master"`, 1)}, ""},
	} {
		if got := readBuild(t, presubmit, with(test.changes)).KubernetesVersion; got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}
