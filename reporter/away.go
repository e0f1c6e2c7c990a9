package reporter

import (
	"fmt"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// While the API server does not answer every test fails that asks it anything, whatever the nodes do. It failed all the same:
// the reader is told when, and runs it again.

// whileAway says of a failed test that it failed while the API server did not answer, "" if it did not, or nobody knows.
func (j judge) whileAway(a account) string {
	if j.evidence.Run == nil {
		return ""
	}
	for _, failed := range a.failed {
		for _, e := range j.evidence.Journal {
			if e.Test != a.Name || e.Invocation != failed.number || e.State != record.Failed {
				continue
			}
			if o, ok := overlapping(j.evidence.Run.Away, e.Time.Add(-failed.Took()), e.Time); ok {
				return fmt.Sprintf("failed while the API server did not answer (%s): %q", during(o), a.Name)
			}
		}
	}
	return ""
}

// overlapping is the first outage in a time.
func overlapping(away []record.Outage, from, until time.Time) (record.Outage, bool) {
	for _, o := range away {
		if o.Overlaps(from, until) {
			return o, true
		}
	}
	return record.Outage{}, false
}

// during is the time of an outage, as a reader takes it.
func during(o record.Outage) string {
	const clock = "15:04:05"
	return fmt.Sprintf("%s to %s UTC", o.From.UTC().Format(clock), o.Until.UTC().Format(clock))
}

// outages are what is said beside the verdict: when the API server did not answer, and how many tests failed meanwhile.
func (j judge) outages() []Warning {
	failed := 0
	for _, outcomes := range j.results {
		if j.whileAway(settle(outcomes)) != "" {
			failed++
		}
	}
	if failed == 0 {
		return nil
	}
	var list []Warning
	for _, o := range j.evidence.Run.Away {
		list = append(list, Warning{Message: fmt.Sprintf("the API server did not answer from %s", during(o))})
	}
	tests := fmt.Sprintf("%d tests failed", failed)
	if failed == 1 {
		tests = "1 test failed"
	}
	return append(list, Warning{Message: tests + " while the API server did not answer: run them again with --rerun-failed"})
}
