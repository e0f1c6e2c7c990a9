package capi

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// upgrade holds that an upgrade is held exactly while the newest generation is not ready: before its run, while it goes on and
// when it failed; and that it is let go when the run is ready, after which what it made is to be shown anew.
func upgrade(t *testing.T, s *stand) {
	s.controller(t, s.install(t), "--leader-elect=false", "--retry=5s")
	const name = "up"
	s.tell(t, name)
	s.kubelet.set(name, forever)
	s.create(t, asking(name, map[string]string{holdUpgrades: "true"}))
	s.says(t, name, conditionType, metav1.ConditionUnknown, "Running")
	first := s.theJob(t, name)
	s.held(t, name, true)

	s.upgrade(t, name, newer)
	s.heldBy(t, name, holdsAnnotation)
	s.kubelet.set(name, judged("not ready", older))
	s.again(t, name)
	s.says(t, name, conditionType, metav1.ConditionFalse, "NotReady")
	s.heldBy(t, name, holdsAnnotation)

	// The run of what the upgrade makes goes on until ended is closed.
	ended := make(chan struct{})
	s.kubelet.set(name, func(ctx context.Context, pod *corev1.Pod) outcome {
		if pod.Labels[generationLabel] == first.Labels[generationLabel] {
			return judged("ready", older)(ctx, pod)
		}
		select {
		case <-ctx.Done():
		case <-ended:
		}
		return judged("ready", newer)(ctx, pod)
	})
	s.again(t, name)
	s.upgraded(t, name)
	await(t, "the run of what the upgrade made", func() string {
		for made := range s.jobs.of(name) {
			if made != first.Name {
				return ""
			}
		}
		return "there is only " + first.Name
	})
	s.held(t, name, true)
	s.says(t, name, conditionType, metav1.ConditionUnknown, "")
	close(ended)
	s.says(t, name, conditionType, metav1.ConditionTrue, "Ready")
	s.held(t, name, false)
	s.says(t, name, clusterv1.ClusterAvailableCondition, metav1.ConditionTrue, "")
	s.past.alwaysHeld(t, name)
}

// limit holds that an upgrade is not held for ever, and that whoever looks is told that it was let go unproven.
func limit(t *testing.T, s *stand) {
	const name = "long"
	s.tell(t, name)
	s.controller(t, s.install(t), "--leader-elect=false", "--hold-limit=10s")
	s.kubelet.set(name, judged("not ready", older))
	s.create(t, asking(name, map[string]string{holdUpgrades: "true"}))
	s.says(t, name, conditionType, metav1.ConditionFalse, "NotReady")
	s.upgrade(t, name, newer)
	s.upgraded(t, name)
	s.eventsOf(t, name, "UpgradeHeld", "HoldLimitReached")
	s.past.never(t, name, metav1.ConditionTrue)
}

// byHand holds that an upgrade which is held is let go by hand, as docs/capi.md tells.
func byHand(t *testing.T, s *stand) {
	const name = "waived"
	s.tell(t, name)
	s.controller(t, s.install(t), "--leader-elect=false")
	s.kubelet.set(name, judged("not ready", older))
	s.create(t, asking(name, map[string]string{holdUpgrades: "true"}))
	s.says(t, name, conditionType, metav1.ConditionFalse, "NotReady")
	s.upgrade(t, name, newer)
	s.heldBy(t, name, holdsAnnotation)
	output(t, filepath.Join(s.bin, "kubectl"), "--kubeconfig", s.kubeconfig, "--namespace", fleet, "annotate", "cluster", name, holdUpgrades+"=false", "--overwrite")
	s.upgraded(t, name)
	s.past.never(t, name, metav1.ConditionTrue)
}

// upgraded awaits that the topology has its control plane be of the newer version.
func (s *stand) upgraded(t *testing.T, name string) {
	t.Helper()
	await(t, "the control plane of "+name+" to be upgraded", func() string {
		if v := s.version(t, name); v != newer {
			return "it is to be " + v
		}
		return ""
	})
}

// again has the run of a cluster begin anew, as docs/capi.md tells: its Job is removed.
func (s *stand) again(t *testing.T, name string) {
	t.Helper()
	job := s.theJob(t, name)
	if err := s.Delete(t.Context(), job, client.PropagationPolicy(metav1.DeletePropagationBackground)); err != nil {
		t.Fatal(err)
	}
	await(t, "another Job of "+name, func() string {
		if now := s.theJob(t, name); now.UID != job.UID {
			return ""
		}
		return "it is the same"
	})
}

// held awaits that upgrades of a cluster are held by the annotation, or are not.
func (s *stand) held(t *testing.T, name string, want bool) {
	t.Helper()
	await(t, "upgrades of "+name, func() string {
		if _, held := s.is(t, name).Annotations[holdsAnnotation]; held != want {
			return map[bool]string{true: "they are held", false: "they are not held"}[held]
		}
		return ""
	})
}

// heldBy awaits that Cluster API tells that an upgrade waits, and why, and holds that it did not begin.
func (s *stand) heldBy(t *testing.T, name, why string) {
	t.Helper()
	await(t, "the upgrade of "+name+" to wait for "+why, func() string {
		c := apimeta.FindStatusCondition(s.is(t, name).Status.Conditions, clusterv1.ClusterTopologyReconciledCondition)
		if c == nil || c.Status != metav1.ConditionFalse || !strings.Contains(c.Message, why) {
			return "TopologyReconciled is " + strings.TrimSpace(describe(c))
		}
		return ""
	})
	if v := s.version(t, name); v != older {
		t.Fatalf("the upgrade of %s is held, and its control plane is to be %s", name, v)
	}
}

func describe(c *metav1.Condition) string {
	if c == nil {
		return "not there"
	}
	return string(c.Status) + " " + c.Reason + ": " + c.Message
}
