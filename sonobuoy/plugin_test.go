package sonobuoy_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/golden"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// file is what a plugin's file holds of what a caller chooses.
type file struct {
	Spec struct {
		Image string   `yaml:"image"`
		Args  []string `yaml:"args"`
	} `yaml:"spec"`
}

func render(t testing.TB, p sonobuoy.Plugin) file {
	t.Helper()
	data, err := p.Render()
	if err != nil {
		t.Fatal(err)
	}
	var f file
	if err := yaml.Unmarshal(data, &f); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return f
}

// TestShipped holds that the file of the repository is a plugin of the required categories; `make verify` holds it whole.
func TestShipped(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../sonobuoy-plugin.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`"--category=Core.Network"`, "driver: Job", "result-format: manual", "node-role.kubernetes.io/control-plane", "node-role.kubernetes.io/master", "kubernetes.io/os: linux"} {
		if !strings.Contains(string(data), part) {
			t.Errorf("there is no %s", part)
		}
	}
}

// TestImage holds which image has the e2e.test that is needed.
func TestImage(t *testing.T) {
	t.Parallel()
	const name = sonobuoy.Repository
	for _, test := range []struct{ image, version, want string }{
		{want: name + ":$SONOBUOY_K8S_VERSION"},
		{version: "v1.36.3", want: name + ":v1.36.3"},
		{version: "1.37.2", want: name + ":v1.37.2"},
		{image: "example.com/a:b", version: "1.36", want: "example.com/a:b"},
	} {
		p := sonobuoy.Plugin{Image: test.image, KubernetesVersion: test.version, Categories: []string{"A"}, Timeout: time.Hour}
		if got := render(t, p).Spec.Image; got != test.want {
			t.Errorf("%+v: %s", test, got)
		}
	}
	for _, p := range []sonobuoy.Plugin{
		{KubernetesVersion: "1.36", Categories: []string{"A"}, Timeout: time.Hour}, {Image: "a b", Categories: []string{"A"}, Timeout: time.Hour},
		{Categories: []string{"A"}}, {Timeout: time.Hour},
	} {
		if data, err := p.Render(); err == nil {
			t.Errorf("%+v is rendered:\n%s", p, data)
		}
	}
}

// TestWhole holds the file of a plugin with everything, and of one with as little as can be.
func TestWhole(t *testing.T) {
	t.Parallel()
	for name, p := range map[string]sonobuoy.Plugin{
		"most":  {Image: "example.com/a:b", KubernetesVersion: "v1.36.3", Categories: []string{"A", "B"}, Abilities: []string{"a", "b"}, Provider: "azure", Timeout: time.Minute, DryRun: true, RunArgs: []string{"--more", "\xff"}},
		"least": {Categories: []string{"A"}, Timeout: sonobuoy.Timeout},
	} {
		data, err := p.Render()
		if err != nil {
			t.Fatal(err)
		}
		golden.Check(t, "testdata/plugin-"+name+".yaml", string(data))
	}
}

// FuzzPlugin holds that no value breaks out of its place.
func FuzzPlugin(f *testing.F) {
	for _, text := range []string{"a", `"`, "a\nspec:\n  image: b", "'{{.}}'", "\u2028", "#", "\x00", `\`, "$SONOBUOY"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p := sonobuoy.Plugin{Image: "i", Categories: []string{text}, RunArgs: []string{text}, Provider: "p", Timeout: time.Hour}
		text = strings.ToValidUTF8(text, "\uFFFD")
		want := []string{"--category=" + text, "--provider=p", "--timeout=1h0m0s", text}
		got := render(t, p).Spec
		if got.Image != "i" || len(got.Args) != len(want) {
			t.Fatalf("%q: %+v", text, got)
		}
	})
}
