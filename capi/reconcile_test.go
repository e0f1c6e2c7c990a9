package capi

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// world is a management cluster in memory with a controller.
type world struct {
	*Controller
	writes []string // that were asked for, in their order
	fail   int      // the number of the write behind which the controller is as if killed; 0: none
	told   *events.FakeRecorder
}

var errKilled = errors.New("killed")

func newWorld(t *testing.T, s *scene) *world {
	t.Helper()
	scheme, err := newScheme()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{told: events.NewFakeRecorder(1000)}
	wrote := func(what string, err error) error {
		if w.writes = append(w.writes, what); err == nil && len(w.writes) == w.fail {
			return errKilled
		}
		return err
	}
	api := fake.NewClientBuilder().WithScheme(scheme).WithObjects(s.objects()...).WithStatusSubresource(s.cluster, &batchv1.Job{}, &corev1.Pod{}).WithInterceptorFuncs(interceptor.Funcs{
		Create: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.CreateOption) error {
			return wrote("create "+o.GetName(), c.Create(ctx, o, opts...))
		},
		Delete: func(ctx context.Context, c client.WithWatch, o client.Object, opts ...client.DeleteOption) error {
			return wrote("delete "+o.GetName(), c.Delete(ctx, o, opts...))
		},
		Patch: func(ctx context.Context, c client.WithWatch, o client.Object, p client.Patch, opts ...client.PatchOption) error {
			return wrote("patch "+o.GetName(), c.Patch(ctx, o, p, opts...))
		},
		SubResourcePatch: func(ctx context.Context, c client.Client, sub string, o client.Object, p client.Patch, opts ...client.SubResourcePatchOption) error {
			return wrote("patch "+sub+" "+o.GetName(), c.SubResource(sub).Patch(ctx, o, p, opts...))
		},
	}).Build()
	w.Controller = &Controller{Client: api, Rules: rules(), Template: Template{Image: "image", Timeout: time.Hour}, Events: w.told, Now: noon}
	return w
}

func (w *world) reconcile() (reconcile.Result, error) {
	return w.Reconcile(context.Background(), reconcile.Request{NamespacedName: client.ObjectKey{Namespace: "team", Name: "one"}})
}

