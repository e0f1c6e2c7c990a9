package github

import (
	"errors"
	"net/http"
	"strings"
	"time"
)

// Pace is the pause between two pull requests that were written to, as GitHub asks for
// (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
const Pace = time.Second

// Fatal returns the error if it would be the same for every pull request: a limit, a token that is no good, one that may only
// read, or a repository that nobody may write to any more.
func Fatal(err error) error {
	var limit *LimitError
	var e *Error
	switch {
	case errors.As(err, &limit), errors.As(err, &e) && e.Status == http.StatusUnauthorized:
		return err
	case errors.As(err, &e) && e.Status == http.StatusForbidden && !strings.Contains(strings.ToLower(e.Message), "locked"):
		return err
	}
	return nil
}
