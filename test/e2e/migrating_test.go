//go:build e2e

package e2e

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// migrating runs the lines that docs/migrating.md gives to those who call ginkgo or run-capz-e2e.sh today, as they stand there. The
// third one, for Sonobuoy, needs containers: test/sonobuoy runs it.
func migrating(t *testing.T, c cluster) {
	t.Run("ginkgo", func(t *testing.T) {
		dir := t.TempDir()
		link(t, c.bin, filepath.Join(dir, "bin"))
		// Most of its tests need containers, so that here e2e.test only selects them.
		out, code := shell(t, c, dir, documented(t, "op-readiness --e2e-binary bin/e2e.test ")+" --dry-run")
		if code != 0 || !strings.Contains(out, "dry run: e2e.test selected ") || !strings.Contains(out, "none ran, so nothing is proven") {
			t.Errorf("exit code %d\n%s", code, out)
		}
	})
	t.Run("run-capz-e2e.sh", func(t *testing.T) {
		src := t.TempDir()
		root, err := filepath.Abs("../..")
		if err != nil {
			t.Fatal(err)
		}
		link(t, root, filepath.Join(src, "windows-operational-readiness"))
		// What windows-testing's script does with a command, but for making a cluster.
		script := "#!/bin/bash\nset -euo pipefail\nexport CI_VERSION=" + release + " ARTIFACTS=$PWD/_artifacts E2E_TEST=" + filepath.Join(c.bin, "e2e.test") + " RUN_TIMEOUT=5m\nmkdir -p $ARTIFACTS\n\"$@\"\n"
		checkout := filepath.Join(src, "windows-testing")
		name := filepath.Join(checkout, "capz", "run-capz-e2e.sh")
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(script), 0o755)); err != nil {
			t.Fatal(err)
		}
		out, code := shell(t, c, checkout, documented(t, "./capz/run-capz-e2e.sh make "))
		// One of its abilities needs statistics that simulated nodes have not. make ends with 2 whatever its command ends with.
		if code != 2 || !strings.Contains(out, "NOT READY: Core.Scheduling is not ready.") || !strings.Contains(out, "passed       excess-requests-stay-pending") {
			t.Errorf("exit code %d\n%s", code, out)
		}
		if results, err := filepath.Glob(checkout + "/_artifacts/junit_e2e-*.xml"); err != nil || len(results) == 0 {
			t.Errorf("results: %q, %v", results, err)
		}
	})
}

// documented is the line of docs/migrating.md that begins so.
func documented(t *testing.T, begins string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(text), "```sh\n")[1:] {
		if first, _, _ := strings.Cut(block, "\n```"); strings.HasPrefix(first, begins) {
			return first
		}
	}
	t.Fatalf("docs/migrating.md has no line %q", begins)
	return ""
}

func link(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}

// shell runs a line in a folder, with op-readiness, kubectl and the cluster.
func shell(t *testing.T, c cluster, dir, line string) (string, int) {
	t.Helper()
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Dir(c.program)+":"+c.bin+":"+os.Getenv("PATH"), "KUBECONFIG="+c.kubeconfig)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}
