package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// TestWriteLink holds that the link leads to where Prow uploads the page.
func TestWriteLink(t *testing.T) {
	for strategy, want := range map[string]string{
		"explicit": "gs://results/pr-logs/pull/kubernetes-sigs_windows-testing/7/pull-windows-op-readiness/99/artifacts/op-readiness.html\n",
		"legacy":   "gs://results/pr-logs/pull/kubernetes-sigs_windows-testing/7/pull-windows-op-readiness/99/artifacts/op-readiness.html\n",
		"single":   "gs://results/pr-logs/pull/kubernetes-sigs_windows-testing/7/pull-windows-op-readiness/99/artifacts/op-readiness.html\n",
	} {
		spec, err := json.Marshal(map[string]any{
			"type": "presubmit", "job": "pull-windows-op-readiness", "buildid": "99",
			"refs": map[string]any{"org": "kubernetes-sigs", "repo": "windows-testing", "pulls": []any{map[string]any{"number": 7}}},
			"decoration_config": map[string]any{"gcs_configuration": map[string]any{
				"bucket": "results", "path_strategy": strategy, "default_org": "kubernetes", "default_repo": "kubernetes",
			}},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Setenv("JOB_SPEC", string(spec))
		dir := t.TempDir()
		if err := writeLink(dir); err != nil {
			t.Fatal(err)
		}
		got, err := os.ReadFile(filepath.Join(dir, linkFile))
		if err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", strategy, got, err, want)
		}
	}
	t.Setenv("JOB_SPEC", "")
	dir := t.TempDir()
	if err := writeLink(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, linkFile)); err == nil {
		t.Error("a link outside of a Prow job")
	}
}
