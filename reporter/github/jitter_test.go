package github

import (
	"net/http"
	"testing"
	"time"
)

// spread returns the least and the most of many pauses.
func spread(pause func() time.Duration) (least, most time.Duration) {
	least = pause()
	for range 500 {
		p := pause()
		least, most = min(least, p), max(most, p)
	}
	return least, most
}

// TestJitter holds that many clients which fail at once do not come back at once: each pause is as long as it must be,
// and up to a half longer, by chance. (That 500 of them all miss a tenth of that half happens once in 10²² runs.)
func TestJitter(t *testing.T) {
	t.Parallel()
	now := time.Now()
	l := &limiter{clock: Clock{Now: func() time.Time { return now }}}
	limited := func(limits int) func() time.Duration {
		return func() time.Duration {
			return l.limitOf(&http.Response{StatusCode: http.StatusTooManyRequests}, limits).Until.Sub(now)
		}
	}
	for _, test := range []struct {
		name  string
		pause func() time.Duration
		least time.Duration
	}{
		{"behind the first failure", func() time.Duration { return l.pause(1, nil) }, 500 * time.Millisecond},
		{"behind the second failure", func() time.Duration { return l.pause(2, nil) }, time.Second},
		{"behind the fourth failure", func() time.Duration { return l.pause(4, nil) }, 4 * time.Second},
		{"behind a limit", limited(0), time.Minute},
		{"behind the second limit", limited(1), 2 * time.Minute},
		{"behind the tenth limit", limited(9), 64 * time.Minute},
	} {
		least, most := spread(test.pause)
		half := test.least / 2
		if least < test.least || most > test.least+half {
			t.Errorf("%s: %s to %s, want %s to %s", test.name, least, most, test.least, test.least+half)
		}
		if least > test.least+half/10 || most < test.least+half*9/10 {
			t.Errorf("%s: %s to %s is too narrow, want nearly %s to %s", test.name, least, most, test.least, test.least+half)
		}
	}
}
