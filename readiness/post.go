package readiness

import (
	"context"
	"errors"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// Results finds the judged builds of a pull request. It looks anew each time.
type Results func(context.Context, github.PullRequest) ([]reporter.Summary, error)

// Poster keeps the comments of pull requests true.
type Poster struct {
	Client  *github.Client
	Results Results
	Tabs    map[string]string // the address of each job's tab on TestGrid, by the job's name
	DryRun  bool              // say what would be done, and do nothing
}

// Pull makes the comment on one pull request true.
func (p Poster) Pull(ctx context.Context, number int) (github.PullRequest, github.Action, error) {
	pr, err := p.Client.Pull(ctx, number)
	if err != nil {
		return pr, github.Action{}, err
	}
	action, err := p.post(ctx, pr)
	return pr, action, err
}

// Sweep makes the comments on all open pull requests of the repository true. What fails for one does not keep it from the
// others; the error is the one that ended the sweep.
func (p Poster) Sweep(ctx context.Context) ([]github.Swept, error) {
	return p.Client.Sweep(ctx, p.post)
}

func (p Poster) post(ctx context.Context, pr github.PullRequest) (github.Action, error) {
	if p.DryRun {
		return p.Client.Plan(ctx, pr, p.render)
	}
	return p.Client.Post(ctx, pr, p.render)
}

// render says what the comment should be, by a look at the results as they are now.
func (p Poster) render(ctx context.Context, pr github.PullRequest) (github.Body, error) {
	summaries, err := p.Results(ctx, pr)
	if err != nil {
		return github.Body{}, err
	}
	head, older := comment.AtHead(summaries, pr.HeadSHA)
	if len(head)+len(older) == 0 {
		return github.Body{}, nil
	}
	text := comment.Render(head, older, comment.Options{SHA: pr.HeadSHA, TestGrid: p.Tabs})
	return github.Body{Text: text, UpdateOnly: len(head) == 0}, nil
}

// FromSources takes the results of a pull request from builds that the user named. Builds of other pull requests do not
// count.
func (r Report) FromSources(s Sources) Results {
	return func(ctx context.Context, pr github.PullRequest) ([]reporter.Summary, error) {
		summaries, err := r.Summaries(ctx, s)
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(summaries, func(s reporter.Summary) bool {
			return s.Build.Pull != 0 && (s.Build.Pull != pr.Number || !strings.EqualFold(s.Build.Org+"/"+s.Build.Repo, pr.Repo.String()))
		}), nil
	}
}

// FromBucket takes the newest build of each readiness job of the pull request from the bucket that Prow uploads to.
func (r Report) FromBucket(bucket string) Results {
	return func(ctx context.Context, pr github.PullRequest) ([]reporter.Summary, error) {
		j, err := r.judge()
		if err != nil {
			return nil, err
		}
		builds, err := newestOf(ctx, j.reader, pr, bucket)
		if err != nil {
			return nil, explain(err)
		}
		return j.compared(ctx, builds)
	}
}

func newestOf(ctx context.Context, reader *artifacts.Reader, pr github.PullRequest, bucket string) ([]artifacts.Location, error) {
	target := Target{Org: pr.Repo.Owner, Repo: pr.Repo.Name, Number: pr.Number}
	jobs, err := reader.PullJobs(ctx, pullOf(target, bucket, "", 1))
	if err != nil {
		return nil, err
	}
	var builds []artifacts.Location
	for _, job := range jobs {
		if !coordinates.IsPresubmit(job) {
			continue
		}
		found, err := reader.PullBuilds(ctx, pullOf(target, bucket, job, 1))
		if err != nil && !errors.Is(err, artifacts.ErrNotFound) { // another repository's of the same number
			return nil, err
		}
		builds = append(builds, found...)
	}
	return builds, nil
}
