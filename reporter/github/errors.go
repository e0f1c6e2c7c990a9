package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	gogithub "github.com/google/go-github/v50/github"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
)

// Error is a request that GitHub refused, or that did not come through.
type Error struct {
	Doing   string // what was being done
	Status  int    // of HTTP; 0 if there was no answer
	Message string // GitHub's words, or those of the network
	err     error
}

// Error says what was being done, and why it could not be. It never has a token in it.
func (e *Error) Error() string {
	if e.Status == 0 {
		return fmt.Sprintf("%s: %s", e.Doing, e.Message)
	}
	return fmt.Sprintf("%s: GitHub answers %d %s: %s", e.Doing, e.Status, http.StatusText(e.Status), e.Message)
}

func (e *Error) Unwrap() error { return e.err }

// LimitError is a limit of GitHub's that does not end in time.
type LimitError struct {
	Until     time.Time // when GitHub takes requests again
	Secondary bool      // the limit is on bursts, not on the requests of an hour
}

func (e *LimitError) Error() string {
	kind := "rate limit"
	if e.Secondary {
		kind = "secondary rate limit"
	}
	return fmt.Sprintf("GitHub's %s is reached, and there is no time to wait until %s", kind, e.Until.UTC().Format("15:04:05 UTC"))
}

// cause is what callers may ask for. The error as it came is not passed on: it may hold the request with its token.
func cause(err error) error {
	var limit *LimitError
	var address *url.Error
	switch {
	case errors.As(err, &limit):
		return limit
	case errors.Is(err, context.DeadlineExceeded):
		return context.DeadlineExceeded
	case errors.Is(err, context.Canceled):
		return context.Canceled
	case errors.As(err, &address):
		return address.Err
	}
	return nil
}

// status returns the status of GitHub's answer, 0 if there was none.
func status(err error) int {
	var answer *gogithub.ErrorResponse
	if errors.As(err, &answer) && answer.Response != nil {
		return answer.Response.StatusCode
	}
	return 0
}

// message returns what GitHub, or the network, says.
func message(err error) string {
	var answer *gogithub.ErrorResponse
	if !errors.As(err, &answer) {
		var address *url.Error
		if errors.As(err, &address) {
			return address.Err.Error()
		}
		return err.Error()
	}
	parts := []string{strings.TrimSpace(answer.Message)}
	if parts[0] == "" {
		parts[0] = "without a message"
	}
	for _, e := range answer.Errors {
		parts = append(parts, strings.TrimSpace(e.Field+" "+e.Message))
	}
	return strings.Join(parts, "; ")
}

// failed makes an error of what go-github returned.
func (a *auth) failed(doing string, err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own // of a request below this one: for a token
	}
	return &Error{Doing: doing, Status: status(err), Message: safetext.Line(a.redact(message(err))), err: cause(err)}
}
