package readiness

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/dirlock"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Report judges builds.
type Report struct {
	Read       artifacts.Options // how they are read; Names are those of the specs, whatever is given
	Specs      string            // folder or file; "": those that the program carries
	Version    string            // Kubernetes version of the builds; "": what each of them tells
	Provider   string            // that the tests ran on; "": what the record of a run tells, else unknown
	Categories []string          // none: those that the run was for, or that the job of a build runs, or all
	Declared   string            // "windows": the user says that pods which choose no operating system ran on Windows; "": nothing
	Baseline   []string          // builds of the base branch to compare with, or "none"; none: as Summaries finds them
	Now        func() time.Time  // nil: time.Now
}

// now is the time by which builds that never ended are lost.
func (r Report) now() time.Time {
	if r.Now == nil {
		return time.Now()
	}
	return r.Now()
}

// baselineBuilds is how many builds of the base branch a failure is held against.
const baselineBuilds = 10

// Summaries reads and judges the builds of the sources. It compares each with its baseline: the named one, or, for a
// build of a pull request, the newest periodics of the same version and platform. A build that cannot be read or judged has a
// summary that says why; only if that is so for all of them, there is an error.
func (r Report) Summaries(ctx context.Context, s Sources) ([]reporter.Summary, error) {
	j, err := r.judge()
	if err != nil {
		return nil, err
	}
	builds, err := s.find(ctx, j.reader)
	if err != nil {
		return nil, err
	}
	return j.compared(ctx, builds)
}

// judge is a report with what it needs for any number of builds.
type judge struct {
	Report
	reader   *artifacts.Reader
	catalogs []catalog.Catalog
	specs    *openedSpecs
}

// mostSpecs is how many specs are kept: there are some three versions of Kubernetes at a time, and some jobs with a choice of categories.
const mostSpecs = 32

// openedSpecs keeps specs as they hold for a version and categories, since to parse them takes as long as to judge a build. It is
// safe for concurrent use, and nobody changes what it returns.
type openedSpecs struct {
	mu    sync.Mutex
	specs map[string]specs.Spec
}

// open is OpenSpec.
func (o *openedSpecs) open(at, version string, names []string) (specs.Spec, error) {
	key := fmt.Sprintf("%q", append([]string{at, version}, names...))
	o.mu.Lock()
	defer o.mu.Unlock()
	if spec, ok := o.specs[key]; ok {
		return spec, nil
	}
	spec, err := OpenSpec(at, version, names)
	if err != nil {
		return spec, err
	}
	if len(o.specs) >= mostSpecs { // a build says its version itself, and may say anything
		clear(o.specs)
	}
	o.specs[key] = spec
	return spec, nil
}

func (r Report) judge() (judge, error) {
	catalogs, err := catalog.Embedded()
	if err != nil {
		return judge{}, err
	}
	categories, err := LoadSpecs(r.Specs)
	if err != nil {
		return judge{}, err
	}
	if r.Read.Names, err = namesOf(categories, catalogs); err != nil {
		return judge{}, err
	}
	return judge{Report: r, reader: artifacts.New(r.Read), catalogs: catalogs, specs: &openedSpecs{specs: map[string]specs.Spec{}}}, nil
}

// compared judges builds, and compares each with its baseline.
func (j judge) compared(ctx context.Context, builds []artifacts.Location) ([]reporter.Summary, error) {
	summaries, err := j.all(ctx, builds)
	if err != nil {
		return nil, err
	}
	h := newHistory(j, j.now)
	for i, summary := range summaries {
		compared, err := j.compare(ctx, h, builds[i], summary)
		if err != nil && len(j.Baseline) > 0 {
			return nil, err
		}
		if err != nil {
			compared = reporter.NotCompared(summary, err)
		}
		summaries[i] = compared
	}
	return summaries, nil
}

// all reads builds and judges each by the specs of its Kubernetes version.
func (j judge) all(ctx context.Context, builds []artifacts.Location) ([]reporter.Summary, error) {
	going := make([]string, len(builds))
	for i, at := range builds {
		going[i] = stillRunning(at) // before its files: a run that ends in the meantime is told to go on, and not the reverse
	}
	evidence, err := j.reader.ReadAll(ctx, builds)
	if err != nil {
		return nil, explain(err)
	}
	for i, e := range evidence {
		evidence[i] = lost(e, j.now())
		evidence[i].Going = going[i]
	}
	return j.each(evidence)
}

