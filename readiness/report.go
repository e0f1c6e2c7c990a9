package readiness

import (
	"cmp"
	"context"
	"fmt"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Report judges builds.
type Report struct {
	Read       artifacts.Options // how they are read
	Specs      string            // folder or file; "": those that the program carries
	Version    string            // Kubernetes version of the builds; "": what each of them tells
	Provider   string            // that the tests ran on; "": unknown
	Categories []string          // none: those that the job of a build runs, or all
	Baseline   []string          // builds of the base branch to compare with, or "none"; none: as Summaries finds them
	Warn       func(string)      // told what a user must know, such as a comparison that could not be made
}

// baselineBuilds is how many builds of the base branch a failure is held against.
const baselineBuilds = 10

// Summaries reads and judges the builds of the sources. It compares each with its baseline: the named one, or, for a
// build of a pull request, the newest periodics of the same version and platform.
func (r Report) Summaries(ctx context.Context, s Sources) ([]reporter.Summary, error) {
	reader := artifacts.New(r.Read)
	builds, err := s.find(ctx, reader)
	if err != nil {
		return nil, err
	}
	return r.judgeAndCompare(ctx, reader, builds)
}

func (r Report) judgeAndCompare(ctx context.Context, reader *artifacts.Reader, builds []artifacts.Location) ([]reporter.Summary, error) {
	summaries, err := r.judge(ctx, reader, builds)
	if err != nil {
		return nil, err
	}
	for i, summary := range summaries {
		baseline, err := r.baseline(ctx, reader, builds[i], summary)
		if err != nil && len(r.Baseline) > 0 {
			return nil, fmt.Errorf("reading the baseline: %w", err)
		}
		if err != nil {
			r.Warn(fmt.Sprintf("not compared with the base branch: %v", err))
			continue
		}
		summaries[i] = reporter.Compare(summary, baseline)
	}
	return summaries, nil
}

// judge reads builds and judges each by the specs of its Kubernetes version.
func (r Report) judge(ctx context.Context, reader *artifacts.Reader, builds []artifacts.Location) ([]reporter.Summary, error) {
	all, err := reader.ReadAll(ctx, builds)
	if err != nil {
		return nil, explain(err)
	}
	var summaries []reporter.Summary
	for _, results := range all {
		summary, err := r.judgeOne(results)
		if err != nil {
			return nil, err
		}
		summaries = append(summaries, summary)
	}
	return summaries, nil
}

func (r Report) judgeOne(results reporter.Results) (reporter.Summary, error) {
	results.KubernetesVersion = cmp.Or(r.Version, results.KubernetesVersion, results.Build.Version)
	version := results.KubernetesVersion
	if version == "" && results.Files == 0 {
		version = specs.Master().String() // nothing ran, on any version
	}
	if version == "" {
		return reporter.Summary{}, usererror.WithHint(fmt.Errorf("the results in %q do not tell the Kubernetes version of their run", results.Build.Source),
			"name it with --kubernetes-version, such as 1.36")
	}
	chosen := r.Categories
	if len(chosen) == 0 && r.Specs == "" {
		chosen = results.Build.ChosenOnly // what the job runs: the rest was not planned
	}
	categories, err := SelectSpecs(r.Specs, version, chosen)
	if err != nil {
		return reporter.Summary{}, err
	}
	return reporter.Summarize(categories, results, r.Provider)
}

// baseline judges the builds of the base branch that a summary is compared with.
func (r Report) baseline(ctx context.Context, reader *artifacts.Reader, at artifacts.Location, s reporter.Summary) ([]reporter.Summary, error) {
	sources := r.Baseline
	if len(sources) == 1 && sources[0] == "none" || len(sources) == 0 && s.Build.Pull == 0 {
		return nil, nil
	}
	if len(sources) == 0 {
		if s.Build.Version == "" || s.Build.Platform == "" {
			return nil, nil // not a job of ours: nobody knows its periodic
		}
		periodic := coordinates.Environment{Version: s.Build.Version, Platform: s.Build.Platform}.Periodic()
		sources = []string{fmt.Sprintf("%s://%s/%s", at.Provider, at.Bucket, coordinates.Results(periodic))}
	}
	var builds []artifacts.Location
	for _, source := range sources {
		at, err := artifacts.Parse(source)
		if err != nil {
			return nil, err
		}
		found, err := reader.Builds(ctx, at, baselineBuilds)
		if err != nil {
			return nil, err
		}
		builds = append(builds, found...)
	}
	return r.judge(ctx, reader, builds)
}
