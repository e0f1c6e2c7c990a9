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
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
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
	Publish    *Job  // publishes the image; nil for none
	Dashboards []Dashboard
	Skipped    []Skipped // what was left out, since it could prove nothing
	// What Render needs beside the jobs.
	Repositories []config.Repository
	TestGrid     config.TestGrid
	Addresses    coordinates.Addresses
	Profile      config.Profile
	Owners       config.Owners
	Images       map[string]string // of the jobs, by the suffix of a version
	Templates    string            // the folder of the templates
	TemplatesAt  string            // the "file:line" that names it
}

// Job is one Prow job with all choices made: what the templates fill in.
type Job struct {
	Name        string
	Description string
	Version     config.Version
	Platform    config.Platform
	Set         string        // coordinates.All, coordinates.Required or coordinates.Optional
	Categories  []string      // all that run
	Select      []string      // those that the command names; none: all
	Every       time.Duration // of a periodic
	Cron        string        // of a periodic
	Limit       time.Duration // the timeout
	Tests       time.Duration // what its tests may take of that; 0: it runs none
	Grace       time.Duration // for it to end by itself when Prow ends it; 0: as Prow has it
	TestGrace   time.Duration // of which e2e.test may take this to clean up
	Rows        []string      // categories with a row of their verdict on TestGrid, which the job writes before it begins
	Results     config.Results

	Cluster        string
	ServiceAccount string
	Image          string
	CPU            string
	Memory         string
	Env            map[string]string
	Decoration     map[string]any // Prow's decoration_config, with Limit and Grace
	Secret         string         // with a kubeconfig, for templates that use one
	Endpoint       string         // of Plan.Summaries: GitHub's API; "": GitHub's own
	Labels         map[string]string
	Annotations    map[string]string
	ExtraRefs      []config.Ref
	Repository     config.Repository // the one under test, of a presubmit; Render sets it
	TokenSecret    string            // of Plan.Summaries
	Targets        []string          // of Plan.Summaries: the repositories, as "org/repo"
	Project        string            // of Plan.Publish: where the image is built and goes
}

// Interval is Every as Prow's types write it.
func (j Job) Interval() string { return j.Every.String() }

// Jobs returns all jobs of the plan.
func (p Plan) Jobs() []Job {
	jobs := slices.Concat(p.Periodics, p.Presubmits)
	for _, j := range []*Job{p.Summaries, p.Publish} {
		if j != nil {
			jobs = append(jobs, *j)
		}
	}
	return jobs
}

// Marker is the value of KUBERNETES_VERSION for windows-testing's script.
func (j Job) Marker() string { return j.Version.Marker }

// Release is the release under test, such as "v1.36.3". A template that needs one cannot be used for the newest build of a branch.
func (j Job) Release() (string, error) {
	if !strings.HasPrefix(j.Version.Marker, "v") {
		return "", fmt.Errorf("version %s: its marker %q is no release such as v1.36.3, which this template needs", j.Version.Name, j.Version.Marker)
	}
	return j.Version.Marker, nil
}

// limit sets when Prow ends the job.
func (j *Job) limit(timeout time.Duration, cfg config.Config) {
	j.Limit = timeout
	j.Decoration = maps.Clone(cfg.Decoration)
	if j.Decoration == nil {
		j.Decoration = map[string]any{}
	}
	j.Decoration["timeout"] = timeout.String()
}

// test sets when Prow ends a job that tests, and all that follows from it.
func (j *Job) test(timeout time.Duration, t config.Timeouts, cfg config.Config) {
	j.limit(timeout, cfg)
	j.Tests, j.Grace, j.TestGrace = t.Tests(timeout), t.Grace, t.TestGrace()
	j.Decoration["grace_period"] = j.Grace.String()
}

// RunTimeout is Tests as op-readiness takes it.
func (j Job) RunTimeout() string { return j.Tests.String() }

// TestGracePeriod is TestGrace as op-readiness takes it.
func (j Job) TestGracePeriod() string { return j.TestGrace.String() }

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
		Profile:      cfg.Profile,
		Owners:       cfg.Owners,
		Images:       map[string]string{},
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
	if cfg.Publish != nil {
		plan.addPublish(cfg)
	}
	if plan.Addresses.Group != "" {
		plan.addDashboards(suites)
	}
	for _, v := range cfg.Versions {
		if v.Image != "" {
			plan.Images[v.Image] = cfg.ImageOf(v)
		}
	}
	if image := cfg.Images[config.ReportImage]; image != "" {
		plan.Images[config.ReportImage] = image
	}
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
	judged  []string        // those whose verdict has a row in a run's JUnit: proven or required ones (reporter/view)
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
		if c.Required || s.proven[c.Name] {
			s.judged = append(s.judged, c.Name)
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
			if slices.Contains(s.version.Without, platform.Name) {
				p.skip(name, "Kubernetes %s is not tested on %s", s.version.Name, platform.Name)
				continue
			}
			if !s.provable(s.names) {
				p.skip(name, "no ability has a test on Kubernetes %s", s.version.Name)
				continue
			}
			j := newJob(name, choice{suite: s, platform: platform, set: coordinates.All, categories: s.names}, cfg)
			t := cfg.TimeoutsOf(s.version, platform)
			j.test(t.Periodic, t, cfg)
			tier := cfg.Tiers[cmp.Or(platform.Override.Tier, s.version.Override.Tier, s.version.Tier)]
			j.Every, j.Results = tier.Every, tier.Results
			j.Cron = schedule.Cron(name, j.Every)
			j.addPresets(cfg.Presets.Periodic)
			p.Periodics = append(p.Periodics, j)
		}
	}
}
