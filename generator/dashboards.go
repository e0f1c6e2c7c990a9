package generator

import (
	"net/url"
	"regexp"
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
	Category    string // "" for all rows
	StaleHours  int    // 0 for a job that runs on request
	Alert       bool   // whether mails are sent
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
			t.Category = category
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

// staleHours is after how many hours without a result TestGrid shall call a tab stale: two runs in a row left nothing,
// and the second had its time.
func staleHours(every, timeout time.Duration) int { return schedule.Hours(2*every + timeout) }

func newTab(name string, j Job) Tab {
	t := Tab{
		Name:        name,
		Job:         j.Name,
		Branch:      j.Version.Branch,
		Repository:  j.ExtraRefs[0].FullName(),
		Description: j.Description,
	}
	if j.Every > 0 {
		t.StaleHours = staleHours(j.Every, j.Limit)
	}
	return t
}

// BaseOptions is TestGrid's filter of the tab. The runner's JUnit names its suites by category, so that a row reads
// "Core.Network.Ability to ...".
func (t Tab) BaseOptions() string {
	if t.Category == "" {
		return ""
	}
	return testinfra.IncludeFilter + "=" + url.QueryEscape("^"+regexp.QuoteMeta(t.Category)+`\.`)
}
