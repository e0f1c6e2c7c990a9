// Package accept tells whether Prow, TestGrid and kubernetes/test-infra take the generated files.
//
// Check takes these steps:
//
//  1. Prow's strict loader reads the job files, beside a Prow config with no more than decoration needs and the presets
//     that the config knows; TestGrid's own code reads the dashboards and validates them.
//  2. Each job, as loaded with its defaults and presets, and each dashboard is held against the rules of test-infra that
//     these two do not know, and against those that nobody checks there: a preset that is not defined, an annotation that
//     TestGrid ignores, a version that windows-testing's script takes for another one.
//
// The rules of step 2 are not asked before step 1 went well. The package changes nothing but a temporary folder, which it
// removes. With its tests it is the only part of the generator that imports Prow and TestGrid.
package accept

import (
	"errors"
	"fmt"
	"sync"

	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
)

// Check returns everything for which the files would be refused, or would not do what the config says, joined; an error
// names the job or the dashboard that it is about.
func Check(files []generator.File, cfg config.Config) error {
	var jobs []job
	var grid *configpb.Configuration
	var prowErr, gridErr error
	var wg sync.WaitGroup
	wg.Go(func() { jobs, prowErr = loadJobs(files, cfg) })
	wg.Go(func() { grid, gridErr = loadDashboards(files) })
	wg.Wait()
	if err := errors.Join(prowErr, gridErr); err != nil {
		return err
	}
	return errors.Join(checkJobs(jobs, cfg), checkDashboards(jobs, grid))
}

// problems collects what is wrong with one job or dashboard.
type problems struct {
	of   string
	errs []error
}

func (p *problems) addf(format string, args ...any) {
	p.errs = append(p.errs, fmt.Errorf("%s: %s", p.of, fmt.Sprintf(format, args...)))
}
