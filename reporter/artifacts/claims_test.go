package artifacts_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// TestClaims holds which versions are claimed by whom, the most trusted first.
func TestClaims(t *testing.T) {
	t.Parallel()
	const bare, label = `{"timestamp":1718003600,"passed":true}`, "the label of prowjob.json"
	run := func(version, cluster string) string {
		return `{"schema":"op-readiness.run/v1","kubernetesVersion":"` + version + `","cluster":{"version":"` + cluster + `"}}`
	}
	for name, test := range map[string]struct {
		changes map[string]string
		want    []reporter.Claim
	}{
		"all of them": {map[string]string{"artifacts/metadata.json": `{"revision":"v1.35.1"}`, "artifacts/op-readiness.json": run("1.34", "v1.33.1")}, []reporter.Claim{
			{Value: "1.34", Source: "artifacts/op-readiness.json"}, {Value: "v1.33.1", Source: "the cluster"}, {Value: "v1.36.3", Source: "finished.json"},
			{Value: "v1.35.1", Source: "artifacts/metadata.json"}, {Value: "1.36", Source: label},
		}},
		"one word for two": {map[string]string{"finished.json": bare, "prowjob.json": "", "artifacts/op-readiness.json": run("v1.36.3", "v1.36.3")},
			[]reporter.Claim{{Value: "v1.36.3", Source: "artifacts/op-readiness.json"}}},
		"deeper, if nothing else tells": {map[string]string{"finished.json": bare, "prowjob.json": "", "artifacts/x/metadata.json": `{"revision":"v1.1.1"}`},
			[]reporter.Claim{{Value: "v1.1.1", Source: "artifacts/x/metadata.json"}}},
		"deeper, though others tell": {map[string]string{"finished.json": bare, "artifacts/x/metadata.json": `{"revision":"v1.1.1"}`},
			[]reporter.Claim{{Value: "1.36", Source: label}}},
		"master": {map[string]string{"finished.json": bare, "prowjob.json": strings.Replace(prowJobJSON, `"1.36"`, `"master"`, 1)},
			[]reporter.Claim{{Value: "master", Source: label}}},
		"no versions": {map[string]string{"finished.json": `{"passed":true,"metadata":{"revision":"6a5f0e1"}}`, "artifacts/metadata.json": `{"revision":1}`,
			"prowjob.json": strings.Replace(prowJobJSON, `"1.36"`, `"soon"`, 1), "artifacts/op-readiness.json": run("", "none")}, nil},
	} {
		e := readBuild(t, presubmit, with(test.changes))
		if diff := cmp.Diff(test.want, e.Versions); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// TestRun holds that the record of a run and that of its pods are evidence, and that one that cannot be read is said.
func TestRun(t *testing.T) {
	t.Parallel()
	const run, pods = `{"schema":"op-readiness.run/v1","tool":"v2"}`, `{"schema":"op-readiness.pods/v1","test":"A","invocation":1}` + "\n"
	const record, lines = "op-readiness.json", "op-readiness-evidence.jsonl"
	for name, test := range map[string]struct {
		changes map[string]string
		tool    string
		pods    int
		unread  []string
		odd     []string
	}{
		"both":                {map[string]string{"artifacts/" + record: run, "artifacts/" + lines: pods + pods}, "v2", 2, nil, nil},
		"without results":     {map[string]string{"artifacts/" + record: run, "artifacts/junit_01.xml": ""}, "v2", 0, nil, nil},
		"no pods":             {map[string]string{"artifacts/" + record: run}, "v2", 0, nil, nil},
		"pods that broke off": {map[string]string{"artifacts/" + record: run, "artifacts/" + lines: pods + `{"schema":`}, "v2", 1, nil, nil},
		"pods alone": {map[string]string{"artifacts/" + lines: pods}, "", 0, nil,
			[]string{"artifacts/" + lines + ": there is no op-readiness.json beside it: it is not used"}},
		"pods elsewhere": {map[string]string{"artifacts/" + record: run, "artifacts/x/" + lines: pods}, "v2", 0, nil,
			[]string{"artifacts/x/" + lines + ": there is no op-readiness.json beside it: it is not used"}},
		"odd record": {map[string]string{"artifacts/" + record: `{"schema":"another"}`, "artifacts/" + lines: pods}, "", 0,
			[]string{"artifacts/" + record + `: it could not be read: schema "another" is not "op-readiness.run/v1": it is of another version of op-readiness, or of none`}, nil},
		"odd pods": {map[string]string{"artifacts/" + record: run, "artifacts/" + lines: "{}\n" + pods}, "v2", 0,
			[]string{"artifacts/" + lines + `: it could not be read: line 1: schema "" is not "op-readiness.pods/v1"`}, nil},
		"two runs": {map[string]string{"artifacts/a/" + record: run, "artifacts/b/" + record: run}, "", 0,
			[]string{"there are the records of 2 runs (artifacts/a/" + record + ", artifacts/b/" + record + "): name the folder of one"}, nil},
		"results of a run without a record": {map[string]string{"artifacts/" + record: run, "artifacts/b/junit_e2e-001_01.xml": suite("A passed"), "artifacts/b/junit_e2e-002_01.xml": suite("A passed")}, "v2", 0,
			[]string{"artifacts/b/junit_e2e-001_01.xml: it is of a run of which there is no record"}, nil},
		"others' results elsewhere": {map[string]string{"artifacts/" + record: run, "artifacts/b/junit_01.xml": suite("A passed")}, "v2", 0, nil, nil},
		"too large pods": {map[string]string{"artifacts/" + record: run, "artifacts/" + lines: pods + strings.Repeat(" ", 16<<20)}, "v2", 0,
			[]string{"artifacts/" + lines + ": it could not be read: it is larger than 16 MiB"}, nil},
		"too many values": {map[string]string{"artifacts/" + record: `{"schema":"op-readiness.run/v1","plan":{"abilities":[` + strings.Repeat("{},", 400_000) + `{}]}}`}, "", 0,
			[]string{"artifacts/" + record + ": it could not be read: it has more than 400000 values"}, nil},
		"too large": {map[string]string{"artifacts/" + record: run + strings.Repeat(" ", 16<<20)}, "", 0,
			[]string{"artifacts/" + record + ": it could not be read: it is larger than 16 MiB"}, nil},
	} {
		e := readLocal(t, periodic, with(test.changes))
		tool := ""
		if e.Run != nil {
			tool = e.Run.Tool
		}
		if tool != test.tool || len(e.Pods) != test.pods {
			t.Errorf("%s: run of %q, %d pods", name, tool, len(e.Pods))
		}
		if diff := cmp.Diff(test.unread, texts(e.Unread)); diff != "" {
			t.Errorf("%s: not read: %s", name, diff)
		}
		if diff := cmp.Diff(test.odd, texts(e.Warnings)); diff != "" {
			t.Errorf("%s: warnings: %s", name, diff)
		}
	}
}

// TestRunAlone holds that the folder of a run is a build of its own: without results, if it came to none, and with the time
// of the run.
func TestRunAlone(t *testing.T) {
	t.Parallel()
	const began, ended = `{"schema":"op-readiness.run/v1","started":"2026-01-02T03:04:05Z"`, `,"ended":"2026-01-02T03:05:05Z"}`
	e := readLocal(t, "run", map[string]string{"op-readiness.json": began + "}"})
	if e.Run == nil || e.End.State != reporter.NoJob || len(e.Log)+len(e.Warnings) != 0 || !e.Build.Started.Equal(e.Run.Started) || !e.Build.Finished.IsZero() {
		t.Errorf("%+v", e)
	}
	e = readLocal(t, "run", map[string]string{"op-readiness.json": began + ended})
	if !e.Build.Finished.Equal(*e.Run.Ended) {
		t.Errorf("ended %v", e.Build.Finished)
	}
	e = readLocal(t, "7", with(map[string]string{"artifacts/op-readiness.json": began + ended}))
	if e.Build.Started.Unix() != 1718000000 || e.Build.Finished.Unix() != 1718003600 {
		t.Errorf("a build of Prow's began %v and ended %v", e.Build.Started, e.Build.Finished)
	}
}
