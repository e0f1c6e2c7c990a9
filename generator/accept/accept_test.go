package accept

import (
	"io/fs"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// fixture returns the config of the tests, and what it and the specs of the generator's tests give.
func fixture(tb testing.TB) (config.Config, generator.Plan, []generator.File) {
	tb.Helper()
	cfg, err := config.Load("../../config/testdata/op-readiness.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	plan, files := filesOf(tb, fixtureSpec(tb), cfg)
	return cfg, plan, files
}

// fixtureSpec returns the specs of the generator's tests.
func fixtureSpec(tb testing.TB) []specs.Category {
	tb.Helper()
	spec, err := os.ReadFile("../testdata/specs.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	categories, err := specs.Parse([]specs.File{{Name: "specs.yaml", Data: spec}})
	if err != nil {
		tb.Fatal(err)
	}
	return categories
}

// filesOf plans and renders with the project's templates.
func filesOf(tb testing.TB, categories []specs.Category, cfg config.Config) (generator.Plan, []generator.File) {
	tb.Helper()
	plan, err := generator.NewPlan(categories, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	files, err := generator.Render(plan, templates.Jobs)
	if err != nil {
		tb.Fatal(err)
	}
	return plan, files
}

// TestShipped takes the config and the specs that the program carries through the whole chain, to the files in config.
func TestShipped(t *testing.T) {
	t.Parallel()
	cfg, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	categories, err := specs.Default()
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Images, err = generator.ReadImages("../../config", cfg); err != nil {
		t.Fatal(err)
	}
	plan, files := filesOf(t, categories, cfg)
	if err := Check(files, plan, cfg, Options{}); err != nil {
		t.Error(err)
	}
	changes, err := generator.Compare(files, "../../config", cfg.Profile)
	if err != nil {
		t.Fatal(err)
	}
	var diff strings.Builder
	if err := changes.WriteDiff(&diff); err != nil {
		t.Fatal(err)
	}
	if diff.Len() > 0 {
		t.Errorf("config is stale; make generate writes it anew:\n%s", diff.String())
	}
}

// TestFixture holds that nothing is wrong with what the tests of rules break one by one.
func TestFixture(t *testing.T) {
	t.Parallel()
	cfg, plan, files := fixture(t)
	if err := Check(files, plan, cfg, Options{}); err != nil {
		t.Error(err)
	}
}

// TestKubernetesVersions holds that only what windows-testing's script understands comes out.
func TestKubernetesVersions(t *testing.T) {
	t.Parallel()
	cfg, _, files := fixture(t)
	jobs, err := loadJobs(files, cfg)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"latest": true, "latest-1.36": true, "latest-1.35": true, "latest-1.34": true}
	for _, j := range jobs {
		if j.Name == coordinates.ReportJob || j.Name == coordinates.PublishJob {
			continue // it tests no cluster
		}
		for _, c := range j.Spec.Containers {
			if got := versionsOf(c); len(got) != 1 || !allowed[got[0]] {
				t.Errorf("%s: %q", j.Name, got)
			}
		}
	}
}

// changedTemplates are the project's job templates with a text of body.yaml.tmpl replaced.
func changedTemplates(t *testing.T, before, after string) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	names, err := fs.Glob(templates.Jobs, "capz/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(templates.Jobs, name)
		if err != nil {
			t.Fatal(err)
		}
		fsys[name] = &fstest.MapFile{Data: []byte(strings.Replace(string(data), before, after, 1))}
	}
	return fsys
}

// lineOf is the number of the line of body.yaml.tmpl that a text stands on.
func lineOf(t *testing.T, fsys fstest.MapFS, text string) string {
	t.Helper()
	before, _, found := strings.Cut(string(fsys["capz/body.yaml.tmpl"].Data), text)
	if !found {
		t.Fatalf("%q is in no line", text)
	}
	return strconv.Itoa(strings.Count(before, "\n") + 1)
}
