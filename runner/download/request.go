package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
)

// ErrNotFound is a server's answer that there is no such file, and mostly means that there is no such release.
var ErrNotFound = errors.New("not found")

// transientError is a failure that may be gone the next time.
type transientError struct{ error }

func (e transientError) Unwrap() error { return e.error }

// attempts is how often in a row something may fail without getting any further.
const attempts = 5

// retry calls try until it succeeds, fails for good, or fails too often in a row. try tells whether it got any further.
func (o Options) retry(ctx context.Context, try func() (further bool, err error)) error {
	for failures := 0; ; {
		further, err := try()
		if ctx.Err() != nil || !errors.As(err, new(transientError)) {
			return err
		}
		if further {
			failures = 0
		}
		if failures++; failures == attempts {
			return err
		}
		pause := backoff.Pause(o.Pause, failures)
		o.Retrying(err, pause)
		if backoff.Sleep(ctx, pause) != nil {
			return err
		}
	}
}

// get asks for what stands at an address from a byte on. The caller closes the body; reading it fails with a
// transientError if the connection is cut or the server says nothing for too long.
func (o Options) get(ctx context.Context, address string, from int64) (*http.Response, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		cancel(nil)
		return nil, err
	}
	request.Header.Set("Accept-Encoding", "identity") // the checksum is that of the file as it is stored
	if from > 0 {
		request.Header.Set("Range", fmt.Sprintf("bytes=%d-", from))
	}
	guard := newBody(ctx, cancel, o.Stall)
	response, err := o.Client.Do(request)
	if err != nil {
		err = guard.explain(err)
		guard.stop()
		return nil, err
	}
	guard.ReadCloser = response.Body
	response.Body = guard
	return response, nil
}

// body is what a server says, ended when it says nothing for too long.
type body struct {
	io.ReadCloser
	cancel context.CancelCauseFunc
	cause  func() error // why the request was ended, or nil
	stall  time.Duration
	timer  *time.Timer // nil: the server has all the time that it wants
}

func newBody(ctx context.Context, cancel context.CancelCauseFunc, stall time.Duration) *body {
	b := &body{cancel: cancel, cause: func() error { return context.Cause(ctx) }, stall: stall}
	if stall > 0 {
		b.timer = time.AfterFunc(stall, func() { cancel(fmt.Errorf("the server said nothing for %s", stall)) })
	}
	return b
}

// Read lets the clock run only while it waits for the server.
func (b *body) Read(p []byte) (int, error) {
	if b.timer != nil {
		b.timer.Reset(b.stall)
		defer b.timer.Stop()
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.explain(err)
	}
	return n, err
}

// explain makes an error transient, and says why the request was ended if it was. That the caller ended it, and that
// trying again is no use then, retry sees itself.
func (b *body) explain(err error) error {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err // without the address, which all our errors name
	}
	if cause := b.cause(); cause != nil {
		err = cause
	}
	return transientError{err}
}

func (b *body) Close() error {
	b.stop()
	return b.ReadCloser.Close()
}

func (b *body) stop() {
	if b.timer != nil {
		b.timer.Stop()
	}
	b.cancel(nil)
}

// statusError is an answer that is not the file.
func statusError(response *http.Response) error {
	err := fmt.Errorf("the server answers %q", response.Status)
	switch code := response.StatusCode; {
	case code == http.StatusNotFound:
		return fmt.Errorf("%w: %w", err, ErrNotFound)
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout:
		return transientError{err}
	}
	return err
}
