// Package generator turns the category spec and a config into Prow jobs and TestGrid dashboards.
//
// It takes these steps, each a function from one value to the next:
//
//	Provable       categories, config, catalogs -> error    are there the tests that required abilities name?
//	NewPlan        categories, config           -> Plan     every job, dashboard and tab, decided
//	Render         Plan, templates              -> []File   the text of every file, in a stable order
//	accept.Check   []File, config               -> error    Prow's and TestGrid's loaders, and the rules of test-infra
//	Compare        []File, folder               -> Changes  what is stale, missing or left over
//	Changes.Apply                                           all of it, or nothing
//
// The package knows jobs as its plan has them and as YAML; what Prow and TestGrid make of that YAML is told by
// generator/accept, which alone imports them. It does not read a cluster, a bucket or the network, and it touches no file
// that does not carry its header.
package generator

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/schedule"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Plan is everything that will be generated, as data. It prints the same for the same input.
type Plan struct {
	Periodics  []Job
	Presubmits []Job // each for all Repositories
	Summaries  *Job  // writes the results to pull requests; nil for none
	Dashboards []Dashboard
	Skipped    []Skipped // what was left out, since it could prove nothing
	// What Render needs beside the jobs.
	Repositories []config.Repository
	TestGrid     config.TestGrid
	Addresses    coordinates.Addresses
	Templates    string // the folder of the templates
	TemplatesAt  string // the "file:line" that names it
}

// Job is one Prow job with all choices made: what the templates fill in.
type Job struct {
	Name        string
	Description string
	Version     config.Version
	Platform    config.Platform
	Set         string        // coordinates.All, coordinates.Required, or the slug of one category
	Categories  []string      // all that run
	Select      []string      // those that the command names; none: all
	Every       time.Duration // of a periodic
	Cron        string        // of a periodic
	Limit       time.Duration // the timeout
	Tests       time.Duration // what its tests may take of that; 0: it runs none
	Grace       time.Duration // for it to end by itself when Prow ends it; 0: as Prow has it
	TestGrace   time.Duration // of which e2e.test may take this to clean up

	Cluster        string
	ServiceAccount string
	Image          string
	CPU            string
	Memory         string
	Labels         map[string]string
	Annotations    map[string]string
	ExtraRefs      []config.Ref
	Repository     config.Repository // the one under test, of a presubmit; Render sets it
	TokenSecret    string            // of Plan.Summaries
	Targets        []string          // of Plan.Summaries: the repositories, as "org/repo"
}

// Interval is Every as Prow's types write it.
func (j Job) Interval() string { return j.Every.String() }

// Jobs returns all jobs of the plan.
func (p Plan) Jobs() []Job {
	jobs := slices.Concat(p.Periodics, p.Presubmits)
	if p.Summaries != nil {
		jobs = append(jobs, *p.Summaries)
	}
	return jobs
}

// Marker is the value of KUBERNETES_VERSION for windows-testing's script.
func (j Job) Marker() string { return j.Version.Marker }

// Timeout is the limit as Prow's types write it.
func (j Job) Timeout() string { return j.Limit.String() }

// RunTimeout is Tests as op-readiness takes it.
func (j Job) RunTimeout() string { return j.Tests.String() }

// GracePeriod is Grace as Prow's types write it.
func (j Job) GracePeriod() string { return j.Grace.String() }

// TestGracePeriod is TestGrace as op-readiness takes it.
func (j Job) TestGracePeriod() string { return j.TestGrace.String() }

// limit gives the job its timeout, and all that follows from it.
func (j *Job) limit(timeout time.Duration, cfg config.Config) {
	j.Limit, j.Tests, j.Grace, j.TestGrace = timeout, cfg.Tests(timeout), cfg.Timeouts.Grace, cfg.TestGrace()
}

// RunsPerWeek is how often the job runs by itself.
func (j Job) RunsPerWeek() int { return schedule.RunsPerWeek(j.Every) }

// environment is where the job tests.
func (j Job) environment() coordinates.Environment {
	return coordinates.Environment{Version: j.Version.Name, Platform: j.Platform.Name}
}

// Skipped is a job or dashboard that is not generated.
type Skipped struct {
	Name   string
	Reason string
}

// NewPlan decides what to generate. The categories are those of specs.Parse, for all versions.
func NewPlan(categories []specs.Category, cfg config.Config) (Plan, error) {
	plan := Plan{
		Repositories: cfg.Repositories,
		TestGrid:     cfg.TestGrid,
		Addresses:    cfg.Addresses(),
		Templates:    cfg.Templates,
		TemplatesAt:  cfg.TemplatesAt,
	}
	var suites []suite
	var errs []error
	for _, v := range cfg.Versions {
		s, err := newSuite(categories, v)
		suites = append(suites, s)
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return Plan{}, err
	}
	plan.addPeriodics(suites, cfg)
	if len(plan.Periodics) == 0 {
		return Plan{}, errors.New("no category has an ability with a test on any of the Kubernetes versions: nothing to generate")
	}
	if len(cfg.Repositories) > 0 {
		plan.addPresubmits(suites, cfg)
	}
	if cfg.Summaries != nil {
		plan.addSummaries(cfg)
	}
	plan.addDashboards(suites)
	return plan, nil
}

func (p *Plan) skip(name, format string, args ...any) {
	p.Skipped = append(p.Skipped, Skipped{Name: name, Reason: fmt.Sprintf(format, args...)})
}

// suite is the spec as one Kubernetes version can show it.
type suite struct {
	version config.Version
	number  specs.Version
	names   []string        // of all categories
	need    []string        // of the required ones
	proven  map[string]bool // those with an ability that has a test
}

func newSuite(categories []specs.Category, v config.Version) (suite, error) {
	number, err := specs.ParseVersion(v.Name)
	if err != nil {
		return suite{}, err
	}
	selected, err := specs.Select(categories, number)
	if err != nil {
		return suite{}, err
	}
	s := suite{version: v, number: number, proven: map[string]bool{}}
	for _, c := range selected {
		s.names = append(s.names, c.Name)
		if c.Required {
			s.need = append(s.need, c.Name)
		}
		for _, tc := range c.TestCases {
			if tc.Proven() {
				s.proven[c.Name] = true
			}
		}
	}
	return s, nil
}

// provable tells whether a run of these categories can prove anything.
func (s suite) provable(categories []string) bool {
	for _, name := range categories {
		if s.proven[name] {
			return true
		}
	}
	return false
}

// newest returns the suite of the highest version that is a release, or of master if there is no other.
func newest(suites []suite) suite {
	best := suites[0]
	for _, s := range suites[1:] {
		isRelease, bestIsRelease := s.number != specs.Master(), best.number != specs.Master()
		if isRelease && (!bestIsRelease || s.number.Compare(best.number) > 0) {
			best = s
		}
	}
	return best
}

func (p *Plan) addPeriodics(suites []suite, cfg config.Config) {
	for _, s := range suites {
		for _, platform := range cfg.Platforms {
			name := coordinates.Environment{Version: s.version.Name, Platform: platform.Name}.Periodic()
			if !s.provable(s.names) {
				p.skip(name, "no ability has a test on Kubernetes %s", s.version.Name)
				continue
			}
			j := newJob(name, choice{suite: s, platform: platform, set: coordinates.All, categories: s.names}, cfg)
			j.limit(cfg.Timeouts.Periodic, cfg)
			j.Every = cfg.Tiers[s.version.Tier].Every
			j.Cron = schedule.Cron(name, j.Every)
			j.addPresets(cfg.Presets.Periodic)
			p.Periodics = append(p.Periodics, j)
		}
	}
}