// stillRunning names the process that runs tests into a local folder, "" if none does, or nobody can tell.
func stillRunning(at artifacts.Location) string {
	if at.Provider != "" {
		return ""
	}
	holder, held, err := dirlock.HolderOf(at.Path)
	if err != nil || !held {
		return ""
	}
	return holder.String() + "; op-readiness status shows how far it is"
}

// each judges evidence of builds. A build of which it is not known what to ask has a summary that says so, unless that is so
// of all.
func (j judge) each(evidence []reporter.Evidence) ([]reporter.Summary, error) {
	var summaries []reporter.Summary
	var errs []error
	for _, e := range evidence {
		summary, err := j.one(e)
		if err != nil {
			errs = append(errs, err)
			if summary, err = j.unasked(e, err); err != nil {
				return nil, errors.Join(errs...) // it is about what the user asks, and not about one build
			}
		}
		summaries = append(summaries, summary)
	}
	if len(errs) > 0 && len(errs) == len(evidence) {
		return nil, errors.Join(errs...)
	}
	return summaries, nil
}

// one judges evidence of a build. A run judges its own folder by it, so that a later report says the same.
func (j judge) one(e reporter.Evidence) (reporter.Summary, error) {
	q, err := j.question(&e)
	if err != nil {
		return reporter.Summary{}, err
	}
	summary, err := reporter.Judge(e, q)
	if err != nil {
		return reporter.Summary{}, err
	}
	explainPlan(e, summary)
	return summary, nil
}

// unasked judges a build of which it is not known what to ask: nothing that it shows counts.
func (j judge) unasked(e reporter.Evidence, why error) (reporter.Summary, error) {
	e.Unread = append(e.Unread, reporter.Warning{Message: safetext.Line(why.Error())})
	version := specs.Master().String()
	if len(e.Versions) > 0 {
		version = e.Versions[0].Value
	}
	spec, err := OpenSpec(j.Specs, version, j.Categories)
	if err != nil {
		return reporter.Summary{}, err
	}
	return reporter.Judge(e, reporter.Question{Spec: spec, Version: version, Provider: j.Provider, Chosen: len(j.Categories) > 0})
}

// explainPlan gives abilities that did not run the reason that the plan of the run has.
func explainPlan(e reporter.Evidence, summary reporter.Summary) {
	if e.Run == nil {
		return
	}
	why := map[string]string{}
	for _, a := range e.Run.Plan.Abilities {
		why[a.ID] = a.NotRun
	}
	for _, c := range summary.Categories {
		for i := range c.Abilities {
			if a := &c.Abilities[i]; a.State == reporter.NotRun && why[a.ID] != "" {
				a.Reasons = append([]string{safetext.Line(why[a.ID])}, a.Reasons...)
			}
		}
	}
}

// compare holds a summary against its baseline.
func (j judge) compare(ctx context.Context, h *history, at artifacts.Location, s reporter.Summary) (reporter.Summary, error) {
	switch {
	case len(j.Baseline) == 1 && j.Baseline[0] == "none":
		return s, nil
	case len(j.Baseline) > 0:
		baseline, err := j.named(ctx, j.Baseline)
		if err != nil {
			return s, fmt.Errorf("reading the baseline: %w", err)
		}
		return reporter.Compare(s, baseline), nil
	case s.Build.Pull == 0, s.Build.Version == "" || s.Build.Platform == "" || at.Provider == "":
		return s, nil // not a job of ours, or copied from a bucket that nobody knows
	}
	root := artifacts.Location{Provider: at.Provider, Bucket: at.Bucket}
	if prefix, _, found := strings.Cut("/"+at.Path, "/pr-logs/"); found {
		root.Path = strings.Trim(prefix, "/")
	}
	past, err := h.before(ctx, root, coordinates.Environment{Version: s.Build.Version, Platform: s.Build.Platform}, s.Build.Finished)
	if err != nil {
		return s, err
	}
	return reporter.ComparePast(s, past), nil
}

// named judges the builds of the base branch that the user named.
func (j judge) named(ctx context.Context, sources []string) ([]reporter.Summary, error) {
	var builds []artifacts.Location
	for _, source := range sources {
		at, err := artifacts.Parse(source)
		if err != nil {
			return nil, err
		}
		found, err := j.reader.Builds(ctx, at, baselineBuilds)
		if err != nil {
			return nil, err
		}
		builds = append(builds, found...)
	}
	return j.all(ctx, builds)
}
