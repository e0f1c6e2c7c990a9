package capi

import (
	"slices"
	"strings"
	"testing"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"sigs.k8s.io/windows-operational-readiness/capi/summary"
)

// TestJudge holds that only a summary that is whole, of this generation, of Windows, and in accord with the container's end
// makes the condition True, and what each other one makes of it.
func TestJudge(t *testing.T) {
	t.Parallel()
	with := func(change func(*summary.Summary)) func(*scene) string {
		return func(s *scene) string { return s.ready(change) }
	}
	for name, test := range map[string]struct {
		exit    int32
		message func(*scene) string
		status  metav1.ConditionStatus
		says    string
	}{
		"ready": {0, with(nil), metav1.ConditionTrue, "Core.Network: 11 of 12 shown, 5 whole, 6 in part; Core.Storage: 3 of 3 shown, 3 whole, 0 in part (Job op-readiness-one-"},
		"not ready": {1, with(func(s *summary.Summary) {
			s.Verdict, s.Categories[1] = "not ready", summary.Category{Name: "Core.Storage", Verdict: "not ready", All: 3, Whole: 2, Failed: 1, Which: []string{"smb"}}
		}), metav1.ConditionFalse, "Core.Storage: 2 of 3 shown, 2 whole, 0 in part, 1 failed: smb; Core.Network: ready, 11 of 12"},
		"incomplete": {1, with(func(s *summary.Summary) {
			s.Verdict, s.Categories[1].Verdict, s.Reasons = "incomplete", "incomplete", []string{"smb: it was skipped"}
		}), metav1.ConditionUnknown, "smb: it was skipped"},
		"no summary":              {0, func(*scene) string { return "" }, metav1.ConditionUnknown, "there is no summary: the container ended with exit code 0"},
		"words":                   {0, func(*scene) string { return "ready" }, metav1.ConditionUnknown, "cannot be read"},
		"a summary cut short":     {0, func(s *scene) string { return s.ready(nil)[:100] }, metav1.ConditionUnknown, "cannot be read"},
		"a summary and more":      {0, func(s *scene) string { return s.ready(nil) + "{}" }, metav1.ConditionUnknown, "more than the summary"},
		"another form":            {0, with(func(s *summary.Summary) { s.Schema = "op-readiness.sigs.k8s.io/summary/v2" }), metav1.ConditionUnknown, "is of the form"},
		"unknown fields":          {0, func(s *scene) string { return strings.Replace(s.ready(nil), "{", `{"more":1,`, 1) }, metav1.ConditionUnknown, "cannot be read"},
		"another generation":      {0, with(func(s *summary.Summary) { s.Generation = "0123456789" }), metav1.ConditionUnknown, "of the generation"},
		"no generation":           {0, with(func(s *summary.Summary) { s.Generation = "" }), metav1.ConditionUnknown, "of the generation"},
		"killed behind its words": {137, with(nil), metav1.ConditionUnknown, "exit code 137"},
		"ready, and exit code 1":  {1, with(nil), metav1.ConditionUnknown, "exit code 1"},
		"not ready, exit code 0":  {0, with(func(s *summary.Summary) { s.Verdict, s.Categories[0].Verdict = "not ready", "not ready" }), metav1.ConditionUnknown, "exit code 0"},
		"pretended":               {0, with(func(s *summary.Summary) { s.Pretended = true }), metav1.ConditionUnknown, "pretend to be Windows"},
		"failed where pretended": {1, with(func(s *summary.Summary) {
			s.Pretended, s.Verdict, s.Categories[0].Verdict = true, "not ready", "not ready"
		}), metav1.ConditionUnknown, "pretend to be Windows"},
		"another version":      {0, with(func(s *summary.Summary) { s.KubernetesVersion = "v1.36.4" }), metav1.ConditionUnknown, `"v1.36.4"`},
		"no version":           {0, with(func(s *summary.Summary) { s.KubernetesVersion = "" }), metav1.ConditionUnknown, "of Kubernetes"},
		"a branch":             {0, with(func(s *summary.Summary) { s.KubernetesVersion = "master" }), metav1.ConditionUnknown, "of Kubernetes"},
		"a minor version":      {0, with(func(s *summary.Summary) { s.KubernetesVersion = "1.36" }), metav1.ConditionTrue, "11 of 12"},
		"no nodes":             {0, with(func(s *summary.Summary) { s.Kubelets = nil }), metav1.ConditionUnknown, "which Windows nodes it saw"},
		"nodes of before":      {0, with(func(s *summary.Summary) { s.Kubelets = []string{"v1.35.4"} }), metav1.ConditionUnknown, "no Windows node of v1.36.3"},
		"one node of before":   {0, with(func(s *summary.Summary) { s.Kubelets = []string{"v1.35.4", "v1.36.3"} }), metav1.ConditionUnknown, `a Windows node of "v1.35.4"`},
		"a category less":      {0, with(func(s *summary.Summary) { s.Categories = s.Categories[:1] }), metav1.ConditionUnknown, "it judged Core.Network"},
		"another category":     {0, with(func(s *summary.Summary) { s.Categories[1].Name = "Extend.Worker" }), metav1.ConditionUnknown, "it judged"},
		"a category twice":     {0, with(func(s *summary.Summary) { s.Categories[1].Name = "Core.Network" }), metav1.ConditionUnknown, "twice"},
		"no category":          {0, with(func(s *summary.Summary) { s.Categories = nil }), metav1.ConditionUnknown, "without a category"},
		"cut":                  {0, with(func(s *summary.Summary) { s.Categories, s.Cut = nil, true }), metav1.ConditionUnknown, "without a category"},
		"an unready category":  {0, with(func(s *summary.Summary) { s.Categories[1].Verdict = "incomplete" }), metav1.ConditionUnknown, `"Core.Storage" is not`},
		"nothing shown":        {0, with(func(s *summary.Summary) { s.Categories[1].Whole = 0 }), metav1.ConditionUnknown, "not by its numbers"},
		"a failure":            {0, with(func(s *summary.Summary) { s.Categories[0].Failed = 1 }), metav1.ConditionUnknown, "not by its numbers"},
		"too many":             {0, with(func(s *summary.Summary) { s.Categories[0].Whole = 12 }), metav1.ConditionUnknown, "do not add up"},
		"below zero":           {0, with(func(s *summary.Summary) { s.Categories[0].Whole, s.Categories[0].InPart = -1, 12 }), metav1.ConditionUnknown, "do not add up"},
		"some abilities":       {0, with(func(s *summary.Summary) { s.Picked = true }), metav1.ConditionUnknown, "not all abilities"},
		"other specs":          {0, with(func(s *summary.Summary) { s.Specs = "/mine" }), metav1.ConditionUnknown, "/mine"},
		"another word":         {0, with(func(s *summary.Summary) { s.Verdict = "Ready" }), metav1.ConditionUnknown, "no verdict"},
		"a problem":            {2, with(func(s *summary.Summary) { *s = summary.Failed(errUnreachable{}, s.Generation) }), metav1.ConditionUnknown, "nothing was tested: the API server does not answer"},
		"a problem, and well":  {0, with(func(s *summary.Summary) { *s = summary.Failed(errUnreachable{}, s.Generation) }), metav1.ConditionUnknown, "ended well"},
		"a problem of another": {2, with(func(s *summary.Summary) { *s = summary.Failed(errUnreachable{}, "0123456789") }), metav1.ConditionUnknown, "of the generation"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := available().begin()
			c := s.end(test.exit, test.message(s)).decide().Condition
			reason := map[metav1.ConditionStatus]string{metav1.ConditionTrue: ReasonReady, metav1.ConditionFalse: ReasonNotReady, metav1.ConditionUnknown: ReasonIncomplete}[test.status]
			if c.Status != test.status || c.Reason != reason || !strings.Contains(c.Message, test.says) {
				t.Errorf("%+v", c)
			}
		})
	}
}

