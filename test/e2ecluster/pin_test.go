//go:build e2e

package e2ecluster

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/test/cluster/audit"
)

// directions are the abilities that one test shows, by where its client and its servers are.
func directions() []string {
	return []string{"linux-service-ip-from-windows", "windows-service-ip-from-linux", "linux-nodeport-from-windows", "windows-nodeport-from-linux"}
}

// readRecord reads the record of the run in a report directory, and its judgement.
func readRecord(t *testing.T, report string) (record.Run, map[string]view.JSONAbility) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(report, reportdir.Record))
	if err != nil {
		t.Fatal(err)
	}
	run, err := record.ParseRun(data)
	if err != nil {
		t.Fatal(err)
	}
	var summary view.JSON
	if err := json.Unmarshal(run.Summary, &summary); err != nil {
		t.Fatal(err)
	}
	abilities := map[string]view.JSONAbility{}
	for _, c := range summary.Categories {
		for _, a := range c.Abilities {
			abilities[a.ID] = a
		}
	}
	return run, abilities
}

func (r real) audit(t *testing.T) audit.Log {
	t.Helper()
	log, err := audit.Read(filepath.Join(filepath.Dir(r.Kubeconfig()), "logs", "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// audited runs abilities, holds the record of their pods against the audit log of the API server and that nothing of the run is
// left in the cluster, and returns the record of pods, that of the run, and the judgement of each ability.
func (r real) audited(t *testing.T, abilities []string, args ...string) ([]audit.Line, record.Run, map[string]view.JSONAbility) {
	t.Helper()
	before := r.audit(t)
	report := r.into(t, abilities, args...)
	lines, err := audit.Lines(report)
	if err != nil || len(lines) == 0 {
		t.Fatalf("%d tests in the record: %v", len(lines), err)
	}
	if err := r.audit(t).Without(before).Compare(lines); err != nil {
		t.Error(err)
	}
	if left := r.left(t); left != "" {
		t.Errorf("left in the cluster: %s", left)
	}
	run, judged := readRecord(t, report)
	return lines, run, judged
}

// left is what runs have in the cluster: policies, bindings, namespaces that nobody removes, and taints.
func (r real) left(t *testing.T) string {
	t.Helper()
	text := r.kubectl(t, "get", "mutatingadmissionpolicies,mutatingadmissionpolicybindings", "-l", runner.RunLabel, "-o", "name")
	text += r.kubectl(t, "get", "namespaces", "-l", runner.RunLabel, "--field-selector", "status.phase=Active", "-o", "name")
	for _, n := range r.nodes(t) {
		for _, taint := range n.Spec.Taints {
			if taint.Key == runner.RunLabel {
				text += "taint of " + n.Metadata.Name + "\n"
			}
		}
	}
	return text
}

func (r real) kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := r.Command(context.WithoutCancel(t.Context()), "kubectl", args...).CombinedOutput()
	if err != nil {
		t.Fatalf("kubectl %v: %v\n%s", args, err, out)
	}
	return strings.TrimSuffix(string(out), "No resources found\n")
}

// onLinux are the tests that let a pod run on Linux that nobody sent there.
func onLinux(lines []audit.Line) []string {
	var tests []string
	for _, l := range lines {
		if slices.ContainsFunc(l.Pods, func(p audit.Pod) bool { return p.OS == "linux" && p.Pinned == "" }) {
			tests = append(tests, l.Test)
		}
	}
	return tests
}

// TestPin runs six abilities whose tests pass wherever their pods run. Without the pin those of which a pod landed on Linux are
// unconfirmed and say where; with it, or with a taint of the Linux nodes, all are shown. Each time, by one process and by four,
// the record of pods is what the audit log of the API server says.
func TestPin(t *testing.T) {
	r := start(t)
	for _, way := range []struct {
		name string
		args []string
		mode string
	}{
		{"off", []string{"--procs=1", "--pin=off"}, ""},
		{"serial", []string{"--procs=1"}, "auto"},
		{"parallel", []string{"--procs=4"}, "auto"},
		{"taint", []string{"--procs=1", "--taint-linux"}, "taint-linux"},
	} {
		t.Run(way.name, func(t *testing.T) {
			lines, run, judged := r.audited(t, recorded(), way.args...)
			if (run.Pin != nil) != (way.mode != "") || run.Pin != nil && (run.Pin.Mode != way.mode || !run.Pin.Active) {
				t.Errorf("the pin is %+v", run.Pin)
			}
			landed := onLinux(lines)
			if (len(landed) > 0) != (way.name == "off") {
				t.Errorf("on Linux were pods of %q", landed)
			}
			for _, id := range recorded() {
				a := judged[id]
				want := reporter.Passed
				if slices.ContainsFunc(a.Tests, func(test view.JSONTest) bool { return slices.Contains(landed, test.Name) }) && !strings.Contains(id, "pod-ip") {
					want = reporter.Unconfirmed
				}
				t.Logf("%-40s %s %s %+v", id, a.State, a.Reason, a.Ran)
				if a.State != want.String() || want == reporter.Unconfirmed && !strings.Contains(a.Reason, "its pods ran on linux: ") {
					t.Errorf("%s is %s, want %s: %s", id, a.State, want, a.Reason)
				}
				if want == reporter.Passed && len(a.Ran) == 0 {
					t.Errorf("%s: it is not said where its pods ran", id)
				}
			}
		})
	}
}

// TestDirections runs the one test of services with its client on Windows and with its client on Linux: both together show the
// four directions whole, and either alone shows two.
func TestDirections(t *testing.T) {
	r := start(t)
	for _, way := range []struct {
		send    string
		clients []string
		shown   []string
	}{
		{"auto", []string{"linux", "windows"}, directions()},
		{"windows", []string{"windows"}, []string{"linux-service-ip-from-windows", "linux-nodeport-from-windows"}},
		{"linux", []string{"linux"}, []string{"windows-service-ip-from-linux", "windows-nodeport-from-linux"}},
	} {
		t.Run(way.send, func(t *testing.T) {
			lines, _, judged := r.audited(t, directions(), "--procs=1", "--pin="+way.send)
			var clients []string
			for _, l := range lines {
				servers := map[string]bool{}
				for _, p := range l.Pods {
					if p.Name == "test-container-pod" && p.Pinned == "run" {
						clients = append(clients, p.OS)
					}
					if strings.HasPrefix(p.Name, "netserver-") {
						servers[p.OS] = true
					}
				}
				if !servers["linux"] || !servers["windows"] {
					t.Errorf("servers on %v", servers)
				}
			}
			if slices.Sort(clients); !slices.Equal(clients, way.clients) {
				t.Errorf("clients on %q", clients)
			}
			for _, id := range directions() {
				a := judged[id]
				t.Logf("%-40s %s %s", id, a.State, a.Reason)
				if shown := a.State == reporter.Passed.String() && !a.InPart; shown != slices.Contains(way.shown, id) {
					t.Errorf("%s is %s, in part %t", id, a.State, a.InPart)
				}
			}
		})
	}
}

// TestKilled kills runs with SIGKILL while their tests run: what they have in the cluster stays, is inert, and is removed by
// op-readiness clean; so are taints.
func TestKilled(t *testing.T) {
	r := start(t)
	for _, flag := range []string{"--pin=auto", "--taint-linux"} {
		t.Run(flag, func(t *testing.T) {
			report := t.TempDir()
			cmd := r.Command(t.Context(), r.program, append(r.args("--report-dir", report, []string{"reschedule-deployment-50-times"}), "--procs=1", flag)...)
			if err := cmd.Start(); err != nil { // exec.sh becomes the program
				t.Fatal(err)
			}
			r.await(t, "a namespace of a test", func() bool {
				return strings.Contains(r.kubectl(t, "get", "namespaces", "-l", "e2e-run", "-o", "name"), "/deployment-")
			})
			_ = cmd.Process.Kill()
			if err := cmd.Wait(); err == nil {
				t.Fatal("the run ended before it was killed")
			}
			if left := r.left(t); strings.Count(left, "\n") < 3 {
				t.Errorf("after the kill there is only: %s", left)
			}
			out, err := r.Command(t.Context(), r.program, "clean", "--kubeconfig", r.Kubeconfig()).CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Error(err)
			}
			r.await(t, "what the run left to go", func() bool { return r.left(t) == "" })
			r.kubectl(t, "delete", "namespaces", "-l", "e2e-run", "--ignore-not-found") // those of a taint bear no mark of the run
		})
	}
}

// await waits until something is so, for two minutes at most.
func (r real) await(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(2 * time.Minute)
	for !is() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("waited two minutes for %s", what)
		}
	}
}

