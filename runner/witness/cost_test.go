//go:build e2e

package witness_test

import (
	"os"
	"os/exec"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/runner/witness"
)

// TestCost holds that watching takes less than a fiftieth of the CPU of a run: this process does nothing but watch the cluster of
// $KUBECONFIG, while the op-readiness at $PROGRAM runs tests in it with the e2e.test at $E2E.
func TestCost(t *testing.T) {
	config, err := runner.Access{Files: []string{os.Getenv("KUBECONFIG")}}.Connect()
	if err != nil {
		t.Fatal(err)
	}
	lines := &lines{}
	before := cpu(t, unix.RUSAGE_SELF)
	w, err := witness.Start(t.Context(), config, witness.Options{Lines: lines})
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(os.Getenv("PROGRAM"), "run", "--e2e-binary", os.Getenv("E2E"), "--report-dir", t.TempDir(), "--prepull-images=false",
		"--category", "Core.Scheduling", "--category", "Core.Concurrent")
	start := time.Now()
	if out, err := run.CombinedOutput(); run.ProcessState == nil || run.ProcessState.ExitCode() > 1 { // some need a network
		t.Fatalf("%v: %s", err, out)
	}
	took := time.Since(start)
	account, err := w.Close()
	if err != nil || !account.Watched {
		t.Fatalf("%+v, %v", account, err)
	}
	ours, all := cpu(t, unix.RUSAGE_SELF)-before, cpu(t, unix.RUSAGE_CHILDREN)
	share := 100 * ours.Seconds() / all.Seconds()
	t.Logf("watching took %s of CPU, of the %s of the run in %.0f s: %.1f %%", ours.Round(time.Millisecond), all.Round(time.Millisecond), took.Seconds(), share)
	if share > 2 {
		t.Errorf("watching takes %.1f %% of the CPU of a run, and may take 2", share)
	}
}

func cpu(t *testing.T, who int) time.Duration {
	t.Helper()
	var u unix.Rusage
	if err := unix.Getrusage(who, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
