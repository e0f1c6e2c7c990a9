package artifacts

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSortOut holds which of the files of a build a report needs, and as what.
func TestSortOut(t *testing.T) {
	t.Parallel()
	names := []string{
		"artifacts/junit_10.xml", "artifacts/junit_2.xml", "artifacts/node/junit_1.xml.gz", "artifacts/junit_op-readiness.xml", "artifacts/other.xml",
		"prowjob.json", "started.json", "finished.json", "podinfo.json", "clone-records.json", "clone-log.txt",
		"artifacts/deep/er/metadata.json", "artifacts/deep/metadata.json", "artifacts/deep/finished.json", "artifacts/metadata.json", "artifacts/x/prowjob.json",
		"artifacts/op-readiness.json", "artifacts/b/op-readiness.json", "artifacts/op-readiness-evidence.jsonl",
		"sidecar-build-log.txt", "test-build-log.txt", "artifacts/build-log.txt", "artifacts/x-build-log.txt",
	}
	want := contents{
		junit:   []string{"artifacts/junit_2.xml", "artifacts/junit_10.xml", "artifacts/node/junit_1.xml.gz"},
		prowJob: "prowjob.json", started: "started.json", finished: "finished.json", podInfo: "podinfo.json", cloned: "clone-records.json", cloneLog: "clone-log.txt",
		metadata: "artifacts/metadata.json", revision: "artifacts/deep/finished.json",
		records: []string{"artifacts/b/op-readiness.json", "artifacts/op-readiness.json"}, pods: []string{"artifacts/op-readiness-evidence.jsonl"},
		log: "test-build-log.txt",
	}
	if diff := cmp.Diff(want, sortOut(names), cmp.AllowUnexported(contents{})); diff != "" {
		t.Error(diff)
	}
	got := sortOut(append(names, "metadata.json", "build-log.txt"))
	if got.metadata != "metadata.json" || got.log != "build-log.txt" {
		t.Errorf("metadata %q, log %q", got.metadata, got.log)
	}
	for name, isBuild := range map[string]bool{
		"prowjob.json": true, "started.json": true, "finished.json": true, "podinfo.json": true, "clone-records.json": true, "clone-log.txt": true,
		"metadata.json": false, "junit_1.xml": false, "op-readiness.json": false, "build-log.txt": false, "a/metadata.json": false,
	} {
		if got := sortOut([]string{name}); got.isBuild() != isBuild || got.isEmpty() || !matters(name) {
			t.Errorf("%s is of a build %t, empty %t", name, got.isBuild(), got.isEmpty())
		}
	}
	if matters("a/log.txt") || !sortOut(nil).isEmpty() {
		t.Error("any file matters")
	}
}

// TestWithoutDoubles holds that each result file is read once, by its own name if it has one that is read.
func TestWithoutDoubles(t *testing.T) {
	t.Parallel()
	l := listing{files: []file{
		{name: "junit_1.xml"}, {name: "junit_2.xml", target: "junit_1.xml"}, {name: "a/junit_3.xml", target: "data"}, {name: "junit_4.xml", target: "data"},
		{name: "data"}, {name: "junit_0.xml", target: "z/junit_5.xml"}, {name: "z/junit_5.xml"},
	}}
	got := sortOut(l.names()).withoutDoubles(l).junit
	if diff := cmp.Diff([]string{"a/junit_3.xml", "junit_1.xml", "z/junit_5.xml"}, got); diff != "" {
		t.Error(diff)
	}
}
