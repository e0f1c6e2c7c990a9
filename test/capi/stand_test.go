package capi

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/yaml"
)

// stand is a management cluster with a release of Cluster API, providers, a kubelet, and what config/capi gives op-readiness.
type stand struct {
	*management
	provider *provider
	kubelet  *kubelet
	program  string // op-readiness
	jobs     *jobs
	past     *past
	tokens   []string // what the kubeconfigs of workload clusters hold, which is never to be shown
}

func newStand(t *testing.T, version string) *stand {
	t.Helper()
	s := &stand{management: newManagement(t), program: inFolder(t, "bin", "op-readiness"), tokens: []string{workloadToken}}
	if _, err := os.Stat(s.program); err != nil {
		output(t, "go", "build", "-C", "../..", "-o", s.program, "./cmd/op-readiness")
	}
	s.startCore(t, version)
	s.provider = s.startProvider(t)
	s.kubelet = s.startKubelet(t)
	s.classes(t)
	s.jobs, s.past = s.watchJobs(t), s.watchClusters(t)
	t.Cleanup(func() { s.nothingGivenAway(t) })
	return s
}

// tell tells, when a test has failed, what its clusters and their workers are.
func (s *stand) tell(t *testing.T, names ...string) {
	t.Helper()
	t.Cleanup(func() {
		for _, name := range names {
			if !t.Failed() {
				return
			}
			of := []client.ListOption{client.InNamespace(fleet), client.MatchingLabels{clusterv1.ClusterNameLabel: name}}
			c, mds, jobs := &clusterv1.Cluster{}, &clusterv1.MachineDeploymentList{}, &batchv1.JobList{}
			err := errors.Join(s.Get(context.Background(), client.ObjectKey{Namespace: fleet, Name: name}, c), s.List(context.Background(), mds, of...), s.List(context.Background(), jobs, of...))
			t.Logf("%s: %v, annotations %q, %s", name, err, c.Annotations, told(c.Status.Conditions))
			for _, md := range mds.Items {
				t.Logf("%s: of %s, %s", md.Name, md.Spec.Template.Spec.Version, told(md.Status.Conditions))
			}
			for _, job := range jobs.Items {
				t.Logf("%s: %q, %+v", job.Name, job.Annotations, job.Status)
			}
			t.Logf("what %s was: %v", name, s.past.of(name))
		}
	})
}

// told is what conditions say, a line each.
func told(conditions []metav1.Condition) string {
	var lines strings.Builder
	for _, c := range conditions {
		fmt.Fprintf(&lines, "\n  %s is %s", c.Type, describe(&c))
	}
	return lines.String()
}

// nothingGivenAway holds that what a kubeconfig holds stands in no log and in no object but secrets.
func (s *stand) nothingGivenAway(t *testing.T) {
	encoded := base64.StdEncoding.EncodeToString([]byte(s.provider.kubeconfig("")))
	given := func(text string) bool {
		return strings.Contains(text, workloadToken) || strings.Contains(text, encoded)
	}
	ctx := context.Background()
	for _, list := range []client.ObjectList{&clusterv1.ClusterList{}, &batchv1.JobList{}, &corev1.PodList{}, &corev1.ConfigMapList{}, &corev1.EventList{}, &eventsv1.EventList{}} {
		if err := s.List(ctx, list); err != nil {
			t.Errorf("looking for what was given away: %v", err)
			continue
		}
		data, err := yaml.Marshal(list)
		if err != nil {
			t.Error(err)
		}
		if given(string(data)) {
			t.Errorf("the token of a workload cluster stands in a %T", list)
		}
	}
	if data, err := os.ReadFile(inFolder(t, "logs", "op-readiness.log")); err != nil || strings.Contains(string(data), "forbidden") {
		t.Errorf("what config/capi lets the controller do is not enough, says its log (%v)", err)
	}
	logs, err := filepath.Glob(filepath.Join(os.Getenv(marker), "logs", "*"))
	if err != nil || len(logs) == 0 {
		t.Fatalf("no logs: %v", err)
	}
	for _, name := range logs {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Error(err)
		}
		if given(string(data)) {
			t.Errorf("the token of a workload cluster stands in %s", filepath.Base(name))
		}
	}
}
