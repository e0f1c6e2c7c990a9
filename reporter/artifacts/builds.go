package artifacts

import (
	"context"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
)

// Builds returns the build that is there, or, if it is the folder of a job, the last finished builds of the job, newest
// first. A folder with aliases of builds (pr-logs/directory/<job>) counts as that of the job.
func (r *Reader) Builds(ctx context.Context, at Location, last int) ([]Location, error) {
	if at.local() || junit.IsFile(at.Path) {
		return []Location{at}, nil
	}
	names, err := r.children(ctx, at)
	if err != nil {
		return nil, fmt.Errorf("looking for builds in %q: %w", at, err)
	}
	ids := buildIDs(names)
	switch {
	case len(names) == 0:
		return r.aliased(ctx, at)
	case isBuildFolder(names) || len(ids) == 0:
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
	opener, err := r.opener(ctx, at.Provider)
	if err != nil {
		return nil, err
	}
	err = r.request(ctx, func() error {
		names, err = objects{opener, at}.children(ctx)
		return err
	})
	return names, explain(err)
}

// isBuildFolder tells whether the folder with these children is that of a build.
func isBuildFolder(names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return name == "artifacts/" || isLog(name) || junit.IsFile(name) || sortOut([]string{name}).isBuild()
	})
}

// buildIDs returns the children that are builds or aliases of builds, newest first. Prow's ids are numbers that grow.
func buildIDs(names []string) []string {
	ids := slices.DeleteFunc(slices.Clone(names), func(name string) bool {
		id := strings.TrimSuffix(strings.TrimSuffix(name, "/"), ".txt")
		return id == name || id == "" || strings.Trim(id, "0123456789") != ""
	})
	slices.SortFunc(ids, func(a, b string) int { return natural(b, a) })
	return ids
}

// candidates are the folders or aliases with these names.
func candidates(at Location, names []string) []Location {
	var all []Location
	for _, name := range names {
		all = append(all, at.below(strings.TrimSuffix(name, "/")))
	}
	return all
}

// resolve returns where an alias points; a location that is no alias is returned as it is.
func (r *Reader) resolve(ctx context.Context, at Location) (Location, error) {
	if !strings.HasSuffix(at.Path, ".txt") {
		return at, nil
	}
	folder := Location{Provider: at.Provider, Bucket: at.Bucket, Path: path.Dir(at.Path)}
	data, err := r.readFile(ctx, folder, path.Base(at.Path))
	if err != nil {
		return at, err
	}
	target, err := Parse(strings.TrimSpace(string(data)))
	if err != nil {
		return at, fmt.Errorf("the alias %q: %w", at, err)
	}
	target.Source = ""
	return target, nil
}

// readFile reads a small file.
func (r *Reader) readFile(ctx context.Context, folder Location, name string) ([]byte, error) {
	opener, err := r.opener(ctx, folder.Provider)
	if err != nil {
		return nil, err
	}
	var data []byte
	err = r.use(ctx, opening(ctx, objects{opener, folder}, name), func(body io.Reader) error {
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
	if err != nil {
		return verdict{err: err}
	}
	names, err := r.children(ctx, at)
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
