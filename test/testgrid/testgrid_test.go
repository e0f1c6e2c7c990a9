package testgrid

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"
	statuspb "github.com/GoogleCloudPlatform/testgrid/pb/test_status"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
)

// histories are of the periodics in their order, the newest build last. Each kind of build is the newest of one.
func histories() [][]kind {
	return [][]kind{
		{failed, skipped, passed, passed, passed, passed, passed, passed, passed, passed, passed, passed},
		{passed, passed, noCluster},
		{passed, passed, cut},
		{passed, notRun},
		{passed, renamed},
		{passed, skipped},
		{noCluster, failed, passed, noCommand},
		{passed, flaky, emptyGreen},
	}
}

// TestTestGrid holds every tab against the report, whatever the updater was started with.
func TestTestGrid(t *testing.T) {
	folder := build(t)
	for name, switches := range map[string][]string{"production": nil, "ignore skip": {"--enable-ignore-skip"}} {
		t.Run(name, func(t *testing.T) {
			b := newBucket(t, "kubernetes-ci-logs")
			grid := b.generate(t, folder)
			jobs := jobsOf(grid)
			if len(jobs) != len(histories()) {
				t.Fatalf("%d periodics, %d histories", len(jobs), len(histories()))
			}
			reports := map[string]map[string]summary{}
			for i := range jobs {
				jobs[i].history, jobs[i].every = histories()[i], 6*time.Hour
				if slices.Contains(jobs[i].history, noCommand) {
					jobs[i].every = 36 * time.Hour // those before it lie as far back as builds of a day do
				}
				b.upload(t, folder, jobs[i])
				reports[jobs[i].name] = summaries(t, folder, b, jobs[i])
			}
			update(t, folder, switches)
			a := serve(t, folder)
			for _, d := range grid.Dashboards {
				for _, tab := range d.DashboardTab {
					i := slices.IndexFunc(jobs, func(j job) bool { return j.name == tab.TestGroupName })
					if i < 0 {
						checkEmpty(t, a, d.Name, tab.Name)
						continue
					}
					check(t, a, d.Name, tab.Name, jobs[i], reports[jobs[i].name])
					if *images != "" && i == 0 && strings.HasSuffix(d.Name, "-core-network") {
						picture(t, a, d.Name, tab.Name)
					}
				}
			}
		})
	}
}

// jobsOf are the periodics that test, in the order of their groups, with what the tabs show of them.
func jobsOf(grid *configpb.Configuration) []job {
	var jobs []job
	for _, g := range grid.TestGroups {
		if coordinates.IsPresubmit(g.Name) || g.Name == coordinates.ReportJob {
			continue
		}
		jobs = append(jobs, job{name: g.Name})
	}
	for i := range jobs {
		j := &jobs[i]
		for _, d := range grid.Dashboards {
			for _, tab := range d.DashboardTab {
				if tab.TestGroupName != j.name {
					continue
				}
				if version, platform, ok := strings.Cut(tab.Name, "-"); ok {
					j.version, j.platform = version, platform
					category, _, _ := strings.Cut(tab.Description, ",")
					j.categories = append(j.categories, category)
				}
			}
		}
	}
	return jobs
}

// summary is what a report says of a build.
type summary struct {
	Verdict    string `json:"verdict"`
	Categories []struct {
		Name      string `json:"name"`
		Verdict   string `json:"verdict"`
		Abilities []struct {
			Description string `json:"description"`
			State       string `json:"state"`
		} `json:"abilities"`
	} `json:"categories"`
	Build struct {
		ID string `json:"id"`
	} `json:"build"`
}

// summaries are the reports of all builds of a job, by their number.
func summaries(t *testing.T, folder string, b bucket, j job) map[string]summary {
	t.Helper()
	byBuild := map[string]summary{}
	for i, k := range j.history {
		at := fmt.Sprintf("gs://%s/%s/%d", b.name, coordinates.Results(j.name), 1000+i)
		data := report(t, folder, "json", at)
		var s summary
		if err := json.Unmarshal(data, &s); err != nil {
			t.Fatal(err)
		}
		if want := k == passed || k == flaky; want != (s.Verdict == "ready") {
			t.Fatalf("%s: %s, which the report calls %s:\n%s", at, k, s.Verdict, report(t, folder, "table", at))
		}
		byBuild[fmt.Sprint(1000+i)] = s
	}
	return byBuild
}

// colours are how the report says that the rows of a tab may look: of each row, whether it may be green. A row that is not
// there is not to be green.
func (s summary) colours() map[string]string {
	rows := map[string]string{"Verdict.The cluster is operationally ready": colour(s.Verdict == "ready")}
	for _, c := range s.Categories {
		rows["Verdict."+c.Name] = colour(c.Verdict == "ready")
		for _, a := range c.Abilities {
			rows[c.Name+"."+a.Description] = colour(a.State == "passed")
			if a.State == "flaky" {
				rows[c.Name+"."+a.Description] = "flaky"
			}
		}
	}
	return rows
}

func colour(good bool) string {
	if good {
		return "green"
	}
	return "red"
}

// tabState is a tab as the api tells it.
type tabState struct {
	status string
	builds []string                     // newest first
	cells  map[string]map[string]string // colours by build and row
}

