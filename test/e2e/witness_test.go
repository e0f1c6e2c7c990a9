//go:build e2e

package e2e

import (
	"bufio"
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// audited is what the API server's audit log says of the namespaces and pods that were made.
type audited struct {
	tests map[string]string            // by namespace, from the user agent of whoever made it
	pods  map[string]map[string]string // by namespace: the node of each pod, by UID
}

// readAudit reads an audit log. Requests that were refused, or that only asked, made nothing.
func readAudit(t *testing.T, name string) audited {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	a := audited{tests: map[string]string{}, pods: map[string]map[string]string{}}
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e struct {
			Verb       string `json:"verb"`
			URI        string `json:"requestURI"`
			UserAgent  string `json:"userAgent"`
			ObjectRef  struct{ Resource, Subresource, Namespace, Name, UID string }
			Response   struct{ Code int }                     `json:"responseStatus"`
			Request    struct{ Target struct{ Name string } } `json:"requestObject"`
			ResponseOf struct {
				Metadata struct{ Name, UID string }
				Spec     struct{ NodeName string }
			} `json:"responseObject"`
		}
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			t.Fatal(err)
		}
		if e.Response.Code >= 300 || strings.Contains(e.URI, "dryRun") || e.Verb != "create" {
			continue
		}
		pods := a.pods[e.ObjectRef.Namespace]
		if pods == nil {
			pods = map[string]string{}
			a.pods[e.ObjectRef.Namespace] = pods
		}
		switch ref := e.ObjectRef; {
		case ref.Resource == "namespaces":
			_, test, _ := strings.Cut(e.UserAgent, " -- ")
			a.tests[e.ResponseOf.Metadata.Name] = test
		case ref.Resource == "pods" && ref.Subresource == "":
			pods[e.ResponseOf.Metadata.UID] = e.ResponseOf.Spec.NodeName
		case ref.Resource == "pods" && ref.Subresource == "binding":
			pods[ref.UID] = e.Request.Target.Name
		}
	}
	return a
}

// line is what a run wrote down of the pods of a test.
type line struct {
	Test       string
	Invocation int
	Namespaces []string
	Joined     string
	Gap        string
	Pods       []struct{ UID, Name, Node, OS, Pinned string }
}

func readLines(t *testing.T, report string) []line {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(report, "op-readiness-evidence.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var all []line
	for text := range strings.Lines(string(data)) {
		var l line
		if err := json.Unmarshal([]byte(text), &l); err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	return all
}

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
		cmd := exec.Command(c.program, append([]string{"run", "--e2e-binary", filepath.Join(c.bin, "e2e.test"), "--kubeconfig", c.kubeconfig, "--report-dir", report,
			"--prepull-images=false", "--ability", "reschedule-deployment-50-times", "--ability", "excess-requests-stay-pending",
			"--ability", "windows-service-ip-from-linux", "--ability", "linux-service-ip-from-windows", "--ability", "gmsa-user"}, args...)...)
		cmd.Env = append(os.Environ(), "PATH="+c.bin+":"+os.Getenv("PATH"))
		out, _ := cmd.CombinedOutput() // not ready: the network is none
		lines := readLines(t, report)
		compareWithAudit(t, name, lines, readAudit(t, filepath.Join(filepath.Dir(c.kubeconfig), "logs", "audit.jsonl")))
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

// compareWithAudit holds that each test has its namespaces, and each namespace its pods, on their nodes.
func compareWithAudit(t *testing.T, name string, lines []line, a audited) {
	t.Helper()
	if len(lines) < 4 {
		t.Errorf("%s: only %d tests", name, len(lines))
	}
	for _, l := range lines {
		want, got := map[string]string{}, map[string]string{}
		for _, namespace := range l.Namespaces {
			maps.Copy(want, a.pods[namespace])
			if a.tests[namespace] != l.Test {
				t.Errorf("%s: namespace %s of %q is that of %q", name, namespace, l.Test, a.tests[namespace])
			}
		}
		for _, pod := range l.Pods {
			got[pod.UID] = pod.Node
		}
		if !maps.Equal(want, got) || l.Gap != "" || l.Joined != "namespace" || len(l.Namespaces) == 0 {
			t.Errorf("%s: %+v, and by the audit log %v", name, l, want)
		}
	}
}

// clients are the operating systems on which the pods ran by which tests of services ask.
func clients(lines []line) map[string]bool {
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
func onLinux(lines []line) bool {
	return slices.ContainsFunc(lines, func(l line) bool {
		return strings.Contains(l.Test, "Deployment") && slices.ContainsFunc(l.Pods, func(p struct{ UID, Name, Node, OS, Pinned string }) bool { return p.OS == "linux" })
	})
}
