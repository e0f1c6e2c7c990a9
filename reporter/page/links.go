package page

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// duration is how long the build took, "" if it is not known.
func duration(b reporter.Build) string {
	if b.Started.IsZero() || !b.Finished.After(b.Started) {
		return ""
	}
	return b.Finished.Sub(b.Started).Round(time.Second).String()
}

// link is a text that leads somewhere, or, without a URL, a text.
type link struct{ Name, Text, URL string }

// facts are what is known about a build.
func facts(s reporter.Summary, to coordinates.Addresses) []link {
	b := s.Build
	all := []link{
		{"Kubernetes", s.KubernetesVersion, ""},
		{"Provider", s.Provider, ""},
		{"Windows", b.Platform, ""},
		{"Job", b.Job, ""},
		{"Build", cmp.Or(b.ID, b.URL, b.Source), safetext.Address(b.URL)},
		pullLink(b),
		{"Commit", b.SHA[:min(12, len(b.SHA))], repositoryURL(b, "commit", b.SHA)},
		{"Duration", duration(b), ""},
		{"Result of the job", b.Result, ""},
		dashboard(s, to),
	}
	return slices.DeleteFunc(all, func(l link) bool { return l.Text == "" })
}

func pullLink(b reporter.Build) link {
	if b.Pull == 0 {
		return link{}
	}
	number := fmt.Sprint(b.Pull)
	return link{"Pull request", "#" + number, repositoryURL(b, "pull", number)}
}

func dashboard(s reporter.Summary, to coordinates.Addresses) link {
	v, err := specs.ParseVersion(s.KubernetesVersion)
	if err != nil {
		return link{}
	}
	address := to.DashboardPage(to.VersionDashboard(v.String()))
	if address == "" {
		return link{}
	}
	return link{"TestGrid", "dashboard of " + v.String(), address}
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
