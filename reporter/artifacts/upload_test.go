package artifacts_test

import (
	"encoding/json"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// TestUploadAddress holds that an address leads to where Prow uploads an artifact, by each of its path strategies
// (https://docs.prow.k8s.io/docs/jobs/#pod-utilities, path_strategy): they leave a repository out of the path, or not.
func TestUploadAddress(t *testing.T) {
	for _, test := range []struct{ strategy, org, repo, want string }{
		{"explicit", "kubernetes", "kubernetes", "kubernetes_kubernetes/7"},
		{"explicit", "kubernetes", "test-infra", "kubernetes_test-infra/7"},
		{"legacy", "kubernetes", "kubernetes", "7"},
		{"legacy", "kubernetes", "test-infra", "test-infra/7"},
		{"legacy", "kubernetes-sigs", "windows-testing", "kubernetes-sigs_windows-testing/7"},
		{"single", "kubernetes", "kubernetes", "7"},
		{"single", "kubernetes", "test-infra", "kubernetes_test-infra/7"},
	} {
		t.Setenv("JOB_SPEC", jobSpec(t, test.org, test.repo, map[string]any{
			"bucket": "results", "path_prefix": "below", "path_strategy": test.strategy, "default_org": "kubernetes", "default_repo": "kubernetes",
		}))
		want := "gs://results/below/pr-logs/pull/" + test.want + "/pull-windows-op-readiness/99/artifacts/page.html"
		if got, err := artifacts.UploadAddress("page.html"); err != nil || got != want {
			t.Errorf("%s, %s/%s: %q, %v; want %q", test.strategy, test.org, test.repo, got, err, want)
		}
	}
	t.Setenv("JOB_SPEC", jobSpec(t, "o", "r", map[string]any{"bucket": "s3://results", "path_strategy": "explicit"}))
	if got, err := artifacts.UploadAddress("x"); err != nil || got != "s3://results/pr-logs/pull/o_r/7/pull-windows-op-readiness/99/artifacts/x" {
		t.Errorf("another store: %q, %v", got, err)
	}
}

func jobSpec(t *testing.T, org, repo string, upload map[string]any) string {
	t.Helper()
	spec, err := json.Marshal(map[string]any{
		"type": "presubmit", "job": "pull-windows-op-readiness", "buildid": "99",
		"refs":              map[string]any{"org": org, "repo": repo, "pulls": []any{map[string]any{"number": 7}}},
		"decoration_config": map[string]any{"gcs_configuration": upload},
	})
	if err != nil {
		t.Fatal(err)
	}
	return string(spec)
}

// TestNoUploadAddress holds that nothing is made up where nothing is known.
func TestNoUploadAddress(t *testing.T) {
	for spec, fails := range map[string]bool{
		"": false, `{"type":"periodic","job":"j","buildid":"1"}`: false,
		`{"type":"periodic","job":"j","buildid":"1","decoration_config":{}}`: false, "{": true,
	} {
		t.Setenv("JOB_SPEC", spec)
		if got, err := artifacts.UploadAddress("x"); got != "" || (err != nil) != fails {
			t.Errorf("%s: %q, %v", spec, got, err)
		}
	}
}
