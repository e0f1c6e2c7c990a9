package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

// TestFalseGreen holds that none of the folders on which a report could be greener than what it shows is ready, in no form.
// Package readiness holds the right answer to each.
func TestFalseGreen(t *testing.T) {
	t.Parallel()
	const folder = "../../readiness/testdata/false-green"
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) < 19 {
		t.Fatalf("%d folders, %v", len(entries), err)
	}
	green := map[string]string{
		"table": "\nREADY", "markdown": "**READY", "lens": "✅ READY", "html": "<title>Windows operational readiness: READY", "json": `"verdict": "ready"`, "yaml": "verdict: ready",
		"csv": ",passed,", "junit": `name="verdict" value="ready"`,
	}
	report := func(form string, args ...string) (code int, text string) {
		var out, talk bytes.Buffer
		code = run(t.Context(), append([]string{"report", "-o", form}, args...), streams{in: strings.NewReader(""), out: &out, err: &talk})
		return code, strings.ReplaceAll(out.String(), "NOT READY", "not ready") + talk.String()
	}
	for _, form := range view.Formats() {
		if code, text := report(form, readyFolder(t)...); code != 0 || green[form] == "" || !strings.Contains(text, green[form]) {
			t.Errorf("a ready build as %s: exit code %d, without %q: %s", form, code, green[form], text)
		}
		for _, entry := range entries {
			code, text := report(form, folder+"/"+entry.Name(), "--category", "Core.Concurrent", "--kubernetes-version", "1.36")
			want := codeBad
			if entry.Name() == "c02-local-job-folder" && form == "junit" {
				want = codeError // a form of one build, of a folder of two
			}
			if code != want || strings.Contains(text, green[form]) {
				t.Errorf("%s as %s: exit code %d, %s", entry.Name(), form, code, text)
			}
		}
	}
}

// readyFolder is a build that is ready, as arguments of report.
func readyFolder(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"spec.yaml":    "category: Core.Network\ntestCases:\n- {id: one, description: One, focus: ['^Kubernetes e2e suite one$'], placement: self}\n",
		"junit_01.xml": `<testsuite name="Kubernetes e2e suite"><testcase name="one" time="1"/></testsuite>`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return []string{dir, "--test-directory", filepath.Join(dir, "spec.yaml"), "--kubernetes-version", "1.36"}
}
