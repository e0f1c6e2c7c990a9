package coordinates

import "testing"

func TestJobs(t *testing.T) {
	t.Parallel()
	tests := []struct {
		job, want string
		presubmit bool
		results   string
	}{
		{Environment{"1.36", "ltsc2022"}.Periodic(), "ci-windows-op-readiness-1-36-ltsc2022", false, "logs/ci-windows-op-readiness-1-36-ltsc2022"},
		{Environment{"master", "ltsc2025"}.Periodic(), "ci-windows-op-readiness-master-ltsc2025", false, "logs/ci-windows-op-readiness-master-ltsc2025"},
		{Environment{"1.36/../x", "../y"}.Periodic(), "ci-windows-op-readiness-1-36-x-y", false, "logs/ci-windows-op-readiness-1-36-x-y"},
		{ReportJob, "ci-windows-op-readiness-report", false, "logs/ci-windows-op-readiness-report"},
		{Presubmit(""), "pull-windows-op-readiness", true, "pr-logs/directory/pull-windows-op-readiness"},
		{Presubmit("1.36"), "pull-windows-op-readiness-1-36", true, "pr-logs/directory/pull-windows-op-readiness-1-36"},
		{Presubmit("Core.Network"), "pull-windows-op-readiness-core-network", true, "pr-logs/directory/pull-windows-op-readiness-core-network"},
		{"pull-windows-op-readinessx", "pull-windows-op-readinessx", false, "logs/pull-windows-op-readinessx"},
		{"pull-kubernetes-e2e", "pull-kubernetes-e2e", false, "logs/pull-kubernetes-e2e"},
	}
	for _, test := range tests {
		if test.job != test.want {
			t.Errorf("got job %q, want %q", test.job, test.want)
		}
		if got := IsPresubmit(test.job); got != test.presubmit {
			t.Errorf("%s is a presubmit: got %v", test.job, got)
		}
		if got := Results(test.job); got != test.results {
			t.Errorf("%s: results in %q, want %q", test.job, got, test.results)
		}
	}
}

func TestDashboards(t *testing.T) {
	t.Parallel()
	a := Addresses{Group: "sig-windows-op-readiness"}
	tests := map[string]string{
		a.VersionDashboard("1.36"):                    "sig-windows-op-readiness-1.36",
		a.CategoryDashboard("Core.Network"):           "sig-windows-op-readiness-core-network",
		a.PresubmitDashboard():                        "sig-windows-op-readiness-presubmits",
		Environment{"1.36", "ltsc2022"}.CategoryTab(): "1.36-ltsc2022",
	}
	for got, want := range tests {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	a := Addresses{TestGrid: "https://testgrid.example.org", Prow: "https://prow.example.org", Bucket: "b", Group: "sig-x"}
	form := Addresses{TestGrid: "https://testgrid.example.org/{group}/{dashboard}/{tab}", Group: "sig-x"}
	tests := []struct{ got, want string }{
		{a.DashboardPage(a.VersionDashboard("1.36")), "https://testgrid.example.org/sig-x-1.36"},
		{a.DashboardPage("a/b?c"), "https://testgrid.example.org/a%2Fb%3Fc"},
		{a.TabPage(Tab{"sig-x-1.36", "ltsc2022"}), "https://testgrid.example.org/sig-x-1.36#ltsc2022"},
		{form.DashboardPage("sig-x-1.36"), "https://testgrid.example.org/sig-x/sig-x-1.36"},
		{form.TabPage(Tab{"sig-x-1.36", "a/b"}), "https://testgrid.example.org/sig-x/sig-x-1.36/a%2Fb"},
		{a.TabPage(Tab{"sig-x-1.36", `a"b`}), "https://testgrid.example.org/sig-x-1.36#a%22b"},
		{a.BuildPage("gs://other/logs/job/1"), "https://prow.example.org/view/gs/other/logs/job/1"},
		{a.BuildPage("s3://other/logs/job/1 2?"), "https://prow.example.org/view/s3/other/logs/job/1%202%3F"},
		{a.BuildPage("/tmp/results"), ""},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

// TestNoAddresses holds that nothing leads to a page of a host that nobody named.
func TestNoAddresses(t *testing.T) {
	t.Parallel()
	var a Addresses
	for _, got := range []string{a.DashboardPage("x"), a.TabPage(Tab{"x", "y"}), a.BuildPage("gs://b/logs/job/1")} {
		if got != "" {
			t.Errorf("got %q", got)
		}
	}
}
