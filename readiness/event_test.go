package readiness_test

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/readiness"
)

// TestCallOf holds which events ask for a look at a pull request, and that none leads anywhere else.
func TestCallOf(t *testing.T) {
	t.Parallel()
	cfg, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := readiness.PresubmitsOf(cfg)
	if err != nil {
		t.Fatal(err)
	}
	const repo = `"repository":{"full_name":"kubernetes-sigs/windows-testing"}`
	status := func(context, state, address string) string {
		return fmt.Sprintf(`{%s,"context":%q,"state":%q,"target_url":%q}`, repo, context, state, address)
	}
	const page = "https://prow.k8s.io/view/gs/kubernetes-ci-logs/pr-logs/pull/kubernetes-sigs_windows-testing/7/" + presubmit + "/123"
	comment := func(action, body, pull string) string {
		return fmt.Sprintf(`{%s,"action":%q,"comment":{"body":%q},"issue":{"number":9,"pull_request":%s}}`, repo, action, body, pull)
	}
	for name, test := range map[string]struct {
		kind, data string
		want       int
	}{
		"a failure":             {"status", status(presubmit, "failure", page), 7},
		"a success":             {"status", status(presubmit, "success", page), 7},
		"an error":              {"status", status(presubmit, "error", page), 7},
		"without a segment":     {"status", status(presubmit, "failure", strings.Replace(page, "kubernetes-sigs_windows-testing/", "", 1)), 7},
		"pending":               {"status", status(presubmit, "pending", page), 0},
		"another job":           {"status", status("pull-other", "failure", page), 0},
		"another job's page":    {"status", status(presubmit+"-1-36", "failure", page), 0},
		"another host":          {"status", status(presubmit, "failure", strings.Replace(page, "prow.k8s.io", "prow.example.com", 1)), 0},
		"another bucket":        {"status", status(presubmit, "failure", strings.Replace(page, "kubernetes-ci-logs", "kubernetes-ci-logs2", 1)), 0},
		"no number":             {"status", status(presubmit, "failure", strings.Replace(page, "/7/", "/x/", 1)), 0},
		"a batch":               {"status", status(presubmit, "failure", strings.Replace(page, "kubernetes-sigs_windows-testing/7", "batch", 1)), 0},
		"dots":                  {"status", status(presubmit, "failure", strings.Replace(page, "/7/", "/../8/", 1)), 0},
		"no page":               {"status", status(presubmit, "failure", ""), 0},
		"another repository":    {"status", strings.Replace(status(presubmit, "failure", page), "windows-testing", "other", 1), 0},
		"a command":             {"issue_comment", comment("created", "hello\r\n /op-readiness report \r\n", "{}"), 9},
		"a command in a word":   {"issue_comment", comment("created", "/op-readiness reports", "{}"), 0},
		"a quoted command":      {"issue_comment", comment("created", "> /op-readiness report", "{}"), 0},
		"an edited command":     {"issue_comment", comment("edited", "/op-readiness report", "{}"), 0},
		"a command on an issue": {"issue_comment", comment("created", "/op-readiness report", "null"), 0},
		"a push":                {"push", `{` + repo + `}`, 0},
		"nothing":               {"status", `{}`, 0},
	} {
		call, err := readiness.CallOf(test.kind, []byte(test.data), jobs, cfg.Addresses())
		if err != nil || call.Number != test.want || (call.Why == "") != (test.want != 0) {
			t.Errorf("%s: %+v, %v", name, call, err)
		}
		if test.want != 0 && call.Repo.String() != "kubernetes-sigs/windows-testing" {
			t.Errorf("%s: in %s", name, call.Repo)
		}
	}
	if _, err := readiness.CallOf("status", []byte("{"), jobs, cfg.Addresses()); err == nil {
		t.Error("half an event is taken")
	}
}

func FuzzCallOf(f *testing.F) {
	cfg, err := config.Default()
	if err != nil {
		f.Fatal(err)
	}
	jobs, err := readiness.PresubmitsOf(cfg)
	if err != nil {
		f.Fatal(err)
	}
	f.Add("status", `{"repository":{"full_name":"kubernetes-sigs/windows-testing"},"context":"pull-windows-op-readiness","state":"failure","target_url":"https://prow.k8s.io/view/gs/kubernetes-ci-logs/pr-logs/pull/1/pull-windows-op-readiness/2"}`)
	f.Add("issue_comment", `{"repository":{"full_name":"kubernetes-sigs/windows-testing"},"action":"created","issue":{"number":3,"pull_request":{}},"comment":{"body":"/op-readiness report"}}`)
	f.Fuzz(func(t *testing.T, kind, data string) {
		call, err := readiness.CallOf(kind, []byte(data), jobs, cfg.Addresses())
		if err == nil && call.Number != 0 && (call.Number < 0 || call.Repo.Owner != "kubernetes-sigs") {
			t.Errorf("%+v", call)
		}
	})
}
