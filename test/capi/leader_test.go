package capi

import (
	"testing"

	coordinationv1 "k8s.io/api/coordination/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// replicas holds that of two controllers one leads, that the other goes on when it is killed, and that they never begin two runs.
func replicas(t *testing.T, s *stand) {
	kubeconfig := s.install(t)
	var both []controller
	for range 2 {
		both = append(both, s.controller(t, kubeconfig, "--leader-elect", "--leader-elect-namespace="+ours))
	}
	const name = "led"
	s.tell(t, name)
	s.kubelet.set(name, forever)
	s.create(t, asking(name, nil))
	s.says(t, name, conditionType, metav1.ConditionUnknown, "Running")
	holder := s.holder(t)
	s.kubelet.set(name, judged("ready", older))
	// Which of the two it is shows in what the other one does not do: kill one, and if the lease stays with the other, that one too.
	for _, c := range both {
		c.kill()
		s.controller(t, kubeconfig, "--leader-elect", "--leader-elect-namespace="+ours)
	}
	s.again(t, name)
	s.says(t, name, conditionType, metav1.ConditionTrue, "Ready")
	if now := s.holder(t); now == holder {
		t.Errorf("the lease is still held by %s, which was killed", now)
	}
	for job, times := range s.jobs.of(name) {
		if times != 2 { // the second one because the first was removed
			t.Errorf("%s was made %d times", job, times)
		}
	}
}

// holder is who leads.
func (s *stand) holder(t *testing.T) string {
	t.Helper()
	list := &coordinationv1.LeaseList{}
	if err := s.List(t.Context(), list, client.InNamespace(ours)); err != nil {
		t.Fatal(err)
	}
	if len(list.Items) != 1 || list.Items[0].Spec.HolderIdentity == nil {
		t.Fatalf("there is not one lease with a holder: %+v", list.Items)
	}
	return *list.Items[0].Spec.HolderIdentity
}
