package capi

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// deleted holds that of a cluster that is deleted in the middle of its run nothing stays.
func deleted(t *testing.T, s *stand) {
	s.controller(t, s.install(t), "--leader-elect=false", "--retry=5s")
	const name = "gone"
	s.tell(t, name)
	s.kubelet.set(name, forever)
	s.create(t, asking(name, map[string]string{holdUpgrades: "true"}))
	s.says(t, name, conditionType, metav1.ConditionUnknown, "Running")
	s.theJob(t, name)
	if err := s.Delete(t.Context(), s.is(t, name)); err != nil {
		t.Fatal(err)
	}
	await(t, "the end of "+name, func() string {
		if err := s.Get(t.Context(), client.ObjectKey{Namespace: fleet, Name: name}, &clusterv1.Cluster{}); !apierrors.IsNotFound(err) {
			return fmt.Sprintf("it is still there (%v)", err)
		}
		return s.left(t, name)
	})
	for job, times := range s.jobs.of(name) {
		if times != 1 {
			t.Errorf("%s was made %d times", job, times)
		}
	}
}

// left is "" if nothing that is about a cluster is in the namespace, by label, owner or name, but events.
func (s *stand) left(t *testing.T, name string) string {
	t.Helper()
	var left []string
	for _, list := range []client.ObjectList{&batchv1.JobList{}, &corev1.PodList{}, &corev1.SecretList{}, &corev1.ConfigMapList{}, &corev1.PersistentVolumeClaimList{}, &corev1.ServiceAccountList{}} {
		if err := s.List(t.Context(), list, client.InNamespace(fleet)); err != nil {
			return err.Error()
		}
		_ = apimeta.EachListItem(list, func(item runtime.Object) error {
			o := item.(client.Object)
			if o.GetLabels()[clusterv1.ClusterNameLabel] == name || strings.Contains(o.GetName(), name) {
				left = append(left, fmt.Sprintf("%T %s", o, o.GetName()))
			}
			return nil
		})
	}
	return strings.Join(left, ", ")
}

// unreachable holds that a run that did not reach the workload cluster is no failure of it, and is tried again, later and later.
func unreachable(t *testing.T, s *stand) {
	s.controller(t, s.install(t), "--leader-elect=false", "--retry=5s")
	const name = "away"
	s.tell(t, name)
	s.provider.hold(name, true)
	s.create(t, asking(name, nil))
	s.says(t, name, conditionType, metav1.ConditionUnknown, "NotStarted")
	real := s.kubelet.process(s.image())
	s.kubelet.set(name, func(ctx context.Context, pod *corev1.Pod) outcome {
		s.awayFrom(ctx, name) // only now: Cluster API itself has to reach it before
		return real(ctx, pod)
	})
	s.provider.hold(name, false)
	said := s.says(t, name, conditionType, metav1.ConditionUnknown, "Incomplete")
	if !strings.Contains(said, "127.0.0.1") {
		t.Errorf("the message does not tell that the cluster was not reached: %q", said)
	}
	// The first pause is that of --retry, 5 seconds, and the second twice that.
	for attempt, pause := range []time.Duration{5 * time.Second, 10 * time.Second} {
		s.follows(t, name, attempt+2, pause)
	}
	s.past.never(t, name, metav1.ConditionFalse)
	s.past.never(t, name, metav1.ConditionTrue)
}

// image is what the image of Jobs holds.
func (s *stand) image() image {
	return image{"/app/op-readiness": s.program, "/app/e2e.test": filepath.Join(s.bin, "e2e.test")}
}

// awayFrom has the kubeconfig of a cluster name an address where nobody listens.
func (s *stand) awayFrom(ctx context.Context, name string) {
	secret := &corev1.Secret{}
	secret.Namespace, secret.Name = fleet, name+"-kubeconfig"
	away := strings.ReplaceAll(s.provider.kubeconfig(name), s.server, fmt.Sprintf("https://127.0.0.1:%d", freePort(s.kubelet.t)))
	if err := s.Patch(ctx, secret, merge(map[string]any{"stringData": map[string]any{"value": away}})); err != nil && ctx.Err() == nil {
		s.kubelet.t.Error(err)
	}
}

// follows awaits that another attempt at a run is told of, and holds how long after the end of the one before it is due.
func (s *stand) follows(t *testing.T, name string, attempt int, pause time.Duration) {
	t.Helper()
	word := fmt.Sprintf("attempt %d follows at ", attempt)
	awaitFor(t, 5*time.Minute, word, func() string {
		said := s.says(t, name, conditionType, metav1.ConditionUnknown, "")
		_, text, ok := strings.Cut(said, word)
		if !ok {
			return "it says " + said
		}
		due, err := time.Parse(time.RFC3339, text[:min(len(text), len("2006-01-02T15:04:05Z"))])
		if err != nil {
			t.Fatal(err)
		}
		var end struct{ At time.Time }
		if err := json.Unmarshal([]byte(s.theJob(t, name).Annotations["op-readiness.sigs.k8s.io/summary"]), &end); err != nil {
			return err.Error() // it is not kept yet
		}
		if wait := due.Sub(end.At); wait > pause+time.Second || wait < pause-time.Second {
			t.Errorf("attempt %d is due %s after the end of the one before", attempt, wait)
		}
		return ""
	})
}
