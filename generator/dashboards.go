package generator

import (
	"net/url"
	"regexp"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/schedule"
	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
)

// Dashboard is one page of TestGrid.
type Dashboard struct {
	Name string
	Tabs []Tab
}

// Tab is one grid of a dashboard: the results of a job, or the rows of one category among them.
type Tab struct {
	Name        string
	Job         string
	Branch      string // of kubernetes/kubernetes
	Repository  string // the job's first one, whose commit heads the columns
	Description string
	Rows        []string // categories whose rows are shown; none for a job that tests nothing
	OfCategory  bool     // on the dashboard of a category, beside other jobs
	StaleHours  int      // 0 for a job that runs on request
	Alert       bool     // whether mails are sent
}

// addDashboards plans a dashboard for each version with a tab for each platform, one for each category with a tab for
// each version and platform, and one for all presubmits.
func (p *Plan) addDashboards(suites []suite) {
	jobs := map[string][]Job{}
	for _, j := range p.Periodics {
		jobs[j.Version.Name] = append(jobs[j.Version.Name], j)
	}
	for _, s := range suites {
		p.addVersionDashboard(s, jobs[s.version.Name])
	}
	for _, category := range suites[0].names {
		p.addCategoryDashboard(category, suites, jobs)
	}
	if len(p.Presubmits) > 0 {
		p.addPresubmitDashboard()
	}
}

func (p *Plan) addVersionDashboard(s suite, jobs []Job) {
	d := Dashboard{Name: p.Addresses.VersionDashboard(s.version.Name)}
	for _, j := range jobs {
		t := newTab(j.Platform.Name, j)
		t.Alert = true
		d.Tabs = append(d.Tabs, t)
	}
	if len(d.Tabs) == 0 {
		p.skip(d.Name, "it has no periodic")
		return
	}
	p.Dashboards = append(p.Dashboards, d)
}

// addCategoryDashboard leaves out the versions that cannot prove the category: their tabs would have no rows.
func (p *Plan) addCategoryDashboard(category string, suites []suite, jobs map[string][]Job) {
	d := Dashboard{Name: p.Addresses.CategoryDashboard(category)}
	for _, s := range suites {
		if !s.proven[category] {
			continue
		}
		for _, j := range jobs[s.version.Name] {
			t := newTab(j.environment().CategoryTab(), j)
			t.Rows, t.OfCategory = []string{category}, true
			t.Description = category + where(j.Version, j.Platform)
			d.Tabs = append(d.Tabs, t)
		}
	}
	if len(d.Tabs) == 0 {
		p.skip(d.Name, "no ability of %s has a test on any of the Kubernetes versions", category)
		return
	}
	p.Dashboards = append(p.Dashboards, d)
}

func (p *Plan) addPresubmitDashboard() {
	d := Dashboard{Name: p.Addresses.PresubmitDashboard()}
	for _, j := range p.Presubmits {
		d.Tabs = append(d.Tabs, newTab(j.Name, j))
	}
	if p.Summaries != nil {
		d.Tabs = append(d.Tabs, newTab(p.Summaries.Name, *p.Summaries))
	}
	p.Dashboards = append(p.Dashboards, d)
}

// onTheWay is how long a job may wait for its node, and its results to come to the bucket and to TestGrid.
const onTheWay = 2 * time.Hour

// staleHours is after how many hours since the newest column TestGrid shall call a tab stale: the run behind it had its time, and
// left no row. It is the one sign there of a build that ended before its first command: see BaseOptions.
func staleHours(every, timeout time.Duration) int { return schedule.Hours(every + timeout + onTheWay) }

func newTab(name string, j Job) Tab {
	t := Tab{
		Name:        name,
		Job:         j.Name,
		Branch:      j.Version.Branch,
		Repository:  j.ExtraRefs[0].FullName(),
		Description: j.Description,
		Rows:        j.Rows,
	}
	if j.Every > 0 {
		t.StaleHours = staleHours(j.Every, j.Limit)
	}
	return t
}

// BaseOptions is TestGrid's filter of the tab: the rows of the verdicts and abilities of its categories, "Verdict.Core.Network"
// and "Core.Network.Ability to ...", by the suites of the JUnit form of a report; see reporter/view. Every build has the first,
// from its beginning (hack/prow-job.sh).
//
// Note: other rows would be green for what was not shown. e2e.test's own of a test that skipped itself is; so is TestGrid's row
// of how the job ended, "Overall", for one that ended well and ran nothing.
func (t Tab) BaseOptions() string {
	quoted := make([]string, len(t.Rows))
	for i, name := range t.Rows {
		quoted[i] = regexp.QuoteMeta(name)
	}
	names := strings.Join(quoted, "|")
	switch {
	case len(t.Rows) == 0:
		return ""
	case t.OfCategory:
		names = `^(Verdict\.)?` + names
	default:
		names = "^(Verdict|" + names + ")"
	}
	return testinfra.IncludeFilter + "=" + url.QueryEscape(names+`(\.|$)`)
}
