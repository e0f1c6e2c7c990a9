package generator

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"
)

// testgridFile writes the plan's dashboards and, for each job, the test group that they show.
//
// Note: TestGrid's configurator would make groups and tabs from annotations on the jobs. It cannot make a tab with a
// filter of its own, nor a column header, so everything is said here, and the jobs carry no testgrid-* annotation: with
// both, each job would have two tabs.
func testgridFile(plan Plan) (File, error) {
	jobs := slices.Concat(plan.Periodics, plan.Presubmits)
	groups, err := trees(len(jobs), func(i int) any { return plan.testGroup(jobs[i]) })
	if err != nil {
		return File{}, err
	}
	names := &configpb.DashboardGroup{Name: plan.TestGrid.Group}
	var dashboards []any
	for _, d := range plan.Dashboards {
		names.DashboardNames = append(names.DashboardNames, d.Name)
		tabs, err := trees(len(d.Tabs), func(i int) any { return plan.tab(d.Tabs[i]) })
		if err != nil {
			return File{}, err
		}
		dashboards = append(dashboards, mapping{{"name", d.Name}, {"dashboard_tab", tabs}})
	}
	group, err := tree(names)
	if err != nil {
		return File{}, err
	}
	m := mapping{{"test_groups", groups}, {"dashboards", dashboards}, {"dashboard_groups", []any{group}}}
	load := fmt.Sprintf("%s of %s.", count(len(dashboards), "dashboard"), count(len(groups), "job"))
	return File{Path: path.Join(testgridFolder, fileStem+".yaml"), Data: encode(header(load), m)}, nil
}

// trees returns the tree of each of n values of TestGrid's types.
func trees(n int, value func(i int) any) ([]any, error) {
	converted := make([]any, n)
	errs := make([]error, n)
	each(n, func(i int) { converted[i], errs[i] = tree(value(i)) })
	return converted, errors.Join(errs...)
}

// testGroup says where the results of a job are and how their columns are headed: by the Kubernetes version under test,
// which windows-testing's script writes to metadata.json as "revision", and by the commit of the job's first repository,
// which TestGrid calls "Commit" (testgrid/pkg/updater/gcs.go).
func (p Plan) testGroup(j Job) *configpb.TestGroup {
	folder, columns := "pr-logs/directory", p.TestGrid.Columns.Presubmit
	if j.Every > 0 {
		folder, columns = "logs", p.TestGrid.Columns.Periodic
	}
	return &configpb.TestGroup{
		Name:             j.Name,
		GcsPrefix:        path.Join(p.Bucket, folder, j.Name),
		DaysOfResults:    int32(p.TestGrid.DaysOfResults),
		NumColumnsRecent: int32(columns),
		ColumnHeader: []*configpb.TestGroup_ColumnHeader{
			{ConfigurationValue: "revision"},
			{ConfigurationValue: "Commit"},
		},
		IsExternal:          true,
		UseKubernetesClient: true, //lint:ignore SA1019 TestGrid reads Prow's folders only with it
	}
}

// tab says what the rows of a tab are, and what may have changed between two of its columns.
//
// Note: the links of a cell and for bugs are left to test-infra's config/testgrids/default.yaml, which its loader lays
// over every tab (testgrid/config/yamlcfg, ReconcileDashboardTab). Its link "what changed" compares values of the first
// column header, which GitHub cannot do with a version that has a build suffix.
func (p Plan) tab(t Tab) *configpb.DashboardTab {
	tab := &configpb.DashboardTab{
		Name:                  t.Name,
		TestGroupName:         t.Job,
		Description:           t.Description,
		BaseOptions:           t.BaseOptions(),
		AlertOptions:          p.alerts(t),
		CodeSearchUrlTemplate: &configpb.LinkTemplate{Url: "https://github.com/kubernetes/kubernetes/commits/" + t.Branch},
	}
	if t.Category == "" {
		tab.ColumnDiffLinkTemplates = []*configpb.LinkTemplate{{
			Name: t.Repository,
			Url:  "https://github.com/" + t.Repository + "/compare/<start-custom-1>...<end-custom-1>",
		}}
	}
	return tab
}

// alerts makes a tab turn stale when results stop coming. Without that, one whose filter never finds a row stays green.
func (p Plan) alerts(t Tab) *configpb.DashboardTabAlertOptions {
	if t.StaleHours == 0 {
		return nil
	}
	options := &configpb.DashboardTabAlertOptions{
		AlertStaleResultsHours: int32(t.StaleHours),
		NumFailuresToAlert:     int32(p.TestGrid.FailuresToAlert),
	}
	if t.Alert {
		options.AlertMailToAddresses = strings.Join(p.TestGrid.AlertEmails, ",")
	}
	return options
}
