package generator

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/templates"
)

// smallFiles renders the fixtures with the project's templates, for two versions, one platform and one repository.
func smallFiles(tb testing.TB) []File {
	tb.Helper()
	cfg := configWith(tb)
	cfg.Versions, cfg.Platforms, cfg.Repositories = cfg.Versions[:2], cfg.Platforms[:1], cfg.Repositories[:1]
	plan, err := NewPlan(fixtureCategories(tb), cfg)
	if err != nil {
		tb.Fatal(err)
	}
	files, err := Render(plan, templates.Jobs)
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

func TestRenderGolden(t *testing.T) {
	t.Parallel()
	changes, err := Compare(smallFiles(t), "testdata/golden", testInfra(t))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := changes.Apply(); err != nil {
			t.Fatal(err)
		}
		return
	}
	var diff strings.Builder
	if err := changes.WriteDiff(&diff); err != nil {
		t.Fatal(err)
	}
	if diff.Len() > 0 {
		t.Errorf("go test ./generator -update writes anew:\n%s", diff.String())
	}
}

func TestPlanGolden(t *testing.T) {
	t.Parallel()
	plan, err := NewPlan(fixtureCategories(t), configWith(t))
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	if err := plan.WriteTable(&got); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/plan.txt"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("go test ./generator -update writes anew: %s", diff)
	}
}

// TestRenderIsStable renders the same plan several times, on several processors.
func TestRenderIsStable(t *testing.T) {
	t.Parallel()
	first := smallFiles(t)
	for range 5 {
		if again := smallFiles(t); !cmp.Equal(first, again) {
			t.Fatal(cmp.Diff(first, again))
		}
	}
}

// TestLint holds the files against the rules of yamllint that test-infra leaves on as errors.
func TestLint(t *testing.T) {
	t.Parallel()
	for _, f := range smallFiles(t) {
		if f.Once {
			continue
		}
		text := string(f.Data)
		if !strings.HasPrefix(text, headerLine+"\n") {
			t.Errorf("%s: no header", f.Path)
		}
		if !strings.HasSuffix(f.Path, ".yaml") {
			t.Errorf("%s: not named .yaml", f.Path)
		}
		if !strings.HasSuffix(text, "\n") || strings.HasSuffix(text, "\n\n") {
			t.Errorf("%s: not one newline at the end", f.Path)
		}
		for _, bad := range []string{"\n\n\n", " \n", "\t", "\r", "&", "*1"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s: contains %q", f.Path, bad)
			}
		}
	}
}
