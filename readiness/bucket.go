package readiness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Jobs are the presubmits that a config names, by name, and the repositories on whose pull requests they run. Only their builds
// count, and what they are for is told by the config: whoever may write into the bucket may write there what he likes.
type Jobs struct {
	Names        []string // sorted
	ByName       map[string]generator.Job
	Repositories []config.Repository
}

// PresubmitsOf returns the presubmits of a config.
func PresubmitsOf(cfg config.Config) (Jobs, error) {
	categories, err := LoadSpecs("")
	if err != nil {
		return Jobs{}, err
	}
	plan, err := generator.NewPlan(categories, cfg)
	if err != nil {
		return Jobs{}, err
	}
	jobs := Jobs{ByName: map[string]generator.Job{}, Repositories: cfg.Repositories}
	for _, j := range plan.Presubmits {
		if _, twice := jobs.ByName[j.Name]; !twice {
			jobs.Names = append(jobs.Names, j.Name)
		}
		jobs.ByName[j.Name] = j
	}
	return jobs, nil
}

// Check refuses a repository on whose pull requests no job runs.
func (j Jobs) Check(r github.Repo) error {
	_, err := j.repository(r)
	return err
}

// repository returns the repository of a pull request as the config spells it.
func (j Jobs) repository(r github.Repo) (config.Repository, error) {
	for _, known := range j.Repositories {
		if strings.EqualFold(known.FullName(), r.String()) {
			return known, nil
		}
	}
	var names []string
	for _, known := range j.Repositories {
		names = append(names, known.FullName())
	}
	return config.Repository{}, fmt.Errorf("no job of the config runs on pull requests of %s; they run on those of %s", r, strings.Join(names, ", "))
}

// Bucket takes the results of pull requests from the bucket that Prow uploads to. It is safe for concurrent use.
type Bucket struct {
	report Report
	name   string
	jobs   Jobs
	budget Budget
	judge  func() (judge, error)
	past   func() (*history, error)
}

// FromBucket returns the results in a bucket, of the presubmits of a config, within a budget for each pull request.
func (r Report) FromBucket(bucket string, jobs Jobs, budget Budget) *Bucket {
	b := &Bucket{report: r, name: bucket, jobs: jobs, budget: budget}
	b.judge = sync.OnceValues(r.judge)
	b.past = sync.OnceValues(func() (*history, error) {
		j, err := b.judge()
		return newHistory(j, r.now), err
	})
	return b
}

// Find says which builds of the config's jobs there are.
func (b *Bucket) Find(ctx context.Context, pr github.PullRequest) (artifacts.Finding, error) {
	repo, err := b.jobs.repository(pr.Repo)
	if err != nil {
		return artifacts.Finding{}, err
	}
	j, err := b.judge()
	if err != nil {
		return artifacts.Finding{}, err
	}
	timed, cancel := timeLeft(ctx, b.budget)
	defer cancel()
	return j.reader.Within(b.budget.share(1)).Find(timed, artifacts.Search{
		Bucket: b.name, Org: repo.Org, Repo: repo.Repo, Number: pr.Number, SHA: pr.HeadSHA, Jobs: b.jobs.Names,
	})
}

// Judge reads and judges the newest build of each job, within the budget, and compares what failed with the periodics that had
// ended when it ended.
func (b *Bucket) Judge(ctx context.Context, pr github.PullRequest, found artifacts.Finding) (comment.Content, error) {
	content := comment.Content{Refused: found.Refused, Unsure: found.Unsure}
	var newest []artifacts.Found
	earlier := map[string][]reporter.EndState{}
	for i, f := range found.Head {
		if i > 0 && found.Head[i-1].Job == f.Job {
			earlier[f.Job] = append(earlier[f.Job], f.End)
			continue
		}
		newest = append(newest, f)
	}
	summaries, err := b.summaries(ctx, pr, append(newest, found.Older...))
	if err != nil {
		return content, err
	}
	for i, s := range summaries {
		if i < len(newest) {
			content.Jobs = append(content.Jobs, comment.Job{Summary: s, Earlier: earlier[newest[i].Job]})
			continue
		}
		content.Older = append(content.Older, s)
	}
	return content, nil
}

