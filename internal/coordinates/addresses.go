package coordinates

import (
	"net/url"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/slug"
)

// Addresses says where jobs and their results are shown. It comes from config/op-readiness.yaml (config.Config.Addresses);
// the zero value shows nothing: every address of it is "".
type Addresses struct {
	// TestGrid is the host of the dashboards, such as "https://testgrid.k8s.io", or the address of a tab with the parts of TabParts
	// in it, such as "https://testgrid.prow.k8s.io/{group}/{dashboard}/{tab}"; "" for none.
	TestGrid string
	Prow     string // host of the pages of jobs and builds, such as "https://prow.k8s.io"; "" for none
	Bucket   string // name of the bucket that Prow uploads to
	Group    string // the dashboard group, and the start of the name of each dashboard in it
}

// Tab names one grid of a dashboard.
type Tab struct {
	Dashboard string
	Name      string // see VersionDashboard, CategoryDashboard and PresubmitDashboard
}

// VersionDashboard returns the name of the dashboard of a Kubernetes version, such as "1.36" or "master". It has a tab for
// each periodic, named by its Environment.Platform.
func (a Addresses) VersionDashboard(version string) string { return a.Group + "-" + version }

// CategoryDashboard returns the name of the dashboard of a category, such as "Core.Network". It has a tab for each
// periodic, named by its Environment.CategoryTab.
func (a Addresses) CategoryDashboard(category string) string {
	return a.Group + "-" + slug.Of(category)
}

// PresubmitDashboard returns the name of the dashboard of what runs for pull requests: a tab for each presubmit and one
// for the ReportJob, each named by its job.
func (a Addresses) PresubmitDashboard() string { return a.Group + "-presubmits" }

// CategoryTab returns the name of the environment's tab on the dashboard of a category, such as "1.36-ltsc2022".
func (e Environment) CategoryTab() string { return e.Version + "-" + e.Platform }

// TabParts are the parts of the address of a tab that Addresses.TestGrid may name. The front end of testgrid.k8s.io has a tab behind
// a "#", the one of kubernetes-sigs/testgrid, which takes over, in its path and behind the group (web/src/testgrid-router.ts).
const (
	GroupPart     = "{group}"
	DashboardPart = "{dashboard}"
	TabPart       = "{tab}"
)

// DashboardPage returns the address of a dashboard on TestGrid.
func (a Addresses) DashboardPage(dashboard string) string {
	switch before, _, isForm := strings.Cut(a.TestGrid, TabPart); {
	case a.TestGrid == "":
		return ""
	case isForm:
		return a.fill(strings.TrimRight(before, "/#"), Tab{Dashboard: dashboard})
	}
	return a.TestGrid + "/" + url.PathEscape(dashboard)
}

// fill puts the parts into the form of an address.
func (a Addresses) fill(form string, t Tab) string {
	return strings.NewReplacer(GroupPart, url.PathEscape(a.Group), DashboardPart, url.PathEscape(t.Dashboard), TabPart, url.PathEscape(t.Name)).Replace(form)
}

// TabPage returns the address of a tab on TestGrid.
func (a Addresses) TabPage(t Tab) string {
	switch {
	case a.TestGrid == "":
		return ""
	case strings.Contains(a.TestGrid, TabPart):
		return a.fill(a.TestGrid, t)
	}
	return a.DashboardPage(t.Dashboard) + "#" + (&url.URL{Fragment: t.Name}).EscapedFragment()
}

// BuildPage returns the address of Spyglass's page of a build, which lies at gs://bucket/path or s3://bucket/path,
// whichever bucket that is. For what lies in no bucket, such as a local folder, it is "".
func (a Addresses) BuildPage(at string) string {
	store, object, inBucket := strings.Cut(at, "://")
	if a.Prow == "" || !inBucket {
		return ""
	}
	return a.Prow + "/view/" + (&url.URL{Path: store + "/" + object}).EscapedPath()
}
