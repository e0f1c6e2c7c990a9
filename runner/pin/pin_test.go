package pin_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/tools/clientcmd"

	"sigs.k8s.io/windows-operational-readiness/internal/apitest"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/runner/pin"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

type object = apitest.Object

const (
	group      = "/apis/admissionregistration.k8s.io/v1"
	policies   = group + "/mutatingadmissionpolicies"
	bindings   = group + "/mutatingadmissionpolicybindings"
	namespaces = "/api/v1/namespaces"
	nodes      = "/api/v1/nodes"
	run        = "20260102-030405-abcdef"
)

// server is an API server that does to namespaces and pods what the policies of a run say, while it has them.
func server(t *testing.T) (*apitest.Server, runner.Access) {
	t.Helper()
	t.Setenv("TMPDIR", t.TempDir())
	return serverAlone(t)
}

// serverAlone is one that leaves the folder for temporary files as it is, so that tests with it can run at the same time.
func serverAlone(t *testing.T) (*apitest.Server, runner.Access) {
	t.Helper()
	s := apitest.Start()
	t.Cleanup(s.Close)
	s.Put("/apis/admissionregistration.k8s.io", object{"metadata": object{"name": "v1"}, "resources": []any{object{"name": "mutatingadmissionpolicies"}}})
	s.Admit = func(o apitest.Object, user string) { admit(s, o, user) }
	path := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(path, []byte(s.Kubeconfig("secret")), 0o600); err != nil {
		t.Fatal(err)
	}
	return s, runner.Access{Files: []string{path}}
}

func admit(s *apitest.Server, o apitest.Object, user string) {
	metadata := o["metadata"].(map[string]any)
	parts := strings.Split(user, ":")
	switch {
	case o["kind"] == "Namespace" && len(parts) == 3 && len(s.All(bindings)) == 2:
		metadata["labels"] = map[string]any{runner.RunLabel: parts[1], runner.SendLabel: parts[2]}
	case o["kind"] == "Pod" && len(s.All(policies)) == 2:
		namespace := s.Get(namespaces, metadata["namespace"].(string))
		labels := namespace["metadata"].(map[string]any)["labels"].(map[string]any)
		o["spec"].(map[string]any)["nodeSelector"] = map[string]any{"kubernetes.io/os": labels[runner.SendLabel]}
	}
}

func open(t *testing.T, access runner.Access, send ...specs.OS) (*pin.Pin, error) {
	t.Helper()
	return pin.Open(t.Context(), pin.Options{Access: access, Run: run, Send: send, Wait: time.Second})
}

