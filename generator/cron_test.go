package generator

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	robfig "gopkg.in/robfig/cron.v2"
)

// TestCron holds every allowed interval against the library by which Prow reads cron lines: from any run to the next one
// it is that long.
func TestCron(t *testing.T) {
	t.Parallel()
	for _, every := range intervals() {
		for i := range 200 {
			line := cron(fmt.Sprintf("ci-windows-op-readiness-1-%d-ltsc2022", i), every)
			schedule, err := robfig.Parse(line)
			if err != nil {
				t.Fatalf("every %s: %q: %v", every, line, err)
			}
			at := schedule.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
			for range 30 {
				next := schedule.Next(at)
				if got := next.Sub(at); got != every {
					t.Fatalf("every %s: %q runs at %s and then %s later", every, line, at, got)
				}
				at = next
			}
		}
	}
}

func TestCronIsFixed(t *testing.T) {
	t.Parallel()
	tests := map[time.Duration]string{
		1 * hour:  "18 * * * *",
		12 * hour: "18 7-23/12 * * *",
		day:       "18 19 * * *",
		week:      "18 19 * * 5",
	}
	for every, want := range tests {
		if got := cron("ci-windows-op-readiness-1-36-ltsc2022", every); got != want {
			t.Errorf("every %s: got %q, want %q: the times of shipped jobs must not move", every, got, want)
		}
	}
}

// TestCronSpreads counts on which minute and hour 10,000 jobs with similar names start: each within a third of its share.
func TestCronSpreads(t *testing.T) {
	t.Parallel()
	const jobs = 10000
	minutes, hours := map[int]int{}, map[int]int{}
	for i := range jobs {
		fields := strings.Fields(cron(fmt.Sprintf("ci-windows-op-readiness-1-%d-p%d", i/100, i%100), day))
		minutes[atoi(t, fields[0])]++
		hours[atoi(t, fields[1])]++
	}
	spread(t, "minute", minutes, jobs/60, 60)
	spread(t, "hour", hours, jobs/24, 24)
}

func spread(t *testing.T, unit string, counts map[int]int, share, n int) {
	t.Helper()
	if len(counts) != n {
		t.Errorf("jobs start on %d different values of %s, not on %d", len(counts), unit, n)
	}
	for value, count := range counts {
		if count < share*2/3 || count > share*4/3 {
			t.Errorf("%d jobs start on %s %d, of about %d", count, unit, value, share)
		}
	}
}

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestStaleHours(t *testing.T) {
	t.Parallel()
	if got := staleHours(12*hour, 6*hour); got != 30 {
		t.Errorf("every 12h with 6h a run: got %d, want 30", got)
	}
	if got := staleHours(week, 90*time.Minute); got != 338 {
		t.Errorf("every week with 1h30m a run: got %d, want 338", got)
	}
}
