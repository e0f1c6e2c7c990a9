package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

func (c checker) job() {
	c.need("templates", c.cfg.Templates, slugForm, "capz")
	c.known("cluster", "cluster", c.cfg.Cluster, testinfra.BuildClusters())
	c.need("serviceAccount", c.cfg.ServiceAccount, nameForm, "azure")
	c.need("image", c.cfg.Image, datedImageForm, "gcr.io/k8s-staging-test-infra/kubekins-e2e:v20260504-c27e3ff179")
	c.quantity("resources.cpu", c.cfg.Resources.CPU, testinfra.MaxCPU)
	c.quantity("resources.memory", c.cfg.Resources.Memory, testinfra.MaxMemory)
	c.timeout("timeouts.periodic", c.cfg.Timeouts.Periodic)
	c.timeout("timeouts.presubmit", c.cfg.Timeouts.Presubmit)
	c.timeout("timeouts.cluster", c.cfg.Timeouts.Cluster)
	c.timeout("timeouts.grace", c.cfg.Timeouts.Grace)
	c.leavesTime("timeouts.periodic", c.cfg.Timeouts.Periodic)
	c.leavesTime("timeouts.presubmit", c.cfg.Timeouts.Presubmit)
}

func (c checker) quantity(at, value, most string) {
	q, err := resource.ParseQuantity(value)
	switch limit := resource.MustParse(most); {
	case err != nil:
		c.Problemf(at, "%s %q is no quantity such as %q", lastKey(at), value, most)
	case q.Sign() <= 0:
		c.Problemf(at, "%s %q is not above zero", lastKey(at), value)
	case q.Cmp(limit) > 0:
		c.Problemf(at, "%s %q is more than Prow's build clusters allow (%s)", lastKey(at), value, most)
	}
}

func (c checker) timeout(at string, d time.Duration) {
	if d < time.Minute {
		c.Problemf(at, "%s is less than a minute, or missing, such as 6h", lastKey(at))
	}
}

// leavesTime holds that a job has time for its tests.
func (c checker) leavesTime(at string, d time.Duration) {
	if d >= time.Minute && c.cfg.Tests(d) < time.Minute {
		c.Problemf(at, "%s %s leaves no time for tests beside timeouts.cluster %s and timeouts.grace %s", lastKey(at), d, c.cfg.Timeouts.Cluster, c.cfg.Timeouts.Grace)
	}
}

func (c checker) presets() {
	var names []string
	for i, p := range c.cfg.KnownPresets {
		names = append(names, p.Name)
		if !strings.HasPrefix(p.Name, testinfra.PresetPrefix) {
			c.Problemf(fmt.Sprintf("knownPresets[%d].name", i), "preset %q does not start with %q", p.Name, testinfra.PresetPrefix)
		}
	}
	c.unique("preset", names, func(i int) string { return fmt.Sprintf("knownPresets[%d].name", i) })
	c.presetList("presets.all", c.cfg.Presets.All)
	c.presetList("presets.periodic", c.cfg.Presets.Periodic)
	c.presetList("presets.presubmit", c.cfg.Presets.Presubmit)
	for _, category := range slices.Sorted(maps.Keys(c.cfg.Presets.Categories)) {
		at := "presets.categories." + category
		c.known(at, "category", category, specs.Names())
		c.presetList(at, c.cfg.Presets.Categories[category])
	}
}

func (c checker) presetList(at string, presets []string) {
	defined := make([]string, 0, len(c.cfg.KnownPresets))
	for _, p := range c.cfg.KnownPresets {
		defined = append(defined, p.Name)
	}
	for i, name := range presets {
		if !slices.Contains(defined, name) {
			c.Problemf(fmt.Sprintf("%s[%d]", at, i), "preset %q is not in knownPresets%s", name, nearest.Hint(name, defined))
		}
	}
}

func (c checker) summaries() {
	s := c.cfg.Summaries
	if s == nil {
		return
	}
	c.known("summaries.cluster", "trusted cluster", s.Cluster, testinfra.TrustedClusters())
	c.need("summaries.image", s.Image, tagForm, "master")
	c.need("summaries.tokenSecret", s.TokenSecret, slugForm, "windows-op-readiness-github-token")
	if s.Every < time.Minute {
		c.Problemf("summaries.every", "every is %s: give a time of a minute or more, such as 10m", s.Every)
	}
	if s.Timeout <= 0 {
		c.Problemf("summaries.timeout", "timeout is missing, such as 30m")
	}
	if len(c.cfg.Repositories) == 0 {
		c.Problemf("summaries", "summaries without repositories: there is no pull request to write to")
	}
}
