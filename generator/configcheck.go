package generator

import (
	"cmp"
	"fmt"
	"maps"
	"net/mail"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/resource"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// checker holds a decoded config against what its values mean, and adds every problem to the file.
type checker struct {
	*yamlfile.File
	cfg Config
}

func (c checker) all() {
	c.versions()
	c.tiers()
	c.platforms()
	c.repositories()
	c.extraRefs()
	c.job()
	c.presets()
	c.summaries()
	c.testgrid()
}

var (
	slugForm       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	tagForm        = regexp.MustCompile(`^[A-Za-z0-9_.-]+$`)
	datedImageForm = regexp.MustCompile(`^[a-z0-9.-]+(/[a-z0-9._-]+)+:v[0-9]{8}-[0-9a-z]+$`)
	bucketForm     = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]+$`)
	nameForm       = regexp.MustCompile(`^[A-Za-z0-9._-]+$`)
)

// need reports a value that is absent, or not of its form; example shows what is meant.
func (c checker) need(at, value string, form *regexp.Regexp, example string) bool {
	switch {
	case value == "":
		c.Problemf(at, "%s is missing, such as %q", lastKey(at), example)
	case !form.MatchString(value):
		c.Problemf(at, "%s %q is not of the form %s, such as %q", lastKey(at), value, form, example)
	default:
		return true
	}
	return false
}

// known reports a name that is not among those that are defined.
func (c checker) known(at, what, name string, defined []string) {
	if !slices.Contains(defined, name) {
		c.Problemf(at, "unknown %s %q%s; known are %q", what, name, nearest.Hint(name, defined), defined)
	}
}

// unique reports the places of names that were used before.
func (c checker) unique(what string, names []string, at func(i int) string) {
	first := map[string]int{}
	for i, name := range names {
		if j, ok := first[name]; ok {
			c.Problemf(at(i), "duplicate %s %q, first on line %d", what, name, c.Line(at(j)))
			continue
		}
		first[name] = i
	}
}

func (c checker) summaries() {
	s := c.cfg.Summaries
	if s == nil {
		return
	}
	c.known("summaries.cluster", "trusted cluster", s.Cluster, trustedClusters())
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
	if want := markerOf(v.Name); v.Marker != want {
		c.Problemf(at+".marker", "marker %q does not stand for Kubernetes %s: %q does", v.Marker, v.Name, want)
	}
	branch := "release-" + v.Name
	if v.Name == master {
		branch = master
	}
	if v.Branch != branch {
		c.Problemf(at+".branch", "branch %q does not hold Kubernetes %s: %q does", v.Branch, v.Name, branch)
	}
	c.need(at+".image", v.Image, tagForm, "1.36")
	c.known(at+".tier", "tier", v.Tier, slices.Sorted(maps.Keys(c.cfg.Tiers)))
	c.jobName(at+".name", presubmitName(v.Slug()))
	for _, p := range c.cfg.Platforms {
		c.jobName(at+".name", periodicName(v, p))
	}
}

func (c checker) jobName(at, name string) {
	if len(name) > maxJobName {
		c.Problemf(at, "job name %q has %d characters, more than Prow's label for it can hold (%d)", name, len(name), maxJobName)
	}
}

func (c checker) tiers() {
	for _, name := range slices.Sorted(maps.Keys(c.cfg.Tiers)) {
		if every := c.cfg.Tiers[name].Every; !slices.Contains(intervals(), every) {
			c.Problemf("tiers."+name+".every", "tier %q runs every %s: allowed are 1h, 2h, 3h, 4h, 6h, 8h, 12h, 24h and 168h",
				name, shortDuration(every))
		}
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
	}
	c.unique("platform", names, func(i int) string { return fmt.Sprintf("platforms[%d].name", i) })
	c.known("presubmitPlatform", "platform", c.cfg.PresubmitPlatform, names)
}

func (c checker) repositories() {
	var names []string
	for i, r := range c.cfg.Repositories {
		at := fmt.Sprintf("repositories[%d]", i)
		names = append(names, r.FullName())
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

func (c checker) job() {
	c.need("templates", c.cfg.Templates, slugForm, "capz")
	c.known("cluster", "cluster", c.cfg.Cluster, buildClusters())
	c.need("serviceAccount", c.cfg.ServiceAccount, nameForm, "azure")
	c.need("image", c.cfg.Image, datedImageForm, "gcr.io/k8s-staging-test-infra/kubekins-e2e:v20260504-c27e3ff179")
	c.quantity("resources.cpu", c.cfg.Resources.CPU, maxCPU)
	c.quantity("resources.memory", c.cfg.Resources.Memory, maxMemory)
	c.timeout("timeouts.periodic", c.cfg.Timeouts.Periodic)
	c.timeout("timeouts.presubmit", c.cfg.Timeouts.Presubmit)
	c.need("bucket", c.cfg.Bucket, bucketForm, "kubernetes-ci-logs")
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

func (c checker) presets() {
	var names []string
	for i, p := range c.cfg.KnownPresets {
		names = append(names, p.Name)
		if !strings.HasPrefix(p.Name, presetPrefix) {
			c.Problemf(fmt.Sprintf("knownPresets[%d].name", i), "preset %q does not start with %q", p.Name, presetPrefix)
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

func (c checker) testgrid() {
	t := c.cfg.TestGrid
	if c.need("testgrid.group", t.Group, slugForm, "sig-windows-op-readiness") && !allowedDashboardPrefix(t.Group) {
		c.Problemf("testgrid.group", "group %q does not start as test-infra wants it, such as %q", t.Group, "sig-")
	}
	for i, address := range t.AlertEmails {
		if parsed, err := mail.ParseAddress(address); err != nil || parsed.Address != address {
			c.Problemf(fmt.Sprintf("testgrid.alertEmails[%d]", i), "%q is no e-mail address", address)
		}
	}
	c.atLeast("testgrid.failuresToAlert", t.FailuresToAlert, 1)
	c.atLeast("testgrid.daysOfResults", t.DaysOfResults, 1)
	c.atLeast("testgrid.columns.periodic", t.Columns.Periodic, 1)
	c.atLeast("testgrid.columns.presubmit", t.Columns.Presubmit, minPresubmitColumns)
}

func (c checker) atLeast(at string, n, least int) {
	if n < least {
		c.Problemf(at, "%s is %d, or missing: it must be at least %d", lastKey(at), n, least)
	}
}

func lastKey(at string) string { return cmp.Or(at[strings.LastIndex(at, ".")+1:], at) }
