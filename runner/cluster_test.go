package runner_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/runner"
)

// apiServer answers by path; a path that it does not have is forbidden.
func apiServer(t *testing.T, answers map[string]string) *rest.Config {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusForbidden)
			answer = `{"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "code": 403, "message": "no access"}`
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(server.Close)
	return &rest.Config{Host: server.URL}
}

const (
	versionPath  = "/version"
	nodesPath    = "/api/v1/nodes"
	webhooksPath = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
)

// node is a node as the API gives it. Taints are "key=value:effect".
func node(name, os string, ready corev1.ConditionStatus, cordoned bool, taints ...corev1.Taint) corev1.Node {
	n := corev1.Node{Spec: corev1.NodeSpec{Unschedulable: cordoned, Taints: taints}}
	n.Name = name
	n.Labels = map[string]string{"kubernetes.io/os": os}
	n.Status.Conditions = []corev1.NodeCondition{{Type: corev1.NodeMemoryPressure, Status: corev1.ConditionFalse}, {Type: corev1.NodeReady, Status: ready}, {Type: corev1.NodeDiskPressure, Status: corev1.ConditionTrue}}
	n.Status.NodeInfo = corev1.NodeSystemInfo{OperatingSystem: "of-" + name, OSImage: "image", KernelVersion: "1.2.3", ContainerRuntimeVersion: "containerd://2", KubeletVersion: "v1.36.3"}
	return n
}

func answers(t *testing.T, nodes ...corev1.Node) map[string]string {
	t.Helper()
	data, err := json.Marshal(corev1.NodeList{Items: nodes})
	if err != nil {
		t.Fatal(err)
	}
	return map[string]string{
		versionPath: `{"major": "1", "minor": "36", "gitVersion": "v1.36.3"}`,
		nodesPath:   string(data),
		webhooksPath: `{"items": [
			{"webhooks": [{"name": "z.pods", "rules": [{"resources": ["services"]}, {"resources": ["pods"]}]}, {"name": "of services", "rules": [{"resources": ["services"]}]}]},
			{"webhooks": [{"name": "all", "rules": [{"resources": ["*"]}]}, {"name": "all of all", "rules": [{"resources": ["*/*"]}]}, {"name": "none", "rules": []}]}]}`,
	}
}

