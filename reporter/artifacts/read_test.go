package artifacts_test

import (
	"fmt"
	"maps"
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

func readBuild(t *testing.T, folder string, files map[string]string) reporter.Evidence {
	t.Helper()
	reader, _ := serve(t, objects(folder, files)...)
	e, err := reader.Read(t.Context(), at(t, "gs://"+bucket+"/"+folder))
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// testNames are the tests with a result, each with its file.
func testNames(e reporter.Evidence) []string {
	var names []string
	for _, s := range e.Suites {
		for _, r := range s.Results {
			names = append(names, r.Name+" "+r.File)
		}
	}
	return names
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
		"artifacts/junit_op-readiness.xml": "a view, never read", "artifacts/metadata.json": `{"revision":"v1.36.2"}`, "artifacts/deep/metadata.json": "not needed",
		"artifacts/big.log": "no", "podinfo.json": "not needed", "clone-records.json": "not needed",
	})
	reader, wire := serve(t, objects(presubmit, files)...)
	source := "https://prow.k8s.io/view/gs/" + bucket + "/" + presubmit
	got, err := reader.Read(t.Context(), at(t, source))
	if err != nil {
		t.Fatal(err)
	}
	test := func(name, file string, line int, state reporter.State) reporter.Result {
		r := reporter.Result{Test: reporter.Test{Name: name, State: state, Status: state.String(), File: file, Line: line}}
		if state == reporter.Failed {
			r.Message = "it broke"
		}
		return r
	}
	const one, two, ten = "artifacts/junit_01.xml", "artifacts/junit_2.xml", "artifacts/junit_10.xml"
	want := reporter.Evidence{
		Build: reporter.Build{
			Source: source, URL: source, Job: "pull-windows-op-readiness", ID: "1001", Org: "kubernetes", Repo: "kubernetes",
			Pull: 123, SHA: "head1", Version: "1.36", Platform: "ltsc2022", ChosenOnly: []string{"Core.Network", "Core.Storage"}, Result: "SUCCESS",
			Started: time.Unix(1718000000, 0).UTC(), Finished: time.Unix(1718003600, 0).UTC(),
		},
		End: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"},
		Versions: []reporter.Claim{
			{Value: "v1.36.3", Source: "finished.json"}, {Value: "v1.36.2", Source: "artifacts/metadata.json"}, {Value: "1.36", Source: "the label of prowjob.json"},
		},
		Platforms: []reporter.Claim{{Value: "ltsc2022", Source: "the label of prowjob.json"}},
		Files:     4, Rows: 4,
		Suites: []reporter.Suite{
			{File: one, Line: 1, Rows: 1, Results: []reporter.Result{test("A", one, 1, reporter.Passed)}},
			{File: two, Line: 1, Rows: 1, Failures: 1, Results: []reporter.Result{test("A", two, 1, reporter.Failed)}},
			{File: ten, Line: 1, Rows: 2, Failures: 1, Results: []reporter.Result{test("A", ten, 1, reporter.Passed), test("B", ten, 2, reporter.Failed)}},
			{File: "artifacts/node/junit_3.xml", Line: 1},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	asked := []string{"list " + presubmit + "/"}
	for _, name := range []string{
		"artifacts/junit_01.xml", "artifacts/junit_10.xml", "artifacts/junit_2.xml", "artifacts/metadata.json", "artifacts/node/junit_3.xml",
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
		e := readBuild(t, periodic, with(test.changes))
		b := e.Build
		if got := fmt.Sprintf("%s/%s#%d@%s", b.Org, b.Repo, b.Pull, b.SHA); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
		if diff := cmp.Diff(test.odd, texts(e.Warnings)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if page := "https://prow.k8s.io/view/gs/" + bucket + "/" + periodic; b.URL != page {
			t.Errorf("%s: page %s", name, b.URL)
		}
	}
}
