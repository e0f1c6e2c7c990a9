package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// Builds returns the build that is there, or, if it is the folder of a job, the last finished builds of the job, newest
// first. A folder with aliases of builds (pr-logs/directory/<job>) counts as that of the job. A folder of several jobs is
// ErrJobs. A local folder is looked at in the same way as one of an object store.
func (r *Reader) Builds(ctx context.Context, at Location, last int) ([]Location, error) {
	at, single, err := r.atBuild(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("looking for builds in %q: %w", at, explain(err))
	}
	if single {
		return []Location{at}, nil
	}
	names, err := r.children(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("looking for builds in %q: %w", at, err)
	}
	ids := buildIDs(names)
	switch {
	case len(names) == 0 && !at.local():
		return r.aliased(ctx, at)
	case !isBuildFolder(names) && len(ids) == 0:
		if err := r.checkJobs(ctx, at, names); err != nil {
			return nil, fmt.Errorf("looking for builds in %q: %w", at, err)
		}
		return []Location{at}, nil
	case isBuildFolder(names):
		return []Location{at}, nil
	}
	found, err := r.newest(ctx, candidates(at, ids), last, r.isFinished)
	if err != nil {
		return nil, fmt.Errorf("looking for finished builds in %q: %w", at, err)
	}
	if len(found) == 0 {
		return nil, fmt.Errorf("looking for builds in %q: none of its %d is finished", at, len(ids))
	}
	return found, nil
}

// atBuild takes a path into a build, to something that Prow puts into each, for the build, as Parse does for addresses, and
// the record of a run for the run. It tells whether the source is a single file.
func (r *Reader) atBuild(ctx context.Context, at Location) (build Location, single bool, err error) {
	single, err = isSingle(at)
	if err != nil || !at.local() {
		return at, single, err
	}
	full, err := filepath.Abs(at.Path)
	if err == nil && single && filepath.Base(full) == reportdir.Record {
		at.Path = filepath.Dir(full)
		return at, false, nil
	}
	if err != nil || !inBuild(filepath.Base(full)) {
		return at, single, err
	}
	around, err := openFolder(Location{Path: filepath.Dir(full)})
	if err != nil {
		return at, single, nil // nobody may look at it; what was named can be read all the same
	}
	names, err := around.children(ctx, r.mostChildren())
	if real, _, missed := around.resolve(filepath.Base(full)); err != nil || missed != nil || real != filepath.Base(full) || !sortOut(names).isBuild() {
		return at, single, nil // a folder that only has such a name, or lies elsewhere
	}
	at.Path = filepath.Dir(full)
	return at, false, nil
}

const (
	jobsLooked = 8  // folders of a folder that are looked at to find out whether it holds jobs
	jobsTold   = 20 // jobs that an error names
)

// checkJobs is the error of a folder that holds folders of jobs: which of them is meant?
func (r *Reader) checkJobs(ctx context.Context, at Location, names []string) error {
	var folders []string
	for _, name := range names {
		if folder, ok := strings.CutSuffix(name, "/"); ok {
			folders = append(folders, folder)
		}
	}
	for _, name := range folders[:min(jobsLooked, len(folders))] {
		is, err := r.isJob(ctx, at.below(name))
		if err != nil {
			return err
		}
		if is {
			told := strings.Join(folders[:min(jobsTold, len(folders))], ", ")
			if more := len(folders) - jobsTold; more > 0 {
				told += fmt.Sprintf(" and %d more", more)
			}
			return fmt.Errorf("%w: %s", ErrJobs, told)
		}
	}
	return nil
}

// isJob tells whether a folder is that of a job: Prow names the newest build in it, or there are folders of builds.
func (r *Reader) isJob(ctx context.Context, at Location) (bool, error) {
	names, err := r.children(ctx, at)
	if err != nil || slices.Contains(names, "latest-build.txt") {
		return err == nil, ignoreRefusal(err)
	}
	ids := buildIDs(names)
	if len(ids) == 0 || isBuildFolder(names) {
		return false, nil
	}
	names, err = r.children(ctx, at.below(strings.TrimSuffix(ids[0], "/")))
	return sortOut(names).isBuild(), ignoreRefusal(err)
}

// ignoreRefusal leaves out the error of a local folder that is not looked into.
func ignoreRefusal(err error) error {
	if errors.As(err, new(refusal)) {
		return nil
	}
	return err
}

// aliased returns the build for which pr-logs/directory/<job>/<build>.txt stands in.
func (r *Reader) aliased(ctx context.Context, at Location) ([]Location, error) {
	target, err := r.resolve(ctx, Location{Provider: at.Provider, Bucket: at.Bucket, Path: at.Path + ".txt"})
	if err != nil {
		return nil, fmt.Errorf("looking for builds in %q: %w", at, err)
	}
	target.Source = at.Source
	return []Location{target}, nil
}

// children lists a folder, not what is deeper.
func (r *Reader) children(ctx context.Context, at Location) (names []string, err error) {
	s, err := r.store(ctx, at)
	if err != nil {
		return nil, err
	}
	err = r.request(ctx, func() error {
		names, err = s.children(ctx, r.mostChildren())
		return err
	})
	return names, explain(err)
}

