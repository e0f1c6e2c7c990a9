package runner_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
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
	systemPath   = "/api/v1/namespaces/kube-system"
	webhooksPath = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations"
	policiesPath = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"
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
		systemPath:  `{"metadata": {"name": "kube-system", "uid": "2f1c"}}`,
		webhooksPath: `{"items": [
			{"webhooks": [{"name": "z.pods", "rules": [{"resources": ["services"]}, {"resources": ["pods"]}]}, {"name": "of services", "rules": [{"resources": ["services"]}]}]},
			{"webhooks": [{"name": "all", "rules": [{"resources": ["*"]}]}, {"name": "all of all", "rules": [{"resources": ["*/*"]}]}, {"name": "none", "rules": []}]}]}`,
		policiesPath: `{"items": [
			{"metadata": {"name": "z"}, "spec": {"matchConstraints": {"resourceRules": [{"resources": ["services"]}, {"resources": ["pods"]}]}}},
			{"metadata": {"name": "of services"}, "spec": {"matchConstraints": {"resourceRules": [{"resources": ["services"]}]}}},
			{"metadata": {"name": "a"}, "spec": {"matchConstraints": {"resourceRules": [{"resources": ["*"]}]}}}, {"metadata": {"name": "none"}}]}`,
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
	unlabelled.Status.Addresses = []corev1.NodeAddress{{Type: corev1.NodeHostName, Address: "d"}, {Type: corev1.NodeInternalIP, Address: "10.0.0.4"}, {Type: corev1.NodeInternalIP, Address: "fd00::4"}}
	config := apiServer(t, answers(t,
		node("c", "linux", corev1.ConditionTrue, false, hard("node-role.kubernetes.io/control-plane")),
		node("b", "windows", corev1.ConditionUnknown, false),
		unlabelled,
		node("g", "windows", corev1.ConditionTrue, false, corev1.Taint{Key: "softer", Effect: corev1.TaintEffectPreferNoSchedule}),
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
	cordoned := of("e", "windows", true, false)
	cordoned.Cordoned = true
	addressed := of("d", "windows", true, true)
	addressed.Addresses = []string{"10.0.0.4", "fd00::4"}
	want := runner.Cluster{
		ID: "2f1c", Server: config.Host, Version: "v1.36.3",
		Nodes: []runner.Node{
			of("a", "windows", true, false, "os=x:NoSchedule"), of("b", "windows", false, false), addressed, cordoned,
			of("f", "windows", true, false, "maintenance=x:NoSchedule", "os=x:NoSchedule"), of("g", "windows", true, true),
			of("c", "linux", true, false, "node-role.kubernetes.io/control-plane=x:NoSchedule"),
		},
		Webhooks: []string{"all", "all of all", "z.pods"}, Policies: []string{"a", "z"},
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

// TestInspectFails holds that a cluster that tells no version is no cluster to test, and that what it does not list is a word
// in what is known of it.
func TestInspectFails(t *testing.T) {
	t.Parallel()
	all := answers(t)
	delete(all, versionPath)
	if _, err := runner.Inspect(t.Context(), apiServer(t, all)); err == nil || !strings.Contains(err.Error(), "for its version: ") {
		t.Errorf("no version: %v", err)
	}
	for path, want := range map[string]string{nodesPath: record.Nodes, webhooksPath: record.Webhooks, policiesPath: record.Policies} {
		all := answers(t, node("a", "windows", corev1.ConditionTrue, false))
		delete(all, path)
		c, err := runner.Inspect(t.Context(), apiServer(t, all))
		if err != nil || len(c.Unlisted) != 1 || c.Unlisted[0].What != want || !strings.Contains(c.Unlisted[0].Why, "no access") {
			t.Errorf("without %s: %+v, %v", path, c.Unlisted, err)
		}
		warnings, err := c.Check()
		if err != nil || len(warnings) < 2 || warnings[0] != "the cluster does not list its "+want+", so nothing is known of them: "+c.Unlisted[0].Why {
			t.Errorf("without %s: %q, %v", path, warnings, err)
		}
		if all := "nobody knows whether the cluster has Windows nodes that take pods"; (warnings[1] == all) != (path == nodesPath) {
			t.Errorf("without %s: %q", path, warnings)
		}
	}
	if _, err := runner.Inspect(t.Context(), &rest.Config{Host: "http://x", ExecProvider: nil, TLSClientConfig: rest.TLSClientConfig{CAFile: "/none"}}); err == nil {
		t.Error("no error of a configuration that is none")
	}
}

// TestInspectGivenUp holds that a cluster of which nothing is known since the caller gave up is an error.
func TestInspectGivenUp(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != versionPath {
			cancel()
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"gitVersion": "v1.36.3"}`))
	}))
	t.Cleanup(server.Close)
	if c, err := runner.Inspect(ctx, &rest.Config{Host: server.URL}); !errors.Is(err, context.Canceled) {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestInspectPassword holds that a password in the address of a server is in no word of what is known of it.
func TestInspectPassword(t *testing.T) {
	t.Parallel()
	config := apiServer(t, answers(t))
	config.Host = strings.Replace(config.Host, "://", "://me:hunter2@", 1)
	if c, err := runner.Inspect(t.Context(), config); err != nil || c.Server != strings.Replace(config.Host, "me:hunter2@", "", 1) {
		t.Errorf("%+v, %v", c, err)
	}
	config.Host += "/none"
	if _, err := runner.Inspect(t.Context(), config); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Error(err)
	}
}

// TestInspectEarlier holds that a server without mutating admission policies has none.
func TestInspectEarlier(t *testing.T) {
	t.Parallel()
	all := answers(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if all[r.URL.Path] == "" || r.URL.Path == policiesPath {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = w.Write([]byte(all[r.URL.Path]))
	}))
	t.Cleanup(server.Close)
	if c, err := runner.Inspect(t.Context(), &rest.Config{Host: server.URL}); err != nil || len(c.Unlisted)+len(c.Policies) > 0 {
		t.Errorf("%+v, %v", c, err)
	}
}

// TestCheck holds what a run says of a cluster before it begins, and what stops it.
func TestCheck(t *testing.T) {
	t.Parallel()
	windows := runner.Node{Name: "w", OS: "windows", Ready: true, Schedulable: true}
	linux := runner.Node{Name: "l", OS: "linux", Ready: true, Schedulable: true}
	with := func(n runner.Node, taints ...string) runner.Node {
		n.Taints, n.Schedulable = taints, false
		return n
	}
	down := func(n runner.Node, cordoned bool) runner.Node {
		n.Ready, n.Schedulable, n.Cordoned = false, false, cordoned
		return n
	}
	pretends := windows
	pretends.Name, pretends.Pretended = "p", true
	cordoned, control := windows, with(linux, "node-role.kubernetes.io/control-plane:NoSchedule")
	cordoned.Cordoned, cordoned.Schedulable = true, false
	landing := func(n int) string {
		return fmt.Sprintf("pods without an operating system selector may land on %d Linux nodes: a test that does not choose Windows may pass there", n)
	}
	away := "; a taint on the Linux nodes keeps them away"
	few := func(os string, n int) string {
		return fmt.Sprintf("KEP-2578 asks for 2 schedulable %s nodes, the cluster has %d", os, n)
	}
	waits := "is not ready: e2e.test waits up to half an hour for it; cordon it, or --extra-arg=--allowed-not-ready-nodes=1"
	for _, test := range []struct {
		name   string
		nodes  []runner.Node
		movers [2][]string // webhooks, policies
		want   []string
		err    string
	}{
		{"two and two", []runner.Node{windows, windows, linux, linux, control}, [2][]string{}, []string{landing(2) + away}, ""},
		{"more than that", []runner.Node{windows, windows, windows, linux, linux, linux}, [2][]string{}, []string{landing(3) + away}, ""},
		{"too few", []runner.Node{windows, control}, [2][]string{}, []string{few("Windows", 1), few("Linux", 0)}, ""},
		{"one is down", []runner.Node{windows, down(windows, false), windows, control}, [2][]string{}, []string{"Windows node w " + waits, few("Linux", 0)}, ""},
		{"one is down and cordoned", []runner.Node{windows, down(windows, true), windows, control, down(linux, true)}, [2][]string{}, []string{
			"Windows node w is not ready", few("Linux", 0)}, ""},
		{"a Linux node is down", []runner.Node{windows, windows, down(control, false)}, [2][]string{}, []string{"Linux node l " + waits, few("Linux", 0)}, ""},
		{"cordoned", []runner.Node{cordoned, windows, control}, [2][]string{}, []string{
			"Windows node w is cordoned: it takes no test's pods", few("Windows", 1), few("Linux", 0)}, ""},
		{"Windows with the usual taint", []runner.Node{with(windows, "os=windows:NoSchedule"), windows, control}, [2][]string{}, []string{
			"Windows node w takes no test's pods: tests for Windows do not tolerate its taints (os=windows:NoSchedule); remove them: kubectl taint nodes w os:NoSchedule-",
			few("Windows", 1), few("Linux", 0)}, ""},
		{"unusual taints", []runner.Node{windows, with(windows, "a:NoExecute", "b=:NoSchedule"), with(linux, "c=d:NoSchedule")}, [2][]string{}, []string{
			"Windows node w takes no test's pods: tests for Windows do not tolerate its taints (a:NoExecute, b=:NoSchedule); remove them: kubectl taint nodes w a:NoExecute- b:NoSchedule-",
			"nodes have taints with the keys a, b, c: e2e.test is told not to wait for those nodes (--non-blocking-taints)", few("Windows", 1), few("Linux", 0)}, ""},
		{"a webhook moves pods", []runner.Node{windows, windows, linux}, [2][]string{{"a", "b"}, {"p"}}, []string{few("Linux", 1), landing(1) + ", unless one of these sends them to Windows: a, b, p"}, ""},
		{"one unusual taint", []runner.Node{windows, windows, with(linux, "c=d:NoSchedule")}, [2][]string{}, []string{
			"nodes have taints with the keys c: e2e.test is told not to wait for those nodes (--non-blocking-taints)", few("Linux", 0)}, ""},
		{"a policy moves pods", []runner.Node{windows, windows, linux, linux}, [2][]string{{}, {"p"}}, []string{landing(2) + ", unless one of these sends them to Windows: p"}, ""},
		{"one pretends", []runner.Node{windows, pretends, linux, linux}, [2][]string{}, []string{
			"nothing will be shown of Windows: nodes that pretend to be Windows are p", landing(2) + away}, ""},
		{"some pretend", []runner.Node{windows, pretends, pretends, linux, linux, control}, [2][]string{}, []string{
			"nothing will be shown of Windows: nodes that pretend to be Windows are p, p", landing(2) + away}, ""},
		{"no Windows", []runner.Node{linux, linux}, [2][]string{}, nil, "the cluster has no Windows node: nothing can be proven on it"},
		{"nothing", nil, [2][]string{}, nil, "the cluster has no Windows node: nothing can be proven on it"},
	} {
		c := runner.Cluster{Nodes: test.nodes, Webhooks: test.movers[0], Policies: test.movers[1]}
		warnings, err := c.Check()
		if text := c.Landing(); text != "" && err == nil {
			warnings = append(warnings, text)
		}
		if diff := cmp.Diff(test.want, warnings); diff != "" || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%s: %v (-want +got):\n%s", test.name, err, diff)
		}
	}
}

// TestSchedulable holds how many nodes take ordinary pods.
func TestSchedulable(t *testing.T) {
	t.Parallel()
	c := runner.Cluster{Nodes: []runner.Node{
		{Name: "a", OS: "windows", Schedulable: true}, {Name: "b", OS: "windows"}, {Name: "c", OS: "windows", Schedulable: true}, {Name: "d", OS: "linux", Schedulable: true}, {Name: "e", OS: "linux"},
	}}
	if all, windows := c.SchedulableNodes(), c.SchedulableWindows(); all != 3 || windows != 2 {
		t.Errorf("%d nodes, %d of Windows", all, windows)
	}
}

// TestBlockingTaints holds for which taints e2e.test would wait: those of all nodes that are not cordoned, each key once.
func TestBlockingTaints(t *testing.T) {
	t.Parallel()
	c := runner.Cluster{Nodes: []runner.Node{
		{Name: "a", Taints: []string{"z=1:NoSchedule", "a/b:NoExecute"}}, {Name: "b", Taints: []string{"z=2:NoExecute"}}, {Name: "c", Cordoned: true, Taints: []string{"c:NoSchedule"}},
	}}
	if diff := cmp.Diff([]string{"a/b", "z"}, c.BlockingTaints()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
