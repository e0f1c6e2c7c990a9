package capi

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"sync/atomic"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/events"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
)

// Controller makes of each Cluster what Decide says. It keeps nothing between two looks.
type Controller struct {
	Client   client.Client
	Rules    Rules
	Template Template
	Events   events.EventRecorder
	Now      func() time.Time

	started atomic.Int64 // Jobs that this process has made
}

// Reconcile looks at one Cluster, decides, and does.
func (r *Controller) Reconcile(ctx context.Context, req reconcile.Request) (reconcile.Result, error) {
	k, err := r.gather(ctx, req.NamespacedName)
	if apierrors.IsNotFound(err) {
		return reconcile.Result{}, nil
	}
	if err != nil {
		return reconcile.Result{}, err
	}
	plan := Decide(k, r.Rules)
	err = r.do(ctx, k.Cluster, plan)
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) { // somebody was faster: what is new decides
		return reconcile.Result{RequeueAfter: time.Second}, nil
	}
	return reconcile.Result{RequeueAfter: plan.Again}, err
}

// gather reads all that is known of a Cluster.
func (r *Controller) gather(ctx context.Context, name client.ObjectKey) (Known, error) {
	k := Known{Now: r.Now(), Cluster: &clusterv1.Cluster{}}
	if err := r.Client.Get(ctx, name, k.Cluster); err != nil {
		return Known{}, err
	}
	of := []client.ListOption{client.InNamespace(name.Namespace), client.MatchingLabels{clusterv1.ClusterNameLabel: name.Name}}
	var jobs batchv1.JobList
	var pods corev1.PodList
	ours := append(of, client.HasLabels{GenerationLabel})
	if err := errors.Join(r.Client.List(ctx, &jobs, ours...), r.Client.List(ctx, &pods, ours...)); err != nil {
		return Known{}, fmt.Errorf("reading the runs: %w", err)
	}
	for _, job := range jobs.Items {
		k.Runs = append(k.Runs, runOf(job, pods.Items, k.Cluster))
	}
	if !asks(k.Cluster) {
		return k, nil
	}
	var mds clusterv1.MachineDeploymentList
	var mps clusterv1.MachinePoolList
	if err := errors.Join(r.Client.List(ctx, &mds, of...), r.Client.List(ctx, &mps, of...)); err != nil {
		return Known{}, fmt.Errorf("reading the workers: %w", err)
	}
	for _, md := range mds.Items {
		k.Workers = append(k.Workers, deployment(md))
	}
	for _, mp := range mps.Items {
		k.Workers = append(k.Workers, pool(mp))
	}
	return k, nil
}

// do carries a plan out. Upgrades are held before anything else is done, and let go only when the rest is done.
func (r *Controller) do(ctx context.Context, c *clusterv1.Cluster, p Plan) error {
	if p.Hook {
		if err := r.annotate(ctx, c, p); err != nil {
			return err
		}
	}
	if err := r.jobs(ctx, c, p); err != nil {
		return err
	}
	if err := r.condition(ctx, c, p.Condition); err != nil {
		return err
	}
	return r.annotate(ctx, c, p)
}

// annotate writes the annotations that hold upgrades. The Cluster is the newer one then.
func (r *Controller) annotate(ctx context.Context, c *clusterv1.Cluster, p Plan) error {
	before, had := c.DeepCopy(), maps.Clone(c.Annotations)
	put := func(name, value string, there bool) {
		if there {
			metav1.SetMetaDataAnnotation(&c.ObjectMeta, name, value)
		} else {
			delete(c.Annotations, name)
		}
	}
	put(HookAnnotation, "", p.Hook)
	put(HeldAnnotation, p.Held, p.Held != "")
	if maps.Equal(had, c.Annotations) {
		return nil
	}
	if err := r.Client.Patch(ctx, c, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
		return fmt.Errorf("writing the annotations that hold upgrades: %w", err)
	}
	switch _, hooked := had[HookAnnotation]; {
	case p.LetGo != "" && hooked:
		r.tell(c, corev1.EventTypeWarning, "HoldLimitReached", fmt.Sprintf("the upgrade to %s is let go, though the cluster is not shown to be ready: it was held for %s", p.LetGo, r.Rules.HoldLimit))
	case parseHeld(p.Held).version != parseHeld(had[HeldAnnotation]).version && p.Held != "":
		r.tell(c, corev1.EventTypeNormal, "UpgradeHeld", parseHeld(p.Held).words())
	}
	return nil
}

// jobs keeps how runs ended, ends those that are of no use any more, and begins the one that is to be there.
func (r *Controller) jobs(ctx context.Context, c *clusterv1.Cluster, p Plan) error {
	for _, run := range p.Keep {
		text, err := run.Ending.text()
		if err != nil {
			return err
		}
		job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: run.Job, Namespace: c.Namespace}}
		with := job.DeepCopy()
		with.UID, with.Annotations = run.UID, map[string]string{SummaryAnnotation: text} // by its UID, so that no later one gets it
		if err := r.Client.Patch(ctx, with, client.MergeFrom(job)); err != nil {
			return fmt.Errorf("keeping the end of the Job %s: %w", run.Job, err)
		}
	}
	for _, run := range p.Delete {
		job := &batchv1.Job{ObjectMeta: metav1.ObjectMeta{Name: run.Job, Namespace: c.Namespace}}
		err := r.Client.Delete(ctx, job, client.PropagationPolicy(metav1.DeletePropagationForeground), client.Preconditions{UID: &run.UID})
		if err != nil && !apierrors.IsNotFound(err) && !apierrors.IsConflict(err) {
			return fmt.Errorf("deleting the Job %s: %w", run.Job, err)
		}
	}
	if p.Start == nil {
		return nil
	}
	job := r.Template.Job(c, *p.Start)
	err := r.Client.Create(ctx, job)
	if apierrors.IsAlreadyExists(err) {
		return nil // by an earlier look, of which the cache does not know yet
	}
	if err != nil {
		return fmt.Errorf("making the Job %s: %w", job.Name, err)
	}
	r.started.Add(1)
	return nil
}

// condition writes the condition, and tells of a change of its status or reason.
func (r *Controller) condition(ctx context.Context, c *clusterv1.Cluster, want *metav1.Condition) error {
	before := c.DeepCopy()
	had := meta.FindStatusCondition(before.Status.Conditions, ConditionType)
	changed := false
	if want == nil {
		changed = meta.RemoveStatusCondition(&c.Status.Conditions, ConditionType)
	} else {
		now := *want
		now.LastTransitionTime = metav1.NewTime(r.Now())
		changed = meta.SetStatusCondition(&c.Status.Conditions, now)
	}
	if !changed {
		return nil
	}
	if err := r.Client.Status().Patch(ctx, c, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})); err != nil {
		return fmt.Errorf("writing the condition: %w", err)
	}
	if want == nil || had != nil && had.Status == want.Status && had.Reason == want.Reason {
		return nil
	}
	kind := corev1.EventTypeNormal
	if want.Reason == ReasonNotReady || want.Reason == ReasonIncomplete {
		kind = corev1.EventTypeWarning
	}
	r.tell(c, kind, want.Reason, want.Message)
	return nil
}

// maxNote is how many bytes the note of an event may have, with some to spare (k8s.io/api/events/v1, Event).
const maxNote = 1000

func (r *Controller) tell(c *clusterv1.Cluster, kind, reason, note string) {
	r.Events.Eventf(c, nil, kind, ConditionType+reason, "Prove", "%s", strings.ToValidUTF8(note[:min(len(note), maxNote)], ""))
}
