package capi

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	authenticationv1 "k8s.io/api/authentication/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// ours is the namespace and the service account that config/capi gives op-readiness capi.
const ours, account = "op-readiness-capi", "op-readiness-capi"

// runImage is what Jobs are told to run. There is no such image; the kubelet here runs what this machine has of it.
const runImage = "registry.invalid/op-readiness:" + older

// install applies config/capi, and writes a kubeconfig of its service account: what our controller may do is what those
// manifests let it.
func (s *stand) install(t *testing.T) (kubeconfig string) {
	t.Helper()
	output(t, filepath.Join(s.bin, "kubectl"), "--kubeconfig", s.kubeconfig, "apply", "-k", "../../config/capi")
	request := &authenticationv1.TokenRequest{}
	who := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Namespace: ours, Name: account}}
	if err := s.SubResource("token").Create(t.Context(), who, request); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.dir, "kubeconfig-of-ours")
	if err := os.WriteFile(path, []byte(s.kubeconfigOf(t, request.Status.Token)), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// controller is a running op-readiness capi.
type controller struct {
	*process
	health string // address of /readyz
}

// controller starts op-readiness capi, which ends with the test.
func (s *stand) controller(t *testing.T, kubeconfig string, args ...string) controller {
	t.Helper()
	health := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	p := start(t, "op-readiness", s.program, append([]string{
		"capi", "--kubeconfig", kubeconfig, "--image", runImage, fmt.Sprintf("--metrics-listen=127.0.0.1:%d", freePort(t)), "--health-listen=" + health,
	}, args...)...)
	t.Cleanup(p.kill)
	return controller{p, health}
}

// ready awaits that it knows what there is, and works.
func (c controller) ready(t *testing.T) {
	t.Helper()
	await(t, "the controller to be ready", func() string {
		if c.ended() {
			t.Fatalf("the controller ended by itself; %s", c.tail())
		}
		response, err := http.Get("http://" + c.health + "/readyz")
		if err != nil {
			return err.Error()
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return response.Status
		}
		return ""
	})
}

// rights holds what the controller may not do: what it does not need.
func rights(t *testing.T, s *stand) {
	s.install(t)
	for what, want := range map[authorizationv1.ResourceAttributes]bool{
		{Verb: "get", Resource: "secrets", Namespace: fleet}:                                     false,
		{Verb: "list", Resource: "secrets"}:                                                      false,
		{Verb: "get", Resource: "configmaps", Namespace: fleet}:                                  false,
		{Verb: "create", Resource: "pods", Namespace: fleet}:                                     false,
		{Verb: "get", Resource: "pods", Subresource: "log", Namespace: fleet}:                    false,
		{Verb: "create", Resource: "serviceaccounts", Subresource: "token", Namespace: ours}:     false,
		{Verb: "update", Group: clusterv1.GroupVersion.Group, Resource: "clusters"}:              false,
		{Verb: "patch", Group: clusterv1.GroupVersion.Group, Resource: "machinedeployments"}:     false,
		{Verb: "delete", Group: clusterv1.GroupVersion.Group, Resource: "clusters"}:              false,
		{Verb: "create", Group: "batch", Resource: "jobs", Namespace: fleet}:                     true,
		{Verb: "patch", Group: clusterv1.GroupVersion.Group, Resource: "clusters"}:               true,
		{Verb: "create", Group: "coordination.k8s.io", Resource: "leases", Namespace: "default"}: false,
	} {
		review := &authorizationv1.SubjectAccessReview{Spec: authorizationv1.SubjectAccessReviewSpec{
			User: "system:serviceaccount:" + ours + ":" + account, ResourceAttributes: &what,
		}}
		s.create(t, review)
		if review.Status.Allowed != want {
			t.Errorf("%s %s %s/%s in %q is allowed: %t", what.Verb, what.Group, what.Resource, what.Subresource, what.Namespace, !want)
		}
	}
}
