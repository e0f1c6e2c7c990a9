package comment_test

import (
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
)

// TestSpeaks holds when a comment is created: never to say that something runs, once all have ended, and before only for a failure
// or at the end of patience.
func TestSpeaks(t *testing.T) {
	t.Parallel()
	begin := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	job := func(v reporter.Verdict, end reporter.EndState) comment.Job {
		return comment.Job{Summary: reporter.Summary{Verdict: v, End: reporter.End{State: end}, Build: reporter.Build{Started: begin}}}
	}
	ready, failed := job(reporter.Ready, reporter.Succeeded), job(reporter.NotReady, reporter.FailedJob)
	cut, active := job(reporter.Incomplete, reporter.Cut), job(reporter.Incomplete, reporter.Running)
	activeFailed := job(reporter.NotReady, reporter.Running)
	usual := comment.Policy{Patience: 6 * time.Hour, EarlyFailure: true}
	quiet, late, patient := usual, usual, usual
	quiet.QuietWhenReady, late.EarlyFailure, patient.Patience = true, false, 0
	for name, test := range map[string]struct {
		policy comment.Policy
		jobs   []comment.Job
		over   string
		after  time.Duration
		want   bool
	}{
		"nothing":                          {policy: usual},
		"one runs":                         {policy: usual, jobs: []comment.Job{active}, after: 20 * time.Hour},
		"one runs, and has failures":       {policy: usual, jobs: []comment.Job{activeFailed}, after: 20 * time.Hour},
		"all ready":                        {policy: usual, jobs: []comment.Job{ready, ready}, want: true},
		"all ready, quietly":               {policy: quiet, jobs: []comment.Job{ready, ready}},
		"one cut, quietly":                 {policy: quiet, jobs: []comment.Job{ready, cut}, want: true},
		"one cut":                          {policy: usual, jobs: []comment.Job{cut}, want: true},
		"one of two ready":                 {policy: usual, jobs: []comment.Job{ready, active}, after: time.Hour},
		"one of two cut":                   {policy: usual, jobs: []comment.Job{cut, active}, after: time.Hour},
		"one of two failed":                {policy: usual, jobs: []comment.Job{failed, active}, after: time.Hour, want: true},
		"one of two failed, not early":     {policy: late, jobs: []comment.Job{failed, active}, after: time.Hour},
		"both failed, not early":           {policy: late, jobs: []comment.Job{failed, failed}, want: true},
		"at the end of patience":           {policy: usual, jobs: []comment.Job{ready, active}, after: 6 * time.Hour, want: true},
		"at the end of patience, quietly":  {policy: quiet, jobs: []comment.Job{ready, active}, after: 6 * time.Hour, want: true},
		"before it":                        {policy: usual, jobs: []comment.Job{ready, active}, after: 6*time.Hour - time.Second},
		"without an end of patience":       {policy: patient, jobs: []comment.Job{ready, active}, after: 600 * time.Hour},
		"over the bounds":                  {policy: quiet, over: "more than 40000 files", want: true},
		"a failure that is told elsewhere": {policy: late, jobs: []comment.Job{failed, active}, after: 7 * time.Hour, want: true},
	} {
		if got := test.policy.Speaks(comment.Content{Jobs: test.jobs, Over: test.over}, begin.Add(test.after)); got != test.want {
			t.Errorf("%s: %t, want %t", name, got, test.want)
		}
	}
}
