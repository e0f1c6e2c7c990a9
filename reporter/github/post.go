package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// Render says what the comment on a pull request should be now.
type Render func(ctx context.Context, pr PullRequest) (Body, error)

// maxRounds is how often a comment is looked at and written before that is given up.
const maxRounds = 12

// lostPause is how long to wait before a look for a comment that may have been created: lists have been seen to lag behind by five seconds.
const lostPause = 10 * time.Second

// Plan says what Post would do, and does nothing.
func (c *Client) Plan(ctx context.Context, pr PullRequest, render Render) (Action, error) {
	if !pr.Open {
		return Action{Why: "the pull request is closed"}, nil
	}
	p := posting{client: c, pr: pr, render: render}
	return p.plan(ctx)
}

// Post makes the comment on a pull request what render says, and returns what that took. Nothing is written on a pull
// request that is closed, or locked for us, and what is written speaks of the head that the pull request has at that moment.
func (c *Client) Post(ctx context.Context, pr PullRequest, render Render) (Action, error) {
	p := posting{client: c, pr: pr, render: render}
	for range maxRounds {
		done, err := p.round(ctx)
		if done || err != nil {
			return p.did, err
		}
	}
	return p.did, fmt.Errorf("the comment on %s was another one each of %d times that it was read: somebody else keeps writing it", pr, maxRounds)
}

// posting is one call of Post.
type posting struct {
	client  *Client
	pr      PullRequest
	render  Render
	did     Action
	created int64            // the comment that this call created
	wrote   map[int64]string // what this call wrote into comments
	lost    bool             // it may have created one, but no answer came
}

// round looks once at what should be and what is, and does what is to be done. It is done when nothing is.
func (p *posting) round(ctx context.Context) (done bool, err error) {
	if !p.pr.Open {
		p.did.Why = "the pull request is closed"
		return true, nil
	}
	action, err := p.plan(ctx)
	if err != nil {
		return false, err
	}
	if action.Idle() {
		p.finish(action)
		return true, nil
	}
	now, err := p.client.Pull(ctx, p.pr.Number)
	if err != nil {
		return false, err
	}
	if !now.Same(p.pr) {
		p.pr = now
		return false, nil
	}
	err = p.do(ctx, action)
	var refused *Error
	if p.pr.Locked && errors.As(err, &refused) && refused.ofOneConversation() {
		p.did.Why = "the conversation is locked, and this account may not write there"
		return true, nil
	}
	return false, err
}

// plan renders before it reads, so that a pull request without results costs no request.
func (p *posting) plan(ctx context.Context) (Action, error) {
	body, err := p.render(ctx, p.pr)
	if err != nil || body.Text == "" {
		return Plan(nil, "", body), err
	}
	self, err := p.client.self(ctx)
	if err != nil {
		return Action{}, err
	}
	comments, err := p.client.comments(ctx, p.pr)
	if err != nil {
		return Action{}, err
	}
	if comments, err = p.withCreated(ctx, comments); err != nil {
		return Action{}, err
	}
	if comments, err = p.withWritten(ctx, comments); err != nil {
		return Action{}, err
	}
	action := Plan(comments, self, body)
	if action.Kind == Create && !p.client.mayCreate(p.pr.Number) {
		return Action{Why: "our comment was deleted, and is not created again"}, nil
	}
	return action, nil
}

// withWritten reads a comment of which a list says something else than what this call wrote into it: lists lag behind.
func (p *posting) withWritten(ctx context.Context, comments []Comment) ([]Comment, error) {
	comments = slices.Clone(comments)
	for i, c := range comments {
		wrote, ours := p.wrote[c.ID]
		if !ours || normal(wrote) == normal(c.Body) {
			continue
		}
		fresh, found, err := p.client.comment(ctx, c.ID)
		if err != nil {
			return nil, err
		}
		if found {
			comments[i] = fresh
		}
	}
	return comments, nil
}

// withCreated adds the comment that we have created to a list that lags behind and does not have it.
func (p *posting) withCreated(ctx context.Context, comments []Comment) ([]Comment, error) {
	if p.created == 0 || slices.ContainsFunc(comments, func(c Comment) bool { return c.ID == p.created }) {
		return comments, nil
	}
	comment, found, err := p.client.comment(ctx, p.created)
	if err != nil || !found {
		return comments, err // gone: another writer has kept an older one
	}
	return append(slices.Clone(comments), comment), nil
}

func (p *posting) do(ctx context.Context, action Action) error {
	c := p.client
	if action.Kind == Create {
		return p.create(ctx, action.Body)
	}
	if action.Kind == Update {
		if err := c.update(ctx, p.pr, Comment{ID: action.ID, Body: action.Body}); err != nil {
			return err
		}
		p.did.Kind = Update
		p.note(action.ID, action.Body)
	}
	for _, id := range action.Delete {
		if err := c.remove(ctx, p.pr, id); err != nil {
			return err
		}
		p.did.Delete = append(p.did.Delete, id)
	}
	return p.settle(ctx, c.options.Settle)
}

func (p *posting) note(id int64, body string) {
	if p.wrote == nil {
		p.wrote = map[int64]string{}
	}
	p.wrote[id] = body
}

// settle is the pause behind a write.
func (p *posting) settle(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	return p.client.options.Clock.Sleep(ctx, d)
}

// create creates the comment. If no answer tells whether it is there, the next round looks.
func (p *posting) create(ctx context.Context, body string) error {
	comment, err := p.client.create(ctx, p.pr, body)
	settle := p.client.options.Settle
	switch {
	case err == nil:
		p.created = comment.ID
		p.client.hasCreated(p.pr.Number)
		p.note(comment.ID, body)
	case unanswered(err):
		p.lost = true
		settle = max(settle, lostPause)
	default:
		return err
	}
	return p.settle(ctx, settle)
}

// unanswered tells whether a request may have been carried out although it failed.
func unanswered(err error) bool {
	var e *Error
	var limit *LimitError
	for _, known := range []error{context.Canceled, context.DeadlineExceeded, errRedirect} {
		if errors.Is(err, known) {
			return false
		}
	}
	return errors.As(err, &e) && !errors.As(err, &limit) && (e.Status == 0 || e.Status >= http.StatusInternalServerError)
}

// finish says what all rounds together have done.
func (p *posting) finish(last Action) {
	p.did.ID, p.did.URL, p.did.Body, p.did.Why = last.ID, last.URL, last.Body, last.Why
	if p.created != 0 && p.created == last.ID || p.lost && p.did.Kind == None {
		p.did.Kind = Create
	}
	if p.did.Kind != None {
		p.did.Why = ""
	}
}
