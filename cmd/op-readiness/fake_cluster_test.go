package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// setupCluster gives a script an API server with the version and nodes that preflight asks for, and a kubeconfig for it
// in $WORK/kubeconfig. A file $WORK/nodes.json replaces the nodes, $WORK/version the version. With $WORK/denied the server
// lists nothing. Whoever asks it anything leaves a file $WORK/asked.
func setupCluster(env *testscript.Env) error {
	here := func(name string) string { return filepath.Join(env.WorkDir, name) }
	mux := http.NewServeMux()
	mux.HandleFunc("GET /version", func(w http.ResponseWriter, _ *http.Request) {
		version := "v1.36.3"
		if data, err := os.ReadFile(here("version")); err == nil {
			version = strings.TrimSpace(string(data))
		}
		answer(w, map[string]string{"gitVersion": version})
	})
	mux.HandleFunc("GET /api/v1/nodes", func(w http.ResponseWriter, r *http.Request) {
		if data, err := os.ReadFile(here("nodes.json")); err == nil {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(data)
			return
		}
		answer(w, corev1.NodeList{TypeMeta: metav1.TypeMeta{Kind: "NodeList", APIVersion: "v1"}, Items: fakeNodes()})
	})
	mux.HandleFunc("GET /apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations", func(w http.ResponseWriter, _ *http.Request) {
		answer(w, map[string]any{"kind": "MutatingWebhookConfigurationList", "apiVersion": "admissionregistration.k8s.io/v1", "items": []any{}})
	})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = os.WriteFile(here("asked"), nil, 0o600)
		if _, err := os.Stat(here("denied")); err == nil && r.URL.Path != "/version" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusForbidden)
			_ = json.NewEncoder(w).Encode(metav1.Status{TypeMeta: metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}, Status: metav1.StatusFailure, Reason: metav1.StatusReasonForbidden, Code: http.StatusForbidden, Message: "forbidden: no access"})
			return
		}
		mux.ServeHTTP(w, r)
	}))
	env.Defer(server.Close)
	kubeconfig := fmt.Sprintf(`apiVersion: v1
kind: Config
current-context: fake
clusters: [{name: fake, cluster: {server: %q}}]
contexts: [{name: fake, context: {cluster: fake, user: fake}}]
users: [{name: fake, user: {token: fake}}]
`, server.URL)
	return os.WriteFile(here("kubeconfig"), []byte(kubeconfig), 0o600)
}

func answer(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value)
}

func fakeNodes() []corev1.Node {
	var nodes []corev1.Node
	for i, os := range []string{"linux", "linux", "windows", "windows"} {
		info := corev1.NodeSystemInfo{OperatingSystem: os, OSImage: "Debian GNU/Linux 12", KernelVersion: "6.1.0", ContainerRuntimeVersion: "containerd://2.0.4", KubeletVersion: "v1.36.3"}
		if os == "windows" {
			info.OSImage, info.KernelVersion = "Windows Server 2022 Datacenter", "10.0.20348.2700"
		}
		nodes = append(nodes, corev1.Node{
			ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%s-%d", os, i%2), Labels: map[string]string{corev1.LabelOSStable: os}},
			Status:     corev1.NodeStatus{NodeInfo: info, Conditions: []corev1.NodeCondition{{Type: corev1.NodeReady, Status: corev1.ConditionTrue}}},
		})
	}
	return nodes
}
