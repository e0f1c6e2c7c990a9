// Package schedule says when a job that repeats runs: which intervals there are, and the cron line of each for one job.
// The config is held against the intervals, the generator writes the lines.
package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

const (
	day  = 24 * time.Hour
	week = 7 * day
)

// Intervals returns how often a periodic may run, shortest first: what a cron line can say without a gap at midnight or at
// the end of the week.
func Intervals() []time.Duration {
	const hour = time.Hour
	return []time.Duration{1 * hour, 2 * hour, 3 * hour, 4 * hour, 6 * hour, 8 * hour, 12 * hour, day, week}
}

// Cron returns when the job of that name runs, for one of the Intervals: every so often, from a minute, hour and weekday
// that follow from its name alone, so that a job keeps its times whatever becomes of the others.
//
// Note: the hash is a cryptographic one because names that differ in one character must not start side by side; FNV
// leaves such names close together.
func Cron(job string, every time.Duration) string {
	sum := sha256.Sum256([]byte(job))
	start := binary.BigEndian.Uint64(sum[:8]) % uint64(every/time.Minute)
	minute, hour, weekday := start%60, start/60%24, start/(24*60)
	switch {
	case every == time.Hour:
		return fmt.Sprintf("%d * * * *", minute)
	case every < day:
		return fmt.Sprintf("%d %d-23/%d * * *", minute, hour, every/time.Hour)
	case every == day:
		return fmt.Sprintf("%d %d * * *", minute, hour)
	default:
		return fmt.Sprintf("%d %d * * %d", minute, hour, weekday)
	}
}

// RunsPerWeek is how often a job with that interval runs in a week; 0 for one without.
func RunsPerWeek(every time.Duration) int {
	if every == 0 {
		return 0
	}
	return int(week / every)
}

// Hours returns d in hours, begun ones included.
func Hours(d time.Duration) int { return int((d + time.Hour - 1) / time.Hour) }

// Text prints a duration as it is written in the config: whole hours as "24h", other ones as "1h30m".
func Text(d time.Duration) string {
	if d%time.Hour == 0 {
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return strings.Replace(d.String(), "m0s", "m", 1)
}