// summaries reads and judges builds at the same time.
func (b *Bucket) summaries(ctx context.Context, pr github.PullRequest, builds []artifacts.Found) ([]reporter.Summary, error) {
	j, err := b.judge()
	if err != nil {
		return nil, err
	}
	list, errs := make([]reporter.Summary, len(builds)), make([]error, len(builds))
	reader := j.reader.Within(b.budget.share(len(builds)))
	var group sync.WaitGroup
	for i, build := range builds {
		group.Go(func() { list[i], errs[i] = b.one(ctx, j, reader, pr, build) })
	}
	group.Wait()
	return list, errors.Join(errs...)
}

// one judges one build.
func (b *Bucket) one(ctx context.Context, j judge, reader *artifacts.Reader, pr github.PullRequest, build artifacts.Found) (reporter.Summary, error) {
	e, err := reader.Read(ctx, build.At)
	if err != nil {
		return reporter.Summary{}, err
	}
	e.Build.Org, e.Build.Repo, e.Build.Pull = pr.Repo.Owner, pr.Repo.Name, pr.Number
	e = lost(trusted(e, build, b.jobs.ByName[build.Job]), b.report.now())
	s, err := j.one(e)
	if err != nil { // what its record says of itself cannot be asked for
		if s, err = j.unasked(e, err); err != nil {
			return reporter.Summary{}, err
		}
	}
	if len(s.FailedTests()) == 0 || running(e) {
		return s, nil
	}
	h, err := b.past()
	if err != nil {
		return s, err
	}
	compared, err := j.compare(ctx, h, build.At, s)
	if errors.Is(err, artifacts.ErrDenied) || errors.Is(err, artifacts.ErrNotFound) {
		return reporter.NotCompared(s, err), nil
	}
	return compared, err
}

func running(e reporter.Evidence) bool { return e.End.State == reporter.Running }

// trusted puts what the config and the place in the bucket say of a build in the place of what the build says of itself: it is judged
// for what the config has its job run, and by that version. Where results speak of another one, that is a doubt.
func trusted(e reporter.Evidence, build artifacts.Found, job generator.Job) reporter.Evidence {
	e.Build.Job, e.Build.ID, e.Build.SHA = build.Job, build.ID, build.SHA
	e.Build.Version, e.Build.Platform = job.Labels[coordinates.KubernetesVersion], job.Labels[coordinates.Platform]
	e.Build.ChosenOnly = job.Categories
	const source = "the config of the job"
	at := len(e.Versions) // behind one that says it more exactly
	if at > 0 && !sameVersion(e.Versions[0].Value, e.Build.Version) {
		at = 0
	}
	e.Versions = slices.Insert(slices.Clone(e.Versions), at, reporter.Claim{Value: e.Build.Version, Source: source})
	e.Platforms = append(slices.Clone(e.Platforms), reporter.Claim{Value: e.Build.Platform, Source: source})
	if e.Run != nil {
		run := *e.Run
		run.Abilities = nil
		switch {
		case !isAll(job.Categories):
			run.Categories = job.Categories
		case !isAll(run.Categories):
			run.Categories = nil
		}
		e.Run = &run
	}
	return e
}

// sameVersion tells whether two texts name the same minor version of Kubernetes.
func sameVersion(a, b string) bool {
	va, errA := specs.ParseVersion(a)
	vb, errB := specs.ParseVersion(b)
	return errA == nil && errB == nil && va == vb
}

// lostAfter is how long a job may take before it is taken for lost. Prow itself ends those of the config within hours.
const lostAfter = 24 * time.Hour

// lost says of a build that began long ago and has not ended that it never will.
func lost(e reporter.Evidence, now time.Time) reporter.Evidence {
	began := e.Build.Started
	if byNumber := artifacts.BuildTime(e.Build.ID); began.IsZero() || !byNumber.IsZero() && byNumber.Before(began) {
		began = byNumber
	}
	if !running(e) || now.IsZero() || began.IsZero() || now.Sub(began) < lostAfter {
		return e
	}
	e.End = reporter.End{Words: safetext.Line(fmt.Sprintf("it began at %s and was lost: %s", began.UTC().Format("2006-01-02 15:04 UTC"), e.End.Words))}
	return e
}
