package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/spf13/pflag"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// sourceOptions say which builds are read, and how.
type sourceOptions struct {
	last          int
	pull          string
	job           string
	bucket        string
	baseline      []string
	credentials   string
	s3Credentials string
}

func (o *sourceOptions) addFlags(f *pflag.FlagSet) {
	f.IntVar(&o.last, "last", 1, "of a job, or of --job on a pull request: this many of the latest builds")
	f.StringVar(&o.pull, "pr", "", "pull request whose builds are read, as org/repo#123; needs --job")
	f.StringVar(&o.job, "job", "", "name of the job, with --pr")
	f.StringVar(&o.bucket, "bucket", "kubernetes-ci-logs", "bucket that Prow uploads to, with --pr: a name, gs://name or s3://name")
	f.StringArrayVar(&o.baseline, "baseline", nil, "build or job of the base branch to compare with, or none (repeatable; default: see above)")
	f.StringVar(&o.credentials, "credentials-file", "", "credentials of Google Cloud (default: the environment's, else none)")
	f.StringVar(&o.s3Credentials, "s3-credentials-file", "", "credentials of S3, in Prow's form (default: the environment's)")
}

// baselineBuilds is how many builds of the base branch a failure is held against.
const baselineBuilds = 10

// summaries reads and judges the builds of the sources, and compares each with its baseline.
func (o reportOptions) summaries(ctx context.Context, s streams, sources []string) ([]reporter.Summary, error) {
	reader := o.sources.reader()
	builds, err := o.sources.builds(ctx, reader, sources)
	if err != nil {
		return nil, err
	}
	return o.judgeAndCompare(ctx, s, reader, builds)
}

func (o sourceOptions) reader() *artifacts.Reader {
	return artifacts.New(artifacts.Options{CredentialsFile: o.credentials, S3CredentialsFile: o.s3Credentials})
}

// judgeAndCompare judges builds, and holds each against its baseline.
func (o reportOptions) judgeAndCompare(ctx context.Context, s streams, reader *artifacts.Reader, builds []artifacts.Location) ([]reporter.Summary, error) {
	summaries, err := o.judge(ctx, reader, builds)
	if err != nil {
		return nil, err
	}
	for i, summary := range summaries {
		baseline, err := o.baseline(ctx, reader, builds[i], summary)
		if err != nil && len(o.sources.baseline) > 0 {
			return nil, fmt.Errorf("reading the baseline: %w", err)
		}
		if err != nil {
			fmt.Fprintf(s.err, "warning: not compared with the base branch: %v\n", err)
			continue
		}
		summaries[i] = reporter.Compare(summary, baseline)
	}
	return summaries, nil
}

// builds finds the builds that the user named.
func (o sourceOptions) builds(ctx context.Context, reader *artifacts.Reader, sources []string) ([]artifacts.Location, error) {
	if (o.pull == "") != (o.job == "") {
		return nil, usageError{errors.New("--pr and --job go together")}
	}
	if o.last < 1 {
		return nil, usageError{errors.New("--last is at least 1")}
	}
	var builds []artifacts.Location
	if o.pull != "" {
		pull, err := parsePull(o.pull)
		if err != nil {
			return nil, err
		}
		pull.Bucket, pull.Job, pull.Last = o.bucket, o.job, o.last
		if builds, err = reader.PullBuilds(ctx, pull); err != nil {
			return nil, explain(err)
		}
	}
	for _, source := range sources {
		at, err := artifacts.Parse(source)
		if err != nil {
			return nil, usageError{err}
		}
		found, err := reader.Builds(ctx, at, o.last)
		if err != nil {
			return nil, explain(err)
		}
		builds = append(builds, found...)
	}
	if len(builds) == 0 {
		return nil, usageError{errors.New("no source: name a folder, a build or a job, or --pr and --job")}
	}
	return builds, nil
}

var pullForm = regexp.MustCompile(`^([^/#\s]+)/([^/#\s]+)#(\d+)$`)

func parsePull(text string) (artifacts.Pull, error) {
	m := pullForm.FindStringSubmatch(text)
	if m == nil {
		return artifacts.Pull{}, usageError{fmt.Errorf("%q is no pull request such as kubernetes-sigs/windows-testing#500", text)}
	}
	number, err := strconv.Atoi(m[3])
	if err != nil {
		return artifacts.Pull{}, usageError{fmt.Errorf("%q: the number of the pull request: %w", text, err)}
	}
	return artifacts.Pull{Org: m[1], Repo: m[2], Number: number}, nil
}

// explain adds what to do about an error of a store.
func explain(err error) error {
	switch {
	case errors.Is(err, artifacts.ErrDenied):
		return hintError{err, "name credentials with --credentials-file or --s3-credentials-file"}
	case errors.Is(err, artifacts.ErrNotFound):
		return hintError{err, "a source is a folder, a build or a job, such as gs://kubernetes-ci-logs/logs/<job>"}
	case errors.Is(err, reporter.ErrNoResults):
		return hintError{err, "name the folder that the run wrote, such as --report-dir of e2e.test"}
	}
	return err
}

// judge reads builds and judges each by the specs of its Kubernetes version.
func (o reportOptions) judge(ctx context.Context, reader *artifacts.Reader, builds []artifacts.Location) ([]reporter.Summary, error) {
	all, err := reader.ReadAll(ctx, builds)
	if err != nil {
		return nil, explain(err)
	}
	var summaries []reporter.Summary
	for _, results := range all {
		results.KubernetesVersion = cmp.Or(o.version, results.KubernetesVersion, results.Build.Version)
		version := results.KubernetesVersion
		if version == "" && results.Files == 0 {
			version = specs.Master().String() // nothing ran, on any version
		}
		if version == "" {
			return nil, hintError{fmt.Errorf("the results in %q do not tell the Kubernetes version of their run", results.Build.Source),
				"name it with --kubernetes-version, such as 1.36"}
		}
		chosen := o.categories
		if len(chosen) == 0 && o.directory == "" {
			chosen = results.Build.ChosenOnly // what the job runs: the rest was not planned
		}
		categories, err := selectSpecs(o.directory, version, chosen)
		if err != nil {
			return nil, err
		}
		summary, err := reporter.Summarize(categories, results, o.provider)
		if err != nil {
			return nil, err
		}
		summaries = append(summaries, summary)
	}
	return summaries, nil
}

// baseline judges the builds of the base branch that a summary is compared with: those that the user named, or, for a
// build of a pull request, the newest periodics of the same version and platform.
func (o reportOptions) baseline(ctx context.Context, reader *artifacts.Reader, at artifacts.Location, s reporter.Summary) ([]reporter.Summary, error) {
	sources := o.sources.baseline
	if len(sources) == 1 && sources[0] == "none" || len(sources) == 0 && s.Build.Pull == 0 {
		return nil, nil
	}
	if len(sources) == 0 {
		if s.Build.Version == "" || s.Build.Platform == "" {
			return nil, nil // not a job of ours: nobody knows its periodic
		}
		periodic := "ci-windows-op-readiness-" + specs.Slug(s.Build.Version) + "-" + s.Build.Platform
		sources = []string{fmt.Sprintf("%s://%s/logs/%s", at.Provider, at.Bucket, periodic)}
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
	return o.judge(ctx, reader, builds)
}
