package readiness_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

func (w *world) sweep(dir string) readiness.Tour {
	w.t.Helper()
	tour, err := w.sweepWith(w.t.Context(), dir)
	if err != nil {
		w.t.Fatal(err)
	}
	return tour
}

func (w *world) sweepWith(ctx context.Context, dir string) (readiness.Tour, error) {
	w.t.Helper()
	memory, err := readiness.LoadMemory(dir, github.Repo{Owner: unitOrg, Name: unitRepo}, "v1")
	if err != nil {
		w.t.Fatal(err)
	}
	return w.poster().Sweep(ctx, memory)
}

// TestSweepQuiet holds that pull requests without news cost no request but that of the list, that whatever happens to one is news,
// and that all are looked at again in the end.
func TestSweepQuiet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := t.TempDir()
	for number := 1; number <= 20; number++ {
		w.pull(number, headOf(number))
		if number != 20 { // which has no results
			w.build(number, presubmit, headOf(number), "failure", 2, 1, rows(failing))
		}
	}
	w.sweep(dir) // creates, by which they are touched
	w.now = w.now.Add(time.Minute)
	w.sweep(dir)
	w.github.Requests()
	tour := w.sweep(dir)
	if n := len(w.github.Requests()); n != 1 || len(tour.Done) != 20 || !tour.Done[0].Quiet {
		t.Errorf("%d requests for %d pull requests, want that of the list", n, len(tour.Done))
	}
	w.build(3, presubmit, headOf(3), "success", 0.5, 0.1, rows())
	w.github.AddComment(unitOrg+"/"+unitRepo+"#4", "contributor", "hello")
	w.github.SetPull(pullAt(4, headOf(4), w.now))
	w.github.SetPull(pullAt(5, oldHead, w.now))
	tour = w.sweep(dir)
	var looked []string
	for _, done := range tour.Done {
		if !done.Quiet {
			looked = append(looked, fmt.Sprintf("%d %s", done.Pull.Number, done.Action.Kind))
		}
	}
	if got := strings.Join(looked, ", "); len(looked) != 3 || !strings.Contains(got, "3 update") || !strings.Contains(got, "4 none") || !strings.Contains(got, "5 update") {
		t.Errorf("looked at %s", got)
	}
	w.now = w.now.Add(7 * time.Hour)
	for _, done := range w.sweep(dir).Done {
		if done.Quiet {
			t.Errorf("%s was not looked at for seven hours", done.Pull)
		}
	}
}

func pullAt(number int, head string, updated time.Time) githubtest.Pull {
	return githubtest.Pull{Owner: unitOrg, Name: unitRepo, Number: number, Head: head, Updated: updated}
}

// TestSweepUnreached holds that what a sweep has no time for is told, and comes first in the next; and that a running build is
// never taken for settled.
func TestSweepUnreached(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	dir := t.TempDir()
	for number := 1; number <= 6; number++ {
		w.pull(number, headOf(number))
		w.build(number, presubmit, headOf(number), "failure", 2, 1, rows(failing))
	}
	reached := map[int]int{}
	for range 6 {
		ctx, cancel := context.WithCancel(t.Context())
		p := w.poster()
		p.Pause = func(context.Context, time.Duration) error { cancel(); return context.Canceled } // after the first
		memory, err := readiness.LoadMemory(dir, github.Repo{Owner: unitOrg, Name: unitRepo}, "v1")
		if err != nil {
			t.Fatal(err)
		}
		tour, err := p.Sweep(ctx, memory)
		if err == nil || len(tour.Done)+len(tour.Unreached) != 6 {
			t.Fatalf("%d and %d, %v", len(tour.Done), len(tour.Unreached), err)
		}
		for _, done := range tour.Done {
			if !done.Action.Idle() {
				reached[done.Pull.Number]++
			}
		}
		w.now = w.now.Add(time.Minute)
	}
	if len(reached) != 6 {
		t.Errorf("in six sweeps with time for one, these got their comment: %v", reached)
	}
}

// TestSweepEnds holds that a sweep does not go on when no request can succeed, and says so in GitHub's words.
func TestSweepEnds(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]githubtest.Fault{
		"bad credentials": {Path: "/user", Status: 401, Body: `{"message": "Bad credentials"}`},
		"read-only":       {Method: "POST", Status: 403, Body: `{"message": "Resource not accessible by personal access token"}`},
		"archived":        {Method: "POST", Status: 403, Body: `{"message": "Repository was archived so is read-only."}`},
		"archived, and all locked": {
			Method: "POST", Status: 403, Body: `{"message": "Repository was archived so is read-only and unable to create comment because issue is locked."}`,
		},
		"in migration": {Method: "POST", Status: 403, Body: `{"message": "Repository has been locked for migration."}`},
	} {
		w := newWorld(t)
		for number := 1; number <= 3; number++ {
			w.pull(number, headOf(number))
			w.build(number, presubmit, headOf(number), "failure", 2, 1, rows(failing))
		}
		fault.Times = 100
		w.github.Fail(fault)
		tour, err := w.sweepWith(t.Context(), t.TempDir())
		if err == nil || len(tour.Done) != 1 || len(tour.Unreached) != 2 || !strings.Contains(fault.Body, strings.TrimSpace(err.Error()[strings.LastIndex(err.Error(), ": ")+1:])) {
			t.Errorf("%s: %d done, error %v", name, len(tour.Done), err)
		}
	}
}

