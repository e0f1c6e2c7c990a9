package page

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// link is a text that leads somewhere, or, without a URL, a text.
type link struct{ Name, Text, URL string }

// facts are what is known about a build, those with a page of their own as links.
func facts(s reporter.Summary, to coordinates.Addresses) []link {
	b := s.Build
	addresses := map[reporter.FactKind]string{
		reporter.FactBuild:  safetext.Address(b.URL),
		reporter.FactCommit: repositoryURL(b, "commit", b.SHA),
		reporter.FactPull:   repositoryURL(b, "pull", strconv.Itoa(b.Pull)),
	}
	var all []link
	for _, fact := range s.Facts() {
		all = append(all, link{string(fact.Kind), fact.Text, addresses[fact.Kind]})
	}
	if tab, ok := tabOf(b, to); ok && to.TestGrid != "" {
		all = append(all, link{"TestGrid", "history of the job", to.TabPage(tab)})
	}
	return all
}

// tabOf is the tab on TestGrid that has the history of a build's job; ok is false for a job that is none of ours: nobody
// knows of a tab.
func tabOf(b reporter.Build, to coordinates.Addresses) (tab coordinates.Tab, ok bool) {
	if coordinates.IsPresubmit(b.Job) {
		return coordinates.Tab{Dashboard: to.PresubmitDashboard(), Name: b.Job}, true
	}
	environment := coordinates.Environment{Version: b.Version, Platform: b.Platform}
	if b.Job == "" || b.Job != environment.Periodic() {
		return coordinates.Tab{}, false
	}
	return coordinates.Tab{Dashboard: to.VersionDashboard(b.Version), Name: b.Platform}, true
}

// categoryGrid is the address of the dashboard of a category, "" for results of no job of ours.
func categoryGrid(b reporter.Build, category string, to coordinates.Addresses) string {
	if _, ok := tabOf(b, to); !ok {
		return ""
	}
	return to.DashboardPage(to.CategoryDashboard(category))
}

var repositoryPart = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9_.-]*$`)

func repositoryURL(b reporter.Build, kind, name string) string {
	for _, part := range []string{b.Org, b.Repo, name} {
		if !repositoryPart.MatchString(part) {
			return ""
		}
	}
	return "https://github.com/" + b.Org + "/" + b.Repo + "/" + kind + "/" + name
}

var (
	// e2eSource is a place in Kubernetes' e2e tests as a stack names it: below the module with or without its version,
	// below a GOPATH, or from the root of the repository.
	e2eSource = regexp.MustCompile(`(?:^|[\s(]|k8s\.io/kubernetes(?:@([^/\s]+))?/)(test/e2e(?:/[A-Za-z0-9_-]+)+\.go):([0-9]+)\b`)
	// releaseTag is a version that is a tag of Kubernetes' repository.
	releaseTag = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+(?:-(?:alpha|beta|rc)\.[0-9]+)?$`)
	// beforeBranch is a version that was built before its release branch was cut.
	beforeBranch = regexp.MustCompile(`^v?[0-9]+\.[0-9]+\.0-(?:alpha|beta)\.`)
)

// testSource links the first place in a failure text that is in a test, and not in the framework below it, to its
// source in Kubernetes. The version is that of the cluster; a version in the text, which is e2e.test's own, goes first.
func testSource(version, text string) *link {
	found := e2eSource.FindAllStringSubmatch(text, -1)
	if len(found) == 0 {
		return nil
	}
	at := max(0, slices.IndexFunc(found, func(m []string) bool { return !strings.HasPrefix(m[2], "test/e2e/framework/") }))
	own, file, line := found[at][1], found[at][2], found[at][3]
	if !releaseTag.MatchString(own) {
		own = version
	}
	return &link{"", file + ":" + line, "https://github.com/kubernetes/kubernetes/blob/" + gitRef(own) + "/" + file + "#L" + line}
}

// gitRef is the tag of a release, else the branch that the version was built from.
func gitRef(version string) string {
	v, err := specs.ParseVersion(version)
	switch {
	case releaseTag.MatchString(version):
		return version
	case err != nil || v == specs.Master() || beforeBranch.MatchString(version):
		return "master"
	}
	return "release-" + v.String()
}
