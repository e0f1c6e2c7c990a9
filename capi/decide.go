package capi

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
)

// Known is all that is known of a Cluster when it is decided what to do.
type Known struct {
	Now     time.Time
	Cluster *clusterv1.Cluster
	Workers []Worker // every MachineDeployment and MachinePool of the Cluster
	Runs    []Run    // the Jobs with its name in their labels
}

// Rules are what whoever runs the controller has chosen. Both are above 0.
type Rules struct {
	HoldLimit time.Duration // after which an upgrade is let go, proven or not
	Retry     time.Duration // before the second attempt at a run that could test nothing; doubled for each further one, up to an hour
}

// Plan is what is to be. Carried out twice it is as if it were once.
type Plan struct {
	Condition *metav1.Condition // nil: the Cluster has none of ours
	Hook      bool              // the Cluster has HookAnnotation
	Held      string            // the value of HeldAnnotation; "": it has none
	Keep      []Run             // Jobs whose Ending is to be kept in them
	Delete    []Run             // Jobs that are to go, with their pods
	Start     *Start            // a Job that is to be there; nil: none new
	LetGo     string            // the version to which an upgrade is let go unproven, after the limit; "": none is
	Again     time.Duration     // when to look again though nothing changes; 0: never
}

// Start is a Job that is to begin.
type Start struct {
	Subject subject
	Attempt int // from 1
}

// Decide says what is to be, by what is known.
func Decide(k Known, rules Rules) Plan {
	c := k.Cluster
	mine := slices.DeleteFunc(slices.Clone(k.Runs), func(r Run) bool { return r.Foreign })
	if c.DeletionTimestamp != nil || !asks(c) {
		p := Plan{Delete: undeleted(mine)}
		if c.DeletionTimestamp != nil { // what it says of itself is of no interest any more, and an upgrade is none
			p.Condition, p.Hook, p.Held = meta.FindStatusCondition(c.Status.Conditions, ConditionType), hasAnnotation(c, HookAnnotation), c.Annotations[HeldAnnotation]
		}
		return p
	}
	asked := readAsk(c)
	var p Plan
	o := k.decide(&p, asked, mine, rules)
	besides := k.hold(&p, asked, o, rules)
	p.Condition = &metav1.Condition{
		Type: ConditionType, Status: o.status, Reason: o.reason, ObservedGeneration: c.Generation, Message: safetext.Cut(o.message, maxMessage) + besides,
	}
	return p
}

func undeleted(runs []Run) []Run {
	return slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return r.Deleting })
}

// decide says what the condition is, and adds to the plan what is to be done with Jobs.
func (k Known) decide(p *Plan, asked ask, runs []Run, rules Rules) outcome {
	p.Keep = slices.DeleteFunc(slices.Clone(runs), func(r Run) bool { return r.Ending == nil || r.Kept || r.Deleting })
	if asked.problem != nil {
		return unknown(ReasonNotStarted, "%v", asked.problem)
	}
	workers, err := windowsWorkers(k.Workers, asked.workers)
	if err != nil {
		return unknown(ReasonNotStarted, "%v", err)
	}
	of, err := subjectOf(k.Cluster, asked, workers)
	if err != nil {
		return unknown(ReasonNotStarted, "%v", err)
	}
	for _, r := range k.Runs {
		if r.Foreign && r.Attempt > 0 && r.Generation == of.Generation {
			return unknown(ReasonNotStarted, "the Job %s belongs to somebody else", r.Job)
		}
	}
	latest := latestOf(runs, of.Generation)
	var rest []Run
	for _, r := range runs {
		if latest == nil || r.UID != latest.UID {
			rest = append(rest, r)
		}
	}
	p.Delete = undeleted(rest)
	p.Keep = slices.DeleteFunc(p.Keep, func(r Run) bool { return latest == nil || r.UID != latest.UID })
	upgrading := k.upgrading(workers)
	switch {
	case upgrading != "":
		return unknown(ReasonNotStarted, "%s", upgrading)
	case latest != nil && latest.Deleting:
		return unknown(ReasonNotStarted, "the Job %s is being deleted", latest.Job)
	case latest != nil:
		return k.proceed(p, *latest, of, rules)
	}
	return k.begin(p, of, rest, 1)
}

// latestOf is the latest attempt at a generation; nil if there was none.
func latestOf(runs []Run, generation string) *Run {
	var latest *Run
	for i, r := range runs {
		if r.Generation == generation && r.Attempt > 0 && (latest == nil || r.Attempt > latest.Attempt) {
			latest = &runs[i]
		}
	}
	return latest
}

