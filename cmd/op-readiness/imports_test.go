package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImports holds the direction of imports: specs and templates import no package of ours but internal ones;
// generator, runner and reporter import specs and not each other; only commands import all.
func TestImports(t *testing.T) {
	t.Parallel()
	const module = "sigs.k8s.io/windows-operational-readiness/"
	allowed := map[string][]string{
		"specs":     {"specs", "internal"},
		"templates": {},
		"config":    {},
		"internal":  {"internal"},
		"generator": {"generator", "specs", "templates", "config", "internal"},
		"reporter":  {"reporter", "specs", "templates", "internal"},
		"runner":    {"runner", "specs", "internal"},
		"hack":      {},
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

func top(path string) string {
	first, _, _ := strings.Cut(path, "/")
	return first
}
