//go:build e2e

package e2ecluster

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

const scripts = "../cluster/real"

// output runs a command that must succeed and returns its standard output. It may go on with a part of it: what up.sh
// starts outlives it, but holds none of its streams.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	var stderr bytes.Buffer
	cmd := exec.Command(name, args...)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v\n%s", name, args, err, stderr.String())
	}
	return string(out)
}

// shortDir is a folder for a cluster, with a short path, that is gone after the test.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "real-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		output(t, filepath.Join(scripts, "down.sh"), dir)
		_ = os.RemoveAll(dir)
	})
	return dir
}