// errUnreachable is why a run tests nothing.
type errUnreachable struct{}

func (errUnreachable) Error() string { return "the API server does not answer" }

// TestRuns holds what becomes of a run that does not end as one should.
func TestRuns(t *testing.T) {
	t.Parallel()
	ended := func(s *scene, kind batchv1.JobConditionType) {
		s.jobs[0].Status.Conditions = []batchv1.JobCondition{{Type: kind, Status: corev1.ConditionTrue, Reason: "Because"}}
	}
	for name, test := range map[string]struct {
		change func(*scene)
		reason string
		says   string
	}{
		"it runs":                        {func(*scene) {}, ReasonRunning, "runs"},
		"a Job that ended well, no pod":  {func(s *scene) { ended(s, batchv1.JobComplete); s.pods = nil }, ReasonIncomplete, "nothing is known"},
		"a Job that failed, no pod":      {func(s *scene) { ended(s, batchv1.JobFailed); s.pods = nil }, ReasonIncomplete, "(Because)"},
		"a Job that is ahead of its pod": {func(s *scene) { ended(s, batchv1.JobComplete) }, ReasonRunning, "runs"},
		"a pod of somebody else":         {func(s *scene) { s.end(0, s.ready(nil)); s.pods[0].OwnerReferences[0].UID = "other" }, ReasonIncomplete, "nothing is known"},
		"a pod without an owner":         {func(s *scene) { s.end(0, s.ready(nil)); s.pods[0].OwnerReferences = nil }, ReasonIncomplete, "nothing is known"},
		"a container of another name":    {func(s *scene) { s.end(0, s.ready(nil)); s.pods[0].Status.ContainerStatuses[0].Name = "other" }, ReasonIncomplete, "nothing is known"},
		"two pods":                       {func(s *scene) { s.end(0, s.ready(nil)); s.pods = append(s.pods, s.pods[0]) }, ReasonIncomplete, "more than one pod"},
		"what was kept cannot be read":   {func(s *scene) { s.jobs[0].Annotations = map[string]string{SummaryAnnotation: "ready"} }, ReasonIncomplete, "cannot be read"},
		"a Job that is being deleted":    {func(s *scene) { s.jobs[0].DeletionTimestamp = ptr.To(metav1.Now()) }, ReasonNotStarted, "is being deleted"},
		"a Job of somebody else":         {func(s *scene) { s.end(0, s.ready(nil)); s.jobs[0].OwnerReferences[0].UID = "other" }, ReasonNotStarted, "belongs to somebody else"},
		"a Job of nobody":                {func(s *scene) { s.end(0, s.ready(nil)); s.jobs[0].OwnerReferences = nil }, ReasonNotStarted, "belongs to somebody else"},
		"a Job of ours by another name":  {func(s *scene) { s.end(0, s.ready(nil)); s.jobs[0].Name = "mine" }, ReasonRunning, "runs"},
		"an upgrade has begun meanwhile": {func(s *scene) { s.end(0, s.ready(nil)); s.cluster.Annotations[pendingHooks] = afterUpgrade }, ReasonNotStarted, "is not over"},
		"no image": {func(s *scene) {
			s.pods[0].Status.ContainerStatuses = []corev1.ContainerStatus{{Name: container, State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "no such image"}}}}
		}, ReasonRunning, "its pod waits: ImagePullBackOff: no such image"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := available().begin()
			test.change(s)
			if c := s.decide().Condition; c.Status != metav1.ConditionUnknown || c.Reason != test.reason || !strings.Contains(c.Message, test.says) {
				t.Errorf("%+v", c)
			}
		})
	}
}

