package github_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// limits are GitHub's answers about its limits, as they are today and as they were. Each is waited for within bounds.
func limits(now time.Time) map[string]struct {
	fault       githubtest.Fault
	least, most time.Duration
} {
	secondary := `{"message": "You have exceeded a secondary rate limit and have been temporarily blocked from content creation. Please retry your request again later.", "documentation_url": "https://docs.github.com/rest/overview/rate-limits-for-the-rest-api#about-secondary-rate-limits"}`
	header := func(pairs ...string) map[string]string {
		h := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			h[pairs[i]] = pairs[i+1]
		}
		return h
	}
	reset := fmt.Sprint(now.Add(10 * time.Minute).Unix())
	return map[string]struct {
		fault       githubtest.Fault
		least, most time.Duration
	}{
		"403 primary":                    {githubtest.Fault{Status: 403, Header: header("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset), Body: `{"message": "API rate limit exceeded"}`}, 9 * time.Minute, 11 * time.Minute},
		"429 primary":                    {githubtest.Fault{Status: 429, Header: header("X-RateLimit-Remaining", "0", "X-RateLimit-Reset", reset), Body: `{"message": "API rate limit exceeded"}`}, 9 * time.Minute, 11 * time.Minute},
		"403 secondary with Retry-After": {githubtest.Fault{Status: 403, Header: header("Retry-After", "42"), Body: secondary}, 42 * time.Second, 43 * time.Second},
		"429 secondary with Retry-After": {githubtest.Fault{Status: 429, Header: header("Retry-After", "42"), Body: secondary}, 42 * time.Second, 43 * time.Second},
		"429 with a date":                {githubtest.Fault{Status: 429, Header: header("Retry-After", now.Add(42*time.Second).UTC().Format(http.TimeFormat))}, 40 * time.Second, 43 * time.Second},
		"403 secondary without":          {githubtest.Fault{Status: 403, Body: secondary}, time.Minute, 90 * time.Second},
		"403 secondary of old":           {githubtest.Fault{Status: 403, Body: `{"message": "You have triggered an abuse detection mechanism.", "documentation_url": "https://developer.github.com/v3/#abuse-rate-limits"}`}, time.Minute, 90 * time.Second},
		"429 without a word":             {githubtest.Fault{Status: 429}, time.Minute, 90 * time.Second},
		"429 three times":                {githubtest.Fault{Status: 429, Times: 3}, 7 * time.Minute, 11 * time.Minute},
	}
}

// TestLimits holds that each kind of limit is waited for, on reads and writes, and that nothing is written twice.
func TestLimits(t *testing.T) {
	t.Parallel()
	now := time.Now()
	for name, test := range limits(now) {
		for _, method := range []string{"GET", "POST"} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				f.now = now
				fault := test.fault
				fault.Method, fault.Path, fault.Times = method, "/repos/*/*/issues/7/comments", max(1, fault.Times)
				f.Fail(fault)
				post(t, f.client(t), say("new"))
				f.want(t, said("new"))
				if got := f.total(); got < test.least || got > test.most {
					t.Errorf("waited %s, want %s to %s", got, test.least, test.most)
				}
			})
		}
	}
}

// TestLimitsTooLong holds that nobody waits for what does not come in time.
func TestLimitsTooLong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.SetRate(0, f.Now().Add(time.Hour))
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	_, err := f.client(t).Pull(ctx, 7)
	var limit *github.LimitError
	if !errors.As(err, &limit) || limit.Secondary || limit.Until.Sub(f.Now()) < 59*time.Minute {
		t.Errorf("error %v", err)
	}
	if f.total() != 0 {
		t.Errorf("waited %s in vain", f.total())
	}
}

// TestLimitsSpent holds that after the last request of an hour no other is sent before the next hour, and that go-github
// does not refuse it on its own account.
func TestLimitsSpent(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.SetRate(1, f.Now().Add(time.Hour))
	client := f.client(t)
	for range 2 {
		if _, err := client.Pull(t.Context(), 7); err != nil {
			t.Fatal(err)
		}
	}
	if got := f.total(); got < time.Hour || got > time.Hour+time.Minute {
		t.Errorf("waited %s", got)
	}
	if n := len(f.Requests()); n != 2 {
		t.Errorf("sent %d requests, want 2", n)
	}
}

// TestRetries holds that a read, an update and a deletion survive a server that is down for a moment.
func TestRetries(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]githubtest.Fault{
		"502": {Status: 502}, "503 with Retry-After": {Status: 503, Header: map[string]string{"Retry-After": "3"}}, "cut": {Drop: true}, "cut behind": {Drop: true, Late: true},
	} {
		for _, method := range []string{"GET", "PATCH", "DELETE"} {
			t.Run(method+" "+name, func(t *testing.T) {
				t.Parallel()
				f := newFixture(t)
				f.AddComment(pull, bot, said("old"))
				f.AddComment(pull, bot, said("duplicate"))
				fault := fault
				fault.Method, fault.Path, fault.Times = method, "/repos/*/*/issues/*/*", 3
				f.Fail(fault)
				post(t, f.client(t), say("new"))
				f.want(t, said("new"))
				if f.total() == 0 {
					t.Error("tried again at once")
				}
			})
		}
	}
}

// TestRetriesEnd holds that a server that stays down is told of.
func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Fail(githubtest.Fault{Times: 100, Status: 503, Body: "<html>down</html>"})
	_, err := f.client(t).Pull(t.Context(), 7)
	var e *github.Error
	if !errors.As(err, &e) || e.Status != 503 {
		t.Errorf("error %v", err)
	}
	if n := len(f.Requests()); n != 5 {
		t.Errorf("sent %d requests, want 5", n)
	}
}

// TestRetriesTooLong holds that what went wrong is told at once if there is no time to try again.
func TestRetriesTooLong(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.Fail(githubtest.Fault{Times: 1, Status: 503, Header: map[string]string{"Retry-After": "3600"}})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := f.client(t).Pull(ctx, 7)
	var e *github.Error
	if !errors.As(err, &e) || e.Status != 503 || f.total() != 0 {
		t.Errorf("error %v, waited %s", err, f.total())
	}
}

// TestETags holds that what has not changed does not count against the rate limit.
func TestETags(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	client := f.client(t)
	post(t, client, say("new"))
	post(t, client, say("new")) // the first one changed what was read
	f.SetRate(1, f.Now().Add(time.Hour))
	for range 5 {
		post(t, client, say("new"))
	}
	if f.total() != 0 {
		t.Errorf("waited %s: requests have counted", f.total())
	}
}
