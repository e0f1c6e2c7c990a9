package generator

import (
	"fmt"
	"path"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
)

// testgridFile writes the plan's dashboards and, for each job, the test group that they show.
//
// Note: TestGrid's configurator would make groups and tabs from annotations on the jobs. It cannot make a tab with a
// filter of its own, nor a column header, so everything is said here, and the jobs carry no testgrid-* annotation: with
// both, each job would have two tabs. The job that publishes the image has no group here, and such annotations.
//
// Note: there are about ten tabs to a job, so they are written as they stand here and not by way of TestGrid's types;
// accept.Check reads them into these, strictly.
func testgridFile(plan Plan) File {
	var groups, dashboards, names []any
	for _, j := range plan.Jobs() {
		if j.Project != "" {
			continue // it is shown beside the jobs of others that publish images, by its annotations
		}
		groups = append(groups, plan.testGroup(j))
	}
	for _, d := range plan.Dashboards {
		var tabs []any
		for _, t := range d.Tabs {
			tabs = append(tabs, plan.tab(t))
		}
		dashboards = append(dashboards, mapping{{"name", d.Name}, {"dashboard_tab", tabs}})
		names = append(names, d.Name)
	}
	group := mapping{{"name", plan.Addresses.Group}, {"dashboard_names", names}}
	load := fmt.Sprintf("%s of %s.", count(len(dashboards), "dashboard"), count(len(groups), "job"))
	data := encode(header(load), mapping{
		{"test_groups", groups},
		{"dashboards", dashboards},
		{"dashboard_groups", []any{group}},
	})
	return File{Path: path.Join(plan.Profile.Folders.Dashboards, fileStem+".yaml"), Data: data}
}

// testGroup says where the results of a job are and how their columns are headed: by the Kubernetes version under test,
// which windows-testing's script writes to metadata.json as "revision", and by the commit of the job's first repository,
// which TestGrid calls "Commit" (testgrid/pkg/updater/gcs.go). The failures to alert stand here as well as on each tab:
// TestGrid's tabulator looks at one of the two, by a flag (testgrid/cmd/tabulator, --tab-alerts).
func (p Plan) testGroup(j Job) mapping {
	return mapping{
		{"name", j.Name},
		{"gcs_prefix", path.Join(p.Addresses.Bucket, coordinates.Results(j.Name))},
		{"column_header", []any{
			mapping{{"configuration_value", "revision"}},
			mapping{{"configuration_value", "Commit"}},
		}},
		{"days_of_results", j.Results.Days},
		{"num_columns_recent", j.Results.Columns},
		{"num_failures_to_alert", p.TestGrid.FailuresToAlert},
		{"is_external", true},
		{"use_kubernetes_client", true},
	}
}

// tab says what the rows of a tab are, and what may have changed between two of its columns.
//
// Note: the links of a cell and for bugs are left to test-infra's config/testgrids/default.yaml, which its loader lays
// over every tab (testgrid/config/yamlcfg, ReconcileDashboardTab). Its link "what changed" compares values of the first
// column header, which GitHub cannot do with a version that has a build suffix.
func (p Plan) tab(t Tab) mapping {
	m := mapping{{"name", t.Name}, {"test_group_name", t.Job}, {"description", t.Description}}
	if len(t.Rows) > 0 {
		m = append(m, entry{"base_options", t.BaseOptions()})
	}
	m = append(m, entry{"alert_options", p.alerts(t)})
	commits := mapping{{"url", "https://github.com/kubernetes/kubernetes/commits/" + t.Branch}}
	m = append(m, entry{"code_search_url_template", commits})
	if !t.OfCategory {
		compare := "https://github.com/" + t.Repository + "/compare/<start-custom-1>...<end-custom-1>"
		links := []any{mapping{{"name", t.Repository}, {"url", compare}}}
		m = append(m, entry{"column_diff_link_templates", links})
	}
	return m
}

// alerts makes a tab turn red, and stale when results stop coming. Without the second, one whose filter never finds a row
// stays green.
func (p Plan) alerts(t Tab) mapping {
	var m mapping
	if t.StaleHours > 0 {
		m = append(m, entry{"alert_stale_results_hours", t.StaleHours})
	}
	m = append(m, entry{"num_failures_to_alert", p.TestGrid.FailuresToAlert})
	if t.Alert && len(p.TestGrid.AlertEmails) > 0 {
		m = append(m, entry{"alert_mail_to_addresses", strings.Join(p.TestGrid.AlertEmails, ",")})
	}
	return m
}
