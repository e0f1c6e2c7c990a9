package generator

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
)

// smallSpec has a required category that only 1.36 and master can prove, one that each can, and one that none can.
const smallSpec = `testCases:
- {category: Core.Network, id: a, description: Ability a, unproven: no test yet, kubernetesVersions: ["1.34"]}
- {category: Core.Network, id: a, description: Ability a, focus: ['^a$'], kubernetesVersions: ["1.36"]}
- {category: Extend.ActiveDirectory, id: b, description: Ability b, focus: ['^b$']}
- {category: Extend.Worker, id: c, description: Ability c, unproven: no test}
`

func smallPlan(t *testing.T, replacements ...string) Plan {
	t.Helper()
	plan, err := NewPlan(categoriesOf(t, smallSpec), configWith(t, replacements...))
	if err != nil {
		t.Fatal(err)
	}
	return plan
}

func TestPlanNames(t *testing.T) {
	t.Parallel()
	plan := smallPlan(t)
	var got []string
	for _, j := range slices.Concat(plan.Periodics, plan.Presubmits) {
		got = append(got, j.Name+" "+j.Set+" "+strings.Join(j.Select, ","))
	}
	want := []string{
		"ci-windows-op-readiness-master-ltsc2022 all ",
		"ci-windows-op-readiness-master-ltsc2025 all ",
		"ci-windows-op-readiness-1-36-ltsc2022 all ",
		"ci-windows-op-readiness-1-36-ltsc2025 all ",
		"ci-windows-op-readiness-1-35-ltsc2022 all ",
		"ci-windows-op-readiness-1-35-ltsc2025 all ",
		"ci-windows-op-readiness-1-34-ltsc2022 all ",
		"ci-windows-op-readiness-1-34-ltsc2025 all ",
		"pull-windows-op-readiness required Core.Network",
		"pull-windows-op-readiness-master required Core.Network",
		"pull-windows-op-readiness-optional optional Extend.ActiveDirectory",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlanSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	want := []Skipped{
		{"pull-windows-op-readiness-1-35", "no ability of Core.Network has a test on Kubernetes 1.35"},
		{"pull-windows-op-readiness-1-34", "no ability of Core.Network has a test on Kubernetes 1.34"},
		{"sig-windows-op-readiness-extend-worker", "no ability of Extend.Worker has a test on any of the Kubernetes versions"},
	}
	if diff := cmp.Diff(want, smallPlan(t).Skipped); diff != "" {
		t.Error(diff)
	}
}

func TestPlanWithoutAnyTest(t *testing.T) {
	t.Parallel()
	categories := categoriesOf(t, "category: Core.Network\ntestCases: [{description: Ability a, unproven: no test}]\n")
	plan, err := NewPlan(categories, configWith(t))
	if err == nil || !strings.HasSuffix(err.Error(), "nothing to generate") {
		t.Errorf("got %d periodics that can prove nothing, error %v", len(plan.Periodics), err)
	}
}

func TestPlanOfSpecThatIsTooNew(t *testing.T) {
	t.Parallel()
	spec := "category: Core.Network\ntestCases: [{id: a, description: A, focus: ['^a$'], kubernetesVersions: ['1.36']}]\n"
	_, err := NewPlan(categoriesOf(t, spec), configWith(t))
	if err == nil || !strings.Contains(err.Error(), `spec.yaml:2: ability "a" has no test case for Kubernetes 1.35`) ||
		!strings.Contains(err.Error(), "1.34") {
		t.Errorf("got %v", err)
	}
}

func TestNewestIsTheHighestRelease(t *testing.T) {
	t.Parallel()
	for _, order := range [][]string{{"master", "1.36", "1.34"}, {"1.9", "master", "1.10"}, {"master"}} {
		var suites []suite
		for _, name := range order {
			s, err := newSuite(nil, config.Version{Name: name})
			if err != nil {
				t.Fatal(err)
			}
			suites = append(suites, s)
		}
		want := map[int]string{3: "", 1: "master"}[len(order)]
		if want == "" {
			want = map[string]string{"master": "1.36", "1.9": "1.10"}[order[0]]
		}
		if got := newest(suites).version.Name; got != want {
			t.Errorf("of %q: got %q, want %q", order, got, want)
		}
	}
}

func TestPresetsOfACategory(t *testing.T) {
	t.Parallel()
	for _, j := range smallPlan(t).Presubmits {
		_, has := j.Labels["preset-capz-gmsa-setup"]
		if want := j.Set == coordinates.Optional; has != want {
			t.Errorf("%s: the preset of Extend.ActiveDirectory is there: %v, want %v", j.Name, has, want)
		}
	}
}

func TestJobCoordinates(t *testing.T) {
	t.Parallel()
	j := smallPlan(t).Periodics[2]
	want := map[string]string{
		coordinates.KubernetesVersion: "1.36",
		coordinates.Platform:          "ltsc2022",
		coordinates.Categories:        "Core.Network,Extend.ActiveDirectory,Extend.Worker",
		"description":                 "Windows operational readiness (KEP-2578), all categories, Kubernetes 1.36, Windows Server 2022",
	}
	if diff := cmp.Diff(want, j.Annotations); diff != "" {
		t.Error(diff)
	}
	if got := j.Labels[coordinates.Categories]; got != coordinates.All {
		t.Errorf("label: got %q", got)
	}
}

// TestOverrides holds what a version and a platform have of their own, and that a platform's goes first.
func TestOverrides(t *testing.T) {
	t.Parallel()
	plan := smallPlan(t, "  tier: weekly\n", `  tier: weekly
  without: [ltsc2025]
  override:
    image: registry.example.com:5000/old@sha256:`+strings.Repeat("0", 64)+`
    env: {A: version, B: version}
    refs: {kubernetes-sigs/cluster-api-provider-azure: release-1.20}
    timeouts: {periodic: 8h, cluster: 2h, grace: 30m}
`, "  presets: [preset-capz-windows-2025]\n", `  presets: [preset-capz-windows-2025]
  override: {env: {B: platform}, tier: weekly, timeouts: {periodic: 9h, grace: 45m}}
`, "templates: capz", "env: {A: all, C: all}\ntemplates: capz")
	old, byName := Job{}, map[string]Job{}
	for _, j := range plan.Periodics {
		byName[j.Name] = j
	}
	if _, there := byName["ci-windows-op-readiness-1-34-ltsc2025"]; there {
		t.Error("a platform that a version is without is tested")
	}
	old = byName["ci-windows-op-readiness-1-34-ltsc2022"]
	if diff := cmp.Diff(map[string]string{"A": "version", "B": "version", "C": "all"}, old.Env); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(old.Image, "5000/old@sha256:") || old.Limit != 8*time.Hour || old.RunTimeout() != "5h30m0s" || old.TestGracePeriod() != "10m0s" || old.ExtraRefs[2].BaseRef != "release-1.20" {
		t.Errorf("%+v", old)
	}
	other := byName["ci-windows-op-readiness-1-36-ltsc2025"]
	if diff := cmp.Diff(map[string]string{"A": "all", "B": "platform", "C": "all"}, other.Env); diff != "" {
		t.Error(diff)
	}
	if other.Every != 7*24*time.Hour || other.Limit != 9*time.Hour || other.RunTimeout() != "7h15m0s" || other.Decoration["grace_period"] != "45m0s" || other.ExtraRefs[2].BaseRef != "main" {
		t.Errorf("%+v", other)
	}
}

func TestForRepository(t *testing.T) {
	t.Parallel()
	plan := smallPlan(t)
	for _, r := range plan.Repositories {
		j := plan.Presubmits[0].forRepository(r)
		if len(j.ExtraRefs) != 3 || slices.ContainsFunc(j.ExtraRefs, func(ref config.Ref) bool { return ref.FullName() == r.FullName() }) {
			t.Errorf("extra refs under %s: %v", r.FullName(), j.ExtraRefs)
		}
	}
	if n := len(plan.Presubmits[0].ExtraRefs); n != 4 {
		t.Errorf("the plan itself was changed: %d extra refs", n)
	}
}

func TestPlanWithoutRepositories(t *testing.T) {
	t.Parallel()
	cfg := configWith(t)
	cfg.Repositories = nil
	plan, err := NewPlan(categoriesOf(t, smallSpec), cfg)
	if err != nil {
		t.Fatal(err)
	}
	if len(plan.Presubmits) > 0 || strings.HasSuffix(plan.Dashboards[len(plan.Dashboards)-1].Name, "-presubmits") {
		t.Errorf("presubmits for no repository: %v", plan.Presubmits)
	}
}

// TestBaseOptions holds the filter of a tab against the rows that the runner's JUnit gives in TestGrid.
func TestBaseOptions(t *testing.T) {
	t.Parallel()
	if got := (Tab{}).BaseOptions(); got != "" {
		t.Errorf("a job that tests nothing: got %q", got)
	}
	category := Tab{Rows: []string{"Extend.Network"}, OfCategory: true}
	job := Tab{Rows: []string{"Extend.Network", "Core.Storage"}}
	for row, want := range map[string]struct{ category, job bool }{
		"Extend.Network.Ability to reach a service":                       {true, true},
		"Verdict.Extend.Network":                                          {true, true},
		"Verdict.Core.Storage":                                            {false, true},
		"Verdict.The cluster is operationally ready":                      {false, true},
		"Core.Storage.Ability to mount":                                   {false, true},
		"Extend.NetworkPolicy.Ability to deny":                            {false, false},
		"Verdict.Extend.NetworkPolicy":                                    {false, true}, // no job has a verdict that is not its own
		"Core.Network.Ability to Extend.Network. further":                 {false, false},
		"ExtendXNetwork.Ability":                                          {false, false},
		"Overall":                                                         {false, false},
		"ci-windows-op-readiness-1-36-ltsc2022.Overall":                   {false, false},
		"Kubernetes e2e suite.[It] [sig-windows] Extend.Network. skipped": {false, false},
	} {
		if got := matches(t, category, row); got != want.category {
			t.Errorf("the category's tab shows %q: %t", row, got)
		}
		if got := matches(t, job, row); got != want.job {
			t.Errorf("the job's tab shows %q: %t", row, got)
		}
	}
}

func matches(t *testing.T, tab Tab, row string) bool {
	t.Helper()
	values, err := url.ParseQuery(tab.BaseOptions())
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(values.Get(testinfra.IncludeFilter)).MatchString(row)
}

func TestDashboards(t *testing.T) {
	t.Parallel()
	var got []string
	for _, d := range smallPlan(t).Dashboards {
		var tabs []string
		for _, tab := range d.Tabs {
			tabs = append(tabs, tab.Name)
		}
		got = append(got, d.Name+": "+strings.Join(tabs, " "))
	}
	want := []string{
		"sig-windows-op-readiness-master: ltsc2022 ltsc2025",
		"sig-windows-op-readiness-1.36: ltsc2022 ltsc2025",
		"sig-windows-op-readiness-1.35: ltsc2022 ltsc2025",
		"sig-windows-op-readiness-1.34: ltsc2022 ltsc2025",
		"sig-windows-op-readiness-core-network: master-ltsc2022 master-ltsc2025 1.36-ltsc2022 1.36-ltsc2025",
		"sig-windows-op-readiness-extend-activedirectory: master-ltsc2022 master-ltsc2025 1.36-ltsc2022 1.36-ltsc2025 " +
			"1.35-ltsc2022 1.35-ltsc2025 1.34-ltsc2022 1.34-ltsc2025",
		"sig-windows-op-readiness-presubmits: pull-windows-op-readiness pull-windows-op-readiness-master pull-windows-op-readiness-optional " +
			"ci-windows-op-readiness-report",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSummary(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := smallPlan(t).WriteSummary(&b); err != nil {
		t.Fatal(err)
	}
	want := `8 periodics: 58 runs a week, at most 348 cluster-hours
3 presubmits for each of 2 repos: on request only
1 periodic that writes results to pull requests: every 1h
1 postsubmit that publishes the image, in k8s-staging-win-op-rdnss
7 dashboards with 24 tabs
`
	if got, _, _ := strings.Cut(b.String(), "left out"); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

func TestStaleHours(t *testing.T) {
	t.Parallel()
	if got := staleHours(12*time.Hour, 6*time.Hour); got != 20 {
		t.Errorf("every 12h with 6h a run: got %d, want 20", got)
	}
	if got := staleHours(7*24*time.Hour, 90*time.Minute); got != 172 {
		t.Errorf("every week with 1h30m a run: got %d, want 172", got)
	}
}
