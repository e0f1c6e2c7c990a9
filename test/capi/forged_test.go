package capi

import (
	"context"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// forged holds that no pod but the one that the Job made speaks for a cluster: none with its labels alone, and none that names the
// Job as its owner besides.
func forged(t *testing.T, s *stand) {
	const name = "honest"
	s.tell(t, name)
	s.controller(t, s.install(t), "--leader-elect=false")
	ended := make(chan struct{})
	s.kubelet.set(name, func(ctx context.Context, pod *corev1.Pod) outcome {
		if strings.HasPrefix(pod.Name, "rogue") {
			return judged("ready", older)(ctx, pod)
		}
		select {
		case <-ctx.Done():
		case <-ended:
		}
		return judged("not ready", older)(ctx, pod)
	})
	s.create(t, asking(name, nil))
	s.says(t, name, conditionType, metav1.ConditionUnknown, "Running")
	await(t, "the pod of the Job", func() string {
		if s.kubelet.begun(name) == 0 {
			return "it did not begin"
		}
		return ""
	})
	job := s.theJob(t, name)
	s.rogue(t, "rogue-by-label", job, nil)
	controls := true
	s.rogue(t, "rogue-by-owner", job, []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: job.Name, UID: job.UID, Controller: &controls}})
	close(ended)
	// With two pods the Job is nobody's word; with one it is that of its own pod.
	await(t, "the end", func() string {
		if s.conditionOf(t, name, conditionType, metav1.ConditionFalse) == "" {
			return ""
		}
		return s.conditionOf(t, name, conditionType, metav1.ConditionUnknown) + s.running(t, name)
	})
	s.past.never(t, name, metav1.ConditionTrue)
}

// running is "" if no run of a cluster goes on.
func (s *stand) running(t *testing.T, name string) string {
	t.Helper()
	for _, m := range s.past.of(name)[len(s.past.of(name))-1:] {
		if m.reason == "Running" {
			return "it is running"
		}
	}
	return ""
}

// rogue makes a pod that looks like that of a Job, and awaits that it ended.
func (s *stand) rogue(t *testing.T, name string, job *batchv1.Job, owners []metav1.OwnerReference) {
	t.Helper()
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Namespace: fleet, Name: name, Labels: job.Spec.Template.Labels, OwnerReferences: owners},
		Spec:       *job.Spec.Template.Spec.DeepCopy(),
	}
	s.create(t, pod)
	await(t, name, func() string {
		if err := s.get(t.Context(), pod); err != "" {
			return err
		}
		if pod.Status.Phase != corev1.PodSucceeded && pod.DeletionTimestamp == nil {
			return "it is " + string(pod.Status.Phase)
		}
		return ""
	})
}