// mostChildren is how many files and folders a folder may have in which builds are looked for.
func (r *Reader) mostChildren() int {
	if r.options.Sound {
		return r.options.Bounds.Files
	}
	return max(r.options.Bounds.Files, Bounds{}.complete().Files)
}

// isBuildFolder tells whether the folder with these children is that of a build.
func isBuildFolder(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return name == "artifacts/" || matters(name)
	})
}

// buildIDs returns the children that are builds or aliases of builds, newest first. Prow's ids are numbers that grow.
func buildIDs(names []string) []string {
	ids := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		id := strings.TrimSuffix(strings.TrimSuffix(name, "/"), ".txt")
		return id == name || !isBuildID(id)
	})
	slices.SortFunc(ids, func(a, b string) int { return natural(b, a) })
	return ids
}

func isBuildID(id string) bool { return id != "" && strings.Trim(id, "0123456789") == "" }

// candidates are the folders or aliases with these names.
func candidates(at Location, names []string) []Location {
	var all []Location
	for _, name := range names {
		all = append(all, at.below(strings.TrimSuffix(name, "/")))
	}
	return all
}

// resolve returns where an alias points; a location that is no alias is returned as it is. Whoever writes to the bucket may
// have written the alias, so it leads only to a build of the same number and job among those of pull requests in the same
// bucket. One that leads elsewhere is errAstray.
func (r *Reader) resolve(ctx context.Context, at Location) (Location, error) {
	if at.local() || !strings.HasSuffix(at.Path, ".txt") {
		return at, nil
	}
	folder := Location{Provider: at.Provider, Bucket: at.Bucket, Path: path.Dir(at.Path)}
	data, err := r.readFile(ctx, folder, path.Base(at.Path))
	if err != nil {
		return at, err
	}
	target, err := Parse(strings.TrimSpace(string(data)))
	if err != nil {
		return at, fmt.Errorf("%w: the alias %q: %w", errAstray, at, err)
	}
	target.Source = ""
	if err := at.leadsTo(target); err != nil {
		return at, err
	}
	return target, nil
}

// errAstray is that of an alias that does not lead where aliases lead.
var errAstray = errors.New("an alias leads astray")

// leadsTo is the error of an alias, .../pr-logs/directory/<job>/<build>.txt, that leads elsewhere than to
// .../pr-logs/pull/.../<job>/<build>.
func (l Location) leadsTo(target Location) error {
	root, of, ok := strings.Cut("/"+l.Path, "/pr-logs/directory/")
	job, file, _ := strings.Cut(of, "/")
	want := path.Join(job, strings.TrimSuffix(file, ".txt"))
	pulls := strings.TrimPrefix(root+"/pr-logs/pull/", "/")
	inside := strings.HasPrefix(target.Path, pulls) && strings.HasSuffix(target.Path, "/"+want) && path.Clean(target.Path) == target.Path
	if !ok || target.Provider != l.Provider || target.Bucket != l.Bucket || !inside {
		return fmt.Errorf("%w: %q does not lead to a build %q below %q of its own bucket", errAstray, l.address(), want, pulls)
	}
	return nil
}

// readFile reads a small file.
func (r *Reader) readFile(ctx context.Context, folder Location, name string) ([]byte, error) {
	s, err := r.store(ctx, folder)
	if err != nil {
		return nil, err
	}
	var data []byte
	err = r.use(ctx, opening(ctx, s, name), func(body io.Reader) error {
		data, err = readSmall(body)
		return err
	})
	return data, explain(err)
}

// verdict is whether a candidate is what was looked for, and where it really is.
type verdict struct {
	at   Location
	fits bool
	err  error
}

// isFinished looks whether there is a finished.json, without reading it.
func (r *Reader) isFinished(ctx context.Context, candidate Location) verdict {
	at, err := r.resolve(ctx, candidate)
	if errors.Is(err, errAstray) {
		return verdict{} // no build of the job's
	}
	if err != nil {
		return verdict{err: err}
	}
	names, err := r.children(ctx, at)
	if errors.As(err, new(refusal)) {
		return verdict{at: at, fits: true} // reading it will say why it is not read
	}
	return verdict{at: at, fits: slices.Contains(names, "finished.json"), err: err}
}

// newest returns the first candidates that fit. It looks at as many at a time as are wanted, then at twice as many.
func (r *Reader) newest(
	ctx context.Context, candidates []Location, want int, look func(context.Context, Location) verdict,
) ([]Location, error) {
	want = max(want, 1)
	var found []Location
	var err error
	for size := want; len(candidates) > 0 && len(found) < want && err == nil; size *= 2 {
		size = min(size, len(candidates))
		inOrder(candidates[:size], r.options.Parallelism, func(at Location) verdict { return look(ctx, at) }, func(v verdict) {
			if v.err != nil && err == nil {
				err = v.err
			}
			if v.fits {
				found = append(found, v.at)
			}
		})
		candidates = candidates[size:]
	}
	return found[:min(want, len(found))], err
}
