package github

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Swept is what became of one pull request.
type Swept struct {
	Pull   PullRequest
	Action Action
	Err    error
}

// pace is the pause between two pull requests that were written to, as GitHub asks for
// (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api).
const pace = time.Second

// Sweep does the same, Post or Plan, with every open pull request of the repository, one after the other. What fails for
// one does not keep it from the others, unless it would fail for all; the error is the one that ended the sweep.
func (c *Client) Sweep(ctx context.Context, do func(context.Context, PullRequest) (Action, error)) ([]Swept, error) {
	pulls, err := c.openPulls(ctx)
	if err != nil {
		return nil, err
	}
	var all []Swept
	for _, pr := range pulls {
		action, err := do(ctx, pr)
		all = append(all, Swept{Pull: pr, Action: action, Err: err})
		if err := errors.Join(ctx.Err(), fatal(err)); err != nil {
			return all, err
		}
		if action.Idle() {
			continue
		}
		if err := c.options.Clock.Sleep(ctx, pace); err != nil {
			return all, err
		}
	}
	return all, nil
}

// fatal returns the error if it would be the same for every pull request.
func fatal(err error) error {
	var limit *LimitError
	var e *Error
	if errors.As(err, &limit) || errors.As(err, &e) && e.Status == http.StatusUnauthorized {
		return err
	}
	return nil
}