// look reconciles, and fails the test if that fails.
func (w *world) look(t *testing.T) reconcile.Result {
	t.Helper()
	result, err := w.reconcile()
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func (w *world) cluster(t *testing.T) *clusterv1.Cluster {
	t.Helper()
	var c clusterv1.Cluster
	if err := w.Client.Get(context.Background(), client.ObjectKey{Namespace: "team", Name: "one"}, &c); err != nil {
		t.Fatal(err)
	}
	return &c
}

func (w *world) condition(t *testing.T) metav1.Condition {
	t.Helper()
	c := meta.FindStatusCondition(w.cluster(t).Status.Conditions, ConditionType)
	if c == nil {
		return metav1.Condition{}
	}
	return *c
}

func (w *world) jobs(t *testing.T) []batchv1.Job {
	t.Helper()
	var list batchv1.JobList
	if err := w.Client.List(context.Background(), &list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// finish ends the only Job as the scene's latest one.
func (w *world) finish(t *testing.T, s *scene, exit int32, message string) {
	t.Helper()
	ctx, writes, fail := context.Background(), w.writes, w.fail
	w.fail = 0 // it is not the controller that writes
	defer func() { w.writes, w.fail = writes, fail }()
	job := w.jobs(t)[0]
	job.UID = "of the job"
	if err := w.Client.Update(ctx, &job); err != nil {
		t.Fatal(err)
	}
	s.end(exit, message)
	pod := s.pods[len(s.pods)-1].DeepCopy()
	pod.OwnerReferences[0].UID, pod.OwnerReferences[0].Name = job.UID, job.Name
	if err := w.Client.Create(ctx, pod); err != nil {
		t.Fatal(err)
	}
}

// TestReconcile holds the way from a Cluster that asks to a verdict, that a second look changes nothing, and what is told.
func TestReconcile(t *testing.T) {
	t.Parallel()
	s := available()
	s.cluster.Annotations[HoldAnnotation] = "true"
	w := newWorld(t, s)
	again := func(what string) {
		t.Helper()
		w.look(t)
		before := len(w.writes)
		w.look(t)
		if len(w.writes) != before {
			t.Errorf("%s: a second look writes %q", what, w.writes[before:])
		}
	}
	again("begin")
	if c := w.condition(t); c.Reason != ReasonRunning || c.ObservedGeneration != 1 || !hasAnnotation(w.cluster(t), HookAnnotation) || len(w.jobs(t)) != 1 {
		t.Errorf("%+v", c)
	}
	s.begin()
	w.finish(t, s, 0, s.ready(nil))
	w.look(t)
	if c := w.cluster(t); w.condition(t).Status != metav1.ConditionTrue || hasAnnotation(c, HookAnnotation) || len(c.Status.Conditions) != 5 {
		t.Errorf("%+v", c)
	}
	if w.jobs(t)[0].Annotations[SummaryAnnotation] == "" {
		t.Error("the summary is not kept")
	}
	again("ready")
	if first, last := slices.Index(w.writes, "patch one"), slices.Index(w.writes, "create "+w.jobs(t)[0].Name); first != 0 || last != 1 {
		t.Errorf("upgrades are not held first: %q", w.writes)
	}
	close(w.told.Events)
	var told []string
	for event := range w.told.Events {
		told = append(told, event)
	}
	if all := strings.Join(told, "\n"); len(told) != 2 || !strings.Contains(all, "WindowsOperationallyReadyRunning") || !strings.Contains(all, "WindowsOperationallyReadyReady") {
		t.Errorf("%q", told)
	}
}

// TestKilled holds that a controller that is killed behind any of its writes loses nothing and does nothing twice.
func TestKilled(t *testing.T) {
	t.Parallel()
	for fail := 1; fail <= 12; fail++ {
		t.Run(fmt.Sprint(fail), func(t *testing.T) {
			t.Parallel()
			s := available()
			s.cluster.Annotations[HoldAnnotation] = "true"
			w := newWorld(t, s)
			w.fail = fail
			settle := func() {
				for range 3 {
					if _, err := w.reconcile(); err != nil && !errors.Is(err, errKilled) {
						t.Fatal(err)
					}
				}
			}
			settle()
			s.begin()
			w.finish(t, s, 0, s.ready(nil))
			settle()
			created := 0
			for _, write := range w.writes {
				if strings.HasPrefix(write, "create") {
					created++
				}
			}
			if created != 1 || w.condition(t).Status != metav1.ConditionTrue || hasAnnotation(w.cluster(t), HookAnnotation) {
				t.Errorf("%q, %+v", w.writes, w.condition(t))
			}
		})
	}
}

// TestGone holds that nothing stays of a Cluster that does not ask any more, and that one that is not there is no error.
func TestGone(t *testing.T) {
	t.Parallel()
	s := available()
	s.cluster.Annotations[HoldAnnotation] = "true"
	w := newWorld(t, s)
	w.look(t)
	c := w.cluster(t)
	delete(c.Annotations, CategoriesAnnotation)
	if err := w.Client.Update(context.Background(), c); err != nil {
		t.Fatal(err)
	}
	w.look(t)
	if c := w.cluster(t); len(c.Status.Conditions) != 4 || hasAnnotation(c, HookAnnotation) || len(w.jobs(t)) != 0 {
		t.Errorf("%+v, %v", c, w.jobs(t))
	}
	if err := w.Client.Delete(context.Background(), w.cluster(t)); err != nil {
		t.Fatal(err)
	}
	w.look(t)
}

// TestLetGo holds that the limit lets an upgrade go, and that it is told.
func TestLetGo(t *testing.T) {
	t.Parallel()
	s := available()
	s.cluster.Annotations[HoldAnnotation], s.cluster.Spec.Topology.Version = "true", "v1.37.2"
	w := newWorld(t, s)
	if result := w.look(t); result.RequeueAfter != 24*time.Hour || w.cluster(t).Annotations[HeldAnnotation] != "v1.37.2 2026-11-26T12:00:00Z" {
		t.Errorf("%+v", result)
	}
	w.Now = func() time.Time { return noon().Add(24 * time.Hour) }
	w.look(t)
	if hasAnnotation(w.cluster(t), HookAnnotation) || w.condition(t).Status == metav1.ConditionTrue {
		t.Error("the upgrade is still held, or what is not shown is True")
	}
	w.look(t)
	close(w.told.Events)
	told := 0
	for event := range w.told.Events {
		if strings.Contains(event, "HoldLimitReached") {
			told++
		}
	}
	if told != 1 {
		t.Errorf("it was told %d times", told)
	}
}