func ask(t *testing.T, a api, dashboard, tab string) tabState {
	t.Helper()
	var summary struct {
		TabSummary struct {
			OverallStatus string `json:"overall_status"`
		} `json:"tab_summary"`
	}
	a.get(t, &summary, "dashboards", dashboard, "tab-summaries", tab)
	var headers struct {
		Headers []struct {
			Build string `json:"build"`
		} `json:"headers"`
	}
	a.get(t, &headers, "dashboards", dashboard, "tabs", tab, "headers")
	var rows struct {
		Rows []struct {
			Name  string `json:"name"`
			Cells []struct {
				Result statuspb.TestStatus `json:"result"`
			} `json:"cells"`
		} `json:"rows"`
	}
	a.get(t, &rows, "dashboards", dashboard, "tabs", tab, "rows")
	state := tabState{status: summary.TabSummary.OverallStatus, cells: map[string]map[string]string{}}
	for _, h := range headers.Headers {
		state.builds = append(state.builds, h.Build)
		state.cells[h.Build] = map[string]string{}
	}
	for _, r := range rows.Rows {
		for i, c := range r.Cells {
			if c.Result != statuspb.TestStatus_NO_RESULT {
				state.cells[state.builds[i]][r.Name] = shown(c.Result)
			}
		}
	}
	return state
}

func shown(s statuspb.TestStatus) string {
	switch s {
	case statuspb.TestStatus_PASS, statuspb.TestStatus_PASS_WITH_SKIPS, statuspb.TestStatus_PASS_WITH_ERRORS, statuspb.TestStatus_BUILD_PASSED:
		return "green"
	case statuspb.TestStatus_FLAKY:
		return "flaky"
	}
	return "red"
}

// check holds the rows and the status of a tab against the reports of the job's builds.
func check(t *testing.T, a api, dashboard, tab string, j job, reports map[string]summary) {
	t.Helper()
	at := dashboard + "/" + tab
	got := ask(t, a, dashboard, tab)
	category := ""
	for _, name := range j.categories {
		if strings.HasSuffix(dashboard, "-"+strings.ReplaceAll(strings.ToLower(name), ".", "-")) {
			category = name
		}
	}
	var builds []string // that have rows, newest first
	for i, k := range slices.Backward(j.history) {
		if k != emptyGreen && k != noCommand {
			builds = append(builds, fmt.Sprint(1000+i))
		}
	}
	if !slices.Equal(got.builds, builds) {
		t.Errorf("%s: builds %q, want %q", at, got.builds, builds)
		return
	}
	var looks []string
	for _, id := range builds {
		want := reports[id].rowsOf(category, j)
		wrote := !slices.Contains([]kind{cut, noCluster}, j.history[number(id)-1000])
		for row, how := range got.cells[id] {
			if want[row] != how {
				t.Errorf("%s: build %s, %q is %s; the report says %q", at, id, row, how, want[row])
			}
		}
		for row, how := range want {
			if got.cells[id][row] == "" && (how == "green" || wrote || strings.HasPrefix(row, "Verdict.") && !strings.HasPrefix(row, "Verdict.The")) {
				t.Errorf("%s: build %s has no row %q", at, id, row)
			}
		}
		looks = append(looks, worst(got.cells[id]))
	}
	want := status(looks)
	if j.history[len(j.history)-1] == noCommand {
		want = "STALE"
	}
	if got.status != want {
		t.Errorf("%s: %s, want %s by columns that are %q", at, got.status, want, looks)
	}
}

func number(id string) (n int) {
	_, _ = fmt.Sscan(id, &n) // digits
	return n
}

// rowsOf are the rows that a tab has for a build: those of its category, or of all that the job has rows of.
func (s summary) rowsOf(category string, j job) map[string]string {
	rows := s.colours()
	states := map[string]string{}
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			states[c.Name+"."+a.Description] = a.State
		}
	}
	maps.DeleteFunc(rows, func(row, _ string) bool {
		name := strings.TrimPrefix(row, "Verdict.")
		of := func(c string) bool { return name == c || strings.HasPrefix(name, c+".") }
		switch {
		case states[row] == "exempt" || states[row] == "unproven":
			return true
		case category != "":
			return !of(category)
		}
		return !slices.ContainsFunc(j.categories, of) && !strings.HasPrefix(row, "Verdict.The")
	})
	return rows
}

// worst is how a column looks as a whole.
func worst(column map[string]string) string {
	for _, how := range []string{"red", "flaky"} {
		if slices.Contains(slices.Collect(maps.Values(column)), how) {
			return how
		}
	}
	return "green"
}

// status is what a tab is to be called for its columns, newest first: failing if the newest is red, flaky if one of those that
// count is not green, passing if all are.
func status(columns []string) string {
	recent := columns[:min(len(columns), 10)]
	switch {
	case recent[0] == "red":
		return "FAILING"
	case slices.ContainsFunc(recent, func(how string) bool { return how != "green" }):
		return "FLAKY"
	}
	return "PASSING"
}

// checkEmpty holds that a tab without builds is not called passing.
func checkEmpty(t *testing.T, a api, dashboard, tab string) {
	t.Helper()
	if got := ask(t, a, dashboard, tab); got.status == "PASSING" || len(got.cells) > 0 {
		t.Errorf("%s/%s: %s without a build: %v", dashboard, tab, got.status, got.cells)
	}
}
