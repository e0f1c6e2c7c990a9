package main

import (
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "sigs.k8s.io/windows-operational-readiness/"

// arrows are the imports that a package, or all below its name, may have of ours: see "The house" in docs/design.md. Of two
// rows the longer name holds. "x/..." is x and all below it.
func arrows() map[string][]string {
	return map[string][]string{
		"internal":              {"internal/..."},
		"internal/record":       {"specs"},
		"internal/safetext":     {},
		"templates":             {"internal/..."},
		"specs":                 {"specs/...", "internal/..."},
		"config":                {"specs", "internal/..."},
		"generator":             {"specs/...", "templates", "config", "internal/..."},
		"generator/accept":      {"generator", "specs/...", "templates", "config", "internal/..."},
		"runner":                {"specs/...", "internal/..."},
		"runner/download":       {"internal/..."},
		"reporter":              {"reporter/junit", "specs", "internal/..."},
		"reporter/junit":        {},
		"reporter/artifacts":    {"reporter", "reporter/junit", "specs", "internal/..."},
		"reporter/view":         {"reporter", "reporter/junit", "reporter/page", "templates", "specs", "internal/..."},
		"reporter/page":         {"reporter", "templates", "specs", "internal/..."},
		"reporter/comment":      {"reporter", "templates", "specs", "internal/..."},
		"reporter/github":       {"internal/..."},
		"reporter/reportertest": {"reporter", "reporter/junit", "specs/...", "internal/..."},
		"readiness":             {"runner/...", "reporter/...", "generator", "config", "specs/...", "internal/..."},
		"sonobuoy":              {"reporter", "templates", "specs", "internal/..."},
		"capi":                  {"capi/summary", "reporter", "specs", "internal/..."},
		"capi/summary":          {"reporter", "specs", "internal/..."},
		"cmd":                   {"readiness/...", "sonobuoy", "capi/...", "runner/...", "reporter/...", "generator/...", "config", "templates", "specs/...", "internal/..."},
		"hack":                  {"internal/..."},
		"test":                  {},
		"test/cluster/audit":    {"internal/..."},
	}
}

// heavy are modules with what few may depend on, and who may: all the others must do without them, through others too.
func heavy() map[string][]string {
	return map[string][]string{
		"sigs.k8s.io/prow":                           {"generator/accept", "reporter/artifacts", "readiness", "cmd"},
		"github.com/GoogleCloudPlatform/testgrid":    {"generator/accept", "reporter/artifacts", "readiness", "cmd"}, // by way of Prow
		"k8s.io/client-go":                           {"runner", "generator/accept", "reporter/artifacts", "readiness", "capi", "cmd"},
		"sigs.k8s.io/cluster-api/api":                {"capi", "cmd"},
		"sigs.k8s.io/controller-runtime/pkg/manager": {"capi", "cmd"}, // of the rest Prow has something
		"github.com/spf13/cobra":                     {"cmd"},
	}
}

// TestImports holds the direction of imports, and that heavy modules stay in their rooms.
func TestImports(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{join .Imports " "}}|{{join .Deps " "}}`, "../../...").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(out)) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		from := strings.TrimPrefix(parts[0], module)
		row, known := rowOf(arrows(), from)
		if !known {
			t.Errorf("package %s stands in no row of this test", from)
		}
		for _, imported := range strings.Fields(parts[1]) {
			if to, ours := strings.CutPrefix(imported, module); ours && !strings.HasPrefix(to, row) && !slices.ContainsFunc(arrows()[row], allows(to)) {
				t.Errorf("%s imports %s", from, to)
			}
		}
		for library, users := range heavy() {
			if slices.ContainsFunc(strings.Fields(parts[2]), func(dep string) bool { return within(dep)(library) }) && !slices.ContainsFunc(users, within(from)) {
				t.Errorf("%s depends on %s", from, library)
			}
		}
	}
}

// rowOf returns the longest name among the rows that a package is, or is below.
func rowOf(rows map[string][]string, pkg string) (row string, ok bool) {
	for _, name := range slices.SortedFunc(maps.Keys(rows), func(a, b string) int { return len(b) - len(a) }) {
		if within(pkg)(name) {
			return name, true
		}
	}
	return "", false
}

// within returns whether a package is the one of a name, or below it.
func within(pkg string) func(name string) bool {
	return func(name string) bool { return pkg == name || strings.HasPrefix(pkg, name+"/") }
}

// allows returns whether an entry of arrows means a package.
func allows(pkg string) func(entry string) bool {
	return func(entry string) bool {
		tree, all := strings.CutSuffix(entry, "/...")
		return pkg == entry || all && within(pkg)(tree)
	}
}
