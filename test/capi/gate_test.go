package capi

import (
	"fmt"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

const (
	conditionType   = "WindowsOperationallyReady"
	categories      = "op-readiness.sigs.k8s.io/categories"
	holdUpgrades    = "op-readiness.sigs.k8s.io/hold-upgrades"
	holdsAnnotation = clusterv1.BeforeClusterUpgradeHookAnnotationPrefix + "/op-readiness"
)

// asking is a cluster of the fleet that asks for Core.Network, and whose Available waits for our condition.
func asking(name string, more map[string]string) *clusterv1.Cluster {
	annotations := map[string]string{categories: network}
	for key, value := range more {
		annotations[key] = value
	}
	c := cluster(name, annotations)
	c.Spec.AvailabilityGates = []clusterv1.ClusterAvailabilityGate{{ConditionType: conditionType}}
	return c
}

// is is the cluster as it is now.
func (s *stand) is(t *testing.T, name string) *clusterv1.Cluster {
	t.Helper()
	c := &clusterv1.Cluster{}
	if err := s.Get(t.Context(), client.ObjectKey{Namespace: fleet, Name: name}, c); err != nil {
		t.Fatal(err)
	}
	return c
}

// says awaits that a condition of a cluster has that status and reason, and returns its message.
func (s *stand) says(t *testing.T, name, kind string, status metav1.ConditionStatus, reason string) string {
	t.Helper()
	var message string
	await(t, fmt.Sprintf("%s of %s to be %s %s", kind, name, status, reason), func() string {
		if wrong := s.conditionOf(t, name, kind, status); wrong != "" {
			return wrong
		}
		c := apimeta.FindStatusCondition(s.is(t, name).Status.Conditions, kind)
		if reason != "" && c.Reason != reason {
			return "its reason is " + c.Reason + ": " + c.Message
		}
		message = c.Message
		return ""
	})
	return message
}

// version is what the topology has its control plane be.
func (s *stand) version(t *testing.T, name string) string {
	t.Helper()
	o := &unstructured.Unstructured{}
	o.SetGroupVersionKind(schema.GroupVersionKind{Group: controlPlane, Version: "v1", Kind: "GenericControlPlane"})
	if err := s.Get(t.Context(), client.ObjectKey{Namespace: fleet, Name: s.is(t, name).Spec.ControlPlaneRef.Name}, o); err != nil {
		t.Fatal(err)
	}
	version, _, _ := unstructured.NestedString(o.Object, "spec", "version")
	return version
}

// upgrade asks for a version, as a user does.
func (s *stand) upgrade(t *testing.T, name, version string) {
	t.Helper()
	if err := s.Patch(t.Context(), s.is(t, name), merge(map[string]any{"spec": map[string]any{"topology": map[string]any{"version": version}}})); err != nil {
		t.Fatal(err)
	}
}

// theJob is the only Job that a cluster has now.
func (s *stand) theJob(t *testing.T, name string) *batchv1.Job {
	t.Helper()
	var job *batchv1.Job
	await(t, "one Job of "+name, func() string {
		list := &batchv1.JobList{}
		if err := s.List(t.Context(), list, client.InNamespace(fleet), client.MatchingLabels{clusterv1.ClusterNameLabel: name}); err != nil {
			return err.Error()
		}
		if len(list.Items) != 1 {
			return fmt.Sprintf("it has %d", len(list.Items))
		}
		job = &list.Items[0]
		return ""
	})
	return job
}

// availability holds that a cluster with the gate is not Available before its run began, while it goes on, nor when it failed,
// and that no run begins before its Windows machines are there.
func availability(t *testing.T, s *stand) {
	s.controller(t, s.install(t), "--leader-elect=false", "--retry=5s")
	for _, name := range []string{"ready", "bad", "silent"} {
		s.provider.hold(name, true)
		s.create(t, asking(name, nil))
	}
	s.tell(t, "ready", "bad", "silent")
	s.kubelet.set("ready", forever)
	s.kubelet.set("bad", judged("not ready", older))
	for _, name := range []string{"ready", "bad", "silent"} {
		if said := s.says(t, name, conditionType, metav1.ConditionUnknown, "NotStarted"); !strings.Contains(said, "windows") {
			t.Errorf("%s waits for its Windows machines, and says %q", name, said)
		}
		if n := len(s.jobs.of(name)); n != 0 {
			t.Errorf("%s has %d Jobs, and no Windows machine", name, n)
		}
		s.provider.hold(name, false)
	}
	s.says(t, "ready", conditionType, metav1.ConditionUnknown, "Running")
	said := s.says(t, "ready", clusterv1.ClusterAvailableCondition, metav1.ConditionUnknown, "")
	if !strings.Contains(said, conditionType) {
		t.Errorf("the gate does not show in Available: %q", said)
	}
	s.restricted(t, "ready")
	s.says(t, "bad", conditionType, metav1.ConditionFalse, "NotReady")
	s.says(t, "bad", clusterv1.ClusterAvailableCondition, metav1.ConditionFalse, "")
	s.says(t, "silent", conditionType, metav1.ConditionUnknown, "Incomplete") // its pod succeeded, and said nothing

	s.kubelet.set("ready", judged("ready", older))
	if err := s.Delete(t.Context(), s.theJob(t, "ready"), client.PropagationPolicy(metav1.DeletePropagationBackground)); err != nil {
		t.Fatal(err)
	}
	if said := s.says(t, "ready", conditionType, metav1.ConditionTrue, "Ready"); !strings.Contains(said, "5 whole, 6 in part") {
		t.Errorf("the message does not tell whole from part: %q", said)
	}
	s.says(t, "ready", clusterv1.ClusterAvailableCondition, metav1.ConditionTrue, "")
	s.eventsOf(t, "ready", "NotStarted", "Running", "Ready")
}

// restricted holds what the pod of a run may: nothing in the management cluster, and one kubeconfig.
func (s *stand) restricted(t *testing.T, name string) {
	t.Helper()
	job := s.theJob(t, name)
	if len(job.OwnerReferences) != 1 || job.OwnerReferences[0].Kind != "Cluster" || job.OwnerReferences[0].UID != s.is(t, name).UID {
		t.Errorf("the owner of the Job is %v", job.OwnerReferences)
	}
	pods := &corev1.PodList{}
	await(t, "the pod of "+name, func() string {
		if err := s.List(t.Context(), pods, client.InNamespace(fleet), client.MatchingLabels{clusterv1.ClusterNameLabel: name, runLabel: runLabelValue}); err != nil {
			return err.Error()
		}
		if len(pods.Items) != 1 {
			return fmt.Sprintf("there are %d", len(pods.Items))
		}
		return ""
	})
	for _, v := range pods.Items[0].Spec.Volumes {
		if v.Projected != nil || v.HostPath != nil || v.Secret != nil && v.Secret.SecretName != name+"-kubeconfig" {
			t.Errorf("the pod has the volume %+v", v)
		}
	}
	if c := pods.Items[0].Spec.Containers[0]; c.Image != runImage || c.SecurityContext.ReadOnlyRootFilesystem == nil || !*c.SecurityContext.ReadOnlyRootFilesystem {
		t.Errorf("the container is %q, %+v", c.Image, c.SecurityContext)
	}
}

// eventsOf awaits events of a cluster with these reasons, whatever stands before or behind the word.
func (s *stand) eventsOf(t *testing.T, name string, words ...string) {
	t.Helper()
	await(t, fmt.Sprintf("events of %s: %q", name, words), func() string {
		list := &corev1.EventList{}
		if err := s.List(t.Context(), list, client.InNamespace(fleet)); err != nil {
			return err.Error()
		}
		var reasons []string
		for _, e := range list.Items {
			if e.InvolvedObject.Kind == "Cluster" && e.InvolvedObject.Name == name {
				reasons = append(reasons, e.Reason)
			}
		}
		for _, word := range words {
			if !strings.Contains(strings.Join(reasons, " "), word) {
				return fmt.Sprintf("there are %q", reasons)
			}
		}
		return ""
	})
}
