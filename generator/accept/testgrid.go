package accept

import (
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"

	testgridconfig "github.com/GoogleCloudPlatform/testgrid/config"
	"github.com/GoogleCloudPlatform/testgrid/config/yamlcfg"
	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"
	prowapi "sigs.k8s.io/prow/pkg/apis/prowjobs/v1"
	"sigs.k8s.io/prow/pkg/pod-utils/downwardapi"
	"sigs.k8s.io/prow/pkg/pod-utils/gcs"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
)

func loadDashboards(files []generator.File, profile config.Profile) (*configpb.Configuration, error) {
	var grid configpb.Configuration
	for _, f := range only(profile.DashboardsFolder(), files) {
		if err := yamlcfg.Update(&grid, f.Data, nil, true); err != nil {
			return nil, fmt.Errorf("testgrid: %s: %w", f.Path, err)
		}
	}
	if len(grid.Dashboards) == 0 {
		return &grid, nil // there is no TestGrid
	}
	if err := testgridconfig.Validate(&grid); err != nil {
		return nil, flatten("testgrid", err)
	}
	return &grid, nil
}

// flatten gives each error of a list, which go-multierror would print as a paragraph, a line of its own. TestGrid finds
// them in the order of a map, so they are sorted.
func flatten(who string, err error) error {
	list, ok := err.(interface{ WrappedErrors() []error })
	if !ok {
		return fmt.Errorf("%s: %w", who, err)
	}
	var errs []error
	for _, e := range list.WrappedErrors() {
		errs = append(errs, flatten(who, e))
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// checkDashboards holds groups and dashboards against the rules of test-infra's config/tests/testgrids that TestGrid's own
// validation does not know, and against the jobs.
func checkDashboards(jobs []job, grid *configpb.Configuration, profile config.Profile) []problem {
	groups := map[string]*configpb.TestGroup{}
	for _, g := range grid.TestGroups {
		groups[g.Name] = g
	}
	found := checkGroupOfJob(jobs, groups, profile)
	byName := map[string]job{}
	for _, j := range jobs {
		byName[j.Name] = j
	}
	for _, g := range grid.TestGroups {
		_, hasJob := byName[g.Name]
		found = append(found, checkGroup(g, hasJob)...)
	}
	for _, d := range grid.Dashboards {
		found = append(found, checkDashboard(d, byName, profile)...)
	}
	return append(found, checkMembers(grid, profile)...)
}

// checkGroupOfJob holds that each job's results are shown, from where Prow puts them.
func checkGroupOfJob(jobs []job, groups map[string]*configpb.TestGroup, profile config.Profile) []problem {
	var found []problem
	for _, j := range jobs {
		p := &problems{of: j.String(), job: j.Name}
		g := groups[j.Name]
		if g == nil && j.postsubmit != nil {
			continue // its annotations name dashboards of others
		}
		if g == nil {
			p.addf("no test group of this name: nobody would see its results")
			found = append(found, p.list...)
			continue
		}
		kind := prowapi.PeriodicJob
		if j.presubmit != nil {
			kind = prowapi.PresubmitJob
			if g.NumColumnsRecent < int32(profile.PresubmitColumns) {
				p.addf("num_columns_recent is %d: a presubmit needs at least %d", g.NumColumnsRecent, int32(profile.PresubmitColumns))
			}
		}
		if want := path.Join(bucketOf(j), gcs.RootForSpec(&downwardapi.JobSpec{Type: kind, Job: j.Name})); g.GcsPrefix != want {
			p.addf("gcs_prefix %q: Prow uploads to %q", g.GcsPrefix, want)
		}
		found = append(found, p.list...)
	}
	return found
}

func bucketOf(j job) string {
	if j.DecorationConfig == nil || j.DecorationConfig.GCSConfiguration == nil {
		return ""
	}
	return j.DecorationConfig.GCSConfiguration.Bucket
}

func checkGroup(g *configpb.TestGroup, hasJob bool) []problem {
	p := &problems{of: fmt.Sprintf("test group %q", g.Name)}
	if !hasJob {
		p.addf("no job has this name")
	}
	//nolint:staticcheck // deprecated, and test-infra asks for it
	if !g.IsExternal || !g.UseKubernetesClient {
		p.addf("is_external and use_kubernetes_client must be true")
	}
	if g.IgnoreSkip {
		p.addf("ignore_skip: TestGrid looks at it only where its updater was started so, and shows green elsewhere")
	}
	//nolint:staticcheck // deprecated, and what TestGrid's tabulator looks at as it runs in production
	if g.NumFailuresToAlert < 1 {
		p.addf("no num_failures_to_alert: no row of it would ever be called failing")
	}
	for _, header := range g.ColumnHeader {
		if header.ConfigurationValue == "" {
			p.addf("a column header needs a configuration_value")
		}
	}
	return p.list
}

func checkDashboard(d *configpb.Dashboard, jobs map[string]job, profile config.Profile) []problem {
	p := &problems{of: fmt.Sprintf("dashboard %q", d.Name)}
	if !profile.AllowsDashboard(d.Name) {
		p.addf("the name does not start as test-infra wants it, such as %q", "sig-")
	}
	shown := map[string]string{}
	filters := map[string]error{} // most tabs of a dashboard share one
	for _, t := range d.DashboardTab {
		if other, ok := shown[t.TestGroupName]; ok {
			p.addf("tabs %q and %q show the same test group %q", other, t.Name, t.TestGroupName)
		}
		shown[t.TestGroupName] = t.Name
		if _, ok := filters[t.BaseOptions]; !ok {
			filters[t.BaseOptions] = checkFilter(t.BaseOptions)
		}
		if err := filters[t.BaseOptions]; err != nil {
			p.addf("tab %q: base_options %q: %v", t.Name, t.BaseOptions, err)
		}
		checkTab(p, t)
		if j := jobs[t.TestGroupName]; j.Name != coordinates.ReportJob {
			checkRows(p, t)
		}
		if j := jobs[t.TestGroupName]; j.presubmit == nil && t.GetAlertOptions().GetAlertStaleResultsHours() == 0 {
			p.addf("tab %q: no alert_stale_results_hours: it would stay green without results", t.Name)
		}
	}
	return p.list
}

// checkRows holds that a tab shows no row that is green for what was not shown: how a job ended, and e2e.test's own rows, among
// them those of tests that skipped themselves.
func checkRows(p *problems, t *configpb.DashboardTab) {
	values, err := url.ParseQuery(t.BaseOptions)
	if err != nil {
		return // reported with the options
	}
	rows := []string{"Overall", t.TestGroupName + ".Overall", "Kubernetes e2e suite.[It] [sig-windows] a test"}
	for _, filter := range values[includeFilter] {
		re, err := regexp.Compile(filter)
		if err != nil {
			return
		}
		rows = slices.DeleteFunc(rows, func(row string) bool { return !re.MatchString(row) })
	}
	for _, row := range rows {
		p.addf("tab %q: it shows the row %q, which is green for what was not shown", t.Name, row)
	}
}

func checkTab(p *problems, t *configpb.DashboardTab) {
	if mails := t.GetAlertOptions().GetAlertMailToAddresses(); mails != "" {
		if err := checkEmails(mails); err != nil {
			p.addf("tab %q: alert_mail_to_addresses: %v", t.Name, err)
		}
	}
	if t.Description == "" {
		p.addf("tab %q: no description", t.Name)
	}
}

// checkMembers holds that each dashboard whose name starts with that of a group is in it, and no other.
func checkMembers(grid *configpb.Configuration, profile config.Profile) []problem {
	var found []problem
	member := map[string]bool{}
	for _, group := range grid.DashboardGroups {
		p := &problems{of: fmt.Sprintf("dashboard group %q", group.Name)}
		if !profile.AllowsDashboard(group.Name) {
			p.addf("the name does not start as test-infra wants it, such as %q", "sig-")
		}
		for _, name := range group.DashboardNames {
			member[name] = true
			if !strings.HasPrefix(name, group.Name+"-") {
				p.addf("dashboard %q does not start with the group's name", name)
			}
		}
		found = append(found, p.list...)
	}
	for _, d := range grid.Dashboards {
		if !member[d.Name] {
			found = append(found, problem{of: fmt.Sprintf("dashboard %q", d.Name), text: "it is in no dashboard group"})
		}
	}
	return found
}
