package accept

import (
	"os"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// fixture returns the config of the tests, and what it and the specs of the generator's tests give.
func fixture(tb testing.TB) (config.Config, []generator.File) {
	tb.Helper()
	cfg, err := config.Load("../../config/testdata/op-readiness.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	spec, err := os.ReadFile("../testdata/specs.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	categories, err := specs.Parse([]specs.File{{Name: "specs.yaml", Data: spec}})
	if err != nil {
		tb.Fatal(err)
	}
	return cfg, filesOf(tb, categories, cfg)
}

// filesOf plans and renders with the project's templates.
func filesOf(tb testing.TB, categories []specs.Category, cfg config.Config) []generator.File {
	tb.Helper()
	plan, err := generator.NewPlan(categories, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	files, err := generator.Render(plan, templates.Jobs)
	if err != nil {
		tb.Fatal(err)
	}
	return files
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
	files := filesOf(t, categories, cfg)
	if err := Check(files, cfg); err != nil {
		t.Error(err)
	}
	changes, err := generator.Compare(files, "../../config")
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
	cfg, files := fixture(t)
	if err := Check(files, cfg); err != nil {
		t.Error(err)
	}
}

// TestKubernetesVersions holds that only what windows-testing's script understands comes out.
func TestKubernetesVersions(t *testing.T) {
	t.Parallel()
	cfg, files := fixture(t)
	jobs, err := loadJobs(files, cfg)
	if err != nil {
		t.Fatal(err)
	}
	allowed := map[string]bool{"latest": true, "latest-1.36": true, "latest-1.35": true, "latest-1.34": true}
	for _, j := range jobs {
		if j.trusted() {
			continue // it tests no cluster
		}
		for _, c := range j.Spec.Containers {
			if got := versionsOf(c); len(got) != 1 || !allowed[got[0]] {
				t.Errorf("%s: %q", j.Name, got)
			}
		}
	}
}
