package comment

import (
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// Policy says when a pull request is told for the first time. GitHub tells people of a comment that is created, and of none
// that is edited: so the first word is to be one that they can use. What it says later is edited into it.
type Policy struct {
	Patience       time.Duration // how long jobs are waited for, from the start of the first; 0: without end
	EarlyFailure   bool          // the first failure is told at once
	QuietWhenReady bool          // that all is well is not told by a comment of its own
}

// Speaks tells whether a comment is to be created now. One that is there is always kept true.
func (p Policy) Speaks(c Content, now time.Time) bool {
	ended, ready, failed := c.ended(), !c.Unsure, false
	for _, job := range ended {
		ready = ready && job.Verdict == reporter.Ready
		failed = failed || job.Verdict == reporter.NotReady
	}
	switch {
	case c.Over != "":
		return true
	case len(ended) == 0:
		return false
	case failed && p.EarlyFailure:
		return true
	case len(ended) < len(c.Jobs) && !p.waitedLong(c, now):
		return false
	}
	return !ready || len(ended) < len(c.Jobs) || !p.QuietWhenReady
}

// waitedLong tells whether patience with the jobs that still run is at its end.
func (p Policy) waitedLong(c Content, now time.Time) bool {
	var first time.Time
	for _, job := range c.Jobs {
		if at := job.Build.Started; !at.IsZero() && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return p.Patience > 0 && !first.IsZero() && now.Sub(first) >= p.Patience
}
