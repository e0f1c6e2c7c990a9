package config

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/schedule"
	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// minTabName is TestGrid's own rule: a tab's name has at least so many characters.
const minTabName = 3

func (c checker) versions() {
	if len(c.cfg.Versions) == 0 {
		c.Problemf("versions", "versions is empty: name at least one Kubernetes version")
	}
	var names []string
	for i, v := range c.cfg.Versions {
		names = append(names, v.Name)
		c.version(fmt.Sprintf("versions[%d]", i), v)
	}
	c.unique("version", names, func(i int) string { return fmt.Sprintf("versions[%d].name", i) })
}

// version checks one version; what windows-testing's script and the branch are called follows from its name.
func (c checker) version(at string, v Version) {
	parsed, err := specs.ParseVersion(v.Name)
	if err != nil || parsed.String() != v.Name {
		c.Problemf(at+".name", "version %q is neither master nor a minor version such as \"1.36\"", v.Name)
		return
	}
	released := c.cfg.Profile.Releases && isRelease(v)
	if want := marker(v.Name); v.Marker != want && !released {
		c.Problemf(at+".marker", "marker %q does not stand for Kubernetes %s: %q does", v.Marker, v.Name, want)
	}
	if want := branch(v.Name); v.Branch != want {
		c.Problemf(at+".branch", "branch %q does not hold Kubernetes %s: %q does", v.Branch, v.Name, want)
	}
	if v.Image != "" || c.cfg.Profile.Variants != "" {
		c.need(at+".image", v.Image, tagForm, "1.36")
	}
	if v.Image != "" && strings.Contains(c.cfg.Image, "@") {
		c.Problemf(at+".image", "image %q: no suffix fits behind the digest of %q", v.Image, c.cfg.Image)
	}
	if v.Image == ReportImage {
		c.Problemf(at+".image", "image %q is the name of that of the report job", v.Image)
	}
	c.override(at+".override", v.Override)
	var platforms []string
	for _, p := range c.cfg.Platforms {
		platforms = append(platforms, p.Name)
	}
	for i, name := range v.Without {
		c.known(fmt.Sprintf("%s.without[%d]", at, i), "platform", name, platforms)
	}
	c.known(at+".tier", "tier", v.Tier, slices.Sorted(maps.Keys(c.cfg.Tiers)))
	c.jobName(at+".name", coordinates.Presubmit(v.Name))
	for _, p := range c.cfg.Platforms {
		c.jobName(at+".name", coordinates.Environment{Version: v.Name, Platform: p.Name}.Periodic())
	}
}

// isRelease tells whether the marker of a version is a release of it, such as "v1.36.3".
func isRelease(v Version) bool {
	parsed, err := specs.ParseVersion(v.Marker)
	return err == nil && releaseForm.MatchString(v.Marker) && parsed.String() == v.Name
}

func isMaster(version string) bool { return version == specs.Master().String() }

// marker returns what windows-testing's script takes for the newest build of a version.
func marker(version string) string {
	if isMaster(version) {
		return "latest"
	}
	return "latest-" + version
}

// branch returns the branch of kubernetes/kubernetes that a version is built from.
func branch(version string) string {
	if isMaster(version) {
		return version
	}
	return "release-" + version
}

func (c checker) jobName(at, name string) {
	if len(name) > testinfra.MaxJobName {
		c.Problemf(at, "job name %q has %d characters, more than Prow's label for it can hold (%d)", name, len(name), testinfra.MaxJobName)
	}
}

func (c checker) tiers() {
	for _, name := range slices.Sorted(maps.Keys(c.cfg.Tiers)) {
		if every := c.cfg.Tiers[name].Every; !slices.Contains(schedule.Intervals(), every) {
			c.Problemf("tiers."+name+".every", "tier %q runs every %s: allowed are 1h, 2h, 3h, 4h, 6h, 8h, 12h, 24h and 168h",
				name, schedule.Text(every))
		}
		c.results("tiers."+name+".results", c.cfg.Tiers[name].Results, c.cfg.Tiers[name].Every)
	}
}

func (c checker) platforms() {
	if len(c.cfg.Platforms) == 0 {
		c.Problemf("platforms", "platforms is empty: name at least one Windows version")
		return
	}
	var names []string
	for i, p := range c.cfg.Platforms {
		at := fmt.Sprintf("platforms[%d]", i)
		names = append(names, p.Name)
		if c.need(at+".name", p.Name, slugForm, "ltsc2022") && len(p.Name) < minTabName {
			c.Problemf(at+".name", "name %q is too short for a tab of TestGrid: at least %d characters", p.Name, minTabName)
		}
		if p.Title == "" {
			c.Problemf(at+".title", "title is missing, such as %q", "Windows Server 2022")
		}
		c.presetList(at+".presets", p.Presets)
		c.override(at+".override", p.Override)
	}
	c.unique("platform", names, func(i int) string { return fmt.Sprintf("platforms[%d].name", i) })
	c.known("presubmitPlatform", "platform", c.cfg.PresubmitPlatform, names)
}

func (c checker) repositories() {
	var names []string
	for i, r := range c.cfg.Repositories {
		at := fmt.Sprintf("repositories[%d]", i)
		names = append(names, r.FullName()+" at "+r.Branch)
		c.need(at+".org", r.Org, nameForm, "kubernetes-sigs")
		c.need(at+".repo", r.Repo, nameForm, "windows-testing")
		if r.Branch == "" {
			c.Problemf(at+".branch", "branch is missing, such as %q", "main")
		}
		c.pathAlias(at, r.FullName(), r.PathAlias)
	}
	c.unique("repository", names, func(i int) string { return fmt.Sprintf("repositories[%d].repo", i) })
}

func (c checker) extraRefs() {
	if len(c.cfg.ExtraRefs) == 0 {
		c.Problemf("extraRefs", "extraRefs is empty: a periodic needs a repository to check out")
		return
	}
	var names, workdirs []string
	for i, r := range c.cfg.ExtraRefs {
		at := fmt.Sprintf("extraRefs[%d]", i)
		names = append(names, r.FullName())
		c.need(at+".org", r.Org, nameForm, "kubernetes-sigs")
		c.need(at+".repo", r.Repo, nameForm, "windows-testing")
		if r.BaseRef == "" {
			c.Problemf(at+".baseRef", "baseRef is missing, such as %q", "main")
		}
		c.pathAlias(at, r.FullName(), r.PathAlias)
		if r.Workdir {
			workdirs = append(workdirs, r.FullName())
		}
	}
	c.unique("repository", names, func(i int) string { return fmt.Sprintf("extraRefs[%d].repo", i) })
	if len(workdirs) != 1 {
		c.Problemf("extraRefs", "workdir is true for %q: a job starts in exactly one repository", workdirs)
	}
}

// pathAlias holds that all repositories are checked out side by side, and each always to the same place: the job's
// command reaches one from another, and windows-testing's script changes to cluster-api-provider-azure before it runs it.
func (c checker) pathAlias(at, name, alias string) {
	first := c.cfg.ExtraRefs
	if len(first) == 0 {
		return
	}
	if folder := path.Dir(first[0].PathAlias); alias == "" || path.Dir(alias) != folder {
		c.Problemf(at+".pathAlias", "pathAlias %q of %s is not in %q, where the others are", alias, name, folder)
	}
	for _, ref := range first {
		if ref.FullName() == name && ref.PathAlias != alias {
			c.Problemf(at+".pathAlias", "pathAlias %q of %s is %q in extraRefs", alias, name, ref.PathAlias)
		}
	}
}
