package accept

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	testgridconfig "github.com/GoogleCloudPlatform/testgrid/config"
	"github.com/GoogleCloudPlatform/testgrid/config/yamlcfg"
	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
)

// checkMergedDashboards holds that TestGrid takes all dashboards of the checkout with ours among them. As its configurator does
// (test-infra/testgrid/pkg/configurator/prow), it makes groups and tabs of the annotations of jobs.
func checkMergedDashboards(root string, files []generator.File, jobs []job, cfg config.Config) []problem {
	of := "testgrid, of the whole"
	folder := cfg.Profile.DashboardsFolder()
	others, err := otherFiles(root, folder, files)
	if err != nil {
		return []problem{{of: of, text: err.Error()}}
	}
	var grid configpb.Configuration
	for _, name := range others {
		if filepath.Base(name) == "default.yaml" {
			continue // of every tab, and no dashboard
		}
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(name)))
		if err != nil {
			return []problem{{of: of, text: err.Error()}}
		}
		if err := yamlcfg.Update(&grid, data, nil, false); err != nil {
			return []problem{{of: of, text: fmt.Sprintf("%s: %v", name, err)}}
		}
	}
	var found []problem
	for _, f := range only(folder, files) {
		found = append(found, taken(&grid, f)...)
		if err := yamlcfg.Update(&grid, f.Data, nil, true); err != nil {
			found = append(found, problem{of: f.Path, text: err.Error()})
		}
	}
	if len(found) > 0 || len(grid.Dashboards) == 0 {
		return found
	}
	found = append(found, annotated(&grid, jobs)...)
	if err := testgridconfig.Validate(&grid); err != nil {
		found = append(found, problem{of: of, text: flatten("testgrid", err).Error()})
	}
	return found
}

// taken tells which names of ours somebody else has.
func taken(grid *configpb.Configuration, f generator.File) []problem {
	var own configpb.Configuration
	if err := yamlcfg.Update(&own, f.Data, nil, true); err != nil {
		return []problem{{of: f.Path, text: err.Error()}}
	}
	names := map[string]string{}
	for _, d := range grid.Dashboards {
		names[testgridconfig.Normalize(d.Name)] = "dashboard"
	}
	for _, g := range grid.DashboardGroups {
		names[testgridconfig.Normalize(g.Name)] = "dashboard group"
	}
	groups := map[string]bool{}
	for _, g := range grid.TestGroups {
		groups[g.Name] = true
	}
	var found []problem
	say := func(what, name string) {
		if other := names[testgridconfig.Normalize(name)]; other != "" {
			found = append(found, problem{of: fmt.Sprintf("%s %q", what, name), text: fmt.Sprintf("the checkout has a %s of this name already", other)})
		}
	}
	for _, d := range own.Dashboards {
		say("dashboard", d.Name)
	}
	for _, g := range own.DashboardGroups {
		say("dashboard group", g.Name)
	}
	for _, g := range own.TestGroups {
		if groups[g.Name] {
			found = append(found, problem{of: fmt.Sprintf("test group %q", g.Name), text: "the checkout has one of this name already"})
		}
	}
	return found
}

// annotated adds the groups and tabs that annotations of jobs ask for. A dashboard that is not there is a problem of its own.
func annotated(grid *configpb.Configuration, jobs []job) []problem {
	groups, dashboards := map[string]bool{}, map[string]*configpb.Dashboard{}
	for _, g := range grid.TestGroups {
		groups[g.Name] = true
	}
	for _, d := range grid.Dashboards {
		dashboards[d.Name] = d
	}
	var found []problem
	for _, j := range jobs {
		names, hasGroup := dashboardsOf(j)
		if !hasGroup || groups[j.Name] && len(names) == 0 {
			continue
		}
		if !groups[j.Name] {
			groups[j.Name] = true
			grid.TestGroups = append(grid.TestGroups, &configpb.TestGroup{Name: j.Name, GcsPrefix: "b/logs/" + j.Name, DaysOfResults: 1, NumColumnsRecent: 1})
		}
		tab := &configpb.DashboardTab{Name: cmp.Or(j.Annotations["testgrid-tab-name"], j.Name), TestGroupName: j.Name}
		for _, name := range names {
			if d := dashboards[name]; d != nil {
				d.DashboardTab = append(d.DashboardTab, tab)
			} else {
				found = append(found, problem{of: j.String(), text: fmt.Sprintf("dashboard %q is not there", name)})
			}
		}
	}
	return found
}
