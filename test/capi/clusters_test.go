package capi

import (
	"fmt"
	"testing"

	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// fleet is the namespace of the clusters and their class.
const fleet = "fleet"

// The versions of clusters: what they start with, and what they are upgraded to.
const (
	older = "v1.36.3"
	newer = "v1.37.2"
)

// classes makes the namespace and the class of clusters in it.
func (m *management) classes(t *testing.T) {
	t.Helper()
	m.namespace(t, fleet)
	for _, o := range objects(t, "testdata/class.yaml") {
		o.SetNamespace(fleet)
		m.await(t, "the webhooks", func() error { return m.Create(t.Context(), o.DeepCopy()) })
	}
}

// cluster is one of the fleet, with a MachineDeployment of one Windows machine, called <name>-windows-<random>.
func cluster(name string, annotations map[string]string) *clusterv1.Cluster {
	one := int32(1)
	return &clusterv1.Cluster{
		ObjectMeta: metav1.ObjectMeta{Namespace: fleet, Name: name, Annotations: annotations},
		Spec: clusterv1.ClusterSpec{Topology: clusterv1.Topology{
			ClassRef: clusterv1.ClusterClassRef{Name: "generic"}, Version: older,
			Workers: clusterv1.WorkersTopology{MachineDeployments: []clusterv1.MachineDeploymentTopology{{Class: "windows", Name: "windows", Replicas: &one}}},
		}},
	}
}

// conditionOf awaits nothing: it is "" if the condition of the cluster has that status, and tells of it otherwise.
func (m *management) conditionOf(t *testing.T, name, kind string, want metav1.ConditionStatus) string {
	t.Helper()
	c := &clusterv1.Cluster{}
	if err := m.Get(t.Context(), client.ObjectKey{Namespace: fleet, Name: name}, c); err != nil {
		return err.Error()
	}
	is := apimeta.FindStatusCondition(c.Status.Conditions, kind)
	if is == nil {
		return fmt.Sprintf("%s has no condition %s", name, kind)
	}
	if is.Status != want {
		return fmt.Sprintf("%s of %s is %s, %s: %s", kind, name, is.Status, is.Reason, is.Message)
	}
	return ""
}
