package sonobuoy

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmware-tanzu/sonobuoy/pkg/client/results"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/driver/job"
	"github.com/vmware-tanzu/sonobuoy/pkg/plugin/manifest"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// processed is what Sonobuoy makes of results in its folder of results.
func processed(t *testing.T, item sonobuoy.Item) results.Item {
	t.Helper()
	var b bytes.Buffer
	if err := item.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return processedAs(t, results.ResultFormatManual, map[string]string{reportdir.Items: b.String(), "other.yaml": "status: passed\n"}, reportdir.Items)
}

// processedAs is what Sonobuoy makes of files by a format.
func processedAs(t *testing.T, format string, files map[string]string, names ...string) results.Item {
	t.Helper()
	dir := t.TempDir()
	folder := filepath.Join(dir, "plugins", sonobuoy.Name, "results", "global")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	p := job.NewPlugin(manifest.Manifest{SonobuoyConfig: manifest.SonobuoyConfig{
		PluginName: sonobuoy.Name, ResultFormat: format, ResultFiles: names,
	}}, "ns", "image", "Always", "", nil)
	got, errs := results.PostProcessPlugin(p, dir)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	return got
}

// leaves calls a function for each item without items: what Sonobuoy counts and lists.
func leaves(i results.Item, visit func(results.Item)) {
	for _, item := range i.Items {
		leaves(item, visit)
	}
	if len(i.Items) == 0 {
		visit(i)
	}
}

// summaries are a ready build, it with each single fault, and a build with abilities of every state.
func summaries(t *testing.T) map[string]reporter.Summary {
	t.Helper()
	e, q := reportertest.ReadyBuild(t)
	all := map[string]reporter.Summary{"no fault": reportertest.Answer(t, e, q), "every state": reportertest.Mixed(t)}
	for _, f := range reportertest.Faults() {
		e, q := reportertest.ReadyBuild(t)
		f.Do(&e, &q)
		all[f.Name] = reportertest.Answer(t, e, q)
	}
	return all
}

// TestFaults holds, for each fault that a run may have, that Sonobuoy calls the run passed only if the verdict is ready, shows
// no item passed of an ability that is not shown, and lists each failed ability by name.
func TestFaults(t *testing.T) {
	for name, s := range summaries(t) {
		got := processed(t, sonobuoy.Items(&s, sonobuoy.Ending{}))
		if ready := s.Verdict == reporter.Ready; (got.Status == results.StatusPassed) != ready {
			t.Errorf("%s: the verdict is %s, and Sonobuoy says %s", name, s.Verdict, got.Status)
		}
		failed := map[string]bool{}
		leaves(got, func(i results.Item) {
			failed[i.Name] = failed[i.Name] || i.Status == results.StatusFailed
			if i.Metadata["file"] != "" {
				t.Errorf("%s: %q counts as a file", name, i.Name)
			}
		})
		for _, c := range s.Categories {
			for _, a := range c.Abilities {
				checkAbility(t, name, c, a, got.GetSubTreeByName(a.ID), failed)
			}
		}
	}
}

func checkAbility(t *testing.T, fault string, c reporter.Category, a reporter.Ability, item *results.Item, failed map[string]bool) {
	t.Helper()
	shown := a.State == reporter.Passed || a.State == reporter.Flaky
	neither := a.State == reporter.Exempt || a.State == reporter.Unproven
	if item != nil && item.Status == results.StatusPassed && !shown {
		t.Errorf("%s: %s is %s, and passed", fault, a.ID, a.State)
	}
	name := c.Name + ": " + a.Description
	if !shown && !neither && !failed[name] {
		t.Errorf("%s: %q is %s, and not among the failures", fault, name, a.State)
	}
}

// TestWithoutSummary holds that a run without a verdict has failed.
func TestWithoutSummary(t *testing.T) {
	e, q := reportertest.ReadyBuild(t)
	s := reportertest.Answer(t, e, q)
	for name, item := range map[string]sonobuoy.Item{
		"nothing": sonobuoy.Items(nil, sonobuoy.Ending{Problem: "x"}), "ready, but killed": sonobuoy.Items(&s, sonobuoy.Ending{Problem: "x"}),
	} {
		if got := processed(t, item); got.Status != results.StatusFailed {
			t.Errorf("%s: %s", name, got.Status)
		}
	}
}

// TestText holds that Sonobuoy reads whatever a test says.
func TestText(t *testing.T) {
	for _, text := range []string{"a: b", "- x", "\x1b[2J", "a\r\nb", "\x00", "\u202e", strings.Repeat("x", 20000), "| \n  x", "? ", "\ufeff", "\u0085", "yes", "1e3", "~", "'\"", "\x7f", "\t"} {
		s := reporter.Summary{Categories: []reporter.Category{{Name: "C", Abilities: []reporter.Ability{{
			TestCase: specs.TestCase{ID: "a", Description: "A " + text}, State: reporter.Failed, Reasons: []string{text},
			Tests: []reporter.Test{{Name: "T " + text, State: reporter.Failed, Message: text}},
		}}}}}
		if got := processed(t, sonobuoy.Items(&s, sonobuoy.Ending{Problem: text, LastSaid: []string{text}})); got.Status != results.StatusFailed || got.GetSubTreeByName("a") == nil {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

// TestJUnitFormat holds that a plugin's file with `result-format: junit`, as people have them, is passed only if the verdict is
// ready: by the rows that a run writes (where what is flaky has one that failed), and where it was killed before that by those of the session.
func TestJUnitFormat(t *testing.T) {
	for name, s := range summaries(t) {
		var rows bytes.Buffer
		if err := view.Render(&rows, "junit", []reporter.Summary{s}, view.Options{}); err != nil {
			t.Fatal(err)
		}
		got := processedAs(t, results.ResultFormatJUnit, map[string]string{reportdir.View: rows.String(), "junit_e2e-001_01.xml": allPassed})
		if got.Status == results.StatusPassed && s.Verdict != reporter.Ready {
			t.Errorf("%s: the verdict is %s, and Sonobuoy says %s", name, s.Verdict, got.Status)
		}
	}
	dir := t.TempDir()
	killed := sonobuoy.Session{
		Dir: dir, Command: []string{"/bin/sh", "sh", "-c", `printf %s "$1" >"$0/junit_e2e-001_01.xml"; printf %s "$1" >"$0/junit_op-readiness.xml"; kill -9 $$`, sonobuoy.Folder(dir), allPassed},
		Output: io.Discard, Talk: os.Stderr, Grace: time.Minute, Every: time.Second,
	}
	if _, err := killed.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, name := range []string{reportdir.View, "junit_e2e-001_01.xml"} {
		data, err := os.ReadFile(filepath.Join(sonobuoy.Folder(dir), name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(data)
	}
	if got := processedAs(t, results.ResultFormatJUnit, files); got.Status != results.StatusFailed {
		t.Errorf("a run that was killed is %s", got.Status)
	}
}

const allPassed = `<testsuites><testsuite name="Kubernetes e2e suite"><testcase name="[It] A" status="passed" time="1"></testcase></testsuite></testsuites>`
