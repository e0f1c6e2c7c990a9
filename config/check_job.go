package config

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

func (c checker) job() {
	c.need("templates", c.cfg.Templates, slugForm, "capz")
	if len(c.cfg.Profile.Clusters) > 0 || c.cfg.Cluster == "" {
		c.known("cluster", "cluster", c.cfg.Cluster, c.cfg.Profile.Clusters)
	}
	if c.cfg.ServiceAccount != "" || c.Has("serviceAccount") {
		c.need("serviceAccount", c.cfg.ServiceAccount, nameForm, "azure")
	}
	if form, err := regexp.Compile(c.cfg.Profile.Image); err == nil {
		c.need("image", c.cfg.Image, form, "gcr.io/k8s-staging-test-infra/kubekins-e2e:v20260504-c27e3ff179")
	}
	c.quantity("resources.cpu", c.cfg.Resources.CPU, c.cfg.Profile.MaxCPU)
	c.quantity("resources.memory", c.cfg.Resources.Memory, c.cfg.Profile.MaxMemory)
	c.timeouts()
	c.variables("env", c.cfg.Env)
	if c.cfg.Secret != "" {
		c.need("secret", c.cfg.Secret, slugForm, "windows-lab-kubeconfig")
	}
	for key, name := range map[string]string{"timeout": "timeout", "grace_period": "grace period"} {
		if _, there := c.cfg.Decoration[key]; there {
			c.Problemf("decoration."+key, "the %s of a job stands under timeouts", name)
		}
	}
	if len(c.cfg.Owners.Approvers) == 0 && len(c.cfg.Owners.Reviewers)+len(c.cfg.Owners.Labels) > 0 {
		c.Problemf("owners", "owners without approvers: nobody could approve a change")
	}
}

// variables checks the environment of a job. What op-readiness itself gives to the command is not for the config.
func (c checker) variables(at string, env map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(env)) {
		switch {
		case !variableForm.MatchString(name):
			c.Problemf(at+"."+name, "%q is no name of an environment variable", name)
		case slices.Contains(Reserved(), name):
			c.Problemf(at+"."+name, "%s is set by the generated job itself", name)
		}
	}
}

// Reserved returns the variables that decide about what a job runs and where its results go. Only the plan sets them.
func Reserved() []string {
	return []string{
		"ARTIFACTS", "BASHOPTS", "BASH_ENV", "BIN", "CATEGORIES", "E2E_TEST", "ENV", "GO", "GOFLAGS", "GRACE_PERIOD", "LDFLAGS", "LD_AUDIT", "LD_LIBRARY_PATH",
		"LD_PRELOAD", "MAKEFILES", "MAKEFLAGS", "OP_READINESS_PID_FILE", "PATH", "PLATFORM", "RUN_TIMEOUT", "SHELL", "SHELLOPTS",
	}
}

// override checks what a version or platform has of its own.
func (c checker) override(at string, o Override) {
	if o.Image != "" {
		c.need(at+".image", o.Image, imageForm, "registry.example.com:5000/e2e:v1")
	}
	if o.Tier != "" {
		c.known(at+".tier", "tier", o.Tier, slices.Sorted(maps.Keys(c.cfg.Tiers)))
	}
	c.variables(at+".env", o.Env)
	var names []string
	for _, r := range c.cfg.ExtraRefs {
		names = append(names, r.FullName())
	}
	for _, name := range slices.Sorted(maps.Keys(o.Refs)) {
		c.known(at+".refs."+name, "repository of extraRefs", name, names)
		if o.Refs[name] == "" {
			c.Problemf(at+".refs."+name, "no branch is given, such as %q", "main")
		}
	}
	c.overridden(at+".timeouts", o.Timeouts)
}