// past puts a periodic's build into the bucket, with the file that it writes.
func (w *world) past(began, ended float64, state string, file bool) {
	at := func(hours float64) time.Time { return w.now.Add(-time.Duration(hours * float64(time.Hour))) }
	folder := "logs/ci-windows-op-readiness-1-37-ltsc2022/" + numberAt(at(began))
	w.put(folder+"/finished.json", fmt.Sprintf(`{"timestamp":%d,"passed":false,"result":"FAILURE","metadata":{"revision":"v1.37.2"}}`, at(ended).Unix()))
	w.put(folder+"/started.json", fmt.Sprintf(`{"timestamp":%d}`, at(began).Unix()))
	if !file {
		var failed []string
		if state == "failed" {
			failed = append(failed, failing)
		}
		w.put(folder+"/artifacts/junit_01.xml", rows(failed...))
		return
	}
	states := map[string]reporter.State{"failed": reporter.Failed, "passed": reporter.Passed}
	var text strings.Builder
	p := reporter.Past{Version: "v1.37.2", Began: at(began), Ended: at(ended), Tests: map[string]reporter.State{failing: states[state]}}
	if err := p.Encode(&text); err != nil {
		w.t.Fatal(err)
	}
	w.put(folder+"/artifacts/op-readiness-baseline.json", text.String())
}

// TestUnitBaseline holds what a failure is compared with: at least two builds that had ended before the run did, with their file or
// without, and none that came later.
func TestUnitBaseline(t *testing.T) {
	t.Parallel()
	for _, file := range []bool{true, false} {
		for name, test := range map[string]struct {
			past func(w *world)
			want string
		}{
			"two before": {func(w *world) { w.past(30, 28, "failed", file); w.past(20, 18, "failed", file) }, "also failing on the base branch"},
			"one before": {func(w *world) { w.past(30, 28, "failed", file) }, "not known whether new"},
			"two after":  {func(w *world) { w.past(0.9, 0.5, "failed", file); w.past(0.8, 0.4, "failed", file) }, "failed test"},
			"one before, later": {func(w *world) {
				w.past(30, 28, "passed", file)
				w.past(0.9, 0.5, "failed", file)
				w.past(3, 0.5, "failed", file)
			}, "1 new failure"},
		} {
			w := newWorld(t)
			w.pull(7, headOf(7))
			w.build(7, presubmit, headOf(7), "failure", 2, 1, rows(failing))
			test.past(w)
			if said := w.post(7); !strings.Contains(said, test.want) {
				t.Errorf("%s, file %t: it lacks %q:\n%s", name, file, test.want, said)
			}
		}
	}
}

// TestBaselineOnce holds that each build of a periodic is read once in a sweep, however many failures are held against it.
func TestBaselineOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 12 {
		w.past(float64(40+10*i), float64(38+10*i), "failed", i%2 == 0)
	}
	for number := 1; number <= 20; number++ {
		w.pull(number, headOf(number))
		w.build(number, presubmit, headOf(number), "failure", 2, 1, rows(failing))
	}
	w.sweep(t.TempDir())
	w.want(w.said(20), "also failing on the base branch")
	for name, n := range w.objects {
		if strings.HasPrefix(name, "logs/") && n > 1 {
			t.Errorf("%s was asked for %d times", name, n)
		}
	}
}

// TestMemoryLost holds that a memory which cannot be understood, or is of another program, costs requests and nothing else.
func TestMemoryLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.pull(7, headOf(7))
	w.build(7, presubmit, headOf(7), "failure", 2, 1, rows(failing))
	dir := t.TempDir()
	w.sweep(dir)
	w.sweep(dir)
	if !w.sweep(dir).Done[0].Quiet {
		t.Error("nothing is remembered")
	}
	other, err := readiness.LoadMemory(dir, github.Repo{Owner: unitOrg, Name: unitRepo}, "v2")
	if err != nil {
		t.Fatal(err)
	}
	if tour, err := w.poster().Sweep(t.Context(), other); err != nil || tour.Done[0].Quiet {
		t.Errorf("what another program did is trusted, %v", err)
	}
}
