package capi

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/tools/clientcmd"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// whole goes the whole road: a simulated cluster as the workload, whose Windows node Cluster API finds, the real op-readiness run
// with the real e2e.test in the Job's pod, and its verdict in the condition. Pods run in name only there, so that a test which
// asks for their statistics fails, in the third minute, and the verdict is that of a cluster that is not ready.
func whole(t *testing.T, s *stand) {
	const name = "whole"
	s.tell(t, name)
	s.controller(t, s.install(t), "--leader-elect=false")
	s.workload(t, name)
	s.kubelet.set(name, s.kubelet.process(s.image()))
	c := asking(name, map[string]string{holdUpgrades: "true"})
	c.Annotations[categories] = "Core.Scheduling"
	s.create(t, c)
	awaitFor(t, 15*time.Minute, "the verdict", func() string { return s.conditionOf(t, name, conditionType, metav1.ConditionFalse) })
	said := s.says(t, name, conditionType, metav1.ConditionFalse, "NotReady")
	for _, want := range []string{"Core.Scheduling: 1 of 2 shown", "1 failed: resource-limits-honored"} {
		if !strings.Contains(said, want) {
			t.Errorf("the message does not say %q: %q", want, said)
		}
	}
	s.says(t, name, clusterv1.ClusterAvailableCondition, metav1.ConditionFalse, "")
	s.past.never(t, name, metav1.ConditionTrue)
	if made := s.jobs.of(name); len(made) != 1 || s.kubelet.begun(name) != 1 {
		t.Errorf("there were %v, and %d runs", made, s.kubelet.begun(name))
	}
	s.held(t, name, true)
}

// workload starts a simulated cluster that ends with the test, and has it be the workload cluster of that name: the only Windows
// machine of that is the node windows-1.
func (s *stand) workload(t *testing.T, name string) {
	t.Helper()
	dir := inFolder(t, "w")
	t.Cleanup(func() { output(t, "../cluster/down.sh", dir) })
	output(t, "../cluster/up.sh", dir)
	path := filepath.Join(dir, "kubeconfig")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	config, err := clientcmd.BuildConfigFromFlags("", path)
	if err != nil {
		t.Fatal(err)
	}
	api, err := client.New(config, client.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.tokens = append(s.tokens, config.BearerToken)
	s.provider.give(name, string(data), func(ctx context.Context, _ *unstructured.Unstructured, providerID string) error {
		node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "windows-1"}}
		return api.Patch(ctx, node, merge(map[string]any{"spec": map[string]any{"providerID": providerID}}))
	})
}
