package readiness_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

const (
	ownSpec = `testCases:
- {category: Core.Network, id: one, description: One, focus: ['^Kubernetes e2e suite one$'], placement: self}
- {category: Core.Network, id: two, description: Two, focus: ['^Kubernetes e2e suite two$'], placement: self, skipProviders: [azure]}
- {category: Core.Storage, id: three, description: Three, focus: ['^Kubernetes e2e suite three$'], placement: self}
`
	results = `<testsuite name="Kubernetes e2e suite"><testcase name="one" time="1"/><testcase name="two" time="1"/></testsuite>`
)

// folder is a new one with these files.
func folder(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// recordOf is the record of a run that ended well, with further keys.
func recordOf(keys string) string {
	return `{"schema":"op-readiness.run/v1","tool":"v2","started":"2026-01-02T03:04:05Z","ended":"2026-01-02T04:04:05Z","endedBy":"complete",` +
		`"kubernetesVersion":"v1.36.3","provider":"local"` + keys + `}`
}

// report judges sources, each of which must be judged.
func report(t *testing.T, r readiness.Report, sources ...string) []reporter.Summary {
	t.Helper()
	summaries, err := r.Summaries(t.Context(), readiness.Sources{Named: sources, Last: 1})
	if err != nil {
		t.Fatal(err)
	}
	return summaries
}

// asked are the abilities that a summary is about, by category.
func asked(s reporter.Summary) string {
	var parts []string
	for _, c := range s.Categories {
		var ids []string
		for _, a := range c.Abilities {
			ids = append(ids, a.ID)
		}
		parts = append(parts, c.Name+": "+strings.Join(ids, " "))
	}
	return strings.Join(parts, "; ")
}

// TestScope holds that a build is judged for what the user asks, else for what the run was for, else for what its job runs.
func TestScope(t *testing.T) {
	t.Parallel()
	own := filepath.Join(folder(t, map[string]string{"spec.yaml": ownSpec}), "spec.yaml")
	annotated := func(categories string) map[string]string {
		return map[string]string{
			"artifacts/junit_01.xml": results, "finished.json": `{"passed":true,"metadata":{"revision":"v1.36.3"}}`,
			"prowjob.json": `{"spec":{"job":"j"},"metadata":{"annotations":{"windows-op-readiness.sigs.k8s.io/categories":"` + categories + `"}}}`,
		}
	}
	run := func(keys string) map[string]string {
		return map[string]string{"junit_e2e-001_01.xml": results, "op-readiness.json": recordOf(keys)}
	}
	const one, all = "Core.Network: one two", "Core.Network: one two; Core.Storage: three"
	for name, test := range map[string]struct {
		files  map[string]string
		report readiness.Report
		want   string
		chosen bool
	}{
		"all":                  {map[string]string{"junit_01.xml": results}, readiness.Report{Specs: own, Version: "1.36"}, all, false},
		"the user's":           {run(`,"categories":["Core.Storage"]`), readiness.Report{Specs: own, Categories: []string{"Core.Network"}}, one, true},
		"the run's":            {run(`,"categories":["Core.Network"]`), readiness.Report{Specs: own}, one, true},
		"the run's abilities":  {run(`,"abilities":["two"]`), readiness.Report{Specs: own}, "Core.Network: two", true},
		"both":                 {run(`,"categories":["Core.Network","Core.Storage"],"abilities":["three","one"]`), readiness.Report{Specs: own}, "Core.Network: one; Core.Storage: three", true},
		"a run of everything":  {run(""), readiness.Report{Specs: own}, all, false},
		"a job's, and a run's": {mergeMaps(annotated("Core.Storage"), map[string]string{"artifacts/op-readiness.json": recordOf(`,"categories":["Core.Network"]`)}), readiness.Report{Specs: own}, one, true},
		"a job by other specs": {annotated("Core.Storage"), readiness.Report{Specs: own}, all, false},
	} {
		s := report(t, test.report, folder(t, test.files))[0]
		if got := asked(s); got != test.want || s.Chosen != test.chosen {
			t.Errorf("%s: %s, chosen %t; want %s", name, got, s.Chosen, test.want)
		}
	}
	if s := report(t, readiness.Report{}, folder(t, annotated("Core.Concurrent")))[0]; len(s.Categories) != 1 || !s.Chosen {
		t.Errorf("a job of one category: %s, chosen %t", asked(s), s.Chosen)
	}
	if s := report(t, readiness.Report{}, folder(t, annotated(strings.Join(specs.Names(), ", "))))[0]; len(s.Categories) != 9 || s.Chosen {
		t.Errorf("a job of all categories: %s, chosen %t", asked(s), s.Chosen)
	}
}

func mergeMaps(a, b map[string]string) map[string]string {
	for name, text := range b {
		a[name] = text
	}
	return a
}

// TestDisagreement holds that a run that is judged by other specs, or as on another provider, than it ran by is in doubt.
func TestDisagreement(t *testing.T) {
	t.Parallel()
	own := filepath.Join(folder(t, map[string]string{"spec.yaml": ownSpec}), "spec.yaml")
	spec, err := specs.Open(own)
	if err != nil {
		t.Fatal(err)
	}
	identity := func(digest string) string {
		return fmt.Sprintf(`,"categories":["Core.Network"],"spec":{"embedded":false,"path":%q,"digest":%q,"holdsRequired":false}`, own, digest)
	}
	run := func(keys string) string {
		return folder(t, map[string]string{"junit_e2e-001_01.xml": results, "op-readiness.json": recordOf(keys + `,"invocations":[{"number":1,"ending":"completed","junit":["junit_e2e-001_01.xml"]}]`)})
	}
	for name, test := range map[string]struct {
		folder, provider string
		want             reporter.State
		said             string
	}{
		"the same specs":     {run(identity(spec.Identity.Digest)), "", reporter.Passed, ""},
		"specs not recorded": {run(`,"categories":["Core.Network"]`), "", reporter.Passed, ""},
		"other specs":        {run(identity("sha256:0123456789abcdef")), "", reporter.Unconfirmed, "the run was by the specs in"},
		"the same provider":  {run(identity(spec.Identity.Digest)), "local", reporter.Passed, ""},
		"another provider":   {run(identity(spec.Identity.Digest)), "gce", reporter.Unconfirmed, "the provider is not known: --provider says gce, op-readiness.json says local"},
	} {
		s := report(t, readiness.Report{Specs: own, Provider: test.provider}, test.folder)[0]
		a := s.Categories[0].Abilities[0]
		if a.State != test.want || !strings.Contains(a.Reason(), test.said) {
			t.Errorf("%s: %s, %q", name, a.State, a.Reason())
		}
	}
	s := report(t, readiness.Report{Specs: own}, run(strings.Replace(identity(spec.Identity.Digest), `"Core.Network"],`, `"Core.Network"],"provider":"azure",`, 1)))[0]
	if got := s.Categories[0].Abilities[1].State; got != reporter.Exempt || s.Provider != "azure" {
		t.Errorf("the provider of the run is %q, and ability two is %s", s.Provider, got)
	}

	// Specs of one's own must be named again.
	_, err = readiness.Report{}.Summaries(t.Context(), readiness.Sources{Named: []string{run(identity(spec.Identity.Digest))}, Last: 1})
	if err == nil || !strings.Contains(err.Error(), "was by the specs in") || usererror.Hint(err) != fmt.Sprintf("name them again: --test-directory %q", own) {
		t.Errorf("%v, hint %q", err, usererror.Hint(err))
	}
}

// TestPlanReasons holds that an ability that did not run has the reason that the record of the run has.
func TestPlanReasons(t *testing.T) {
	t.Parallel()
	own := filepath.Join(folder(t, map[string]string{"spec.yaml": ownSpec}), "spec.yaml")
	dir := folder(t, map[string]string{"junit_e2e-001_01.xml": results, "op-readiness.json": recordOf(
		`,"expected":["one","three"],"plan":{"abilities":[{"id":"three","category":"Core.Storage","tests":[],"leftOut":["three"],"notRun":"left out by --skip-serial"}],"invocations":[]}`)})
	s := report(t, readiness.Report{Specs: own}, dir)[0]
	if a := s.Categories[1].Abilities[0]; a.State != reporter.NotRun || !slices.Contains(a.Reasons, "left out by --skip-serial") {
		t.Errorf("%s %q", a.State, a.Reasons)
	}
}

// TestVersions holds that a version that no catalog covers is judged by the nearest, and that this is said.
func TestVersions(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string]string{"junit_01.xml": results})
	for version, assumed := range map[string]bool{"1.36": false, "v1.37.0": false, "1.99": true, "1.35.9": false, "1.34": true} {
		s := report(t, readiness.Report{Version: version}, dir)[0]
		if s.Assumed != assumed || s.KubernetesVersion != version || s.Ledger.Expected == 0 {
			t.Errorf("%s: as %s, assumed %t, %d tests", version, s.KubernetesVersion, s.Assumed, s.Ledger.Expected)
		}
	}
}

