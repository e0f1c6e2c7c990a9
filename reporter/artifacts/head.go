package artifacts

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	prowio "sigs.k8s.io/prow/pkg/io"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// mostLooked is how many builds of a job on a pull request are looked at, from the newest, in search of those of its head.
const mostLooked = 50

// Search says whose builds are looked for.
type Search struct {
	Bucket    string // as of Pull
	Org, Repo string
	Number    int
	SHA       string   // the head, whole
	Jobs      []string // builds of no other job count
}

// Found is a build of a pull request: its place in the bucket says so, and its prowjob.json agrees.
type Found struct {
	At      Location
	Job, ID string
	SHA     string
	End     reporter.EndState // by its ProwJob's state
	Ended   bool              // there is a finished.json; known of builds of the head only
	Stamp   string            // changes whenever what Prow wrote of it does; known of builds of the head only
}

// Finding is what was found of a pull request.
type Finding struct {
	Head    []Found            // of the head: by job, the newest first
	Older   []Found            // of each job without any, the newest of another commit
	Refused []reporter.Warning // what claims to be a build of it, and why it does not count
	Unsure  bool               // one of these is newer than all builds of its job that count
}

// Stamp changes whenever anything that was found does.
func (f Finding) Stamp() string {
	var b strings.Builder
	for _, found := range slices.Concat(f.Head, f.Older) {
		fmt.Fprintf(&b, "%s %s %s\n", found.At.address(), found.SHA, found.Stamp)
	}
	for _, w := range f.Refused {
		fmt.Fprintln(&b, w)
	}
	return b.String()
}

// BuildTime is when Prow gave out the number of a build, which it makes of the time
// (https://github.com/kubernetes-sigs/prow, pkg/tot and pkg/pjutil); zero if it was not made so.
func BuildTime(id string) time.Time {
	const epoch = 1288834974657 // of snowflakes, in milliseconds
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil || n < 1<<40 {
		return time.Time{}
	}
	return time.UnixMilli(n>>22 + epoch).UTC()
}

// Find returns the builds of a pull request, by the head that it has and by the jobs that count. What is in the bucket is
// neither an address nor an identity: builds are looked for where Prow's path strategies put them, and one counts only if its
// prowjob.json names the pull request, the job and the number that its path does, and a commit. A folder with more than the
// Reader's bounds allow is an error that says so.
func (r *Reader) Find(ctx context.Context, s Search) (Finding, error) {
	p := Pull{Bucket: s.Bucket, Org: s.Org, Repo: s.Repo, Number: s.Number}
	root, err := p.root()
	if err != nil {
		return Finding{}, err
	}
	folders, err := r.jobFolders(ctx, s, p.folders(root))
	if err != nil {
		return Finding{}, fmt.Errorf("looking for builds of %s: %w", p, err)
	}
	type ofJob struct {
		found Finding
		err   error
	}
	var all Finding
	inOrder(s.Jobs, len(s.Jobs), func(job string) ofJob {
		found, err := r.findJob(ctx, s, job, folders[job])
		if err != nil {
			err = fmt.Errorf("looking for builds of job %q on %s: %w", job, p, err)
		}
		return ofJob{found, err}
	}, func(one ofJob) {
		all.Head, all.Older = append(all.Head, one.found.Head...), append(all.Older, one.found.Older...)
		all.Refused, all.Unsure = append(all.Refused, one.found.Refused...), all.Unsure || one.found.Unsure
		if err == nil {
			err = one.err
		}
	})
	if err != nil {
		return Finding{}, err
	}
	return all, nil
}

// jobFolders returns the folders that there are of each job, at the places of the pull request.
func (r *Reader) jobFolders(ctx context.Context, s Search, places []Location) (map[string][]Location, error) {
	type listing struct {
		names []string
		err   error
	}
	folders := map[string][]Location{}
	var errs []error
	i := 0
	inOrder(places, len(places), func(at Location) listing {
		names, err := r.children(ctx, at)
		if err != nil {
			err = fmt.Errorf("%s: %w", at.address(), err)
		}
		return listing{names, err}
	}, func(l listing) {
		for _, name := range l.names {
			if job := strings.TrimSuffix(name, "/"); job != name && slices.Contains(s.Jobs, job) {
				folders[job] = append(folders[job], places[i].below(job))
			}
		}
		errs = append(errs, l.err)
		i++
	})
	return folders, errors.Join(errs...)
}

