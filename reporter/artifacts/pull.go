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
	return r.newest(ctx, builds, p.Last, r.isOf(p))
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
	for _, repo := range p.segments() {
		all = append(all, root.below(path.Join("pr-logs/pull", repo, strconv.Itoa(p.Number), p.Job)))
	}
	return all
}

// segments are the names of the folder of a repository in the three strategies.
func (p Pull) segments() []string { return []string{p.Org + "_" + p.Repo, p.Repo, ""} }

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
		b, err := r.identify(ctx, candidate)
		return verdict{at: candidate, fits: p.fits(b) && agrees(b, p.Job, path.Base(candidate.Path)), err: err}
	}
}

// agrees tells whether what a build says of itself is what its path says: its job, and its number.
func agrees(b reporter.Build, job, id string) bool {
	return (b.Job == "" || b.Job == job) && (b.ID == "" || b.ID == id)
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
