package specs_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// copySpecs copies the program's own spec files to a new folder.
func copySpecs(t *testing.T) string {
	t.Helper()
	names, err := filepath.Glob("*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no spec files", err)
	}
	dir := t.TempDir()
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		writeSpec(t, filepath.Join(dir, name), string(data))
	}
	return dir
}

func writeSpec(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// edit replaces the first occurrence of old in a file.
func edit(t *testing.T, name, old, replacement string) {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(data), old) {
		t.Fatalf("%s does not hold %q", name, old)
	}
	writeSpec(t, name, strings.Replace(string(data), old, replacement, 1))
}

// TestIdentity holds which specs may call a cluster operationally ready.
func TestIdentity(t *testing.T) {
	t.Parallel()
	embedded, err := specs.Open("")
	if err != nil {
		t.Fatal(err)
	}
	if i := embedded.Identity; !i.Embedded || !i.HoldsRequired || !i.MayCallReady() || i.Path != "" || len(i.Digest) != len("sha256:")+64 {
		t.Errorf("embedded: %+v", i)
	}
	for _, test := range []struct {
		name   string
		change func(t *testing.T, dir string)
		want   bool
	}{
		{"a copy", func(*testing.T, string) {}, true},
		{"an optional category less", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "extend-network.yaml")); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"a category more", func(t *testing.T, dir string) {
			writeSpec(t, filepath.Join(dir, "acme.yaml"), "category: Acme.Storage\nrequired: false\ntestCases:\n- {description: d, focus: [x]}\n")
		}, true},
		{"a required ability more", func(t *testing.T, dir string) {
			writeSpec(t, filepath.Join(dir, "more.yaml"), "category: Core.Network\ntestCases:\n- {description: d, focus: [x]}\n")
		}, true},
		{"a comment more", func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, "core-network.yaml"), "required: true", "# see above\nrequired: true")
		}, true},
		{"a category that is required no longer", func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, "core-network.yaml"), "required: true", "required: false")
		}, false},
		{"a required category less", func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(dir, "core-scheduling.yaml")); err != nil {
				t.Fatal(err)
			}
		}, false},
		{"another test", func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, "core-concurrent.yaml"), `  focus:`+"\n", "  focus:\n  - 'should work'\n")
		}, false},
		{"other notes", func(t *testing.T, dir string) {
			edit(t, filepath.Join(dir, "core-concurrent.yaml"), "  notes: >-\n", "  notes: >-\n    Besides:\n")
		}, false},
		{"another test case of an ability", func(t *testing.T, dir string) {
			writeSpec(t, filepath.Join(dir, "more.yaml"), "category: Core.Network\ntestCases:\n- {id: external-dns, kubernetesVersions: ['1.99'], "+
				"description: Ability to access external services by Kubernetes DNS services endpoints (for non-airgapped clusters), focus: [x]}\n")
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := copySpecs(t)
			test.change(t, dir)
			spec, err := specs.Open(dir)
			if err != nil {
				t.Fatal(err)
			}
			if i := spec.Identity; i.Embedded || i.Path != dir || i.HoldsRequired != test.want || i.MayCallReady() != test.want || spec.MayCallReady() != test.want {
				t.Errorf("%+v", i)
			}
			if same := spec.Identity.Digest == embedded.Identity.Digest; same != (test.name == "a copy") {
				t.Errorf("digest %s, the embedded one is %s", spec.Identity.Digest, embedded.Identity.Digest)
			}
		})
	}
}

// TestSpecMayCallReady holds that a choice which leaves out what is required speaks for no cluster.
func TestSpecMayCallReady(t *testing.T) {
	t.Parallel()
	open := func() specs.Spec {
		t.Helper()
		spec, err := specs.Open("")
		if err != nil {
			t.Fatal(err)
		}
		return spec
	}
	for _, test := range []struct {
		name   string
		change func(*specs.Spec)
		want   bool
	}{
		{"all", func(*specs.Spec) {}, true},
		{"as they hold for a version", func(s *specs.Spec) {
			var err error
			if s.Categories, err = specs.Select(s.Categories, specs.Version{Major: 1, Minor: 36}); err != nil {
				t.Fatal(err)
			}
		}, true},
		{"the required categories", func(s *specs.Spec) { s.Categories = s.Categories[:4] }, true},
		{"a required category less", func(s *specs.Spec) { s.Categories = s.Categories[1:] }, false},
		{"a required ability less", func(s *specs.Spec) { s.Categories[0].TestCases = s.Categories[0].TestCases[1:] }, false},
		{"an optional ability less", func(s *specs.Spec) { s.Categories[8].TestCases = s.Categories[8].TestCases[1:] }, true},
		{"a category that is optional", func(s *specs.Spec) { s.Categories[0].Required = false }, false},
		{"one ability that is required", func(s *specs.Spec) { s.Required = s.Required[:1] }, true},
		{"another identity", func(s *specs.Spec) { s.Identity = specs.Identity{Path: "dir"} }, false},
		{"nothing known of what is required", func(s *specs.Spec) { s.Required = nil }, false},
	} {
		spec := open()
		test.change(&spec)
		if got := spec.MayCallReady(); got != test.want {
			t.Errorf("%s: %t", test.name, got)
		}
	}
}

