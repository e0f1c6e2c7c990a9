package capi

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	runtimev1 "sigs.k8s.io/cluster-api/api/runtime/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// extension holds that the real manager discovers the Runtime Extension, that by its answer an upgrade is held while the cluster
// is not ready, without any annotation, and that it is let go.
func extension(t *testing.T, s *stand) {
	own := newServing(t)
	address := fmt.Sprintf("127.0.0.1:%d", freePort(t))
	s.controller(t, s.install(t), "--leader-elect=false", "--extension-listen="+address, "--extension-cert-dir="+own.dir)
	config := &runtimev1.ExtensionConfig{}
	config.Name = "op-readiness"
	config.Spec.ClientConfig = runtimev1.ClientConfig{URL: "https://" + address, CABundle: own.certificate}
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
	s.kubelet.set(name, judged("not ready", older))
	s.create(t, asking(name, map[string]string{holdUpgrades: "true"}))
	s.says(t, name, conditionType, metav1.ConditionFalse, "NotReady")
	s.eventsOf(t, name, "Noted")
	// Without the annotation the extension alone holds it.
	if n := strings.Count(s.version(t, name), newer); n != 0 {
		t.Fatal("it is upgraded already")
	}
	s.upgrade(t, name, newer)
	s.heldBy(t, name, conditionType)
}
