package reporter_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// TestAway holds that a test which failed while the API server did not answer is marked so, and failed all the same; one that
// failed before or after is not.
func TestAway(t *testing.T) {
	t.Parallel()
	for shift, marked := range map[time.Duration]bool{-time.Hour: false, 0: true, time.Hour: false} {
		e, q := reportertest.ReadyBuild(t)
		s := &e.Suites[0]
		var failed time.Time
		for i := range s.Results {
			if r := &s.Results[i]; r.Name == "[sig-network] sent one" {
				r.State, r.Status, r.Message = reporter.Failed, "failed", "connection refused"
			}
		}
		for i := range e.Journal {
			if e.Journal[i].Test == "[sig-network] sent one" {
				e.Journal[i].State, failed = record.Failed, e.Journal[i].Time
			}
		}
		e.Run.Away = []record.Outage{{From: failed.Add(shift - 10*time.Millisecond), Until: failed.Add(shift + time.Minute)}}
		got := reportertest.Answer(t, e, q)
		says := slices.ContainsFunc(reporter.Lines(got.Incomplete), func(line string) bool {
			return strings.Contains(line, "1 test failed while the API server did not answer")
		})
		for _, c := range got.Categories {
			for _, a := range c.Abilities {
				if a.ID != "sent" {
					continue
				}
				reason := slices.ContainsFunc(a.Reasons, func(r string) bool { return strings.Contains(r, "failed while the API server did not answer (0") })
				if a.State != reporter.Failed || reason != marked || says != marked {
					t.Errorf("%s: %s, marked %t, said %t: %q", shift, a.State, reason, says, reporter.Lines(got.Incomplete))
				}
			}
		}
		if got.Verdict != reporter.NotReady {
			t.Errorf("%s: %s", shift, got.Verdict)
		}
	}
}
