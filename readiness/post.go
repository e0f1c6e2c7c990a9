package readiness

import (
	"context"
	"errors"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// Poster keeps the comments of pull requests true.
type Poster struct {
	Client  *github.Client
	Report  Report
	Sources Sources           // whose builds are the results; without any, those that the jobs of a pull request left in the bucket
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
	summaries, err := p.summaries(ctx, pr)
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

func (p Poster) summaries(ctx context.Context, pr github.PullRequest) ([]reporter.Summary, error) {
	if len(p.Sources.Named) == 0 && p.Sources.Pull == "" {
		return p.fromBucket(ctx, pr)
	}
	summaries, err := p.Report.Summaries(ctx, p.Sources)
	if err != nil {
		return nil, err
	}
	var its []reporter.Summary // builds of other pull requests do not count
	for _, s := range summaries {
		if s.Build.Pull == 0 || s.Build.Pull == pr.Number && strings.EqualFold(s.Build.Org+"/"+s.Build.Repo, pr.Repo.String()) {
			its = append(its, s)
		}
	}
	return its, nil
}

// fromBucket judges the newest build of each readiness job of the pull request.
func (p Poster) fromBucket(ctx context.Context, pr github.PullRequest) ([]reporter.Summary, error) {
	reader := artifacts.New(p.Report.Read)
	builds, err := p.buildsOf(ctx, reader, pr)
	if err != nil {
		return nil, explain(err)
	}
	return p.Report.judgeAndCompare(ctx, reader, builds)
}

func (p Poster) buildsOf(ctx context.Context, reader *artifacts.Reader, pr github.PullRequest) ([]artifacts.Location, error) {
	target := Target{Org: pr.Repo.Owner, Repo: pr.Repo.Name, Number: pr.Number}
	jobs, err := reader.PullJobs(ctx, pullOf(target, p.Sources.Bucket, "", 1))
	if err != nil {
		return nil, err
	}
	var builds []artifacts.Location
	for _, job := range jobs {
		if !coordinates.IsPresubmit(job) {
			continue
		}
		found, err := reader.PullBuilds(ctx, pullOf(target, p.Sources.Bucket, job, 1))
		if err != nil && !errors.Is(err, artifacts.ErrNotFound) { // another repository's of the same number
			return nil, err
		}
		builds = append(builds, found...)
	}
	return builds, nil
}
