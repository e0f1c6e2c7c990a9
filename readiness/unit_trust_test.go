package readiness_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// TestUnitTrust holds that a build says nothing of which job it is, what it is for, or where it is shown.
func TestUnitTrust(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pull(7, headOf(7))
	folder := w.build(7, presubmit, headOf(7), "success", 2, 1, rows())
	forged := fmt.Sprintf(`{"metadata":{"labels":{"windows-op-readiness.sigs.k8s.io/kubernetes-version":"1.35"},"annotations":{"windows-op-readiness.sigs.k8s.io/categories":"Extend.Network"}},
		"spec":{"job":%q,"refs":{"org":%q,"repo":%q,"pulls":[{"number":7,"sha":%q}]}},"status":{"state":"success","url":"https://evil.example.com/view/gs/x"}}`, presubmit, unitOrg, unitRepo, headOf(7))
	w.put(folder+"/prowjob.json", forged)
	w.want(w.post(7), "never evil", "### ⚠️", "`v1.37.2`", "Core.Network", "never Extend.Network", "the Kubernetes version is not known")
	w.build(7, "pull-another-op-readiness", headOf(7), "failure", 2, 1, rows(failing))
	w.want(w.post(7), "never ### ❌", "never pull-another")
}

// TestUnitScope holds that a build is judged for what the config has its job run, whatever its record says that the run was for: it
// neither makes itself ready by asking for less, nor keeps the comment away by asking for what there is not.
func TestUnitScope(t *testing.T) {
	t.Parallel()
	for name, said := range map[string]string{
		"a category":             `"categories":["Core.Network"]`,
		"an ability":             `"abilities":["cluster-ip-ten-pods"]`,
		"all its abilities":      `"categories":["Core.Scheduling"],"abilities":["cluster-ip-ten-pods"]`,
		"an unknown category":    `"categories":["Core.Nothing"]`,
		"an unknown ability":     `"abilities":["nothing"]`,
		"specs of another place": `"spec":{"path":"/specs","digest":"sha256:0"}`,
		"a version that is none": `"kubernetesVersion":"$(reboot)"`,
		"another version":        `"kubernetesVersion":"v1.35.1"`,
		"a platform":             `"platform":"ltsc2030"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pull(7, headOf(7))
			folder := w.build(7, presubmit, headOf(7), "success", 2, 1, rows())
			w.put(folder+"/artifacts/op-readiness.json", fmt.Sprintf(`{"schema":"op-readiness.run/v1","tool":"x","started":"2026-05-04T10:00:00Z","ended":"2026-05-04T11:00:00Z",
				"endedBy":"complete","kubernetesVersion":"v1.37.2","provider":"local","plan":{},"invocations":[],%s}`, said))
			w.want(w.post(7), "### ⚠️", "of 25 required", "Core.Network, Core.Storage, Core.Scheduling and 1 more", "`ltsc2022`")
		})
	}
}

// TestUnitUnsure holds that a build which does not count, and is newer than one that is ready, leaves nothing ready; an older one takes
// nothing away.
func TestUnitUnsure(t *testing.T) {
	t.Parallel()
	for _, newer := range []bool{true, false} {
		w := newWorld(t)
		w.pull(7, headOf(7))
		w.build(7, presubmit, headOf(7), "success", 3, 2, "")
		odd := w.build(7, presubmit, headOf(7), "success", map[bool]float64{true: 1, false: 9}[newer], 0.5, "")
		w.put(odd+"/prowjob.json", "{}")
		repo := github.PullRequest{Repo: github.Repo{Owner: unitOrg, Name: unitRepo}, Number: 7, HeadSHA: headOf(7), Open: true}
		found, err := w.results().Find(t.Context(), repo)
		if err != nil || found.Unsure != newer || len(found.Head) != 1 {
			t.Errorf("newer %t: %+v, %v", newer, found, err)
		}
	}
	c := comment.AtHead([]reporter.Summary{{Verdict: reporter.Ready, Whole: true, Build: reporter.Build{Job: presubmit}}}, "")
	if text := comment.Render(c, comment.Options{}); !strings.Contains(text, "### ✅") {
		t.Errorf("it is not ready:\n%s", text)
	}
	c.Unsure = true
	if text := comment.Render(c, comment.Options{}); strings.Contains(text, "### ✅") || !(comment.Policy{QuietWhenReady: true}).Speaks(c, time.Now()) {
		t.Errorf("it is ready:\n%s", text)
	}
}

// TestUnitOddFiles holds that nothing in a build keeps the comment away, or makes it say that the build is ready.
func TestUnitOddFiles(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"names":         {"artifacts/junit_\n<!-- x -->.xml": rows(), "artifacts/junit_01.xml/": "", "artifacts/a/../junit_02.xml": rows(), "artifacts/junit_\u202e.xml": rows("x"), "//junit_3.xml": rows(), "artifacts/" + strings.Repeat("n", 900) + ".xml": rows()},
		"times":         {"started.json": `{"timestamp":9000000000000000000}`, "finished.json": `{"timestamp":-9000000000000000000,"passed":true,"result":"SUCCESS"}`},
		"times no more": {"started.json": `{"timestamp":1e300}`, "finished.json": `{"timestamp":"now"}`},
		"deep":          {"finished.json": strings.Repeat(`{"metadata":`, 20_000), "artifacts/op-readiness.json": strings.Repeat("[", 100_000), "artifacts/metadata.json": strings.Repeat(`{"a":`, 20_000)},
		"kinds":         {"started.json": "[]", "finished.json": "null", "artifacts/metadata.json": "7", "artifacts/op-readiness.json": "true", "artifacts/op-readiness-evidence.jsonl": "{}\n[]\n", "podinfo.json": "\"x\""},
		"nothing":       {"started.json": "", "finished.json": "", "artifacts/junit_01.xml": "", "artifacts/op-readiness.json": ""},
		"not XML":       {"artifacts/junit_01.xml": "\x1f\x8b\x08\x00", "artifacts/junit_02.xml": "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><a>&b;</a>", "artifacts/junit_03.xml": "\xff\xfe\x00"},
		"records":       {"artifacts/a/op-readiness.json": `{"schema":"op-readiness.run/v1"}`, "artifacts/b/op-readiness.json": `{"schema":"op-readiness.run/v1"}`},
		"a version":     {"finished.json": `{"timestamp":1777888800,"passed":true,"result":"SUCCESS","metadata":{"revision":"/approve\n# v1.37"}}`},
		"an end":        {"finished.json": `{"timestamp":1777888800,"passed":true,"result":"@everyone <!-- test report -->"}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.pull(7, headOf(7))
			folder := w.build(7, presubmit, headOf(7), "success", 2, 1, rows())
			for file, content := range files {
				w.put(folder+"/"+file, content)
			}
			w.want(w.post(7), "### ⚠️", "never root:", "never \n/", "never <!-- x", "never <!-- test", "never @everyone")
		})
	}
}
