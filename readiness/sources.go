package readiness

import (
	"context"
	"errors"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

// Sources say which builds are read.
type Sources struct {
	Named  []string // folders, JUnit files, builds, jobs, pages (artifacts.Parse)
	Last   int      // of a job, or of Job on Pull: this many of the latest builds; 0: one, of a local folder all
	Pull   string   // "org/repo#7": the builds of Job for it; "": none
	Job    string
	Bucket string // that Prow uploads to, with Pull
}

// maxLocal is how many builds of a local folder are shown unless somebody says: all that anybody copies.
const maxLocal = 100

// find returns the builds, in the order in which they are named.
func (s Sources) find(ctx context.Context, reader *artifacts.Reader) ([]artifacts.Location, error) {
	if (s.Pull == "") != (s.Job == "") {
		return nil, usererror.Usage(errors.New("--pr and --job go together"))
	}
	if s.Last < 0 {
		return nil, usererror.Usage(errors.New("--last is at least 1"))
	}
	var builds []artifacts.Location
	if s.Pull != "" {
		target, err := ParsePull(s.Pull)
		if err != nil {
			return nil, usererror.Usage(err)
		}
		if builds, err = reader.PullBuilds(ctx, pullOf(target, s.Bucket, s.Job, max(s.Last, 1))); err != nil {
			return nil, explain(err)
		}
	}
	for _, source := range s.Named {
		at, err := artifacts.Parse(source)
		if err != nil {
			return nil, usererror.Usage(err)
		}
		last := max(s.Last, 1)
		if s.Last == 0 && at.Provider == "" {
			last = maxLocal
		}
		found, err := reader.Builds(ctx, at, last)
		switch {
		case errors.Is(err, artifacts.ErrNotFound) || errors.Is(err, artifacts.ErrDenied):
			found = []artifacts.Location{at} // reading it says the same, and keeps no other from being read
		case err != nil:
			return nil, explain(err)
		}
		builds = append(builds, found...)
	}
	if len(builds) == 0 {
		return nil, usererror.Usage(errors.New("no source: name a folder, a build or a job, or --pr and --job"))
	}
	return builds, nil
}

func pullOf(t Target, bucket, job string, last int) artifacts.Pull {
	return artifacts.Pull{Bucket: bucket, Org: t.Org, Repo: t.Repo, Number: t.Number, Job: job, Last: last}
}

// explain adds what to do about an error of a store.
func explain(err error) error {
	switch {
	case errors.Is(err, artifacts.ErrDenied):
		return usererror.WithHint(err, "name credentials with --credentials-file or --s3-credentials-file")
	case errors.Is(err, artifacts.ErrNotFound):
		return usererror.WithHint(err, "a source is a folder, a build or a job, such as gs://bucket/logs/<job>")
	case errors.Is(err, artifacts.ErrJobs):
		return usererror.WithHint(err, "name one of them, or one of its builds")
	case errors.Is(err, artifacts.ErrNoResults):
		return usererror.WithHint(err, "name the folder that the run wrote, such as --report-dir of e2e.test")
	}
	return err
}
