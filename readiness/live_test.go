package readiness

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// livePlan is a plan of four tests for three abilities, and of one that has none.
func livePlan() runner.Plan {
	return runner.Plan{
		Abilities: []runner.Ability{
			{ID: "one", Category: "Core.Network", Tests: []string{"a", "b"}},
			{ID: "two", Category: "Core.Storage", Tests: []string{"c"}},
			{ID: "three", Category: "Core.Storage", Tests: []string{"d"}},
			{ID: "none", Category: "Core.Storage", NotRun: "unproven: nobody wrote one"},
		},
		Invocations: []runner.Invocation{{Number: 1, Abilities: []string{"one", "two", "three"}, Tests: []string{"a", "b", "c", "d"}}},
	}
}

// liveFolder has the JUnit file of a run in which a test was skipped.
func liveFolder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	var junit strings.Builder
	if err := writeTests(&junit, []reporter.Test{{Name: "c", State: reporter.Skipped, Message: "no domain"}}, ""); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "junit_e2e-001_01.xml"), []byte(junit.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// play lets an observer see a run: a passes in a minute, b fails in another, c is skipped as the JUnit says, d has no result.
func play(o runner.Observer, clock *time.Time) {
	inv := livePlan().Invocations[0]
	o.Began(inv)
	o.Test("a")
	*clock = clock.Add(time.Minute)
	o.Ended(runner.Event{Test: "a", State: runner.Passed})
	o.Test("b")
	*clock = clock.Add(time.Minute)
	o.Ended(runner.Event{Test: "b", State: runner.Failed})
	o.Failed("b", []string{"[FAILED] expected\x1b[2J", "got"})
	o.Done(inv, runner.Result{JUnit: []string{"junit_e2e-001_01.xml"}})
}

// TestLiveLines follows a run without a terminal: failures as they happen, and a line for each ability when its last test has
// ended, which does not say that it is shown.
func TestLiveLines(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var said strings.Builder
	view := newLive(&said, Plan{Tests: livePlan(), facts: Facts{Folder: liveFolder(t)}}, nil, func() time.Time { return clock })
	play(view.observer(), &clock)
	want := `invocation 1: 4 tests
[1/3] failed       Core.Network one (2m)
failed: b (Core.Network one)
  | [FAILED] expected
  | got
[2/3] skipped      Core.Storage two (2m)
[3/3] not run      Core.Storage three (2m)
`
	if diff := cmp.Diff(want, said.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	view.p.ended = map[task]reporter.State{{1, "a"}: reporter.Passed, {1, "b"}: reporter.Passed}
	if got := view.p.word(view.p.abilities[0]); got != "tests passed" {
		t.Errorf("an ability whose tests passed is called %q", got)
	}
}

// TestLiveTerminal follows a run on a terminal that becomes narrower: what is said stays, and of the matrix only the last.
func TestLiveTerminal(t *testing.T) {
	t.Parallel()
	clock := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	var said strings.Builder
	view := newLive(&said, Plan{Tests: livePlan(), facts: Facts{Folder: liveFolder(t)}}, nil, func() time.Time { return clock })
	now := size{80, 24}
	view.region = &region{w: &said, size: func() size { return now }}
	view.paint = false
	stop := view.start()
	play(view.observer(), &clock)
	if _, err := view.Write([]byte("stopping: wait\nand")); err != nil {
		t.Fatal(err)
	}
	stop()
	screen := played(said.String())
	want := `invocation 1: 4 tests
failed: b (Core.Network one)
  | [FAILED] expected
  | got
stopping: wait
and
`
	if diff := cmp.Diff(want, screen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if strings.Contains(said.String(), "\x1b[?") {
		t.Error("a mode of the terminal was changed that somebody would have to set back")
	}
}

// played is what a terminal, wide enough for each line, shows after it got text with what region writes.
func played(text string) string {
	var lines []string
	text = strings.ReplaceAll(text, "\x1b[K\x1b[B\x1b[J\x1b[A", "\r\x1b[J")
	for part := range strings.SplitSeq(text, "\r\x1b[J") {
		part, up, _ := strings.Cut(part, "\r\x1b[")
		lines = append(lines, strings.Split(part, "\n")...)
		lines = lines[:len(lines)-1]
		if n := strings.TrimSuffix(up, "A"); n != "" {
			count := 0
			for _, digit := range n {
				count = 10*count + int(digit-'0')
			}
			lines = lines[:len(lines)-count]
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// TestRegionErases holds that nothing is erased from the first row of the region on: where that is the first one of the screen, tmux
// would keep all of it, once for each drawing.
func TestRegionErases(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	r := region{w: &text, size: func() size { return size{80, 24} }}
	r.draw(nil, []string{"a", "b"})
	r.draw([]string{"said"}, []string{"c"})
	if want := "\r\x1b[Ja\nb\n" + "\r\x1b[2A\x1b[K\x1b[B\x1b[J\x1b[Asaid\nc\n"; text.String() != want {
		t.Errorf("drawn: %q, want %q", text.String(), want)
	}
}

// TestUnplannedCount holds that a test which nobody planned does not count as one of those that are to run.
func TestUnplannedCount(t *testing.T) {
	t.Parallel()
	p := newProgress(recordPlan(livePlan()), time.Time{}, nil)
	p.ended[task{1, "a"}], p.ended[task{1, "nobody planned it"}] = reporter.Passed, reporter.Failed
	if got := p.count(time.Time{}); !strings.HasPrefix(got, "1 of 4 tests ended, 1 failed") {
		t.Errorf("the count is %q", got)
	}
}

// TestLostStatus holds that the time of a run which nobody runs any more does not go on.
func TestLostStatus(t *testing.T) {
	t.Parallel()
	dir, began := t.TempDir(), time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	run := record.Run{Schema: record.RunSchema, Started: began, Plan: recordPlan(livePlan())}
	if err := writeRun(dir, run); err != nil {
		t.Fatal(err)
	}
	line := `{"invocation":1,"test":"a","state":"passed","time":"` + began.Add(time.Minute).Format(time.RFC3339) + `"}` + "\n"
	if err := os.WriteFile(filepath.Join(dir, reportdir.Journal), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	status, err := ReadStatus(dir)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	if err := status.Write(&text, began.Add(time.Hour), StatusView{}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(text.String(), "1 of 4 tests ended, 0 failed, 1m") || strings.Contains(text.String(), "1h") {
		t.Errorf("of a lost run is shown\n%s", text.String())
	}
}

// TestRegionRows holds how many rows are taken away: more where a narrower terminal has broken the lines.
func TestRegionRows(t *testing.T) {
	t.Parallel()
	now := size{}
	r := region{w: &strings.Builder{}, size: func() size { return now }}
	r.draw(nil, []string{strings.Repeat("x", 40), strings.Repeat("x", 41), "", strings.Repeat("ö", 80)})
	for columns, want := range map[int]int{0: 4, 120: 4, 41: 5, 40: 6, 20: 10, 1: 40 + 41 + 1 + 80} {
		now.columns = columns
		if got := r.rows(); got != want {
			t.Errorf("%d columns: %d rows, want %d", columns, got, want)
		}
	}
}

// TestScreen holds what is shown at each size of a terminal: never a line that is too wide, nor more lines than there are rows.
func TestScreen(t *testing.T) {
	t.Parallel()
	began := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	plan := record.Plan{Invocations: []record.Invocation{{Number: 1, Tests: []string{"a", "b", "c", "f", "n", "r", "w"}}, {Number: 2, Tests: []string{"a"}}}}
	add := func(call int, category, id, why string, tests ...string) {
		plan.Abilities = append(plan.Abilities, record.Ability{ID: id, Category: category, Tests: tests, NotRun: why})
		if len(tests) > 0 {
			plan.Invocations[call-1].Abilities = append(plan.Invocations[call-1].Abilities, id)
		}
	}
	add(1, "Core.Network", "passed", "", "a")
	add(1, "Core.Network", "failed-though-it-runs", "", "b", "r")
	add(1, "Core.Network", "running", "", "a", "r")
	add(1, "Core.Network", "half", "", "a", "w")
	add(2, "Core.Network", "again-elsewhere", "", "a")
	add(1, "Extend.ActiveDirectory", "skipped", "", "a", "c")
	add(1, "Extend.ActiveDirectory", "flaky", "", "a", "f")
	add(1, "Extend.ActiveDirectory", "not-run", "", "a", "n", "f")
	add(1, "Extend.ActiveDirectory", "unproven", "unproven: no test")
	add(1, "Extend.ActiveDirectory", "exempt", "exempt: provider")
	add(1, "Extend.ActiveDirectory", "left-out", "left out by --skip-serial")
	p := newProgress(plan, began, nil)
	p.running, p.since = task{1, "r"}, began.Add(10*time.Minute)
	for test, state := range map[string]reporter.State{"a": reporter.Passed, "b": reporter.Failed, "c": reporter.Skipped, "f": reporter.Flaky, "n": reporter.NotRun} {
		p.ended[task{1, test}] = state
	}
	now := began.Add(time.Hour)
	want := `
Core.Network            o F > . .    2/5
Extend.ActiveDirectory  S K - u u -  4/4
. waits  > runs  o tests passed, to be judged  F failed  K flaky  S skipped
- not run  u without a test
> Core.Network failed-though-it-runs, Core.Network running (50m)
  r
5 of 8 tests ended, 1 failed, 1h`
	if diff := cmp.Diff(want, strings.Join(p.screen(now, size{80, 24}, false), "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for columns := range 130 {
		for _, rows := range []int{0, 1, 3, 24} {
			lines := p.screen(now, size{columns, rows}, true)
			if rows > 0 && len(lines) > rows {
				t.Errorf("%d lines in %d rows", len(lines), rows)
			}
			for _, line := range lines {
				if columns > 2 && termtext.Width(line) >= columns {
					t.Errorf("%d columns: %q takes %d", columns, line, termtext.Width(line))
				}
			}
			if columns >= 40 && !strings.HasPrefix(lines[len(lines)-1], "5 of 8 tests ended, 1 failed") {
				t.Errorf("%d columns, %d rows: the last is %q", columns, rows, lines[len(lines)-1])
			}
		}
	}
}

// TestNeverGreen holds that no mark is shown as the judgement shows what passed: nobody has judged yet.
func TestNeverGreen(t *testing.T) {
	t.Parallel()
	for m := range marks {
		if sign, words, tone := m.sign(); tone == reporter.Good || sign == reporter.Passed.Words().Letter || words == reporter.Passed.String() {
			t.Errorf("mark %d is %q, %q", m, sign, words)
		}
	}
}