// TestOpen holds what a pin makes, that e2e.test gets kubeconfigs of users of the run, and that nothing of it is left.
func TestOpen(t *testing.T) {
	s, access := server(t)
	p, err := open(t, access, specs.Windows, specs.Linux)
	if err != nil {
		t.Fatal(err)
	}
	name := func(what string) string { return "op-readiness-" + run + "-" + what }
	for path, want := range map[string][]string{policies: {name("mark"), name("send")}, bindings: {name("mark"), name("send")}, namespaces: {name("linux"), name("windows")}} {
		if diff := cmp.Diff(want, s.All(path)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	if len(p.Kubeconfigs) != 2 {
		t.Errorf("kubeconfigs %q", p.Kubeconfigs)
	}
	for send, path := range p.Kubeconfigs {
		config, err := clientcmd.LoadFromFile(path)
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v", path, info.Mode())
		}
		user := config.AuthInfos["fake"]
		if user.Impersonate != fmt.Sprintf("op-readiness:%s:%s", run, send) || user.Token != "secret" || !cmp.Equal(user.ImpersonateGroups, []string{"admins", "system:authenticated"}) {
			t.Errorf("%s: %q of %q", send, user.Impersonate, user.ImpersonateGroups)
		}
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	checkEmpty(t, s)
}

// checkEmpty holds that nothing is left, neither in the cluster nor on the disk.
func checkEmpty(t *testing.T, s *apitest.Server) {
	t.Helper()
	checkCluster(t, s)
	checkDisk(t)
}

func checkCluster(t *testing.T, s *apitest.Server) {
	t.Helper()
	for _, path := range []string{policies, bindings, namespaces} {
		if left := s.All(path); len(left) > 0 {
			t.Errorf("left in %s: %q", path, left)
		}
	}
}

func checkDisk(t *testing.T) {
	t.Helper()
	if left, err := os.ReadDir(os.TempDir()); len(left) > 0 || err != nil {
		t.Errorf("left on the disk: %v, %v", left, err)
	}
}

// TestOpenFails holds that a pin that does not come to act is an error, and leaves nothing behind, whatever it was.
func TestOpenFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Cleanup(func() { checkDisk(t) })
	for name, test := range map[string]struct {
		change func(*apitest.Server)
		want   string
	}{
		"policies that do nothing": {func(s *apitest.Server) { s.Admit = nil }, "waiting for namespaces to be marked: context deadline exceeded"},
		"pods that are not sent": {func(s *apitest.Server) {
			s.Admit = func(o apitest.Object, user string) {
				if o["kind"] == "Namespace" {
					admit(s, o, user)
				}
			}
		}, "waiting for pods to be sent to windows: context deadline exceeded"},
		"namespaces marked for another run": {func(s *apitest.Server) {
			s.Admit = func(o apitest.Object, user string) { admit(s, o, strings.Replace(user, run, "another", 1)) }
		}, "waiting for namespaces to be marked: context deadline exceeded"},
		"namespaces marked for another system": {func(s *apitest.Server) {
			s.Admit = func(o apitest.Object, user string) { admit(s, o, strings.Replace(user, "windows", "linux", 1)) }
		}, "waiting for namespaces to be marked: context deadline exceeded"},
		"pods sent elsewhere": {func(s *apitest.Server) {
			s.Admit = func(o apitest.Object, user string) {
				admit(s, o, user)
				if o["kind"] == "Pod" {
					o["spec"].(map[string]any)["nodeSelector"] = map[string]any{"kubernetes.io/os": "linux"}
				}
			}
		}, "waiting for pods to be sent to windows: context deadline exceeded"},
		"namespaces are refused": {func(s *apitest.Server) {
			s.Deny = func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == namespaces }
		}, "waiting for namespaces to be marked: context deadline exceeded\nForbidden"},
		"pods are refused": {func(s *apitest.Server) {
			s.Deny = func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/pods") }
		}, "waiting for pods to be sent to windows: context deadline exceeded\nForbidden"},
		"a policy is refused": {func(s *apitest.Server) {
			s.Deny = func(r *http.Request) bool { return r.Method == http.MethodPost && r.URL.Path == policies }
		}, "making op-readiness-" + run + "-mark: "},
		"impersonation is refused": {func(s *apitest.Server) {
			s.Refuse = func(review apitest.Object) bool { return strings.Contains(fmt.Sprint(review), "*") }
		}, "to impersonate a user who may do everything, as the tests do, is not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, access := serverAlone(t)
			test.change(s)
			p, err := open(t, access, specs.Windows)
			if p != nil || err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
			s.Deny = nil
			checkCluster(t, s)
		})
	}
}

// TestLacks holds what is said of clusters in which pods cannot be pinned.
func TestLacks(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*apitest.Server)
		want   string
	}{
		"nothing": {func(*apitest.Server) {}, ""},
		"an earlier Kubernetes": {func(s *apitest.Server) { s.Delete("/apis/admissionregistration.k8s.io", "v1") },
			"the cluster serves no MutatingAdmissionPolicy v1, which is that of Kubernetes 1.36 and later"},
		"no such policies": {func(s *apitest.Server) {
			s.Put("/apis/admissionregistration.k8s.io", object{"metadata": object{"name": "v1"}, "resources": []any{object{"name": "validatingadmissionpolicies"}}})
		}, "the cluster serves no MutatingAdmissionPolicy v1, which is that of Kubernetes 1.36 and later"},
		"no right to make policies": {func(s *apitest.Server) {
			s.Refuse = func(review apitest.Object) bool {
				return strings.Contains(fmt.Sprint(review), "mutatingadmissionpolicies")
			}
		}, "to list mutatingadmissionpolicies is not allowed"},
		"no right to impersonate": {func(s *apitest.Server) {
			s.Refuse = func(review apitest.Object) bool { return strings.Contains(fmt.Sprint(review), "impersonate") }
		}, "to impersonate users is not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, access := serverAlone(t)
			test.change(s)
			config, err := access.Connect()
			if err != nil {
				t.Fatal(err)
			}
			if got, err := pin.Lacks(t.Context(), config); got != test.want || err != nil {
				t.Errorf("%q, %v; want %q", got, err, test.want)
			}
		})
	}
}

