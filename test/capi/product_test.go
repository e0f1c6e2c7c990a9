package capi

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// TestProduct holds op-readiness capi against real core managers.
func TestProduct(t *testing.T) {
	for _, version := range coreVersions() {
		t.Run(version, func(t *testing.T) {
			s := newStand(t, version)
			for _, part := range []struct {
				name string
				hold func(*testing.T, *stand)
			}{
				{"available", available}, {"availability gate", availability}, {"upgrade", upgrade}, {"extension", extension},
				{"deleted", deleted}, {"unreachable", unreachable}, {"replicas", replicas},
			} {
				t.Run(part.name, func(t *testing.T) { part.hold(t, s) })
			}
		})
	}
}

// TestKilled kills the controller of fifty clusters.
func TestKilled(t *testing.T) { killed(t, newStand(t, coreVersions()[0])) }

// coreVersions are the releases of Cluster API, the one that most is held against first.
func coreVersions() []string { return []string{"v1.14.2", "v1.13.6"} }

// available holds that the core manager makes a cluster with Windows machines available, with nothing of ours.
func available(t *testing.T, s *stand) {
	s.create(t, cluster("plain", nil))
	s.says(t, "plain", clusterv1.ClusterAvailableCondition, metav1.ConditionTrue, "")
}
