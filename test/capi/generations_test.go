package capi

import (
	"context"
	"fmt"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// pools holds that a run waits for MachinePools as for MachineDeployments, and for no worker of Linux.
func pools(t *testing.T, s *stand) {
	const name = "pooled"
	s.tell(t, name)
	s.controller(t, s.install(t), "--leader-elect=false")
	s.kubelet.set(name, judged("ready", older))
	c := asking(name, nil)
	one := int32(1)
	c.Spec.Topology.Workers.MachineDeployments[0] = clusterv1.MachineDeploymentTopology{Class: "linux", Name: "linux", Replicas: &one}
	c.Spec.Topology.Workers.MachinePools = []clusterv1.MachinePoolTopology{{Class: "windows", Name: "windows", Replicas: &one}}
	s.provider.hold(name, true)
	s.create(t, c)
	await(t, "the wait for the MachinePool", func() string {
		said := s.says(t, name, conditionType, metav1.ConditionUnknown, "NotStarted")
		pool := &clusterv1.MachinePoolList{}
		if err := s.List(t.Context(), pool, client.InNamespace(fleet), client.MatchingLabels{clusterv1.ClusterNameLabel: name}); err != nil {
			return err.Error()
		}
		if len(pool.Items) != 1 || !strings.Contains(said, "MachinePool "+pool.Items[0].Name) || strings.Contains(said, "MachineDeployment") {
			return fmt.Sprintf("it says %q", said)
		}
		return ""
	})
	if made := s.jobs.of(name); len(made) != 0 {
		t.Errorf("there are the Jobs %v before there is a Windows machine", made)
	}
	s.provider.hold(name, false)
	s.says(t, name, conditionType, metav1.ConditionTrue, "Ready")
}

// generations holds that a cluster which was ready is not so any more once its Windows machines are made of another template, and
// is again by another run.
func generations(t *testing.T, s *stand) {
	const name = "rolling"
	s.tell(t, name)
	s.controller(t, s.install(t), "--leader-elect=false")
	class := s.classOf(t, name)
	ended := make(chan struct{})
	s.kubelet.set(name, judged("ready", older))
	c := asking(name, map[string]string{holdUpgrades: "true"})
	c.Spec.Topology.ClassRef.Name = class.Name
	s.create(t, c)
	s.says(t, name, conditionType, metav1.ConditionTrue, "Ready")
	first := s.jobs.of(name)

	s.kubelet.set(name, func(ctx context.Context, pod *corev1.Pod) outcome {
		select {
		case <-ctx.Done():
		case <-ended:
		}
		return judged("ready", older)(ctx, pod)
	})
	before := class.DeepCopy()
	for i := range class.Spec.Workers.MachineDeployments {
		if class.Spec.Workers.MachineDeployments[i].Class == "windows" {
			class.Spec.Workers.MachineDeployments[i].Infrastructure.TemplateRef.Name = name
		}
	}
	if err := s.Patch(t.Context(), class, client.MergeFrom(before)); err != nil {
		t.Fatal(err)
	}
	s.says(t, name, conditionType, metav1.ConditionUnknown, "Running")
	s.held(t, name, true)
	second := s.jobs.of(name)
	if len(first) != 1 || len(second) != 2 {
		t.Errorf("first there were the Jobs %v, then %v", first, second)
	}
	close(ended)
	s.says(t, name, conditionType, metav1.ConditionTrue, "Ready")
	for job, times := range s.jobs.of(name) {
		if times != 1 {
			t.Errorf("%s was made %d times", job, times)
		}
	}
	s.past.alwaysHeld(t, name)
}

// classOf makes a class of that name, like the generic one, and a template of that name for Windows machines of another image.
func (s *stand) classOf(t *testing.T, name string) *clusterv1.ClusterClass {
	t.Helper()
	generic := &clusterv1.ClusterClass{}
	if err := s.Get(t.Context(), client.ObjectKey{Namespace: fleet, Name: "generic"}, generic); err != nil {
		t.Fatal(err)
	}
	for _, o := range objects(t, "testdata/class.yaml") {
		if o.GetKind() == "GenericMachineTemplate" && o.GetName() == "windows" {
			o.SetNamespace(fleet)
			o.SetName(name)
			if err := unstructured.SetNestedField(o.Object, "windows-2022-20348.4000", "spec", "template", "spec", "image"); err != nil {
				t.Fatal(err)
			}
			s.create(t, o)
		}
	}
	class := &clusterv1.ClusterClass{ObjectMeta: metav1.ObjectMeta{Namespace: fleet, Name: name}, Spec: generic.Spec}
	s.create(t, class)
	return class
}