// TestTaint holds that open Linux nodes get a taint, others keep what they have, and all are as they were after it.
func TestTaint(t *testing.T) {
	s, access := server(t)
	node := func(name, os string, taints ...any) object {
		return object{"metadata": object{"name": name, "labels": object{"kubernetes.io/os": os}}, "spec": object{"taints": taints}}
	}
	control := object{"key": "control", "effect": "NoSchedule"}
	s.Put(nodes, node("linux-1", "linux"))
	s.Put(nodes, node("linux-2", "linux", object{"key": "soft", "effect": "PreferNoSchedule"}))
	s.Put(nodes, node("control", "linux", control))
	s.Put(nodes, node("windows", "windows"))
	p, err := pin.Taint(t.Context(), access, run)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"taint linux-1", "taint linux-2"}, found(t, access, "taint")); diff != "" {
		t.Errorf("tainted (-want +got):\n%s", diff)
	}
	if taints := s.Get(nodes, "linux-2")["spec"].(map[string]any)["taints"].([]any); len(taints) != 2 {
		t.Errorf("taints of linux-2: %v", taints)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
	if left := found(t, access, ""); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
	checkEmpty(t, s)
}

// found are the kinds and names of what runs have, of one kind if one is named.
func found(t *testing.T, access runner.Access, kind string) []string {
	t.Helper()
	var names []string
	for _, l := range find(t, access) {
		if kind == "" || l.Kind == kind {
			names = append(names, l.Kind+" "+l.Name)
		}
	}
	return names
}

func find(t *testing.T, access runner.Access) []pin.Left {
	t.Helper()
	config, err := access.Connect()
	if err != nil {
		t.Fatal(err)
	}
	all, err := pin.Find(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestRemove holds that what a killed run left is found, told from what a run has that is under way, and removed.
func TestRemove(t *testing.T) {
	s, access := server(t)
	p, err := open(t, access, specs.Windows)
	if err != nil {
		t.Fatal(err)
	}
	dead := object{runner.RunLabel: "dead"}
	s.Put(policies, object{"metadata": object{"name": "dead-policy", "labels": dead}})
	s.Put(namespaces, object{"metadata": object{"name": "dead-own", "labels": dead, "annotations": object{"op-readiness.sigs.k8s.io/alive": "2026-01-02T03:04:05Z 1 elsewhere"}}})
	s.Put(namespaces, object{"metadata": object{"name": "dead-test", "labels": dead}})
	s.Put(namespaces, object{"metadata": object{"name": "mine"}})
	s.Put(namespaces, object{"metadata": object{"name": "test-of-it", "labels": object{runner.RunLabel: run}}})
	s.Put(nodes, object{"metadata": object{"name": "linux"}, "spec": object{"taints": []any{object{"key": runner.RunLabel, "value": "dead", "effect": "NoSchedule"}, object{"key": "a", "effect": "NoSchedule"}}}})
	var old []pin.Left
	for _, l := range find(t, access) {
		if l.Run == run && !l.Live || l.Run == "dead" && (l.Live || l.Own == (l.Name == "dead-test")) {
			t.Errorf("%+v", l)
		}
		if !l.Live {
			old = append(old, l)
		}
	}
	config, err := access.Connect()
	if err != nil {
		t.Fatal(err)
	}
	s.Deny = func(r *http.Request) bool {
		return r.Method == http.MethodDelete && strings.HasSuffix(r.URL.Path, "dead-own")
	}
	removed, err := pin.Remove(t.Context(), config, old)
	if len(removed) != 3 || err == nil || !strings.Contains(err.Error(), "removing namespace dead-own of run dead: ") {
		t.Errorf("removed %v, %v", removed, err)
	}
	s.Deny = nil
	if taints := s.Get(nodes, "linux")["spec"].(map[string]any)["taints"].([]any); len(taints) != 1 {
		t.Errorf("taints: %v", taints)
	}
	if diff := cmp.Diff([]string{"dead-own", "mine", "op-readiness-" + run + "-windows", "test-of-it"}, s.All(namespaces)); diff != "" {
		t.Errorf("namespaces (-want +got):\n%s", diff)
	}
	if err := p.Close(); err != nil {
		t.Error(err)
	}
}
