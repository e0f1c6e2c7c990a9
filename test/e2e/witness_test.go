//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/test/cluster/audit"
)

// witnessAndPin runs tests with the pin, in one process and in two, and without it, on a cluster whose Linux nodes are open. The
// record must equal the audit log of the API server, and say of each pod where it was sent.
func witnessAndPin(t *testing.T, c cluster) {
	kubectl := func(args ...string) {
		output(t, filepath.Join(c.bin, "kubectl"), append([]string{"--kubeconfig", c.kubeconfig}, args...)...)
	}
	for _, node := range []string{"linux-1", "linux-2"} {
		kubectl("taint", "nodes", node, "os-")
		t.Cleanup(func() { kubectl("taint", "nodes", node, "os=linux:NoSchedule") })
	}
	t.Run("cost", func(t *testing.T) {
		cost := exec.Command("go", "test", "-tags", "e2e", "-count", "1", "-v", "-run", "^TestCost$", "../../runner/witness")
		cost.Env = append(os.Environ(), "KUBECONFIG="+c.kubeconfig, "PROGRAM="+c.program, "E2E="+filepath.Join(c.bin, "e2e.test"), "PATH="+c.bin+":"+os.Getenv("PATH"))
		out, err := cost.CombinedOutput()
		t.Logf("%s", out)
		if err != nil {
			t.Error(err)
		}
	})
	for name, args := range map[string][]string{"serial": {"--procs=1"}, "parallel": {"--procs=2"}, "off": {"--pin=off", "--procs=1"}} {
		report := t.TempDir()
		before := auditLog(t, c)
		cmd := exec.Command(c.program, append([]string{"run", "--e2e-binary", filepath.Join(c.bin, "e2e.test"), "--kubeconfig", c.kubeconfig, "--report-dir", report,
			"--prepull-images=false", "--ability", "reschedule-deployment-50-times", "--ability", "excess-requests-stay-pending",
			"--ability", "windows-service-ip-from-linux", "--ability", "linux-service-ip-from-windows", "--ability", "gmsa-user"}, args...)...)
		cmd.Env = append(os.Environ(), "PATH="+c.bin+":"+os.Getenv("PATH"))
		out, _ := cmd.CombinedOutput() // not ready: the network is none
		lines, err := audit.Lines(report)
		if err != nil || len(lines) < 4 {
			t.Errorf("%s: %d tests, %v", name, len(lines), err)
		}
		if err := auditLog(t, c).Without(before).Compare(lines); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if pinned := name != "off"; pinned != (clients(lines)["linux"] && clients(lines)["windows"] && !onLinux(lines)) {
			t.Errorf("%s: clients on %v, pods of the Deployment on Linux: %t", name, clients(lines), onLinux(lines))
		}
		if name == "off" && !strings.Contains(string(out), "its pods ran on") {
			t.Errorf("off: pods on Linux are not told of:\n%s", out)
		}
		if left := output(t, filepath.Join(c.bin, "kubectl"), "--kubeconfig", c.kubeconfig, "get", "mutatingadmissionpolicies,mutatingadmissionpolicybindings", "--output=name"); left != "" {
			t.Errorf("%s: left in the cluster: %s", name, left)
		}
	}
}

func auditLog(t *testing.T, c cluster) audit.Log {
	t.Helper()
	log, err := audit.Read(filepath.Join(filepath.Dir(c.kubeconfig), "logs", "audit.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// clients are the operating systems on which the pods ran by which tests of services ask.
func clients(lines []audit.Line) map[string]bool {
	on := map[string]bool{}
	for _, l := range lines {
		for _, pod := range l.Pods {
			if pod.Name == "test-container-pod" && pod.Pinned == "run" {
				on[pod.OS] = true
			}
		}
	}
	return on
}

// onLinux tells whether a pod of the Deployment test ran on Linux.
func onLinux(lines []audit.Line) bool {
	return slices.ContainsFunc(lines, func(l audit.Line) bool {
		return strings.Contains(l.Test, "Deployment") && slices.ContainsFunc(l.Pods, func(p audit.Pod) bool { return p.OS == "linux" })
	})
}