// findJob returns the builds of one job, which lie in these folders; none if there is none.
func (r *Reader) findJob(ctx context.Context, s Search, job string, folders []Location) (all Finding, err error) {
	if len(folders) == 0 {
		return Finding{}, nil
	}
	builds, err := r.inFolders(ctx, folders)
	if err != nil {
		return Finding{}, err
	}
	type looked struct {
		found   Found
		refused string
		err     error
	}
	var errs []error
	var older []Found
	atHead := false
	inOrder(builds[:min(mostLooked, len(builds))], r.options.Parallelism, func(at Location) looked {
		found, refused, err := r.lookAt(ctx, s, job, at)
		return looked{found, refused, err}
	}, func(l looked) {
		switch {
		case l.err != nil:
			errs = append(errs, l.err)
		case l.refused != "":
			all.Refused = append(all.Refused, reporter.Warning{Message: l.refused})
			all.Unsure = all.Unsure || !atHead
		case l.found.Job == "": // somebody else's
		case strings.EqualFold(l.found.SHA, s.SHA):
			all.Head, atHead = append(all.Head, l.found), true
		default:
			older = append(older, l.found)
		}
	})
	if !atHead && len(older) > 0 {
		all.Older = append(all.Older, older[0])
	}
	return all, errors.Join(errs...)
}

// lookAt reads whose build it is. A build of another repository, which has the same path in two of the strategies, is none
// that was found, without a word.
func (r *Reader) lookAt(ctx context.Context, s Search, job string, at Location) (found Found, refused string, err error) {
	id := path.Base(at.Path)
	refuse := func(why string) (Found, string, error) {
		return Found{}, fmt.Sprintf("build %s of %s does not count: %s", id, job, why), nil
	}
	data, err := r.readFile(ctx, at, "prowjob.json")
	if errors.Is(err, ErrNotFound) {
		return refuse("it has no prowjob.json, which says what it is of")
	}
	if err != nil {
		return Found{}, "", err
	}
	var j prowJob
	if err := json.Unmarshal(data, &j); err != nil {
		return refuse("its prowjob.json is odd: " + safetext.Cut(err.Error(), maxLine))
	}
	b := describe(at, metadata{prowJob: j})
	refs := j.Spec.Refs
	switch {
	case refs.Org == "" || refs.Repo == "":
		return refuse("its prowjob.json names no repository")
	case !strings.EqualFold(refs.Org, s.Org) || !strings.EqualFold(refs.Repo, s.Repo):
		return Found{}, "", nil
	case len(refs.Pulls) != 1 || refs.Pulls[0].Number != s.Number:
		return refuse(fmt.Sprintf("its prowjob.json does not name #%d alone", s.Number))
	case b.Job != job || b.ID != "" && b.ID != id:
		return refuse("its prowjob.json is of another job or build")
	case refs.Pulls[0].SHA == "":
		return refuse("its prowjob.json names no commit")
	}
	found = Found{At: at, Job: job, ID: id, SHA: refs.Pulls[0].SHA, End: endOf(j.Status.State)}
	if strings.EqualFold(found.SHA, s.SHA) {
		found.Ended, found.Stamp, err = r.stamp(ctx, at)
	}
	return found, "", err
}

// stamp says which files lie at the top of a build, of which size and time, and whether it has ended.
func (r *Reader) stamp(ctx context.Context, at Location) (ended bool, stamp string, err error) {
	s, err := r.store(ctx, at)
	if err != nil {
		return false, "", err
	}
	top, ok := s.(objects)
	if !ok {
		return false, "", fmt.Errorf("%s lies in no bucket", at.address())
	}
	err = r.request(ctx, func() error {
		var b strings.Builder
		n := 0
		ended = false
		err := top.each(ctx, "/", func(name string, object prowio.ObjectAttributes) error {
			if n++; n > r.options.Bounds.Files {
				return overFiles(r.options.Bounds.Files)
			}
			ended = ended || name == "finished.json"
			fmt.Fprintf(&b, "%s:%d:%d,", name, object.Size, object.Updated.UnixMilli())
			return nil
		})
		stamp = b.String()
		return err
	})
	return ended, stamp, explain(err)
}

// OverBound returns which bound an error is about, "" if it is about none.
func OverBound(err error) string {
	over, _ := isOver(err)
	return over.bound
}

// Numbered returns the folders of all builds of a job, the newest first, finished or not.
func (r *Reader) Numbered(ctx context.Context, job Location) ([]Location, error) {
	names, err := r.children(ctx, job)
	if err != nil {
		return nil, fmt.Errorf("listing the builds in %q: %w", job, err)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("listing the builds in %q: %w", job, ErrNotFound)
	}
	return candidates(job, slices.DeleteFunc(buildIDs(names), func(name string) bool { return !strings.HasSuffix(name, "/") })), nil
}

// Finished tells whether a build has ended, by its finished.json.
func (r *Reader) Finished(ctx context.Context, build Location) (bool, error) {
	v := r.isFinished(ctx, build)
	return v.fits, v.err
}

// File reads a small file of a build, by its name in it. One that is not there is ErrNotFound.
func (r *Reader) File(ctx context.Context, build Location, name string) ([]byte, error) {
	data, err := r.readFile(ctx, build, name)
	if err != nil {
		return nil, fmt.Errorf("reading %s of %q: %w", name, build, err)
	}
	return data, nil
}
