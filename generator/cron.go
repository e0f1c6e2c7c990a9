package generator

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

const (
	hour = time.Hour
	day  = 24 * hour
	week = 7 * day
)

// intervals returns how often a periodic may run: what a cron line can say without a gap at midnight or at the end of
// the week.
func intervals() []time.Duration {
	return []time.Duration{1 * hour, 2 * hour, 3 * hour, 4 * hour, 6 * hour, 8 * hour, 12 * hour, day, week}
}

// cron returns when the job of that name runs: every so often, from a minute, hour and weekday that follow from its name
// alone, so that a job keeps its times whatever becomes of the others.
//
// Note: the hash is a cryptographic one because names that differ in one character must not start side by side; FNV
// leaves such names close together.
func cron(name string, every time.Duration) string {
	sum := sha256.Sum256([]byte(name))
	start := binary.BigEndian.Uint64(sum[:8]) % uint64(every/time.Minute)
	minute, h, weekday := start%60, start/60%24, start/(24*60)
	step := uint64(every / hour)
	switch {
	case every == hour:
		return fmt.Sprintf("%d * * * *", minute)
	case every < day:
		return fmt.Sprintf("%d %d-23/%d * * *", minute, h, step)
	case every == day:
		return fmt.Sprintf("%d %d * * *", minute, h)
	default:
		return fmt.Sprintf("%d %d * * %d", minute, h, weekday)
	}
}

// runsPerWeek is how often a job with that interval runs in a week.
func runsPerWeek(every time.Duration) int { return int(week / every) }

// staleHours is after how many hours without a result TestGrid shall call a tab stale: two runs in a row left nothing,
// and the second had its time.
func staleHours(every, timeout time.Duration) int {
	return int((2*every + timeout + hour - 1) / hour)
}

// shortDuration prints whole hours as "24h", which is how they are written in the config.
func shortDuration(d time.Duration) string {
	if d%hour == 0 {
		return fmt.Sprintf("%dh", d/hour)
	}
	return strings.Replace(d.String(), "m0s", "m", 1)
}