// TestKept holds that the end of a run stays known when its pod is gone.
func TestKept(t *testing.T) {
	t.Parallel()
	s := available().begin()
	p := s.end(0, s.ready(nil)).decide()
	if len(p.Keep) != 1 {
		t.Fatalf("%+v", p)
	}
	text, err := p.Keep[0].Ending.text()
	if err != nil {
		t.Fatal(err)
	}
	s.jobs[0].Annotations, s.pods = map[string]string{SummaryAnnotation: text}, nil
	if p := s.decide(); p.Condition.Status != metav1.ConditionTrue || len(p.Keep) != 0 || p.Start != nil {
		t.Errorf("%+v", p)
	}
}

// TestRetry holds that a run that could test nothing is tried again, with a pause that grows, and nothing else is.
func TestRetry(t *testing.T) {
	t.Parallel()
	s := available().begin()
	s.end(2, s.ready(func(short *summary.Summary) { *short = summary.Failed(errUnreachable{}, short.Generation) }))
	p := s.decide()
	if p.Start != nil || p.Again != time.Minute || !strings.Contains(p.Condition.Message, "attempt 2 follows at 2026-11-26T12:01:00Z") {
		t.Errorf("%+v, %+v", p, p.Condition)
	}
	k := s.known()
	k.Now = noon().Add(time.Minute)
	if p = Decide(k, rules()); p.Start == nil || p.Start.Attempt != 2 || p.Condition.Reason != ReasonRunning {
		t.Fatalf("%+v", p)
	}
	s.set("RemoteConnectionProbe", metav1.ConditionFalse)
	if p := Decide(k, rules()); p.Start != nil || p.Condition.Reason != ReasonIncomplete || !strings.Contains(p.Condition.Message, "attempt 2 is waiting: the cluster cannot be reached") {
		t.Errorf("%+v", p.Condition)
	}
	second := Template{}.Job(s.cluster, *p.Start)
	s.jobs = append(s.jobs, *second)
	if p := s.decide(); p.Condition.Reason != ReasonRunning || len(p.Delete) != 1 || p.Delete[0].Job != s.jobs[0].Name {
		t.Errorf("%+v", p)
	}
}

// TestJob holds what a Job must not be able to do, and what it is told.
func TestJob(t *testing.T) {
	t.Parallel()
	s := available()
	job := Template{Image: "example.com/op-readiness:" + VersionInImage, ResultsClaim: "results", Timeout: time.Hour, RunArgs: []string{"--procs=2"}}.Job(s.cluster, *s.decide().Start)
	pod := job.Spec.Template.Spec
	if *pod.AutomountServiceAccountToken || !*pod.SecurityContext.RunAsNonRoot || *pod.Containers[0].SecurityContext.AllowPrivilegeEscalation || pod.RestartPolicy != corev1.RestartPolicyNever {
		t.Errorf("%+v", pod)
	}
	if pod.Volumes[0].Secret.SecretName != "one-kubeconfig" || pod.Volumes[1].PersistentVolumeClaim.ClaimName != "results" || pod.Containers[0].Image != "example.com/op-readiness:v1.36.3" {
		t.Errorf("%+v", pod)
	}
	for _, arg := range []string{"--category=Core.Network", "--category=Core.Storage", "--summary-generation=" + job.Labels[GenerationLabel], "--procs=2"} {
		if !slices.Contains(pod.Containers[0].Args, arg) {
			t.Errorf("%s is not among %q", arg, pod.Containers[0].Args)
		}
	}
	if ref := metav1.GetControllerOf(job); ref == nil || ref.UID != s.cluster.UID || ref.BlockOwnerDeletion != nil || *job.Spec.BackoffLimit != 0 {
		t.Errorf("%+v", job)
	}
}