// proceed says how far a run is, and begins another attempt at one that could test nothing.
func (k Known) proceed(p *Plan, r Run, of subject, rules Rules) outcome {
	switch {
	case r.Ending == nil && r.Over != "":
		return unknown(ReasonIncomplete, "the Job %s ended (%s), and nothing is known of what it came to; delete it for a new run", r.Job, short(r.Over))
	case r.Ending == nil:
		text := fmt.Sprintf("the Job %s runs", r.Job)
		if r.Waits != "" {
			text += "; its pod waits: " + r.Waits
		}
		return unknown(ReasonRunning, "%s", text)
	}
	o := judge(*r.Ending, of)
	if !o.untried {
		o.message += fmt.Sprintf(" (Job %s", r.Job)
		if o.reason == ReasonIncomplete {
			o.message += "; delete it for a new run"
		}
		o.message += ")"
		return o
	}
	due := r.Ending.At.Add(backoff.Pause(rules.Retry, r.Attempt))
	if k.Now.Before(due) {
		p.Again = due.Sub(k.Now)
		o.message += fmt.Sprintf(" (Job %s); attempt %d follows at %s", r.Job, r.Attempt+1, at(due))
		return o
	}
	next := k.begin(p, of, nil, r.Attempt+1)
	if next.reason == ReasonRunning {
		return next
	}
	o.message += fmt.Sprintf(" (Job %s); attempt %d is %s", r.Job, r.Attempt+1, next.message)
	return o
}

// begin begins a run if all that it needs is there, and says what it waits for if not.
func (k Known) begin(p *Plan, of subject, others []Run, attempt int) outcome {
	if waits := k.waits(of); len(waits) > 0 {
		return unknown(ReasonNotStarted, "waiting: %s", strings.Join(waits, "; "))
	}
	for _, r := range others {
		if !r.done() {
			return unknown(ReasonNotStarted, "waiting: the Job %s of an earlier generation is being ended", r.Job)
		}
	}
	p.Start = &Start{Subject: of, Attempt: attempt}
	return unknown(ReasonRunning, "the Job %s runs", jobName(k.Cluster.Name, of.Generation, attempt))
}

// done tells whether nothing of a run works any more.
func (r Run) done() bool { return r.Ending != nil || r.Over != "" }

// upgradingReasons are those of TopologyReconciled with which the topology is as it is to be, but for an upgrade.
func upgradingReasons() []string {
	return []string{clusterv1.ClusterTopologyReconciledClusterUpgradingReason}
}

// waits are the reasons why nothing can be tested now.
func (k Known) waits(of subject) []string {
	c := k.Cluster
	var list []string
	if c.Spec.Paused != nil && *c.Spec.Paused || hasAnnotation(c, clusterv1.PausedAnnotation) {
		list = append(list, "the cluster is paused")
	}
	for _, need := range []struct{ condition, words string }{
		{clusterv1.ClusterInfrastructureReadyCondition, "the infrastructure is not ready"},
		{clusterv1.ClusterControlPlaneAvailableCondition, "the control plane is not available"},
		{clusterv1.ClusterRemoteConnectionProbeCondition, "the cluster cannot be reached"},
	} {
		if now := meta.FindStatusCondition(c.Status.Conditions, need.condition); now == nil || now.Status != metav1.ConditionTrue {
			list = append(list, need.words+said(now))
		}
	}
	if c.Spec.Topology.IsDefined() {
		now := meta.FindStatusCondition(c.Status.Conditions, clusterv1.ClusterTopologyReconciledCondition)
		if now == nil || now.ObservedGeneration < c.Generation || now.Status != metav1.ConditionTrue && !slices.Contains(upgradingReasons(), now.Reason) {
			list = append(list, "the topology is not reconciled"+said(now))
		}
	}
	for _, w := range of.Workers {
		if w.Waits != "" {
			list = append(list, fmt.Sprintf("%s: %s", w, w.Waits))
		}
	}
	if of.Version == "" {
		list = append(list, "the Kubernetes version is not known")
	}
	return list
}

func hasAnnotation(c *clusterv1.Cluster, name string) bool {
	_, ok := c.Annotations[name]
	return ok
}

// upgrading says that an upgrade has begun and is not over; "" if none has. One that is held has not begun.
func (k Known) upgrading(workers []Worker) string {
	c := k.Cluster
	if v := versionOf(c, workers); strings.Contains(v, ",") {
		return fmt.Sprintf("an upgrade is not over: there are the Kubernetes versions %s", strings.ReplaceAll(v, ",", ", "))
	}
	if !c.Spec.Topology.IsDefined() {
		return ""
	}
	if slices.Contains(words(c.Annotations[pendingHooks]), afterUpgrade) {
		return fmt.Sprintf("the upgrade to %s is not over", c.Spec.Topology.Version)
	}
	for _, w := range workers {
		if version := versionOf(c, workers); !sameVersion(w.Template.Version, version) && w.Template.Version != "" {
			return fmt.Sprintf("an upgrade is not over: the control plane is of %s, and %s of %s", version, w, w.Template.Version)
		}
	}
	return ""
}

// upgradeTo is the version to which an upgrade is asked for and has not begun; "" if there is none.
func (k Known) upgradeTo(workers []Worker) string {
	want := k.Cluster.Spec.Topology.Version
	is := versionOf(k.Cluster, workers)
	if want == "" || is == "" || k.upgrading(workers) != "" || sameVersion(want, is) {
		return ""
	}
	return want
}
