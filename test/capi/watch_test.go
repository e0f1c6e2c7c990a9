package capi

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	apimeta "k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// watch calls see with all objects of a kind and with each change of one, until the test ends.
func (m *management) watch(t *testing.T, list client.ObjectList, see func(runtime.Object)) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() {
		for ctx.Err() == nil {
			watch, err := m.Watch(ctx, list) // begins with those that there are
			if err != nil {
				continue
			}
			for event := range watch.ResultChan() {
				see(event.Object)
			}
		}
	})
	t.Cleanup(func() { cancel(); group.Wait() })
}

// jobs are all Jobs that there ever were.
type jobs struct {
	mu   sync.Mutex
	uids map[string]map[types.UID]bool // by name
}

// watchJobs keeps count of Jobs until the test ends.
func (m *management) watchJobs(t *testing.T) *jobs {
	t.Helper()
	j := &jobs{uids: map[string]map[types.UID]bool{}}
	m.watch(t, &batchv1.JobList{}, func(o runtime.Object) {
		if job, ok := o.(*batchv1.Job); ok {
			j.add(job)
		}
	})
	return j
}

func (j *jobs) add(job *batchv1.Job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.uids[job.Name] == nil {
		j.uids[job.Name] = map[types.UID]bool{}
	}
	j.uids[job.Name][job.UID] = true
}

// of is how often each Job of a cluster was made, by name.
func (j *jobs) of(cluster string) map[string]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	made := map[string]int{}
	for name, uids := range j.uids {
		if strings.HasPrefix(name, "op-readiness-"+cluster+"-") {
			made[name] = len(uids)
		}
	}
	return made
}

// moment is what a cluster was at one time.
type moment struct {
	status metav1.ConditionStatus // of our condition; "" before there is one
	reason string
	held   bool
}

func (m moment) String() string { return fmt.Sprintf("%s %s, held: %t", m.status, m.reason, m.held) }

// past is what clusters were, without repetitions.
type past struct {
	mu      sync.Mutex
	moments map[string][]moment // by cluster
}

func (m *management) watchClusters(t *testing.T) *past {
	t.Helper()
	p := &past{moments: map[string][]moment{}}
	m.watch(t, &clusterv1.ClusterList{}, func(o runtime.Object) {
		c, ok := o.(*clusterv1.Cluster)
		if !ok {
			return
		}
		now := moment{}
		_, now.held = c.Annotations[holdsAnnotation]
		if condition := apimeta.FindStatusCondition(c.Status.Conditions, conditionType); condition != nil {
			now.status, now.reason = condition.Status, condition.Reason
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		if before := p.moments[c.Name]; len(before) == 0 || before[len(before)-1] != now {
			p.moments[c.Name] = append(before, now)
		}
	})
	return p
}

// of is what a cluster was, the oldest first.
func (p *past) of(cluster string) []moment {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]moment(nil), p.moments[cluster]...)
}

// alwaysHeld holds that from the first look at a cluster on its upgrades were held whenever it was not known to be ready.
func (p *past) alwaysHeld(t *testing.T, cluster string) {
	t.Helper()
	began := false
	for i, m := range p.of(cluster) {
		began = began || m.held || m.status != ""
		if began && !m.held && m.status != metav1.ConditionTrue {
			t.Errorf("%s was not ready, and upgrades were not held, at %d of %v", cluster, i, p.of(cluster))
		}
	}
	if !began {
		t.Errorf("upgrades of %s were never held: %v", cluster, p.of(cluster))
	}
}

// never holds that our condition of a cluster never had a status.
func (p *past) never(t *testing.T, cluster string, status metav1.ConditionStatus) {
	t.Helper()
	for _, m := range p.of(cluster) {
		if m.status == status {
			t.Errorf("%s was %s once: %v", cluster, status, p.of(cluster))
		}
	}
}
