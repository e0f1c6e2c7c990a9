package specs_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// TestDefault holds that the embedded spec is KEP-2578's: nine categories, 46 abilities, in its order.
func TestDefault(t *testing.T) {
	t.Parallel()
	categories, err := specs.Default()
	if err != nil {
		t.Fatal(err)
	}
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	versions := []specs.Version{{Major: 1, Minor: 20}, specs.Master()}
	for _, c := range catalogs {
		versions = append(versions, c.Minor)
	}
	sizes := []int{13, 7, 2, 3, 6, 4, 2, 5, 4}
	for _, v := range versions {
		selected, err := specs.Select(categories, v)
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range selected {
			if c.Name != specs.Names()[i] || len(c.TestCases) != sizes[i] || c.Required != strings.HasPrefix(c.Name, "Core.") {
				t.Errorf("%s: category %d is %s with %d abilities, required %t", v, i, c.Name, len(c.TestCases), c.Required)
			}
		}
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("empty/README.md", "no spec here")
	if _, err := specs.Load(filepath.Join(dir, "empty")); err == nil || !strings.Contains(err.Error(), "holds no spec") {
		t.Errorf("a folder without a spec: %v", err)
	}
	if _, err := specs.Load(filepath.Join(dir, "nowhere")); err == nil {
		t.Error("a folder that is not there: no error")
	}
	write("older/core-network/spec.yaml", "category: Core.Network\ntestCases:\n- {description: a, focus: [a]}\n")
	write("older/core-storage/spec.yaml", "category: Core.Storage\ntestCases:\n")
	write("older/docs/README.md", "not a spec")
	write("flat/one.yaml", "category: Core.Network\ntestCases:\n- {description: a, focus: [a]}\n")
	write("flat/two.yml", "category: Core.Storage\ntestCases:\n- {description: a, focus: [a]}\n")
	write("older/yml/spec.yml", "category: Extend.Worker\ntestCases:\n- {description: a, focus: [a]}\n")
	for _, name := range []string{"older", "flat", "flat/one.yaml", "older/"} {
		categories, err := specs.Load(dir + "/" + name)
		if err != nil || categories[0].Name != "Core.Network" || len(categories[0].TestCases) != 1 {
			t.Errorf("Load(%s) = %v, %v", name, categories, err)
		}
	}
	for name, want := range map[string]int{"older": 3, "flat": 2, "flat/one.yaml": 1} {
		if categories, err := specs.Load(dir + "/" + name); err != nil || len(categories) != want {
			t.Errorf("Load(%s): %d categories, %v", name, len(categories), err)
		}
	}
	write("older/broken/spec.yaml", "category: nowhere\n")
	_, err := specs.Load(filepath.Join(dir, "older"))
	if want := filepath.Join(dir, "older", "broken", "spec.yaml") + ":1: "; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("error %v does not name %s", err, want)
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1.36": "1.36", "v1.36.3": "1.36", "1.30": "1.30", "1.3": "1.3", "v1.36.3-gke.100": "1.36",
		"v1.37.0-alpha.2.15+abc": "1.37", "master": "master", "": "error", "latest": "error", "1": "error", "v1.x": "error",
	} {
		v, err := specs.ParseVersion(text)
		got := v.String()
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("ParseVersion(%q) = %s, %v; want %s", text, got, err, want)
		}
	}
	ordered := []specs.Version{{}, {Major: 1, Minor: 3}, {Major: 1, Minor: 30}, {Major: 2}, specs.Master()}
	if !slices.IsSortedFunc(ordered, specs.Version.Compare) {
		t.Errorf("%v is not in order", ordered)
	}
}

// TestSelect holds KEP-2578's rule: the highest version not above the cluster's.
func TestSelect(t *testing.T) {
	t.Parallel()
	categories, err := specs.Parse([]specs.File{{Name: "a.yaml", Data: []byte(`category: Core.Network
testCases:
- {id: renamed, description: d, focus: [any]}
- {id: late, description: e, focus: [e], kubernetesVersions: ["1.34"]}
- {id: renamed, description: d, focus: [old], kubernetesVersions: ["1.30", "1.31"]}
- {id: renamed, description: d, focus: [new], kubernetesVersions: ["1.35"]}
- {id: down, description: f, focus: [high], kubernetesVersions: ["1.36", "1.33"]}
- {id: down, description: f, focus: [low], kubernetesVersions: ["1.32", "1.31"]}
- {id: falls, description: g, focus: [all]}
- {id: falls, description: g, focus: [none], kubernetesVersions: ["1.99"]}
- {id: yields, description: h, focus: [own], kubernetesVersions: ["1.1", "1.2"]}
- {id: yields, description: h, focus: [other]}
- {id: up, description: i, focus: [up], kubernetesVersions: ["1.30", "1.31"]}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	for version, want := range map[string]string{
		"1.34": "old e high all own up", "1.35": "new e high all own up", "1.36": "new e high all own up", "v1.35.0-alpha.1": "new e high all own up",
		"master": "new e high none own up",
	} {
		v, err := specs.ParseVersion(version)
		if err != nil {
			t.Fatal(err)
		}
		selected, err := specs.Select(categories, v)
		if err != nil {
			t.Errorf("%s: %v", version, err)
			continue
		}
		var got []string
		for _, tc := range selected[0].TestCases {
			got = append(got, tc.Focus...)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: selected %q, want %q", version, got, want)
		}
	}
	_, err = specs.Select(categories, specs.Version{Major: 1, Minor: 29})
	want := `a.yaml:4: ability "late" has no test case for Kubernetes 1.29: its first is for 1.34
a.yaml:8: ability "down" has no test case for Kubernetes 1.29: its first is for 1.31
a.yaml:13: ability "up" has no test case for Kubernetes 1.29: its first is for 1.30`
	if err == nil || err.Error() != want {
		t.Errorf("1.29: %v, want %s", err, want)
	}
}

func TestCategories(t *testing.T) {
	t.Parallel()
	all := []specs.Category{{Name: "Core.Network"}, {Name: "Core.Storage"}, {Name: "Extend.Worker"}}
	got, err := specs.Categories(all, "Extend.Worker", "Core.Network")
	if err != nil || len(got) != 2 || got[0].Name != "Core.Network" || got[1].Name != "Extend.Worker" || len(all) != 3 {
		t.Errorf("Categories = %v, %v", got, err)
	}
	if got, err := specs.Categories(all); err != nil || len(got) != 3 {
		t.Errorf("no choice: %v, %v", got, err)
	}
	if _, err := specs.Categories(all, "core.network"); err == nil || !strings.Contains(err.Error(), "Extend.Worker") {
		t.Errorf("unknown category: %v", err)
	}
}
