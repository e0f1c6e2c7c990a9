package main

import (
	"context"
	"errors"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// postResults puts results on pull requests: those of the sources, or, without any, what the jobs of each pull request
// left in the bucket.
func (o reportOptions) postResults(ctx context.Context, s streams, sources []string) error {
	var err error
	if o.post.testGrid, err = testGridTabs(); err != nil {
		return err
	}
	if len(sources) > 0 || o.sources.pull != "" {
		return o.post.run(ctx, s, fromSources(func(ctx context.Context) ([]reporter.Summary, error) { return o.summaries(ctx, s, sources) }))
	}
	return o.post.run(ctx, s, o.fromBucket(s))
}

// presubmitJobs is how the names of the project's presubmits begin.
const presubmitJobs = "pull-windows-op-readiness"

// fromBucket finds the results of a pull request: the newest build of each of its readiness jobs. It reads anew each time.
func (o reportOptions) fromBucket(s streams) github.Results {
	return func(ctx context.Context, pr github.PullRequest) (head, older []reporter.Summary, err error) {
		reader := o.sources.reader()
		builds, err := o.buildsOf(ctx, reader, pr)
		if err != nil {
			return nil, nil, explain(err)
		}
		summaries, err := o.judgeAndCompare(ctx, s, reader, builds)
		if err != nil {
			return nil, nil, err
		}
		head, older = reporter.AtHead(summaries, pr.HeadSHA)
		return head, older, nil
	}
}

func (o reportOptions) buildsOf(ctx context.Context, reader *artifacts.Reader, pr github.PullRequest) ([]artifacts.Location, error) {
	pull := artifacts.Pull{Bucket: o.sources.bucket, Org: pr.Repo.Owner, Repo: pr.Repo.Name, Number: pr.Number, Last: 1}
	jobs, err := reader.PullJobs(ctx, pull)
	if err != nil {
		return nil, err
	}
	var builds []artifacts.Location
	for _, job := range jobs {
		if !strings.HasPrefix(job, presubmitJobs) {
			continue
		}
		pull.Job = job
		found, err := reader.PullBuilds(ctx, pull)
		if err != nil && !errors.Is(err, artifacts.ErrNotFound) { // another repository's of the same number
			return nil, err
		}
		builds = append(builds, found...)
	}
	return builds, nil
}

// testGridTabs are the addresses of the tabs of the jobs that the default config generates.
func testGridTabs() (map[string]string, error) {
	cfg, err := config.Default()
	if err != nil {
		return nil, err
	}
	categories, err := loadSpecs("")
	if err != nil {
		return nil, err
	}
	plan, err := generator.NewPlan(categories, cfg)
	if err != nil {
		return nil, err
	}
	tabs := map[string]string{}
	for _, d := range plan.Dashboards {
		for _, t := range d.Tabs {
			if t.Category == "" {
				tabs[t.Job] = cfg.Addresses().TabPage(coordinates.Tab{Dashboard: d.Name, Name: t.Name})
			}
		}
	}
	return tabs, nil
}
