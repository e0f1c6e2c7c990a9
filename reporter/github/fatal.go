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
// read, or a repository that nobody may write to any more, or for the time of its migration.
func Fatal(err error) error {
	var limit *LimitError
	var e *Error
	switch {
	case errors.As(err, &limit), errors.As(err, &e) && e.Status == http.StatusUnauthorized:
		return err
	case errors.As(err, &e) && e.Status == http.StatusForbidden && !e.ofOneConversation():
		return err
	}
	return nil
}

// ofOneConversation tells whether GitHub refuses a write because that one conversation is locked. It joins its reasons: "Repository was
// archived so is read-only and unable to create comment because issue is locked", "... and repository has been locked for migration".
func (e *Error) ofOneConversation() bool {
	message := strings.ToLower(e.Message)
	return e.Status == http.StatusForbidden && strings.Contains(message, "issue is locked") && !strings.Contains(message, "repository")
}
