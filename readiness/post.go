package readiness

import (
	"context"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// Results finds what is known of a pull request, in two steps: the first says which builds there are and costs little, so that
// what has not changed need not be judged again. Both look anew each time.
type Results interface {
	Find(context.Context, github.PullRequest) (artifacts.Finding, error)
	Judge(context.Context, github.PullRequest, artifacts.Finding) (comment.Content, error)
}

// Event is why a pull request is looked at.
type Event int

// The events. The zero value is the sweep's.
const (
	OnSweep Event = iota // nothing in particular
	OnEnd                // a job of it has ended
	OnAsk                // somebody has asked for it
)

// Poster keeps the comments of pull requests true: it is the unit that the sweep, the workflow of GitHub and the plugin of Prow
// call, with a pull request and an event.
type Poster struct {
	Client    *github.Client
	Results   Results
	Policy    comment.Policy
	Addresses coordinates.Addresses
	Tabs      map[string]string // the address of each job's tab on TestGrid, by the job's name
	Now       func() time.Time
	Pause     func(context.Context, time.Duration) error // between two pull requests that were written to; nil: a true one
	DryRun    bool                                       // say what would be done, and do nothing
}

// Number makes the comment on one pull request true.
func (p Poster) Number(ctx context.Context, number int, e Event) (github.PullRequest, github.Action, error) {
	pr, err := p.Client.Pull(ctx, number)
	if err != nil {
		return pr, github.Action{}, err
	}
	action, err := p.Pull(ctx, pr, e)
	return pr, action, err
}

// Pull does so with a pull request as it was a moment ago.
func (p Poster) Pull(ctx context.Context, pr github.PullRequest, e Event) (github.Action, error) {
	return p.post(ctx, pr, func(ctx context.Context, pr github.PullRequest) (github.Body, error) { return p.Body(ctx, pr, e) })
}

func (p Poster) post(ctx context.Context, pr github.PullRequest, render github.Render) (github.Action, error) {
	if p.DryRun {
		return p.Client.Plan(ctx, pr, render)
	}
	return p.Client.Post(ctx, pr, render)
}

// Body says what the comment on a pull request is to be, by a look at the results as they are now, and whether one is to be
// created. It writes nothing.
func (p Poster) Body(ctx context.Context, pr github.PullRequest, e Event) (github.Body, error) {
	found, err := p.Results.Find(ctx, pr)
	var c comment.Content
	switch over := artifacts.OverBound(err); {
	case over != "":
		c.Over = err.Error()
	case err != nil:
		return github.Body{}, explain(err)
	default:
		if c, err = p.Results.Judge(ctx, pr, found); err != nil {
			return github.Body{}, explain(err)
		}
	}
	return p.body(pr, c, e), nil
}

// body renders what is known.
func (p Poster) body(pr github.PullRequest, c comment.Content, e Event) github.Body {
	policy := p.Policy
	if e == OnAsk {
		policy = comment.Policy{EarlyFailure: true, Patience: time.Nanosecond}
	}
	return github.Body{
		Text:       comment.Render(c, comment.Options{SHA: pr.HeadSHA, Addresses: p.Addresses, TestGrid: p.Tabs}),
		UpdateOnly: !policy.Speaks(c, p.Now()),
	}
}

// FromSources takes the results of a pull request from builds that the user named. Builds of other pull requests do not
// count.
func (r Report) FromSources(s Sources) Results { return fromSources{r, s} }

type fromSources struct {
	report  Report
	sources Sources
}

func (f fromSources) Find(context.Context, github.PullRequest) (artifacts.Finding, error) {
	return artifacts.Finding{}, nil
}

func (f fromSources) Judge(ctx context.Context, pr github.PullRequest, _ artifacts.Finding) (comment.Content, error) {
	summaries, err := f.report.Summaries(ctx, f.sources)
	if err != nil {
		return comment.Content{}, err
	}
	summaries = slices.DeleteFunc(summaries, func(s reporter.Summary) bool {
		return s.Build.Pull != 0 && (s.Build.Pull != pr.Number || !strings.EqualFold(s.Build.Org+"/"+s.Build.Repo, pr.Repo.String()))
	})
	return comment.AtHead(summaries, pr.HeadSHA), nil
}
