package readiness

import (
	"fmt"
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// left is how long what is left of a run takes, as far as recorded durations of its tests tell.
type left struct {
	time    time.Duration
	atLeast bool // something of it is not known: a test without a record, the pace of this cluster, how processes share the tests
}

// callTests are the tests of a call of e2e.test, and how many processes share them.
type callTests struct {
	number int
	procs  int // at least 1
	tests  []string
}

// fewest is of how many tests the times must be known before they tell how fast a cluster is.
const fewest = 3

// pace is how long the tests of this run took that passed, as a multiple of what is recorded of them; ok is false as long as too
// few have.
func (p progress) pace() (pace float64, ok bool) {
	var took, usual time.Duration
	n := 0
	for t, d := range p.took {
		if known := p.usual[t.test]; known > 0 && d > 0 && p.ended[t] == reporter.Passed {
			took, usual, n = took+d, usual+known, n+1
		}
	}
	if n < fewest {
		return 1, false
	}
	return float64(took) / float64(usual), true
}

// left is how long the run takes from now on; ok is false if nothing of it is known, or what is known is over.
func (p progress) left(now time.Time) (l left, ok bool) {
	pace, known := p.pace()
	l.atLeast = !known
	for _, c := range p.calls {
		of := p.leftOf(c, now, pace)
		l.time += of.time
		l.atLeast = l.atLeast || of.atLeast
	}
	return l, l.time > 0
}

// leftOf is left of one call.
func (p progress) leftOf(c callTests, now time.Time, pace float64) left {
	var l left
	var ended, waits, longest time.Duration
	for _, test := range c.tests {
		t := task{c.number, test}
		if p.over(t) {
			ended += p.took[t]
			continue
		}
		usual, known := p.usual[test]
		d := time.Duration(float64(usual) * pace)
		if t == p.running {
			passed := now.Sub(p.since)
			l.atLeast = l.atLeast || passed > d // nobody knows how much longer
			d = max(d-passed, 0)
		}
		l.atLeast = l.atLeast || !known
		waits, longest = waits+d, max(longest, d)
	}
	if c.procs == 1 || waits == 0 {
		l.time = waits
		return l
	}
	// Which tests run nobody tells, nor in which order they will: no less than an even share, or the longest.
	l.time, l.atLeast = max((ended+waits)/time.Duration(c.procs), longest), true
	if c.number == p.call {
		l.time = max(l.time-now.Sub(p.callSince), 0)
	}
	return l
}

// leftWords says it, "" if nothing is known. It is rounded up: to ten seconds, from two minutes on to minutes.
func (p progress) leftWords(now time.Time) string {
	l, ok := p.left(now)
	if !ok {
		return ""
	}
	step := 10 * time.Second
	if l.time > 2*time.Minute {
		step = time.Minute
	}
	word := "about"
	if l.atLeast {
		word = "at least"
	}
	return fmt.Sprintf(", %s %s left", word, span((l.time + step - 1).Truncate(step)))
}

// goesIn says which call of e2e.test runs, and since when.
func (p *progress) goesIn(call int, since time.Time) { p.call, p.callSince = call, since }

// current is the first call of which a test has not come to its end; ok is false if there is none.
func (p progress) current() (c callTests, ok bool) {
	at := slices.IndexFunc(p.calls, func(c callTests) bool {
		return slices.ContainsFunc(c.tests, func(test string) bool { return !p.over(task{c.number, test}) })
	})
	if at < 0 {
		return callTests{}, false
	}
	return p.calls[at], true
}
