package capi

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

type part struct {
	name string
	hold func(*testing.T, *stand)
}

// TestProduct holds op-readiness capi against real core managers.
func TestProduct(t *testing.T) {
	for _, version := range coreVersions() {
		t.Run(version, func(t *testing.T) {
			s := newStand(t, version)
			parts := []part{
				{"available", available}, {"availability gate", availability}, {"pools", pools}, {"generations", generations}, {"upgrade", upgrade}, {"limit", limit}, {"by hand", byHand}, {"extension", extension},
				{"forged", forged}, {"deleted", deleted}, {"unreachable", unreachable}, {"replicas", replicas}, {"rights", rights},
			}
			if version == coreVersions()[0] {
				parts = append(parts, part{"whole road", whole})
			}
			for _, p := range parts {
				t.Run(p.name, func(t *testing.T) { p.hold(t, s) })
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
