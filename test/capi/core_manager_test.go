package capi

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// TestEnvironment holds that the real core managers make a cluster with Windows machines available, with nothing of ours.
func TestEnvironment(t *testing.T) {
	for _, version := range []string{"v1.14.2"} {
		t.Run(version, func(t *testing.T) {
			m := newManagement(t)
			m.startCore(t, version)
			m.startProvider(t)
			m.classes(t)
			m.create(t, cluster("plain", nil))
			await(t, "the cluster", func() string { return m.conditionOf(t, "plain", clusterv1.ClusterAvailableCondition, metav1.ConditionTrue) })
		})
	}
}
