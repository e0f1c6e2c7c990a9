package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "sigs.k8s.io/windows-operational-readiness/"

// TestImports holds the direction of imports: specs, config and templates import no package of ours but internal ones, and
// config the specs; generator, runner and reporter import specs and not each other; only commands import all.
func TestImports(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{
		"specs":     {"specs", "internal"},
		"templates": {},
		"config":    {"specs", "internal"},
		"internal":  {"internal"},
		"generator": {"generator", "specs", "config", "internal"},
		"reporter":  {"reporter", "specs", "templates", "internal"},
		"runner":    {"runner", "specs", "internal"},
		"cmd":       {"specs", "templates", "config", "internal", "generator", "reporter", "runner"},
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		from := top(strings.TrimPrefix(fields[0], module))
		may, known := allowed[from]
		if !known {
			t.Errorf("package %s stands in no row of this test", fields[0])
		}
		for _, imported := range fields[1:] {
			to, ours := strings.CutPrefix(imported, module)
			if ours && !slices.Contains(may, top(to)) {
				t.Errorf("%s imports %s", fields[0], imported)
			}
		}
	}
}

// TestProwImports holds that Prow and TestGrid are linked only where jobs are held against them and where their buckets are
// read: who needs the config, the specs or a plan does not carry them.
func TestProwImports(t *testing.T) {
	t.Parallel()
	may := []string{"cmd/op-readiness", "generator/accept", "reporter/artifacts"}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Deps " "}}`, "../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		fields := strings.Fields(line)
		if slices.Contains(may, strings.TrimPrefix(fields[0], module)) {
			continue
		}
		for _, dependency := range fields[1:] {
			if strings.HasPrefix(dependency, "sigs.k8s.io/prow/") || strings.HasPrefix(dependency, "github.com/GoogleCloudPlatform/testgrid/") {
				t.Errorf("%s links %s", fields[0], dependency)
				break
			}
		}
	}
}

func top(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}
