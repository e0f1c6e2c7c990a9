package processdir_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/processdir"
)

// TestSweep holds that folders of processes that are no more go, and others stay.
func TestSweep(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	gone := exec.Command(os.Args[0], "-test.run=^$")
	if err := gone.Run(); err != nil {
		t.Fatal(err)
	}
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, kind := range []string{"kubeconfig", "pin"} {
		want = append(want, filepath.Join(dir, fmt.Sprintf("op-readiness-%s-%d-%s-1", kind, gone.Process.Pid, host)))
		for _, name := range []string{fmt.Sprintf("op-readiness-%s-%d-%s-1", kind, gone.Process.Pid, host), fmt.Sprintf("op-readiness-%s-%d-another-1", kind, gone.Process.Pid), "op-readiness-" + kind + "-x-1", "op-readiness-" + kind} {
			if err := os.MkdirAll(filepath.Join(dir, name, "in"), 0o700); err != nil {
				t.Fatal(err)
			}
		}
	}
	mine, err := processdir.Make(processdir.Kubeconfig)
	if err != nil || filepath.Dir(mine) != dir {
		t.Fatalf("%s, %v", mine, err)
	}
	if info, err := os.Stat(mine); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if diff := cmp.Diff(want, processdir.Sweep()); diff != "" {
		t.Errorf("removed (-want +got):\n%s", diff)
	}
	if left, err := os.ReadDir(dir); len(left) != 7 || err != nil {
		t.Errorf("left: %v, %v", left, err)
	}
}
