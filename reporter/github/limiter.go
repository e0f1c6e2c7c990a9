package github

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
)

// The most tries of a request, and of one that GitHub limits.
const (
	maxTries  = 5
	maxLimits = 10
)

// limiter sends requests again after a failure that may pass, and when GitHub's limits allow it
// (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api). It waits no longer than the context of
// the request allows, and says so at once if that cannot be.
//
// Note: go-github knows only some of GitHub's answers about limits: version 50 looks for another address of the
// documentation than GitHub sends today, and for no 429. So all of that is decided here, below it.
type limiter struct {
	next  http.RoundTripper
	clock Clock

	mu     sync.Mutex
	closed *LimitError // GitHub takes no request until then; nil: it does
}

// over puts the limiter over another transport.
func (l *limiter) over(next http.RoundTripper) *limiter {
	l.next = next
	return l
}

// RoundTrip sends a request until it has an answer worth having.
func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	limits := 0
	for try := 1; ; {
		if err := l.wait(req.Context()); err != nil {
			return nil, err
		}
		resp, err := l.send(req)
		limit := l.limitOf(resp, limits)
		switch {
		case limit != nil && limits < maxLimits:
			limits++
			l.close(limit)
		case limit != nil:
			return nil, limit
		case try < maxTries && transient(req, resp, err):
			pause := l.pause(try, resp)
			if late(req.Context(), l.clock.Now().Add(pause)) {
				return l.deliver(resp), err
			}
			if err := l.clock.Sleep(req.Context(), pause); err != nil {
				return nil, err
			}
			try++
		default:
			return l.deliver(resp), err
		}
		discard(resp)
	}
}

// send sends the request once, with a body of its own.
func (l *limiter) send(req *http.Request) (*http.Response, error) {
	again := req.Clone(req.Context())
	again.Header.Set("X-GitHub-Api-Version", apiVersion)
	if req.GetBody != nil {
		body, err := req.GetBody()
		if err != nil {
			return nil, err
		}
		again.Body = body
	}
	resp, err := l.next.RoundTrip(again)
	if err != nil || req.Method == http.MethodPost && !repeatable(req) {
		return resp, err
	}
	return whole(resp)
}

// apiVersion is that of the API whose answers the program reads
// (https://docs.github.com/rest/about-the-rest-api/api-versions).
const apiVersion = "2022-11-28"

// maxAnswer is more bytes than an answer has.
const maxAnswer = 64 << 20

// whole reads an answer to its end, so that one that is cut short can be asked for again.
func whole(resp *http.Response) (*http.Response, error) {
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	resp.Body.Close()
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// repeatable tells whether a POST may be sent twice: it creates nothing that would be there twice.
func repeatable(req *http.Request) bool {
	return strings.HasSuffix(req.URL.Path, "/access_tokens") || strings.HasSuffix(req.URL.Path, "/graphql")
}

// wait waits until GitHub takes requests.
func (l *limiter) wait(ctx context.Context) error {
	l.mu.Lock()
	closed := l.closed
	l.mu.Unlock()
	if closed == nil {
		return nil
	}
	pause := closed.Until.Sub(l.clock.Now())
	if pause <= 0 {
		return nil
	}
	if late(ctx, closed.Until) {
		return closed
	}
	return l.clock.Sleep(ctx, pause)
}

// late tells whether a moment is behind the context's end.
func late(ctx context.Context, moment time.Time) bool {
	deadline, ok := ctx.Deadline()
	return ok && moment.After(deadline)
}

func (l *limiter) close(limit *LimitError) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed == nil || limit.Until.After(l.closed.Until) {
		l.closed = limit
	}
}

// deliver hides the limits from go-github, which would refuse requests on its own account, and keeps them in mind: with
// none left no request is sent before the next hour begins.
func (l *limiter) deliver(resp *http.Response) *http.Response {
	if resp == nil {
		return nil
	}
	if until, spent := l.primary(resp); spent && until.After(l.clock.Now()) {
		l.close(&LimitError{Until: until})
	}
	for _, name := range []string{"X-Ratelimit-Limit", "X-Ratelimit-Remaining", "X-Ratelimit-Reset"} {
		resp.Header.Del(name)
	}
	return resp
}

// limitOf returns the limit that an answer speaks of, nil if it is another answer; limits is how often that was so.
func (l *limiter) limitOf(resp *http.Response, limits int) *LimitError {
	if resp == nil || resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusTooManyRequests {
		return nil
	}
	least := l.clock.Now().Add(time.Second << min(limits, 6)) // whatever the answer says, which may be that there is no limit any more
	if pause, ok := retryAfter(resp, l.clock.Now()); ok {
		return &LimitError{Until: later(least, l.clock.Now().Add(pause)), Secondary: true}
	}
	if until, spent := l.primary(resp); spent {
		return &LimitError{Until: later(least, until)}
	}
	if resp.StatusCode == http.StatusTooManyRequests || speaksOfLimit(resp) {
		pause := time.Minute << min(limits, 6) // GitHub asks for a minute at least, and longer each time
		return &LimitError{Until: l.clock.Now().Add(backoff.Jitter(pause)), Secondary: true}
	}
	return nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// primary returns when the next hour begins, if no request of this one is left.
func (l *limiter) primary(resp *http.Response) (until time.Time, spent bool) {
	reset, err := strconv.ParseInt(resp.Header.Get("X-Ratelimit-Reset"), 10, 64)
	if err != nil || resp.Header.Get("X-Ratelimit-Remaining") != "0" {
		return time.Time{}, false
	}
	return time.Unix(reset, 0).Add(time.Second), true // clocks differ
}

// speaksOfLimit looks for a secondary limit in an answer that has no header of it. The words are those of GitHub's
// documentation, past and present.
func speaksOfLimit(resp *http.Response) bool {
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<16))
	rest := resp.Body
	resp.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), rest), rest}
	text := strings.ToLower(string(body))
	says := func(words string) bool { return strings.Contains(text, words) }
	return err == nil && (says("secondary rate limit") || says("secondary-rate-limits") || says("abuse detection"))
}

// retryAfter returns the pause that an answer asks for.
func retryAfter(resp *http.Response, now time.Time) (time.Duration, bool) {
	text := resp.Header.Get("Retry-After")
	if seconds, err := strconv.Atoi(text); err == nil && seconds >= 0 {
		return time.Duration(min(seconds, 1<<20)) * time.Second, true
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(0, date.Sub(now)), true
	}
	return 0, false
}

// transient tells whether the same request may succeed a moment later. A comment is not created again, since it may be
// there although no answer came; Client.Post looks.
func transient(req *http.Request, resp *http.Response, err error) bool {
	if req.Context().Err() != nil {
		return false
	}
	var operation *net.OpError
	unsent := errors.As(err, &operation) && operation.Op == "dial"
	if req.Method == http.MethodPost && !unsent && !repeatable(req) {
		return false
	}
	if err != nil {
		var limit *LimitError
		var refused *Error
		return !errors.As(err, &limit) && !errors.As(err, &refused)
	}
	return resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented
}

// pause is how long to wait behind the try: half a second, doubled each time, and no less than the answer asks for.
func (l *limiter) pause(try int, resp *http.Response) time.Duration {
	pause := backoff.Jitter(backoff.Pause(500*time.Millisecond, try))
	if resp != nil {
		if asked, ok := retryAfter(resp, l.clock.Now()); ok {
			pause = max(pause, asked)
		}
	}
	return pause
}

func discard(resp *http.Response) {
	if resp != nil {
		_, _ = io.CopyN(io.Discard, resp.Body, 1<<16) // so that the connection can be used again
		resp.Body.Close()
	}
}
