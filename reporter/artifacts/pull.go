package artifacts

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// maxAliases is how many aliases of a job's builds are followed in search of those of one pull request.
const maxAliases = 256

// Pull says which builds of a job on a pull request are wanted.
type Pull struct {
	Bucket    string // where Prow uploads to: a name, or gs://name, s3://name, with a path if Prow's configuration has one
	Org, Repo string
	Number    int
	Job       string
	SHA       string // only builds of this head, which may be shortened; "": of any
	Last      int    // how many at most; 0: 1
}

// String returns what a user calls it.
func (p Pull) String() string { return fmt.Sprintf("%s/%s#%d", p.Org, p.Repo, p.Number) }

// PullBuilds returns the last builds of a job on a pull request, newest first, those that are still running included:
// an older one says nothing of the newest commit. Builds that test several pull requests together are not looked at.
func (r *Reader) PullBuilds(ctx context.Context, p Pull) ([]Location, error) {
	found, err := r.pullBuilds(ctx, p)
	if err == nil && len(found) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("looking for builds of job %q on %s in %q: %w", p.Job, p, p.Bucket, err)
	}
	return found, nil
}

func (r *Reader) pullBuilds(ctx context.Context, p Pull) ([]Location, error) {
	root, err := p.root()
	if err != nil {
		return nil, err
	}
	builds, err := r.inFolders(ctx, p.folders(root))
	if err != nil {
		return nil, err
	}
	found, err := r.newest(ctx, builds, p.Last, r.isOf(p))
	if err != nil || len(found) > 0 {
		return found, err
	}
	aliases, err := r.inFolders(ctx, []Location{root.below("pr-logs/directory/" + p.Job)})
	if err != nil {
		return nil, err
	}
	return r.newest(ctx, aliases[:min(maxAliases, len(aliases))], p.Last, r.isOf(p))
}

// root returns the location below which Prow uploads.
func (p Pull) root() (Location, error) {
	bucket := p.Bucket
	if !strings.Contains(bucket, "://") {
		bucket = gcs + "://" + bucket
	}
	provider, rest, _ := strings.Cut(bucket, "://")
	if provider != gcs && provider != s3 {
		return Location{}, fmt.Errorf("unknown scheme %q; known are gs, s3", provider)
	}
	name, prefix, _ := strings.Cut(rest, "/")
	if name == "" {
		return Location{}, errors.New("no bucket is named")
	}
	return Location{Provider: provider, Bucket: name, Path: strings.Trim(prefix, "/")}, nil
}

// folders returns where Prow's three path strategies put the builds. Which one a Prow uses, and which organization and
// repository it leaves out of the path, only its configuration tells
// (https://docs.prow.k8s.io/docs/jobs/#pod-utilities, path_strategy).
func (p Pull) folders(root Location) []Location {
	var all []Location
	for _, repo := range []string{p.Org + "_" + p.Repo, p.Repo, ""} {
		all = append(all, root.below(path.Join("pr-logs/pull", repo, strconv.Itoa(p.Number), p.Job)))
	}
	return all
}

// inFolders returns the builds in all of the folders, newest first.
func (r *Reader) inFolders(ctx context.Context, folders []Location) ([]Location, error) {
	type listing struct {
		builds []Location
		err    error
	}
	var all []Location
	var errs []error
	inOrder(folders, len(folders), func(at Location) listing {
		names, err := r.children(ctx, at)
		return listing{candidates(at, buildIDs(names)), err}
	}, func(l listing) {
		all = append(all, l.builds...)
		errs = append(errs, l.err)
	})
	slices.SortStableFunc(all, func(a, b Location) int { return natural(path.Base(b.Path), path.Base(a.Path)) })
	return all, errors.Join(errs...)
}

// isOf tells of a candidate whether it is a build of the pull request. A path alone cannot: with two of the strategies
// it may be one of the same number of another repository.
func (r *Reader) isOf(p Pull) func(context.Context, Location) verdict {
	return func(ctx context.Context, candidate Location) verdict {
		at, err := r.resolve(ctx, candidate)
		if err != nil {
			return verdict{err: err}
		}
		if at != candidate && !strings.Contains(at.Path, fmt.Sprintf("/%d/", p.Number)) {
			return verdict{} // an alias that need not be followed: its path leads to another number
		}
		b, err := r.identify(ctx, at)
		return verdict{at: at, fits: p.fits(b), err: err}
	}
}

// PullJobs returns the names of the jobs that have builds for the pull request, sorted, where Prow's path strategies put
// them. With two of the strategies another repository's pull request of the same number has its jobs there too: PullBuilds
// tells them apart.
func (r *Reader) PullJobs(ctx context.Context, p Pull) ([]string, error) {
	p.Job = ""
	root, err := p.root()
	if err != nil {
		return nil, err
	}
	var jobs []string
	for _, folder := range p.folders(root) {
		names, err := r.children(ctx, folder)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("looking for jobs on %s in %q: %w", p, p.Bucket, err)
		}
		for _, name := range names {
			if job, isFolder := strings.CutSuffix(name, "/"); isFolder {
				jobs = append(jobs, job)
			}
		}
	}
	slices.Sort(jobs)
	return slices.Compact(jobs), nil
}

func (p Pull) fits(b reporter.Build) bool {
	return strings.EqualFold(b.Org, p.Org) && strings.EqualFold(b.Repo, p.Repo) && b.Pull == p.Number &&
		strings.HasPrefix(b.SHA, p.SHA)
}

// identify reads no more of a build than is needed to say which it is.
func (r *Reader) identify(ctx context.Context, at Location) (reporter.Build, error) {
	const prowJob, started = "prowjob.json", "started.json"
	for _, name := range []string{prowJob, started} {
		data, err := r.readFile(ctx, at, name)
		switch {
		case errors.Is(err, ErrNotFound):
			continue
		case err != nil:
			return reporter.Build{}, err
		}
		c := contents{prowJob: prowJob, started: started}
		return describe(at, parseMetadata(c, map[string][]byte{name: data})), nil
	}
	return reporter.Build{}, nil
}
