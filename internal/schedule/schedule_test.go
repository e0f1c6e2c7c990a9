package schedule

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
	for _, every := range Intervals() {
		for i := range 200 {
			line := Cron(fmt.Sprintf("ci-windows-op-readiness-1-%d-ltsc2022", i), every)
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
		time.Hour:      "18 * * * *",
		12 * time.Hour: "18 7-23/12 * * *",
		day:            "18 19 * * *",
		week:           "18 19 * * 5",
	}
	for every, want := range tests {
		if got := Cron("ci-windows-op-readiness-1-36-ltsc2022", every); got != want {
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
		fields := strings.Fields(Cron(fmt.Sprintf("ci-windows-op-readiness-1-%d-p%d", i/100, i%100), day))
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

func TestRunsPerWeek(t *testing.T) {
	t.Parallel()
	for every, want := range map[time.Duration]int{0: 0, time.Hour: 168, 12 * time.Hour: 14, week: 1} {
		if got := RunsPerWeek(every); got != want {
			t.Errorf("every %s: got %d runs, want %d", every, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		d     time.Duration
		text  string
		hours int
	}{
		{0, "0h", 0},
		{day, "24h", 24},
		{10 * time.Minute, "10m", 1},
		{90 * time.Minute, "1h30m", 2},
		{2*time.Hour + time.Second, "2h0m1s", 3},
	}
	for _, test := range tests {
		if got := Text(test.d); got != test.text {
			t.Errorf("%s is printed %q, want %q", test.d, got, test.text)
		}
		if got := Hours(test.d); got != test.hours {
			t.Errorf("%s: got %d hours, want %d", test.d, got, test.hours)
		}
	}
}