// TestSeveralBuilds holds that a build that cannot be read or judged is a column that says why, unless all are.
func TestSeveralBuilds(t *testing.T) {
	t.Parallel()
	good := folder(t, map[string]string{"junit_01.xml": results, "metadata.json": `{"revision":"v1.36.3"}`})
	untold := folder(t, map[string]string{"junit_01.xml": results})
	job := folder(t, map[string]string{"9/finished.json": `{"passed":true}`, "9/artifacts/junit_01.xml": results, "9/artifacts/metadata.json": `{"revision":"v1.36.3"}`})
	if err := os.Symlink(good, filepath.Join(job, "10")); err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(folder(t, map[string]string{"spec.yaml": ownSpec}), "spec.yaml")
	r := readiness.Report{Specs: own}
	summaries, err := r.Summaries(t.Context(), readiness.Sources{Named: []string{good, untold, job}, Last: 2})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range summaries {
		got = append(got, fmt.Sprintf("%s %s: %s", s.Verdict, s.Categories[0].Abilities[0].State, strings.Join(reporter.Lines(s.Incomplete), "; ")))
	}
	want := []string{
		"incomplete passed: ",
		fmt.Sprintf("incomplete unconfirmed: the results in %q do not tell the Kubernetes version of their run", untold),
		"incomplete not run: how the job ended is not known: the build could not be read; it could not be read: it is a link that leads out of the source",
		"incomplete passed: ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	_, err = r.Summaries(t.Context(), readiness.Sources{Named: []string{untold, untold}, Last: 1})
	if err == nil || strings.Count(err.Error(), "do not tell") != 2 || !strings.Contains(usererror.Hint(err), "--kubernetes-version") {
		t.Errorf("none tells its version: %v", err)
	}
	_, err = readiness.Report{Specs: own, Categories: []string{"Core.Nothing"}}.Summaries(t.Context(), readiness.Sources{Named: []string{good, untold}, Last: 1})
	if err == nil || !strings.Contains(err.Error(), `unknown category "Core.Nothing"`) {
		t.Errorf("a category that there is not: %v", err)
	}
}

// TestUnreadableBaseline holds that a build of the base branch that cannot be read is said, and compared with nothing.
func TestUnreadableBaseline(t *testing.T) {
	t.Parallel()
	own := filepath.Join(folder(t, map[string]string{"spec.yaml": ownSpec}), "spec.yaml")
	failed := strings.Replace(results, `name="one" time="1"/>`, `name="one" time="1"><failure>x</failure></testcase>`, 1)
	files := map[string]string{"junit_01.xml": failed, "metadata.json": `{"revision":"v1.36.3"}`}
	base := folder(t, map[string]string{"junit_01.xml": results, "metadata.json": `{"revision":"v1.36.3"}`, "big/junit_02.xml": strings.Repeat(" ", 5000)})
	r := readiness.Report{Specs: own, Baseline: []string{base, folder(t, files)}, Read: artifacts.Options{Bounds: artifacts.Bounds{Files: 3}}}
	s := report(t, r, folder(t, files))[0]
	want := []string{"not compared with build " + base + " of the base branch: how the job ended is not known: the build could not be read"}
	if got := reporter.Lines(s.Warnings); s.Baseline != 1 || !slices.Equal(got, want) {
		t.Errorf("compared with %d builds; said %q", s.Baseline, got)
	}
	// That of a copied build lies in a bucket that nobody knows.
	files["prowjob.json"] = `{"metadata":{"labels":{"windows-op-readiness.sigs.k8s.io/kubernetes-version":"1.36","windows-op-readiness.sigs.k8s.io/platform":"ltsc2022"}},
		"spec":{"job":"j","refs":{"org":"o","repo":"r","pulls":[{"number":7}]}}}`
	s = report(t, readiness.Report{Specs: own}, folder(t, files))[0]
	if s.Build.Pull != 7 || s.Baseline != 0 || len(s.Warnings) != 0 {
		t.Errorf("a copied build of #%d: %q", s.Build.Pull, reporter.Lines(s.Warnings))
	}
}
