package capi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// Run is what is known of a Job.
type Run struct {
	Job        string
	UID        types.UID
	Generation string // by its label
	Attempt    int    // from 1; 0: its name is not one of a Job of that generation
	Foreign    bool   // it belongs to somebody else, though its labels are ours
	Deleting   bool
	Ending     *Ending // how the container ended, kept or as the pod tells; nil: that is not known
	Kept       bool    // Ending stands in the Job
	Over       string  // why no container will end any more, as the Job tells; "": one may
	Waits      string  // why its pod does not run yet, as the kubelet tells
}

// Ending is how the container of a Job's pod ended, as the kubelet tells. Message is what the container says itself, as it was.
type Ending struct {
	Pod      string    `json:"pod"`
	ExitCode int32     `json:"exitCode"`
	Reason   string    `json:"reason,omitempty"` // of the kubelet: "Completed", "Error", "OOMKilled"
	At       time.Time `json:"at"`
	Message  string    `json:"message,omitempty"`
}

// runOf is what a Job and the pods in its namespace tell of a run for a Cluster. Whose a Job is, and whose a pod is, follows from
// its owner alone.
func runOf(job batchv1.Job, pods []corev1.Pod, c *clusterv1.Cluster) Run {
	r := Run{
		Job: job.Name, UID: job.UID, Generation: job.Labels[GenerationLabel], Foreign: !owns(c, c.UID, &job), Deleting: job.DeletionTimestamp != nil,
		Over: over(job),
	}
	r.Attempt = attemptOf(job.Name, c.Name, r.Generation)
	if text, ok := job.Annotations[SummaryAnnotation]; ok {
		var kept Ending
		if err := json.Unmarshal([]byte(text), &kept); err != nil {
			kept = Ending{ExitCode: -1, Reason: "what was kept of it cannot be read"}
		}
		r.Ending, r.Kept = &kept, true
		return r
	}
	mine := 0
	for _, pod := range pods {
		if !owns(&job, job.UID, &pod) {
			continue
		}
		mine++
		if end := endingOf(pod); end != nil && r.Ending == nil {
			r.Ending = end
		} else if end == nil && r.Over == "" {
			r.Waits = cmp.Or(r.Waits, waiting(pod))
		}
		if r.Over != "" && pod.Status.Phase == corev1.PodRunning && pod.DeletionTimestamp == nil && r.Ending == nil {
			r.Over = "" // the Job is ahead of its pod: what that says at its end comes yet
		}
	}
	if mine > 1 && r.Ending != nil {
		r.Ending = &Ending{Pod: r.Ending.Pod, ExitCode: -1, At: r.Ending.At, Reason: "it had more than one pod"}
	}
	return r
}

// owns tells whether a thing belongs to an owner, as whose controller that stands in it.
func owns(owner metav1.Object, uid types.UID, thing metav1.Object) bool {
	ref := metav1.GetControllerOf(thing)
	return ref != nil && uid != "" && ref.UID == uid && ref.Name == owner.GetName()
}

// over says why a Job has ended, "" if it has not.
func over(job batchv1.Job) string {
	for _, c := range job.Status.Conditions {
		if c.Status == corev1.ConditionTrue && (c.Type == batchv1.JobComplete || c.Type == batchv1.JobFailed) {
			return cmp.Or(c.Reason, string(c.Type))
		}
	}
	return ""
}

func endingOf(pod corev1.Pod) *Ending {
	for _, s := range pod.Status.ContainerStatuses {
		if t := s.State.Terminated; s.Name == container && t != nil {
			at := t.FinishedAt
			if at.IsZero() {
				at = pod.CreationTimestamp
			}
			return &Ending{Pod: pod.Name, ExitCode: t.ExitCode, Reason: t.Reason, At: at.UTC(), Message: t.Message}
		}
	}
	return nil
}

// waiting says why a pod does not run yet.
func waiting(pod corev1.Pod) string {
	for _, s := range pod.Status.ContainerStatuses {
		if w := s.State.Waiting; s.Name == container && w != nil {
			return short(w.Reason + ": " + w.Message)
		}
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return short(c.Reason + ": " + c.Message)
		}
	}
	return ""
}

// text is an ending as the Job keeps it.
func (e Ending) text() (string, error) {
	data, err := json.Marshal(e)
	if err != nil {
		return "", fmt.Errorf("keeping the end of the run: %w", err)
	}
	return string(data), nil
}
