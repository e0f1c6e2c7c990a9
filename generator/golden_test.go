package generator

import (
	"flag"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

var update = flag.Bool("update", false, "write the generated files in config anew")

// TestShipped holds the files in config against what the shipped config and categories give: they are this package's
// goldens.
func TestShipped(t *testing.T) {
	t.Parallel()
	_, files := shipped(t)
	changes, err := Compare(files, "../config")
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
		t.Errorf("config is stale; go test ./generator -update writes it anew:\n%s", diff.String())
	}
}

func TestShippedIsValid(t *testing.T) {
	t.Parallel()
	cfg, files := shipped(t)
	if err := Validate(files, cfg); err != nil {
		t.Error(err)
	}
}

// TestRenderIsStable renders the same plan several times, on several processors.
func TestRenderIsStable(t *testing.T) {
	t.Parallel()
	_, first := shipped(t)
	for range 5 {
		if _, again := shipped(t); !cmp.Equal(first, again) {
			t.Fatal(cmp.Diff(first, again))
		}
	}
}

// TestLint holds the shipped files against the rules of yamllint that test-infra leaves on as errors.
func TestLint(t *testing.T) {
	t.Parallel()
	_, files := shipped(t)
	for _, f := range files {
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

// shipped returns the shipped config and what it gives.
func shipped(tb testing.TB) (Config, []File) {
	tb.Helper()
	cfg, err := DefaultConfig()
	if err != nil {
		tb.Fatal(err)
	}
	categories, err := specs.Default()
	if err != nil {
		tb.Fatal(err)
	}
	plan, err := NewPlan(categories, cfg)
	if err != nil {
		tb.Fatal(err)
	}
	files, err := Render(plan, templates.Jobs)
	if err != nil {
		tb.Fatal(err)
	}
	return cfg, files
}
