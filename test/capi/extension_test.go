package capi

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"

	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	runtimev1 "sigs.k8s.io/cluster-api/api/runtime/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// extension holds that the real manager discovers the Runtime Extension, and that by its answer alone an upgrade is held while the
// cluster is not ready. An annotation comes before the extension is asked, so here nobody leads, who would write it, until the
// extension has answered.
func extension(t *testing.T, s *stand) {
	own := newServing(t)
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	kubeconfig := s.install(t)
	lease := s.somebodyLeads(t)
	s.controller(t, kubeconfig, "--leader-elect-namespace="+ours, "--extension-listen="+address, "--extension-cert-dir="+own.dir)
	config := s.extensionConfig(t, "https://"+address, own.certificate)
	s.create(t, config)
	t.Cleanup(func() {
		if err := s.Delete(context.Background(), config); err != nil {
			t.Error(err)
		}
	})
	await(t, "the discovery of the extension", func() string {
		if err := s.Get(t.Context(), client.ObjectKeyFromObject(config), config); err != nil {
			return err.Error()
		}
		var found []string
		for _, h := range config.Status.Handlers {
			found = append(found, h.RequestHook.Hook)
		}
		for _, want := range []string{"AfterControlPlaneInitialized", "BeforeClusterUpgrade"} {
			if !slices.Contains(found, want) {
				return fmt.Sprintf("there are the handlers %q; %v", found, config.Status.Conditions)
			}
		}
		return ""
	})

	const name = "hooked"
	s.tell(t, name)
	s.kubelet.set(name, judged("ready", older))
	s.create(t, asking(name, map[string]string{holdUpgrades: "true"}))
	// Cluster API makes no machine of the old version once an upgrade is asked for.
	s.says(t, name, clusterv1.ClusterWorkersAvailableCondition, metav1.ConditionTrue, "")
	s.eventsOf(t, name, "Noted")
	s.upgrade(t, name, newer)
	s.heldBy(t, name, conditionType)
	if past := s.past.of(name); len(past) != 1 || past[0] != (moment{}) {
		t.Fatalf("somebody leads: %v", past)
	}

	if err := s.Patch(t.Context(), lease, merge(map[string]any{"spec": map[string]any{"holderIdentity": ""}})); err != nil {
		t.Fatal(err)
	}
	s.upgraded(t, name)
	s.past.alwaysHeld(t, name)
}

// extensionConfig is that of config/capi/extension, by address instead of by service. It is about the namespaces with its label,
// which the fleet has from now on.
func (s *stand) extensionConfig(t *testing.T, address string, authority []byte) *runtimev1.ExtensionConfig {
	t.Helper()
	config := &runtimev1.ExtensionConfig{}
	for _, o := range parse(t, []byte(output(t, filepath.Join(s.bin, "kubectl"), "kustomize", "../../config/capi/extension"))) {
		if o.GetKind() != "ExtensionConfig" {
			continue
		}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructuredWithValidation(o.Object, config, true); err != nil {
			t.Fatal(err)
		}
	}
	config.Annotations = nil // the authority is that of the test, and of no secret
	config.Spec.ClientConfig = runtimev1.ClientConfig{URL: address, CABundle: authority}
	if config.Spec.NamespaceSelector == nil || len(config.Spec.NamespaceSelector.MatchLabels) != 1 {
		t.Fatalf("config/capi/extension is about other namespaces than those with its label: %+v", config.Spec.NamespaceSelector)
	}
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: fleet}}
	if err := s.Patch(t.Context(), namespace, merge(map[string]any{"metadata": map[string]any{"labels": config.Spec.NamespaceSelector.MatchLabels}})); err != nil {
		t.Fatal(err)
	}
	return config
}

// somebodyLeads makes a Lease that somebody holds who is not there.
func (s *stand) somebodyLeads(t *testing.T) *coordinationv1.Lease {
	t.Helper()
	who, seconds, now := "somebody", int32(3600), metav1.NowMicro()
	lease := &coordinationv1.Lease{
		ObjectMeta: metav1.ObjectMeta{Namespace: ours, Name: "op-readiness-capi"},
		Spec:       coordinationv1.LeaseSpec{HolderIdentity: &who, LeaseDurationSeconds: &seconds, AcquireTime: &now, RenewTime: &now},
	}
	s.create(t, lease)
	return lease
}