// TestInspect holds what is read of a cluster: its nodes, Windows first, which of them take pods, and what sees new pods.
func TestInspect(t *testing.T) {
	t.Parallel()
	hard := func(key string) corev1.Taint {
		return corev1.Taint{Key: key, Value: "x", Effect: corev1.TaintEffectNoSchedule}
	}
	unlabelled := node("d", "", corev1.ConditionTrue, false)
	unlabelled.Labels = nil
	unlabelled.Status.NodeInfo.OperatingSystem = "windows"
	config := apiServer(t, answers(t,
		node("c", "linux", corev1.ConditionTrue, false, hard("node-role.kubernetes.io/control-plane")),
		node("b", "windows", corev1.ConditionUnknown, false),
		unlabelled,
		node("a", "windows", corev1.ConditionTrue, false, hard("os"), corev1.Taint{Key: "soft", Effect: corev1.TaintEffectPreferNoSchedule}),
		node("e", "windows", corev1.ConditionTrue, true),
		node("f", "windows", corev1.ConditionTrue, false, hard("maintenance"), hard("os")),
	))
	c, err := runner.Inspect(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	of := func(name, os string, ready, schedulable bool, taints ...string) runner.Node {
		return runner.Node{Name: name, OS: os, OSImage: "image", Build: "1.2.3", Runtime: "containerd://2", Kubelet: "v1.36.3", Ready: ready, Schedulable: schedulable, Taints: taints}
	}
	want := runner.Cluster{
		Server: config.Host, Version: "v1.36.3",
		Nodes: []runner.Node{
			of("a", "windows", true, true, "os=x:NoSchedule"), of("b", "windows", false, false), of("d", "windows", true, true), of("e", "windows", true, false),
			of("f", "windows", true, false, "maintenance=x:NoSchedule", "os=x:NoSchedule"),
			of("c", "linux", true, false, "node-role.kubernetes.io/control-plane=x:NoSchedule"),
		},
		Webhooks: []string{"all", "all of all", "z.pods"},
	}
	if diff := cmp.Diff(want, c); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPretended holds which nodes pretend to be Windows: those that say so, and those whose kubelet says that they are Linux.
func TestPretended(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		os, kubelet, mark string
		want              bool
	}{
		"Windows":                           {os: "windows", kubelet: "windows"},
		"a pretended one":                   {os: "windows", kubelet: "windows", mark: "true", want: true},
		"one that denies it":                {os: "windows", kubelet: "windows", mark: "false"},
		"one whose kubelet knows better":    {os: "windows", kubelet: "linux", want: true},
		"one that denies what kubelet says": {os: "windows", kubelet: "linux", mark: "false", want: true},
		"Linux":                             {os: "linux", kubelet: "linux"},
		"Linux with the mark":               {os: "linux", kubelet: "linux", mark: "true"},
	} {
		n := node("n", test.os, corev1.ConditionTrue, false)
		n.Status.NodeInfo.OperatingSystem = test.kubelet
		if test.mark != "" {
			n.Labels[runner.PretendedLabel] = test.mark
		}
		c, err := runner.Inspect(t.Context(), apiServer(t, answers(t, n)))
		if err != nil || len(c.Nodes) != 1 || c.Nodes[0].Pretended != test.want {
			t.Errorf("%s: %+v, %v", name, c.Nodes, err)
		}
	}
}

// TestInspectFails holds that each question that is not answered is told, with what was asked.
func TestInspectFails(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{versionPath: "for its version: ", nodesPath: "listing the nodes of http://", webhooksPath: "listing mutating webhooks: "} {
		all := answers(t)
		delete(all, path)
		if _, err := runner.Inspect(t.Context(), apiServer(t, all)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %s: %v", path, err)
		}
	}
	if _, err := runner.Inspect(t.Context(), &rest.Config{Host: "http://x", ExecProvider: nil, TLSClientConfig: rest.TLSClientConfig{CAFile: "/none"}}); err == nil {
		t.Error("no error of a configuration that is none")
	}
}

// TestCheck holds what a run says of a cluster before it begins, and what stops it.
func TestCheck(t *testing.T) {
	t.Parallel()
	windows := runner.Node{Name: "w", OS: "windows", Ready: true, Schedulable: true, Taints: []string{"os=windows:NoSchedule"}}
	linux := runner.Node{Name: "l", OS: "linux", Ready: true, Schedulable: true, Taints: []string{"os=linux:NoSchedule"}}
	open, away, down, pretends := linux, linux, windows, windows
	pretends.Name, pretends.Pretended = "p", true
	open.Taints = nil
	away.Schedulable = false
	away.Taints = nil
	wide := windows
	wide.Taints = nil
	down.Name, down.Ready, down.Schedulable = "v", false, false
	const landing = "pods without an operating system selector may land on 1 Linux nodes: a test that does not choose Windows may pass there"
	for _, test := range []struct {
		name     string
		nodes    []runner.Node
		webhooks []string
		want     []string
		err      string
	}{
		{"as it should be", []runner.Node{windows, windows, linux, linux}, []string{"hook"}, nil, ""},
		{"more than that", []runner.Node{windows, windows, windows, linux, linux, linux}, nil, nil, ""},
		{"too few", []runner.Node{windows, linux}, nil, []string{
			"KEP-2578 asks for 2 schedulable Windows nodes, the cluster has 1", "KEP-2578 asks for 2 schedulable Linux nodes, the cluster has 1",
		}, ""},
		{"one is down", []runner.Node{windows, down, windows, linux, linux}, nil, []string{"Windows node v is not ready"}, ""},
		{"one of two is down", []runner.Node{windows, down, linux, linux}, nil, []string{
			"Windows node v is not ready", "KEP-2578 asks for 2 schedulable Windows nodes, the cluster has 1",
		}, ""},
		{"Windows takes all", []runner.Node{wide, wide, linux, linux}, nil, nil, ""},
		{"Linux takes all", []runner.Node{windows, windows, linux, linux, open}, nil, []string{landing + "; a taint on the Linux nodes keeps them away"}, ""},
		{"Linux takes all but what a webhook moves", []runner.Node{windows, windows, linux, linux, open}, []string{"a", "b"}, []string{
			landing + ", unless a webhook sends them to Windows (a, b)",
		}, ""},
		{"Linux takes all but what one webhook moves", []runner.Node{windows, windows, linux, linux, open}, []string{"a"}, []string{
			landing + ", unless a webhook sends them to Windows (a)",
		}, ""},
		{"Linux takes nothing", []runner.Node{windows, windows, linux, linux, away}, nil, nil, ""},
		{"no Windows", []runner.Node{linux, linux, open}, nil, nil, "the cluster has no Windows node: nothing can be proven on it"},
		{"some pretend", []runner.Node{windows, pretends, linux, linux}, nil, []string{
			"nothing will be shown of Windows: nodes that pretend to be Windows are p",
		}, ""},
		{"nothing", nil, nil, nil, "the cluster has no Windows node: nothing can be proven on it"},
	} {
		warnings, err := runner.Cluster{Nodes: test.nodes, Webhooks: test.webhooks}.Check()
		if diff := cmp.Diff(test.want, warnings); diff != "" || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%s: %v (-want +got):\n%s", test.name, err, diff)
		}
	}
}

// TestConnect holds that a cluster is reached by a kubeconfig, or, without one, as a pod of it, and never waited for.
func TestConnect(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kubeconfig")
	const text = "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{name: c, cluster: {server: 'https://cluster.test'}}]\ncontexts: [{name: c, context: {cluster: c, user: c}}]\nusers: [{name: c, user: {token: t}}]\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := runner.Connect(path)
	if err != nil || config.Host != "https://cluster.test" || config.BearerToken != "t" || config.Timeout != 30*time.Second {
		t.Errorf("%+v, %v", config, err)
	}
	t.Setenv("KUBERNETES_SERVICE_HOST", "")
	for path, want := range map[string]string{"": "unable to load in-cluster configuration", path + ".none": "kubeconfig.none"} {
		if _, err := runner.Connect(path); err == nil || !strings.HasPrefix(err.Error(), "reading how to reach the cluster: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", path, err)
		}
	}
}
