// Package usererror marks errors that a person at a command line can do something about: with a hint, or as a command
// line that means nothing. Libraries attach it where they know what helps; only the command prints it.
package usererror

import "errors"

// WithHint returns err with a line that says what to do about it. Of several hints of one error the outermost counts.
func WithHint(err error, hint string) error { return hinted{err, hint} }

// Hint returns the hint of err, or "".
func Hint(err error) string {
	var h hinted
	if errors.As(err, &h) {
		return h.hint
	}
	return ""
}

// Usage returns err marked as a command line that means nothing: the usage of the command is what helps.
func Usage(err error) error { return usage{err} }

// IsUsage tells whether err was marked by Usage.
func IsUsage(err error) bool { return errors.As(err, new(usage)) }

type hinted struct {
	error
	hint string
}

func (h hinted) Unwrap() error { return h.error }

type usage struct{ error }

func (u usage) Unwrap() error { return u.error }