func (c checker) quantity(at, value, most string) {
	q, err := resource.ParseQuantity(value)
	switch {
	case err != nil:
		c.Problemf(at, "%s %q is no quantity such as %q", lastKey(at), value, cmp.Or(most, "2"))
	case q.Sign() <= 0:
		c.Problemf(at, "%s %q is not above zero", lastKey(at), value)
	case most != "" && q.Cmp(resource.MustParse(most)) > 0:
		c.Problemf(at, "%s %q is more than Prow's build clusters allow (%s)", lastKey(at), value, most)
	}
}

func (c checker) presets() {
	c.presetList("presets.all", c.cfg.Presets.All)
	c.presetList("presets.periodic", c.cfg.Presets.Periodic)
	c.presetList("presets.presubmit", c.cfg.Presets.Presubmit)
	for _, category := range slices.Sorted(maps.Keys(c.cfg.Presets.Categories)) {
		at := "presets.categories." + category
		c.known(at, "category", category, specs.Names())
		c.presetList(at, c.cfg.Presets.Categories[category])
	}
}

// presetList checks the form of names. Whether there are such presets, a checkout tells.
func (c checker) presetList(at string, presets []string) {
	for i, name := range presets {
		if !strings.HasPrefix(name, testinfra.PresetPrefix) {
			c.Problemf(fmt.Sprintf("%s[%d]", at, i), "preset %q does not start with %q", name, testinfra.PresetPrefix)
		}
	}
}

func (c checker) summaries() {
	s := c.cfg.Summaries
	if s == nil {
		return
	}
	if len(c.cfg.Profile.TrustedClusters) > 0 || s.Cluster == "" {
		c.known("summaries.cluster", "trusted cluster", s.Cluster, c.cfg.Profile.TrustedClusters)
	}
	c.need("summaries.image", s.Image, imageForm, "registry.example.com/op-readiness:v1.0.0")
	if s.Endpoint != "" {
		if u, err := url.Parse(s.Endpoint); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			c.Problemf("summaries.endpoint", "endpoint %q is no address, such as %q", s.Endpoint, "http://ghproxy.test-pods.svc.cluster.local")
		}
	}
	if s.ServiceAccount != "" {
		c.need("summaries.serviceAccount", s.ServiceAccount, nameForm, "windows-op-readiness")
	}
	c.need("summaries.tokenSecret", s.TokenSecret, slugForm, "windows-op-readiness-github-token")
	if s.Every < time.Minute {
		c.Problemf("summaries.every", "every is %s: give a time of a minute or more, such as 10m", s.Every)
	}
	c.results("summaries.results", s.Results, s.Every)
	if s.Timeout <= 0 {
		c.Problemf("summaries.timeout", "timeout is missing, such as 30m")
	}
	if len(c.cfg.Repositories) == 0 {
		c.Problemf("summaries", "summaries without repositories: there is no pull request to write to")
	}
}

// projectForm is that of a project of Google Cloud, which is also the name of the job's file.
var projectForm = regexp.MustCompile(`^[a-z][a-z0-9-]{4,28}[a-z0-9]$`)

func (c checker) publish() {
	p := c.cfg.Publish
	if p == nil {
		return
	}
	if c.cfg.Profile.Folders.Publish == "" {
		c.Problemf("publish", "the profile has no folder for jobs that publish images (folders.publish)")
	}
	if len(c.cfg.Profile.TrustedClusters) > 0 || p.Cluster == "" {
		c.known("publish.cluster", "trusted cluster", p.Cluster, c.cfg.Profile.TrustedClusters)
	}
	c.need("publish.project", p.Project, projectForm, "k8s-staging-win-op-rdnss")
	c.need("publish.serviceAccount", p.ServiceAccount, nameForm, "gcb-builder")
	c.need("publish.image", p.Image, imageForm, "gcr.io/k8s-staging-test-infra/image-builder:v20260419-39c657fdbf")
	for i, name := range p.Dashboards {
		c.need(fmt.Sprintf("publish.dashboards[%d]", i), name, slugForm, "sig-windows-push-images")
	}
	if p.Timeout <= 0 {
		c.Problemf("publish.timeout", "timeout is missing, such as 2h")
	}
}
