// Package accept tells whether Prow, TestGrid and the repository that the files are for take them, and whether each job does what
// the plan says.
//
// Check takes these steps:
//
//  1. Prow's strict loader reads the job files, beside a Prow config with no more than decoration needs; TestGrid's own code reads
//     the dashboards and validates them.
//  2. Each job, as loaded, is compared with its plan: what its command runs, for which categories, platform and time, what it may
//     touch. A template is anybody's text, and a job that loads may run nothing.
//  3. Each job and dashboard is held against the rules that these loaders do not know: those of the profile, and those that nobody
//     checks, such as an annotation that TestGrid ignores.
//  4. With a checkout, the whole of it with our files is loaded by the same loaders: presets, clusters, names, images.
//
// The steps are not asked before the ones above went well. The package changes nothing but temporary folders, which it removes.
// With its tests it is the only part of the generator that imports Prow and TestGrid.
package accept

import (
	"errors"
	"fmt"
	"sync"

	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
)

// Options say what more is known. The zero value is no checkout, and no places in templates.
type Options struct {
	Checkout string                        // folder of the repository that the files are for; "": none
	Locate   func(job, path string) string // the line of a template that gave a job a value; see generator.Locate
}

// Check returns everything for which the files would be refused, or would not do what the plan says, joined. An error names the
// job or the dashboard that it is about, and the line of the template; what several jobs have is told once.
func Check(files []generator.File, plan generator.Plan, cfg config.Config, o Options) error {
	var jobs []job
	var grid *configpb.Configuration
	var prowErr, gridErr error
	var wg sync.WaitGroup
	wg.Go(func() { jobs, prowErr = loadJobs(files, cfg) })
	wg.Go(func() { grid, gridErr = loadDashboards(files, cfg.Profile) })
	wg.Wait()
	var refused refusal
	if errors.As(prowErr, &refused) {
		prowErr = o.tell(refused)
	}
	if err := errors.Join(prowErr, gridErr); err != nil {
		return err
	}
	found := checkMeaning(jobs, plan)
	found = append(found, checkJobs(jobs, cfg)...)
	if plan.Addresses.Group != "" {
		found = append(found, checkDashboards(jobs, grid, cfg.Profile)...)
	}
	if err := o.tell(found); err != nil || o.Checkout == "" {
		return err
	}
	return o.tell(checkCheckout(o.Checkout, files, cfg))
}

// problem is one thing that is wrong.
type problem struct {
	of   string // "job ..." or "dashboard ...", as a reader is told
	job  string // its name; "" if it is about no job
	path string // of the value in the job, such as "spec.containers[0].command"; "" for the job as a whole
	text string
}

// problems collects what is wrong with one job or dashboard.
type problems struct {
	of   string
	job  string
	list []problem
}

func (p *problems) addf(format string, args ...any) { p.at("", format, args...) }

// at adds a problem with a value of the job.
func (p *problems) at(path, format string, args ...any) {
	p.list = append(p.list, problem{of: p.of, job: p.job, path: path, text: fmt.Sprintf(format, args...)})
}

// tell makes errors of problems. Those of one line of a template, and those with the same words, are one fault.
func (o Options) tell(found []problem) error {
	type fault struct {
		place string
		first problem
		jobs  map[string]bool
	}
	var faults []*fault
	known := map[string]*fault{}
	for _, p := range found {
		place := ""
		if p.path != "" && o.Locate != nil {
			place = o.Locate(p.job, p.path)
		}
		key := p.text
		if place != "" {
			key = place
		} else if p.job == "" {
			key = p.of + p.text
		}
		f := known[key]
		if f == nil {
			f = &fault{place: place, first: p, jobs: map[string]bool{}}
			known[key] = f
			faults = append(faults, f)
		}
		f.jobs[p.of] = true
	}
	var errs []error
	for _, f := range faults {
		text := f.first.of + ": " + f.first.text
		if f.place != "" {
			text = f.place + ": " + text
		}
		if n := len(f.jobs) - 1; n > 0 {
			text += fmt.Sprintf(" (so it is in %d more)", n)
		}
		errs = append(errs, errors.New(text))
	}
	return errors.Join(errs...)
}
