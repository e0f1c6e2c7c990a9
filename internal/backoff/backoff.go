// Package backoff is how long the program waits before it asks somebody's server again. What may be asked again, and how
// often, its callers decide.
package backoff

import (
	"context"
	"math/rand/v2"
	"time"
)

// Pause returns the pause behind a failure, the first of a row being number 1: first, doubled with each further one. It is
// at most an hour, and zero if first is.
func Pause(first time.Duration, failure int) time.Duration {
	for ; failure > 1 && first < time.Hour; failure-- {
		first *= 2
	}
	return min(first, time.Hour)
}

// Jitter makes a pause up to a half longer, so that many who wait do not come back at once.
func Jitter(pause time.Duration) time.Duration {
	return pause + time.Duration(rand.Int64N(int64(pause)/2+1))
}

// Sleep waits, or returns early with the context's error.
func Sleep(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