// TestDigest holds that a digest depends on the files and not on where they lie.
func TestDigest(t *testing.T) {
	t.Parallel()
	const text = "category: Core.Network\ntestCases:\n- {description: d, focus: [x]}\n"
	digest := func(name string) string {
		t.Helper()
		spec, err := specs.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		return spec.Identity.Digest
	}
	a, b := t.TempDir(), t.TempDir()
	for _, dir := range []string{a, b} {
		writeSpec(t, filepath.Join(dir, "one.yaml"), text)
	}
	if digest(a) != digest(b) || digest(a) != digest(filepath.Join(a, "one.yaml")) || digest(a) != digest(a+"/./") {
		t.Error("the same file in two folders, or named by itself, has two digests")
	}
	before := digest(b)
	writeSpec(t, filepath.Join(b, "two.yaml"), "category: Core.Storage\ntestCases:\n")
	if digest(b) == before {
		t.Error("a file more does not change the digest")
	}
	writeSpec(t, filepath.Join(a, "one.yaml"), strings.Replace(text, "focus: [x]", "focus: [y]", 1))
	if digest(a) == before {
		t.Error("another focus of the same length does not change the digest")
	}
	writeSpec(t, filepath.Join(a, "one.yaml"), text)
	if err := os.Rename(filepath.Join(a, "one.yaml"), filepath.Join(a, "1.yaml")); err != nil {
		t.Fatal(err)
	}
	if digest(a) == before {
		t.Error("another name of the file does not change the digest")
	}
	if _, err := specs.Open(filepath.Join(a, "nowhere")); err == nil {
		t.Error("a folder that is not there: no error")
	}
}

// TestDigestForm holds that digests are what they were: of each file its quoted name below the folder, its size, a line break
// and its content, in the order of the names.
func TestDigestForm(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	const storage, network = "category: Core.Storage\ntestCases:\n", "category: Core.Network\ntestCases:\n- {description: d, focus: [x]}\n"
	if err := os.Mkdir(filepath.Join(dir, "a"), 0o755); err != nil {
		t.Fatal(err)
	}
	writeSpec(t, filepath.Join(dir, "b.yaml"), network)
	writeSpec(t, filepath.Join(dir, "a", "spec.yaml"), storage)
	for name, files := range map[string][]string{dir: {"a/spec.yaml", storage, "b.yaml", network}, filepath.Join(dir, "b.yaml"): {"b.yaml", network}} {
		hash := sha256.New()
		for i := 0; i < len(files); i += 2 {
			fmt.Fprintf(hash, "%q %d\n%s", files[i], len(files[i+1]), files[i+1])
		}
		spec, err := specs.Open(name)
		if want := fmt.Sprintf("sha256:%x", hash.Sum(nil)); err != nil || spec.Identity.Digest != want {
			t.Errorf("%s: %s, want %s (%v)", name, spec.Identity.Digest, want, err)
		}
	}
}

func TestIdentityText(t *testing.T) {
	t.Parallel()
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	for _, test := range []struct {
		identity specs.Identity
		want     string
	}{
		{specs.Identity{}, "specs that are not known"},
		{specs.Identity{Embedded: true, HoldsRequired: true, Digest: digest}, "KEP-2578 (sha256:0123456789ab)"},
		{specs.Identity{Path: "dir", HoldsRequired: true, Digest: digest}, `the specs in "dir" (sha256:0123456789ab), with all that KEP-2578 requires`},
		{specs.Identity{Path: "dir", Digest: digest}, `the specs in "dir" (sha256:0123456789ab), which are not KEP-2578`},
		{specs.Identity{Path: "dir", Digest: "sha"}, `the specs in "dir" (sha), which are not KEP-2578`},
	} {
		if got := fmt.Sprint(test.identity); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
	if !(specs.Identity{Embedded: true}).MayCallReady() {
		t.Error("the program's own spec may call a cluster ready")
	}
	if (specs.Identity{}).MayCallReady() {
		t.Error("a spec that is not known may not call a cluster ready")
	}
}
