//go:build e2e

package sonobuoy

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// hydrophone runs what `op-readiness specs focus --for hydrophone` prints by the real hydrophone, with a conformance image of
// Kubernetes' own programs, and holds what report says of its folder: all tests have results, and where their pods ran nobody
// knows.
func (r real) hydrophone(t *testing.T) {
	const category = "Core.Concurrent"
	r.loadConformance(t)
	dir, bin := t.TempDir(), t.TempDir()
	build(t, "../hydrophone", filepath.Join(bin, "real"), "sigs.k8s.io/hydrophone")
	shim := "#!/bin/sh\nexec " + filepath.Join(bin, "real") + " --busybox-image " + r.imageOf(t, "/busybox:") + " \"$@\"\n"
	if err := os.WriteFile(filepath.Join(bin, "hydrophone"), []byte(shim), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.say(t, filepath.Join(bin, "hydrophone"), "--cleanup") })
	commands := r.must(t, r.program, "specs", "focus", "--category", category, "--kubernetes-version", r.version, "--for", "hydrophone")
	out, code := r.say(t, "sh", "-ec", "cd "+dir+"; PATH="+bin+":$PATH; "+commands)
	if code != 0 {
		t.Errorf("hydrophone ends with %d", code)
	}
	if strings.Contains(out, "--ginkgo.focus") {
		t.Error("the commands are e2e.test's own")
	}
	said, code := r.say(t, r.program, "report", filepath.Join(dir, "hydrophone"), "--kubernetes-version", r.version, "--category", category)
	if code != 1 || !strings.Contains(said, "\nINCOMPLETE: Core.Concurrent is not shown to be ready.\n") {
		t.Errorf("exit code %d of\n%s", code, said)
	}
	s := judgeAs(t, readiness.Report{Baseline: []string{"none"}, Version: r.version, Categories: []string{category}}, filepath.Join(dir, "hydrophone"))
	for _, a := range s.Categories[0].Abilities {
		if len(a.Tests) > 0 && a.State != reporter.Unconfirmed {
			t.Errorf("%s is %s: %q", a.ID, a.State, a.Reasons)
		}
	}
}

// loadConformance gives the nodes an image such as Kubernetes' own of that name: gorunner, ginkgo, e2e.test, kubectl, and a folder
// for what is temporary.
func (r real) loadConformance(t *testing.T) {
	t.Helper()
	cmd := exec.Command("../../hack/build-kubernetes.sh", r.version, "go-runner", "ginkgo", "e2e.test", "kubectl")
	cmd.Env, cmd.Stderr = append(os.Environ(), "TARGETARCH=amd64"), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	built, tree := strings.TrimSpace(string(out)), t.TempDir()
	script := `mkdir -p "$2/usr/local/bin" && cp "$1/go-runner" "$2/gorunner" && cp "$1"/{ginkgo,e2e.test,kubectl} "$2/usr/local/bin" && mkdir -m 1777 "$2/tmp"`
	dockerfile := filepath.Join(t.TempDir(), "Dockerfile")
	text := "FROM scratch\nCOPY --from=build /image/ /\nENV PATH=/usr/local/bin\nENTRYPOINT [\"/gorunner\"]\n"
	if err := os.WriteFile(dockerfile, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	layout := filepath.Join(t.TempDir(), "layout")
	r.load(t, layout, [][]string{
		{"bash", "-ec", script, "bash", built, tree},
		{"go", "-C", "../../hack/release", "run", "./image", "--dockerfile", dockerfile, "--tree", "amd64=" + tree, "--name", "registry.k8s.io/conformance:" + r.version, "--output", layout},
	})
}

// imageOf is the image among those of the tests whose name has a text in it.
func (r real) imageOf(t *testing.T, text string) string {
	t.Helper()
	for image := range strings.Lines(r.must(t, r.E2E(), "--list-images")) {
		if strings.Contains(image, text) {
			return strings.TrimSpace(image)
		}
	}
	t.Fatalf("no image of the tests has %q in its name", text)
	return ""
}
