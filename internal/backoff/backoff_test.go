package backoff_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
)

func TestPause(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		first   time.Duration
		failure int
		want    time.Duration
	}{
		{time.Second, 1, time.Second}, {time.Second, 2, 2 * time.Second}, {time.Second, 5, 16 * time.Second},
		{time.Second, 1000, time.Hour}, {2 * time.Hour, 1, time.Hour}, {0, 7, 0},
	} {
		if got := backoff.Pause(test.first, test.failure); got != test.want {
			t.Errorf("behind failure %d of %s: %s, want %s", test.failure, test.first, got, test.want)
		}
	}
}

func TestJitter(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	for range 200 {
		got := backoff.Jitter(time.Second)
		if got < time.Second || got > 1500*time.Millisecond {
			t.Fatalf("a pause of %s", got)
		}
		seen[got] = true
	}
	if len(seen) < 100 {
		t.Errorf("only %d different pauses of 200", len(seen))
	}
	if got := backoff.Jitter(0); got != 0 {
		t.Errorf("no pause became %s", got)
	}
}

func TestSleep(t *testing.T) {
	t.Parallel()
	if err := backoff.Sleep(t.Context(), time.Nanosecond); err != nil {
		t.Error(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := backoff.Sleep(ended, time.Hour); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}