// TestRunInPod runs the program with the real e2e.test in a pod without a kubeconfig, by its service account: pods are pinned,
// the record is that of the audit log, and nothing is left.
func TestRunInPod(t *testing.T) {
	r := start(t)
	static := filepath.Join(t.TempDir(), "op-readiness")
	build := exec.Command("go", "build", "-o", static, "../../cmd/op-readiness")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := r.LoadPrograms(t.Context(), "example.com/run-in-pod:test", map[string]string{
		"/app/op-readiness": static, "/app/e2e.test": r.E2E(), "/app/ginkgo": filepath.Join(r.Programs(), "ginkgo"),
		"/app/kubectl":                filepath.Join(r.Programs(), "kubectl"),                                                              // which tests call
		"/lib64/ld-linux-x86-64.so.2": "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6": "/lib/x86_64-linux-gnu/libc.so.6", // of programs built here
	}); err != nil {
		t.Fatal(err)
	}
	clear := func() {
		r.kubectl(t, "delete", "--ignore-not-found", "-f", "testdata/run-in-pod.yaml")
		if out, err := r.NodeCommand(context.WithoutCancel(t.Context()), "linux-1", "rm", "-rf", "/tmp/run-in-pod").CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	clear() // of what an earlier test left that was killed
	t.Cleanup(clear)
	before := r.audit(t)
	r.kubectl(t, "apply", "-f", "testdata/run-in-pod.yaml")
	r.kubectl(t, "wait", "--for=jsonpath={.status.containerStatuses[0].state.terminated}", "pod/run-in-pod", "--timeout=10m")
	t.Logf("%s", r.kubectl(t, "logs", "pod/run-in-pod"))
	report := t.TempDir()
	for _, name := range []string{reportdir.Record, reportdir.Pods} {
		data, err := r.NodeCommand(t.Context(), "linux-1", "cat", filepath.Join("/tmp/run-in-pod", name)).Output()
		if err = errors.Join(err, os.WriteFile(filepath.Join(report, name), data, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	run, judged := readRecord(t, report)
	if run.Pin == nil || !run.Pin.Active {
		t.Errorf("the pin is %+v", run.Pin)
	}
	lines, err := audit.Lines(report)
	if err != nil || len(lines) != 2 || len(onLinux(lines)) > 0 {
		t.Errorf("%d tests, on Linux %q, %v", len(lines), onLinux(lines), err)
	}
	if err := r.audit(t).Without(before).Compare(lines); err != nil {
		t.Error(err)
	}
	for id, a := range judged {
		if a.State != reporter.Passed.String() {
			t.Errorf("%s is %s: %s", id, a.State, a.Reason)
		}
	}
	if left := r.left(t); left != "" {
		t.Errorf("left in the cluster: %s", left)
	}
}
