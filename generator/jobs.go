package generator

import (
	"cmp"
	"fmt"
	"maps"
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
		Image:          cmp.Or(c.platform.Override.Image, c.suite.version.Override.Image, cfg.ImageOf(c.suite.version)),
		Env:            merged(cfg.Env, c.suite.version.Override.Env, c.platform.Override.Env),
		Secret:         cfg.Secret,
		CPU:            cfg.Resources.CPU,
		Memory:         cfg.Resources.Memory,
		Labels:         coordinateLabels(c),
		Annotations:    coordinateAnnotations(c),
		ExtraRefs:      refsOf(cfg.ExtraRefs, merged(c.suite.version.Override.Refs, c.platform.Override.Refs)),
	}
	j.Rows = slices.DeleteFunc(slices.Clone(c.categories), func(name string) bool { return !slices.Contains(c.suite.judged, name) })
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

// merged are all of the maps in one, where a later one goes before an earlier one.
func merged(all ...map[string]string) map[string]string {
	m := map[string]string{}
	for _, each := range all {
		maps.Copy(m, each)
	}
	return m
}

// refsOf are the refs, some of them at another branch.
func refsOf(refs []config.Ref, branches map[string]string) []config.Ref {
	refs = slices.Clone(refs)
	for i := range refs {
		refs[i].BaseRef = cmp.Or(branches[refs[i].FullName()], refs[i].BaseRef)
	}
	return refs
}

// addPresubmits plans one presubmit for the required categories of the newest release, one for its optional ones, and one for the
// required ones of each other version. All run on request only.
//
// Note: a presubmit for each category made a list of thirteen for each repository, which is what "/test ?" prints. Prow has no way
// to give a parameter with "/test".
func (p *Plan) addPresubmits(suites []suite, cfg config.Config) {
	latest := newest(suites)
	optional := slices.DeleteFunc(slices.Clone(latest.names), func(name string) bool { return slices.Contains(latest.need, name) || !latest.proven[name] })
	p.addPresubmit(coordinates.Presubmit(""), choice{suite: latest, set: coordinates.Required, categories: latest.need}, cfg)
	for _, s := range suites {
		if s.version.Name != latest.version.Name {
			p.addPresubmit(coordinates.Presubmit(s.version.Name), choice{suite: s, set: coordinates.Required, categories: s.need}, cfg)
		}
	}
	if len(optional) > 0 {
		p.addPresubmit(coordinates.Presubmit(coordinates.Optional), choice{suite: latest, set: coordinates.Optional, categories: optional}, cfg)
	}
}

func (p *Plan) addPresubmit(name string, c choice, cfg config.Config) {
	c.platform = cfg.Platforms[slices.IndexFunc(cfg.Platforms, func(q config.Platform) bool { return q.Name == cfg.PresubmitPlatform })]
	version := c.suite.version
	if slices.Contains(version.Without, c.platform.Name) {
		p.skip(name, "Kubernetes %s is not tested on %s", version.Name, c.platform.Name)
		return
	}
	if !c.suite.provable(c.categories) {
		p.skip(name, "no ability of %s has a test on Kubernetes %s", strings.Join(c.categories, ", "), version.Name)
		return
	}
	j := newJob(name, c, cfg)
	t := cfg.TimeoutsOf(version, c.platform)
	j.test(t.Presubmit, t, cfg)
	j.Results = cfg.TestGrid.Presubmits
	j.addPresets(cfg.Presets.Presubmit)
	p.Presubmits = append(p.Presubmits, j)
}

// What jobs have that test nothing: one reads results and asks GitHub, the other hands sources over.
const (
	summariesCPU    = "1"
	summariesMemory = "1Gi"
)

// addSummaries plans the job that writes results to pull requests. It runs a published program: nothing of a pull request runs
// where the token is. The repository that it checks out is one that Prow wants of a periodic.
func (p *Plan) addSummaries(cfg config.Config) {
	s := *cfg.Summaries
	s.Image = cmp.Or(cfg.Images[config.ReportImage], s.Image)
	if cfg.Checkout && !config.Published(s.Image) {
		p.skip(coordinates.ReportJob, "no image of it is known: the first one that is published (cloudbuild.yaml) goes under %q into %s, or into summaries.image", config.ReportImage, imagesFile)
		return
	}
	own := cfg.ExtraRefs[0]
	own.Workdir = true
	j := Job{
		Name: coordinates.ReportJob, Description: "Windows operational readiness (KEP-2578), summaries on pull requests; it tests nothing",
		Version: config.Version{Branch: specs.Master().String()}, Every: s.Every, Results: s.Results, Cluster: s.Cluster, ServiceAccount: s.ServiceAccount,
		Image: s.Image, CPU: summariesCPU, Memory: summariesMemory, Labels: map[string]string{}, ExtraRefs: []config.Ref{own},
		TokenSecret: s.TokenSecret, Endpoint: s.Endpoint,
	}
	j.limit(s.Timeout, cfg)
	j.Annotations = map[string]string{"description": j.Description}
	for _, r := range cfg.Repositories {
		if !slices.Contains(j.Targets, r.FullName()) {
			j.Targets = append(j.Targets, r.FullName())
		}
	}
	p.Summaries = &j
}

// addPublish plans the job that publishes the image, of this repository's own branch: its first ref.
func (p *Plan) addPublish(cfg config.Config) {
	own, publish := cfg.ExtraRefs[0], *cfg.Publish
	j := Job{
		Name: coordinates.PublishJob, Description: "Windows operational readiness (KEP-2578), publishes the image; it tests nothing",
		Repository: config.Repository{Org: own.Org, Repo: own.Repo, Branch: own.BaseRef},
		Cluster:    publish.Cluster, ServiceAccount: publish.ServiceAccount, Image: publish.Image, CPU: summariesCPU, Memory: summariesMemory,
		Labels: map[string]string{}, Project: publish.Project,
	}
	j.limit(publish.Timeout, cfg)
	j.Annotations = map[string]string{"description": j.Description}
	if len(publish.Dashboards) > 0 && cfg.Profile.TestGrid {
		j.Annotations["testgrid-dashboards"] = strings.Join(publish.Dashboards, ", ")
	}
	p.Publish = &j
}

// forRepository returns the presubmit as it stands under one repository: that one is checked out by itself and may not
// be repeated among the others.
func (j Job) forRepository(r config.Repository) Job {
	j.Repository = r
	j.ExtraRefs = slices.DeleteFunc(slices.Clone(j.ExtraRefs), func(ref config.Ref) bool { return ref.FullName() == r.FullName() })
	return j
}
