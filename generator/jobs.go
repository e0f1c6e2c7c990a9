package generator

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// choice is a point of the matrix: what runs where.
type choice struct {
	suite      suite
	platform   config.Platform
	set        string
	categories []string
}

// newJob makes all of a job that does not depend on its kind.
func newJob(name string, c choice, cfg config.Config) Job {
	j := Job{
		Name:           name,
		Description:    describe(c),
		Version:        c.suite.version,
		Platform:       c.platform,
		Set:            c.set,
		Categories:     c.categories,
		Cluster:        cfg.Cluster,
		ServiceAccount: cfg.ServiceAccount,
		Image:          cfg.Image + "-" + c.suite.version.Image,
		CPU:            cfg.Resources.CPU,
		Memory:         cfg.Resources.Memory,
		Labels:         coordinateLabels(c),
		Annotations:    coordinateAnnotations(c),
		ExtraRefs:      cfg.ExtraRefs,
	}
	if c.set != coordinates.All {
		j.Select = c.categories
	}
	j.Annotations["description"] = j.Description
	j.addPresets(cfg.Presets.All)
	j.addPresets(c.platform.Presets)
	for _, category := range c.categories {
		if c.suite.proven[category] {
			j.addPresets(cfg.Presets.Categories[category])
		}
	}
	return j
}

func (j Job) addPresets(presets []string) {
	for _, name := range presets {
		j.Labels[name] = "true"
	}
}

func coordinateLabels(c choice) map[string]string {
	return map[string]string{
		coordinates.KubernetesVersion: c.suite.version.Name,
		coordinates.Platform:          c.platform.Name,
		coordinates.Categories:        c.set,
	}
}

func coordinateAnnotations(c choice) map[string]string {
	return map[string]string{
		coordinates.KubernetesVersion: c.suite.version.Name,
		coordinates.Platform:          c.platform.Name,
		coordinates.Categories:        strings.Join(c.categories, ","),
	}
}

func describe(c choice) string {
	what := c.set + " categories"
	if len(c.categories) == 1 {
		what = "category " + c.categories[0]
	}
	return "Windows operational readiness (KEP-2578), " + what + where(c.suite.version, c.platform)
}

// where ends a description.
func where(v config.Version, p config.Platform) string {
	return fmt.Sprintf(", Kubernetes %s, %s", v.Name, p.Title)
}

// addPresubmits plans one presubmit for the required categories of the newest release, one for those of each version,
// and one for each category of the newest release. All run on request only.
func (p *Plan) addPresubmits(suites []suite, cfg config.Config) {
	platform := cfg.Platforms[slices.IndexFunc(cfg.Platforms, func(q config.Platform) bool { return q.Name == cfg.PresubmitPlatform })]
	latest := newest(suites)
	p.addPresubmit(coordinates.Presubmit(""), choice{latest, platform, coordinates.Required, latest.need}, cfg)
	for _, s := range suites {
		p.addPresubmit(coordinates.Presubmit(s.version.Name), choice{s, platform, coordinates.Required, s.need}, cfg)
	}
	for _, category := range latest.names {
		p.addPresubmit(coordinates.Presubmit(category), choice{latest, platform, specs.Slug(category), []string{category}}, cfg)
	}
}

func (p *Plan) addPresubmit(name string, c choice, cfg config.Config) {
	if !c.suite.provable(c.categories) {
		p.skip(name, "no ability of %s has a test on Kubernetes %s", strings.Join(c.categories, ", "), c.suite.version.Name)
		return
	}
	j := newJob(name, c, cfg)
	j.limit(cfg.Timeouts.Presubmit, cfg)
	j.addPresets(cfg.Presets.Presubmit)
	p.Presubmits = append(p.Presubmits, j)
}

// addSummaries plans the job that writes results to pull requests. It checks out this project alone, merged code only:
// nothing of a pull request runs where the token is.
func (p *Plan) addSummaries(cfg config.Config) {
	own := cfg.ExtraRefs[0]
	own.Workdir = true
	j := Job{
		Name: coordinates.ReportJob, Description: "Windows operational readiness (KEP-2578), summaries on pull requests",
		Version: config.Version{Branch: specs.Master().String()}, Every: cfg.Summaries.Every, Limit: cfg.Summaries.Timeout, Cluster: cfg.Summaries.Cluster,
		Image: cfg.Image + "-" + cfg.Summaries.Image, CPU: cfg.Resources.CPU, Memory: cfg.Resources.Memory,
		Labels: map[string]string{}, ExtraRefs: []config.Ref{own}, TokenSecret: cfg.Summaries.TokenSecret,
	}
	j.Annotations = map[string]string{"description": j.Description}
	for _, r := range cfg.Repositories {
		j.Targets = append(j.Targets, r.FullName())
	}
	p.Summaries = &j
}

// forRepository returns the presubmit as it stands under one repository: that one is checked out by itself and may not
// be repeated among the others.
func (j Job) forRepository(r config.Repository) Job {
	j.Repository = r
	j.ExtraRefs = slices.DeleteFunc(slices.Clone(j.ExtraRefs), func(ref config.Ref) bool { return ref.FullName() == r.FullName() })
	return j
}
