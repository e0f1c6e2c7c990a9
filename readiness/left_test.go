package readiness

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// TestLeft holds how long a run is said to take: by what is recorded of its tests, at the pace of those that have ended, "at least"
// as long as something of it is not known, and nothing where nothing is.
func TestLeft(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	minute := func(n int) time.Time { return began.Add(time.Duration(n) * time.Minute) }
	usual := map[string]time.Duration{"a": time.Minute, "b": 2 * time.Minute, "c": 3 * time.Minute, "d": 4 * time.Minute, "e": 10 * time.Minute, "s": 5 * time.Second}
	type end struct {
		test    string
		seconds float64
		state   runner.State
	}
	passed := func(test string, seconds float64) end { return end{test, seconds, runner.Passed} }
	for _, test := range []struct {
		name    string
		tests   string // of call 1, and behind a hyphen of call 2, which one process runs
		procs   int    // of call 1
		ended   []end
		running string
		since   int // minutes
		now     int
		want    string
	}{
		{"at the beginning", "abcde", 1, nil, "", 0, 0, ", at least 20m left"},
		{"nothing is recorded", "xy", 1, nil, "x", 0, 1, ""},
		{"one is not recorded", "ax", 1, nil, "", 0, 0, ", at least 1m left"},
		{"two passed", "abcde", 1, []end{passed("a", 120), passed("b", 240)}, "", 0, 6, ", at least 17m left"},
		{"three passed, and took twice as long", "abcde", 1, []end{passed("a", 120), passed("b", 240), passed("c", 360)}, "", 0, 12, ", about 28m left"},
		{"three passed, and took half as long", "abcde", 1, []end{passed("a", 30), passed("b", 60), passed("c", 90)}, "", 0, 3, ", about 7m left"},
		{"three ended, and one failed", "abcde", 1, []end{passed("a", 120), passed("b", 240), {"c", 9000, runner.Failed}}, "", 0, 12, ", at least 14m left"},
		{"three passed, and one did not tell", "abcde", 1, []end{passed("a", 120), passed("b", 240), passed("c", 0)}, "", 0, 12, ", at least 14m left"},
		{"one runs", "abcde", 1, []end{passed("a", 60), passed("b", 120), passed("c", 180)}, "d", 6, 8, ", about 12m left"},
		{"one runs for longer than it should", "abcde", 1, []end{passed("a", 60), passed("b", 120), passed("c", 180)}, "d", 6, 15, ", at least 10m left"},
		{"the last runs for longer than it should", "abcd", 1, []end{passed("a", 60), passed("b", 120), passed("c", 180)}, "d", 6, 15, ""},
		{"all have ended", "a", 1, []end{passed("a", 60)}, "", 0, 1, ""},
		{"seconds", "s", 1, nil, "", 0, 0, ", at least 10s left"},
		{"two processes", "abcd", 2, nil, "", 0, 0, ", at least 5m left"},
		{"two processes, and a long test", "abcde", 2, nil, "", 0, 0, ", at least 10m left"},
		{"two processes, later", "abcde", 2, []end{passed("a", 60), passed("b", 120), passed("c", 180)}, "", 0, 4, ", at least 6m left"},
		{"two processes, too late", "abcde", 2, []end{passed("a", 60)}, "", 0, 40, ""},
		{"a call behind that of two processes", "ab-e", 2, nil, "", 0, 0, ", at least 12m left"},
		{"the second call", "abc-e", 2, []end{passed("a", 60), passed("b", 120), passed("c", 180)}, "e", 4, 6, ", about 8m left"},
	} {
		first, second, _ := strings.Cut(test.tests, "-")
		plan := record.Plan{Invocations: []record.Invocation{{Number: 1, Procs: test.procs, Tests: strings.Split(first, "")}}}
		call := 1
		if second != "" {
			plan.Invocations = append(plan.Invocations, record.Invocation{Number: 2, Tests: strings.Split(second, "")})
		}
		p := newProgress(plan, began, usual)
		for _, e := range test.ended {
			p.end(task{1, e.test}, runner.Event{State: e.state, Seconds: e.seconds})
		}
		if second != "" && test.running == second {
			call = 2
		}
		p.goesIn(call, minute(0))
		if test.running != "" {
			p.running, p.since = task{call, test.running}, minute(test.since)
		}
		if got := p.leftWords(minute(test.now)); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if line := p.count(minute(test.now)); !strings.HasSuffix(line, fmt.Sprintf("%s%s", span(minute(test.now).Sub(began)), test.want)) {
			t.Errorf("%s: %q", test.name, line)
		}
	}
}
