//go:build e2e

package e2ecluster

import (
	"context"
	"errors"
	"os/exec"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/test/cluster"
)

// TestAway lets the API server refuse everything for a while in the middle of a test: the test fails, and the record and the
// judgement say why; nothing of that time is shown. What runs again then passes as flaky at best.
func TestAway(t *testing.T) {
	const id = "reschedule-deployment-50-times"
	r := start(t)
	report := t.TempDir()
	cmd := r.Command(context.WithoutCancel(t.Context()), r.program, append(r.args("--report-dir", report, []string{id, "shared-files-three-containers"}), "--procs=1")...)
	var said strings.Builder
	cmd.Stdout, cmd.Stderr = &said, &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	r.await(t, "the test to run", func() bool {
		return strings.Contains(r.kubectl(t, "get", "namespaces", "-l", "e2e-run", "-o", "name"), "/deployment-")
	})
	fault := cluster.Fault{Name: "api-server"}
	if err := r.Inject(t.Context(), fault); err != nil {
		t.Fatal(err)
	}
	healed := false
	t.Cleanup(func() {
		if !healed {
			_ = r.Heal(context.Background(), fault)
		}
	})
	<-time.After(15 * time.Second) // less than a node may be silent
	if err := r.Heal(t.Context(), fault); err != nil {
		t.Fatal(err)
	}
	healed = true
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 1 {
		t.Errorf("%v, want exit code 1", err)
	}
	t.Logf("%s", said.String())
	run, judged := readRecord(t, report)
	if len(run.Away) == 0 || run.Away[0].Until.Sub(run.Away[0].From) < 10*time.Second {
		t.Errorf("away: %+v", run.Away)
	}
	if a := judged[id]; a.State != reporter.Failed.String() || !strings.Contains(a.Reason, "failed while the API server did not answer") {
		t.Errorf("%s is %s: %s", id, a.State, a.Reason)
	}
	if !strings.Contains(said.String(), "1 test failed while the API server did not answer: run") {
		t.Error("nothing is said of it beside the verdict")
	}
	out, err := r.Command(t.Context(), r.program, append(r.args("--report-dir", report, []string{id, "shared-files-three-containers"}), "--procs=1", "--rerun-failed")...).CombinedOutput()
	t.Logf("%s", out)
	if _, judged := readRecord(t, report); judged[id].State != reporter.Flaky.String() || err != nil {
		t.Errorf("run again, %s is %s: %s; %v", id, judged[id].State, judged[id].Reason, err)
	}
	// The namespace of the test could not be removed meanwhile: it is told of, and bears the mark of the run.
	for _, namespace := range run.LeftBehind {
		if !strings.Contains(said.String(), namespace) {
			t.Errorf("nothing is said of namespace %s", namespace)
		}
	}
	if out, err := r.Command(t.Context(), r.program, "clean", "--kubeconfig", r.Kubeconfig()).CombinedOutput(); err != nil || r.left(t) != "" {
		t.Errorf("%s%v: left in the cluster: %s", out, err, r.left(t))
	}
}
