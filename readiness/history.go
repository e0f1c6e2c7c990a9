package readiness

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
)

const (
	baselineLooked  = 30               // builds of a periodic that are looked at for those that a failure is held against
	baselineAge     = 10 * time.Minute // how long a list of builds holds
	mostPast        = 2000             // builds that are kept in mind
	maxBaselineFile = 1 << 20          // bytes
)

// history is what the builds of periodics say, each of which is read once. It is safe for concurrent use.
type history struct {
	one     func(reporter.Evidence) (reporter.Summary, error)
	reader  *artifacts.Reader
	now     func() time.Time
	reading chan struct{} // taken while a build without a file of its own is read whole, since that takes memory

	mu    sync.Mutex
	lists map[string]*listed
	past  map[string]*pastBuild
}

// listed are the builds of a job, once they are known.
type listed struct {
	at     time.Time
	builds func() ([]artifacts.Location, error)
}

// pastBuild is what a build says, once it is known.
type pastBuild struct {
	once  sync.Mutex
	known bool
	past  reporter.Past
}

func newHistory(j judge, now func() time.Time) *history {
	return &history{
		one: j.one, reader: j.reader, now: now, reading: make(chan struct{}, 2), lists: map[string]*listed{}, past: map[string]*pastBuild{},
	}
}

// before returns the newest builds of the periodic in an environment that had ended at a moment, the newest first. What came
// later is nothing that a build of then can be held against, and does not change what was said of it.
func (h *history) before(ctx context.Context, at artifacts.Location, on coordinates.Environment, moment time.Time) ([]reporter.Past, error) {
	job := artifacts.Location{Provider: at.Provider, Bucket: at.Bucket, Path: path.Join(at.Path, coordinates.Results(on.Periodic()))}
	builds, err := h.builds(ctx, job)
	if err != nil {
		return nil, err
	}
	builds = slices.DeleteFunc(slices.Clone(builds), func(b artifacts.Location) bool {
		return !moment.IsZero() && artifacts.BuildTime(path.Base(b.Path)).After(moment)
	})
	builds = builds[:min(baselineLooked, len(builds))]
	var found []reporter.Past
	for len(builds) > 0 && len(found) < baselineBuilds {
		size := min(len(builds), baselineBuilds)
		list, err := h.all(ctx, builds[:size])
		if err != nil {
			return nil, err
		}
		for _, p := range list {
			if p.ID != "" && (moment.IsZero() || !p.Ended.After(moment)) {
				found = append(found, p)
			}
		}
		builds = builds[size:]
	}
	return found[:min(len(found), baselineBuilds)], nil
}

// builds lists the builds of a job, at most once in a while.
func (h *history) builds(ctx context.Context, job artifacts.Location) ([]artifacts.Location, error) {
	h.mu.Lock()
	l := h.lists[job.String()]
	if l == nil || h.now().Sub(l.at) > baselineAge {
		l = &listed{at: h.now(), builds: sync.OnceValues(func() ([]artifacts.Location, error) { return h.reader.Numbered(ctx, job) })}
		h.lists[job.String()] = l
	}
	h.mu.Unlock()
	builds, err := l.builds()
	if err != nil {
		h.mu.Lock()
		if h.lists[job.String()] == l {
			delete(h.lists, job.String()) // so that the next one tries again
		}
		h.mu.Unlock()
	}
	return builds, err
}

// all returns what builds say, in their order. One that has not ended has no id.
func (h *history) all(ctx context.Context, builds []artifacts.Location) ([]reporter.Past, error) {
	list, errs := make([]reporter.Past, len(builds)), make([]error, len(builds))
	var group sync.WaitGroup
	for i, at := range builds {
		group.Go(func() { list[i], errs[i] = h.single(ctx, at) })
	}
	group.Wait()
	return list, errors.Join(errs...)
}

// single returns what a build says. It is read once, unless it has not ended.
func (h *history) single(ctx context.Context, at artifacts.Location) (reporter.Past, error) {
	h.mu.Lock()
	if len(h.past) > mostPast {
		clear(h.past)
	}
	b := h.past[at.String()]
	if b == nil {
		b = &pastBuild{}
		h.past[at.String()] = b
	}
	h.mu.Unlock()
	b.once.Lock()
	defer b.once.Unlock()
	if b.known {
		return b.past, nil
	}
	past, err := h.read(ctx, at)
	if err != nil {
		return reporter.Past{}, err
	}
	b.past, b.known = past, past.ID != ""
	return past, nil
}

// read reads the file that a periodic writes of itself, or, of a build without one that can be used, all its results.
func (h *history) read(ctx context.Context, at artifacts.Location) (reporter.Past, error) {
	id := path.Base(at.Path)
	data, err := h.reader.File(ctx, at, "artifacts/"+reportdir.Baseline)
	if err != nil && !errors.Is(err, artifacts.ErrNotFound) {
		return reporter.Past{}, err
	}
	if err == nil && len(data) <= maxBaselineFile {
		if past, err := reporter.ParsePast(data); err == nil && !past.Ended.IsZero() {
			past.ID = id
			return past, nil
		}
	}
	if ended, err := h.reader.Finished(ctx, at); err != nil || !ended {
		return reporter.Past{}, err
	}
	select {
	case h.reading <- struct{}{}:
	case <-ctx.Done():
		return reporter.Past{}, ctx.Err()
	}
	defer func() { <-h.reading }()
	e, err := h.reader.Within(Budget{}.share(4)).Read(ctx, at)
	if err != nil {
		return reporter.Past{}, err
	}
	s, err := h.one(e)
	if err != nil {
		return reporter.Past{ID: id, Useless: fmt.Sprintf("it cannot be judged: %v", err)}, nil
	}
	past := reporter.PastOf(s)
	past.ID = strings.TrimSpace(id)
	return past, nil
}
