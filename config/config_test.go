package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
)

// fixture is a config that no release of Kubernetes changes.
const fixture = "testdata/op-readiness.yaml"

func fixtureText(tb testing.TB) string {
	tb.Helper()
	data, err := os.ReadFile(fixture)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// lineOf returns the number of the first line of text that contains part.
func lineOf(tb testing.TB, text, part string) string {
	tb.Helper()
	before, _, found := strings.Cut(text, part)
	if !found {
		tb.Fatalf("%q is not in the text", part)
	}
	return strconv.Itoa(strings.Count(before, "\n") + 1)
}

// TestParseProblems changes one thing in the fixture and holds what is reported, and on which line.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	whole := fixtureText(t)
	tests := []struct {
		name, old, new string
		at             string // a text on the line that is to be named, after the change; "" for no line
		want           string
	}{
		{"unknown key", "bucket: k", "buckte: k", "buckte:", `unknown key "buckte" (did you mean "bucket"?)`},
		{"repeated key", "bucket: k", "image: x\nbucket: k", "image: x", `key "image" stands twice`},
		{"kind", "failuresToAlert: 1", "failuresToAlert: many", "failuresToAlert", `testgrid.failuresToAlert: expected a whole number, got "many"`},
		{"duration", "periodic: 6h", "periodic: six", "periodic: six", `timeouts.periodic: expected a duration such as 4h or 90m, got "six"`},
		{"version", `name: "1.36"`, `name: "1.36.2"`, "1.36.2", `version "1.36.2" is neither master nor a minor version such as "1.36"`},
		{"version twice", `name: "1.35"`, `name: "1.36"`, "", `duplicate version "1.36", first on line 9`},
		{"marker of script", "marker: latest-1.36", "marker: stable-1.36", "stable", `marker "stable-1.36" does not stand for Kubernetes 1.36: "latest-1.36" does`},
		{"marker of another", "marker: latest\n", "marker: latest-1.36\n", "marker: latest-1.36", `marker "latest-1.36" does not stand for Kubernetes master: "latest" does`},
		{"branch", "branch: release-1.34", "branch: release-1.33", "release-1.33", `branch "release-1.33" does not hold Kubernetes 1.34: "release-1.34" does`},
		{"tier", "tier: informing", "tier: informin", "tier: informin", `unknown tier "informin" (did you mean "informing"?); known are ["daily" "informing" "weekly"]`},
		{"interval", "every: 12h", "every: 5h", "every: 5h", `tier "informing" runs every 5h: allowed are 1h, 2h`},
		{"interval in minutes", "every: 12h", "every: 90m", "every: 90m", `tier "informing" runs every 1h30m: allowed are`},
		{"platform form", "- name: ltsc2025", "- name: LTSC 2025", "LTSC 2025", `name "LTSC 2025" is not of the form`},
		{"platform short", "- name: ltsc2025", "- name: w1", "name: w1", `name "w1" is too short for a tab of TestGrid: at least 3 characters`},
		{"platform title", "  title: Windows Server 2025\n", "", "- name: ltsc2025", `title is missing, such as "Windows Server 2022"`},
		{"platform for presubmits", "presubmitPlatform: ltsc2022", "presubmitPlatform: ltsc2019", "ltsc2019", `unknown platform "ltsc2019" (did you mean "ltsc2022"?); known are ["ltsc2022" "ltsc2025"]`},
		{"long job name", "- name: ltsc2025", "- name: " + strings.Repeat("ltsc", 12), `name: "1.36"`, `job name "ci-windows-op-readiness-1-36-ltscltsc`},
		{"path alias", "pathAlias: sigs.k8s.io/cloud-provider-azure", "pathAlias: k8s.io/cloud-provider-azure", "pathAlias: k8s.io/cloud", `pathAlias "k8s.io/cloud-provider-azure" of kubernetes-sigs/cloud-provider-azure is not in "sigs.k8s.io"`},
		{"workdir", "  workdir: true\n", "", "- org: kubernetes-sigs\n  repo: windows-operational-readiness\n  baseRef", `workdir is true for []: a job starts in exactly one repository`},
		{"trusted cluster", "cluster: eks-prow-build-cluster", "cluster: k8s-infra-prow-build-trusted", "cluster: k8s", `unknown cluster "k8s-infra-prow-build-trusted" (did you mean "k8s-infra-prow-build"?)`},
		{"summaries on an open cluster", "cluster: k8s-infra-prow-build-trusted", "cluster: eks-prow-build-cluster", "", `unknown trusted cluster "eks-prow-build-cluster" (did you mean "k8s-infra-prow-build-trusted"?)`},
		{"summaries without a pause", "every: 1h\n", "every: 10s\n", "every: 10s", `every is 10s: give a time of a minute or more, such as 10m`},
		{"summaries without a secret", "  tokenSecret: windows-op-readiness-github-token\n", "", "every: 1h\n", `tokenSecret is missing, such as "windows-op-readiness-github-token"`},
		{"summaries without a timeout", "  timeout: 30m\n", "", "every: 1h\n", `timeout is missing, such as 30m`},
		{"image into no project", "project: k8s-staging-win-op-rdnss", "project: X", "project: X", `project "X" is not of the form`},
		{"image by nobody", "  serviceAccount: gcb-builder\n", "", "project: k8s-staging-win-op-rdnss", `serviceAccount is missing, such as "gcb-builder"`},
		{"image in no time", "  timeout: 3h\n", "", "project: k8s-staging-win-op-rdnss", `timeout is missing, such as 2h`},
		{"image without date", "v20260504-c27e3ff179\n", "latest\n", "kubekins-e2e:latest", `image "gcr.io/k8s-staging-test-infra/kubekins-e2e:latest" is not of the form`},
		{"image of the report job", "  image: \"1.36\"\n", "  image: report\n", "image: report", `image "report" is the name of that of the report job`},
		{"cpu", `cpu: "2"`, `cpu: "8"`, `cpu: "8"`, `cpu "8" is more than Prow's build clusters allow (7)`},
		{"no cpu", `cpu: "2"`, `cpu: "0"`, `cpu: "0"`, `cpu "0" is not above zero`},
		{"memory", "memory: 9Gi", "memory: 9 GB", "memory: 9 GB", `memory "9 GB" is no quantity such as "27Gi"`},
		{"no time for tests", "  cluster: 1h\n", "  cluster: 3h50m\n", "presubmit: 4h", `presubmit 4h0m0s leaves no time for tests beside timeouts.cluster 3h50m0s and timeouts.grace 15m0s`},
		{"no grace", "  grace: 15m\n", "", "periodic: 6h", `grace is less than a minute, or missing, such as 6h`},
		{"no timeout", "  presubmit: 4h\n", "", "periodic: 6h", `presubmit is less than a minute, or missing, such as 6h`},
		{"preset form", "[preset-capz-windows-2025]", "[capz-windows-2025]", "[capz", `preset "capz-windows-2025" does not start with "preset-"`},
		{"no profile", "profile: test-infra\n", "", "versions:", `profile is missing, such as "test-infra"`},
		{"profile", "profile: test-infra", "profile: test-infr", "profile: ", `unknown profile "test-infr" (did you mean "test-infra"?); known are ["own-prow" "test-infra"], and any file that ends in .yaml`},
		{"profile of one's own without a file", "profile: test-infra", "profile: ./my.yaml", "profile: ", `profile "./my.yaml": a profile of one's own needs a config that is a file`},
		{"release", "marker: latest-1.36", "marker: v1.36.3", "v1.36.3", `marker "v1.36.3" does not stand for Kubernetes 1.36: "latest-1.36" does`},
		{"platform left out", "  tier: weekly\n", "  tier: weekly\n  without: [ltsc2019]\n", "ltsc2019", `unknown platform "ltsc2019" (did you mean "ltsc2022"?)`},
		{"ref of no repository", "  tier: weekly\n", "  tier: weekly\n  override: {refs: {a/b: main}}\n", "a/b", `unknown repository of extraRefs "a/b"`},
		{"reserved variable", "  tier: weekly\n", "  tier: weekly\n  override: {env: {E2E_TEST: /bin/true}}\n", "E2E_TEST", `E2E_TEST is set by the generated job itself`},
		{"variable's form", "templates: capz", "env: {a-b: c}\ntemplates: capz", "env: {", `"a-b" is no name of an environment variable`},
		{"timeout of a version", "  tier: weekly\n", "  tier: weekly\n  override: {timeouts: {periodic: 1h}}\n", "override", `periodic 1h0m0s leaves no time for tests beside timeouts.cluster 1h0m0s and timeouts.grace 15m0s`},
		{"cluster of a version", "  tier: weekly\n", "  tier: weekly\n  override: {timeouts: {cluster: 5h50m, presubmit: 9h}}\n", "override", `periodic 6h0m0s leaves no time for tests beside timeouts.cluster 5h50m0s`},
		{"short timeout of a version", "  tier: weekly\n", "  tier: weekly\n  override: {timeouts: {grace: 1s}}\n", "override", `grace is less than a minute, or missing`},
		{"tier of a platform", "  presets: [preset-capz-windows-2025]\n", "  presets: [preset-capz-windows-2025]\n  override: {tier: never}\n", "never", `unknown tier "never"`},
		{"grace period in the decoration", "templates: capz", "decoration: {grace_period: 1h}\ntemplates: capz", "decoration", `the grace period of a job stands under timeouts`},
		{"timeout in the decoration", "templates: capz", "decoration: {timeout: 1h}\ntemplates: capz", "decoration", `the timeout of a job stands under timeouts`},
		{"owners", "owners:\n  approvers: [sig-windows-leads]", "owners:\n  reviewers: [sig-windows-leads]", "reviewers", `owners without approvers`},
		{"endpoint", "endpoint: http://ghproxy", "endpoint: ghproxy", "endpoint", `endpoint "ghproxy.test-pods.svc.cluster.local" is no address`},
		{"category", "Extend.ActiveDirectory:", "Extend.ActiveDirectroy:", "- preset-capz-gmsa-setup", `unknown category "Extend.ActiveDirectroy" (did you mean "Extend.ActiveDirectory"?)`},
		{"bucket", "bucket: kubernetes-ci-logs", "bucket: gs://kubernetes-ci-logs", "bucket: gs", `bucket "gs://kubernetes-ci-logs" is not of the form`},
		{"no address", "  testgrid: https://testgrid.k8s.io\n", "", "prow: https", `testgrid is missing, such as "https://testgrid.k8s.io"`},
		{"address of a tab without a dashboard", "https://testgrid.k8s.io", "https://testgrid.k8s.io/{group}/{tab}", "{group}", `testgrid "https://testgrid.k8s.io/{group}/{tab}" is no address with {dashboard} and {tab} in it`},
		{"address of a tab with another part", "https://testgrid.k8s.io", "https://testgrid.k8s.io/{row}/{dashboard}/{tab}", "{row}", `testgrid "https://testgrid.k8s.io/{row}/{dashboard}/{tab}" is no address with`},
		{"host of a tab", "https://testgrid.k8s.io", "http://testgrid.k8s.io/{dashboard}/{tab}", "{dashboard}", `testgrid "http://testgrid.k8s.io/{dashboard}/{tab}" is no address with`},
		{"address without https", "https://prow.k8s.io", "http://prow.k8s.io", "http://prow", `prow "http://prow.k8s.io" is not https:// and a host alone, such as "https://prow.k8s.io"`},
		{"address with a slash", "https://prow.k8s.io", "https://prow.k8s.io/", "https://prow", `prow "https://prow.k8s.io/" is not https:// and a host alone`},
		{"address with a path", "https://testgrid.k8s.io", "https://k8s.io/testgrid", "https://k8s.io", `testgrid "https://k8s.io/testgrid" is not https:// and a host alone`},
		{"address with a question", "https://prow.k8s.io", "https://prow.k8s.io?x=y", "https://prow", `prow "https://prow.k8s.io?x=y" is not https:// and a host alone`},
		{"address with a name", "https://prow.k8s.io", "https://me@prow.k8s.io", "https://me", `prow "https://me@prow.k8s.io" is not https:// and a host alone`},
		{"address of nothing", "https://prow.k8s.io", "https://", "prow: https", `prow "https://" is not https:// and a host alone`},
		{"address that is none", "https://prow.k8s.io", "prow", "prow: prow", `prow "prow" is not https:// and a host alone`},
		{"group", "group: sig-windows-op-readiness", "group: windows-op-readiness", "group: w", `group "windows-op-readiness" does not start as test-infra wants it, such as "sig-"`},
		{"e-mail", "- sig-windows-leads@kubernetes.io", "- sig-windows-leads", "- sig-windows-leads", `"sig-windows-leads" is no e-mail address`},
		{"columns", "{days: 30, columns: 30}", "{days: 30, columns: 19}", "columns: 19}", `columns is 19, or missing: it must be at least 20`},
		{"no columns", "{days: 90, columns: 5}", "{days: 90}", "{days: 90}", `columns is 0, or missing: it must be at least 1`},
		{"days for columns", "{days: 90, columns: 5}", "{days: 34, columns: 5}", "{days: 34,", `34 days of results do not hold the 5 columns that count: a run every 168h needs 35 days`},
		{"days of the report job", "{days: 7, columns: 24}", "{days: 7, columns: 1009}", "columns: 1009", `7 days of results do not hold the 1009 columns that count: a run every 1h needs 43 days`},
		{"empty", whole, "", "", "config.yaml: the file is empty"},
		{"no YAML", whole, "a: [", "a: [", "did not find expected"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(whole, test.old, test.new, 1)
			if text == whole {
				t.Fatalf("%q is not in the fixture", test.old)
			}
			_, err := Parse("config.yaml", []byte(text))
			if err == nil {
				t.Fatalf("no error, want %q", test.want)
			}
			want := test.want
			if test.at != "" {
				want = "config.yaml:" + lineOf(t, text, test.at) + ": " + want
			}
			if !strings.Contains(err.Error(), want) {
				t.Errorf("got:\n%v\nwant:\n%s", err, want)
			}
		})
	}
}

// TestParseRepeatedKey holds that a key that stands twice is told alone: what else seems wrong may follow from it.
func TestParseRepeatedKey(t *testing.T) {
	t.Parallel()
	text := strings.Replace(fixtureText(t), "bucket: k", "platforms: []\nimage: x\nbucket: k", 1)
	_, err := Parse("config.yaml", []byte(text))
	if err == nil || strings.Count(err.Error(), "\n") != 1 || strings.Count(err.Error(), " stands twice, first on line ") != 2 {
		t.Errorf("got:\n%v", err)
	}
}

// TestOwnProfile holds that a profile of one's own is read from beside the config, and that what is wrong in it is told.
func TestOwnProfile(t *testing.T) {
	t.Parallel()
	own, err := os.ReadFile("profiles/own-prow.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("profile: test-infra", "profile: ./mine.yaml", "cluster: eks-prow-build-cluster", "cluster: my.cluster_1",
		"v20260504-c27e3ff179", "v1", "marker: latest-1.36", "marker: v1.36.3", "group: sig-windows-op-readiness", "group: lab").Replace(fixtureText(t))
	load := func(profile string) (Config, error) {
		folder := t.TempDir()
		for name, content := range map[string]string{"op-readiness.yaml": text, "mine.yaml": profile} {
			if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		return Load(filepath.Join(folder, "op-readiness.yaml"))
	}
	cfg, err := load(string(own))
	if err != nil || cfg.Profile.Root != "config" || !cfg.Profile.Releases {
		t.Errorf("%+v, %v", cfg.Profile, err)
	}
	for old, want := range map[string]string{
		"root: config":                    `mine.yaml:[0-9]+: unknown key "rot"`,
		"jobs: jobs/windows-op-readiness": `mine.yaml:[0-9]+: jobs "../jobs" is no folder below root`,
		`maxCPU: ""`:                      `mine.yaml:[0-9]+: maxCPU "many" is no quantity`,
	} {
		changed := map[string]string{"root: config": "rot: config", "jobs: jobs/windows-op-readiness": "jobs: ../jobs", `maxCPU: ""`: "maxCPU: many"}[old]
		_, err := load(strings.Replace(string(own), old, changed, 1))
		if err == nil || !regexp.MustCompile(want).MatchString(err.Error()) {
			t.Errorf("%s: got %v, want %s", old, err, want)
		}
	}
}

// TestParseReportsAll makes several mistakes at once.
func TestParseReportsAll(t *testing.T) {
	t.Parallel()
	text := `versions:
- {name: "1.36", branch: release-1.36, marker: latest-1.35, image: "1.36", tier: often}
platforms: []
colour: blue
timeouts: {periodic: 6h}
`
	_, err := Parse("config.yaml", []byte(text))
	if err == nil {
		t.Fatal("no error")
	}
	got := strings.Split(err.Error(), "\n")
	want := []string{
		`config.yaml:2: marker "latest-1.35" does not stand for Kubernetes 1.36: "latest-1.36" does`,
		`config.yaml:2: unknown tier "often"; known are []`,
		`config.yaml:3: platforms is empty: name at least one Windows version`,
		`config.yaml:4: unknown key "colour"`,
		`config.yaml:5: presubmit is less than a minute, or missing, such as 6h`,
	}
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("not reported: %s", w)
		}
	}
	if t.Failed() {
		t.Logf("got:\n%v", err)
	}
}

func TestParseIsDeterministic(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("daily:", "day:", "weekly:", "week:").Replace(fixtureText(t))
	_, first := Parse("config.yaml", []byte(text))
	for range 10 {
		_, again := Parse("config.yaml", []byte(text))
		if diff := cmp.Diff(first.Error(), again.Error()); diff != "" {
			t.Fatal(diff)
		}
	}
}

// TestDefault holds that the config that the program carries is the file, and has no problem.
func TestDefault(t *testing.T) {
	t.Parallel()
	got, err := Load("op-readiness.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	got.TemplatesAt = want.TemplatesAt // names the file as it was given
	for i := range got.Versions {
		got.Versions[i].At = want.Versions[i].At
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestLoad(t *testing.T) {
	t.Parallel()
	cfg, err := Load(fixture)
	if err != nil {
		t.Fatal(err)
	}
	if want := fixture + ":" + lineOf(t, fixtureText(t), "templates:"); cfg.TemplatesAt != want {
		t.Errorf("the templates are named at %q, want %q", cfg.TemplatesAt, want)
	}
	if _, err := Load("none.yaml"); err == nil || !strings.Contains(err.Error(), "reading config: open none.yaml") {
		t.Errorf("got %v", err)
	}
}

func TestAddresses(t *testing.T) {
	t.Parallel()
	text := strings.Replace(fixtureText(t), "https://prow.k8s.io", "https://prow.example.org:8443", 1)
	cfg, err := Parse("config.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := coordinates.Addresses{
		TestGrid: "https://testgrid.k8s.io", Prow: "https://prow.example.org:8443",
		Bucket: "kubernetes-ci-logs", Group: "sig-windows-op-readiness",
	}
	if diff := cmp.Diff(want, cfg.Addresses()); diff != "" {
		t.Error(diff)
	}
}

func TestBranchPattern(t *testing.T) {
	t.Parallel()
	if got := (Repository{Branch: "release-1.36"}).BranchPattern(); got != `^release-1\.36$` {
		t.Errorf("got %s", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(fixtureText(f))
	f.Add(string(shipped))
	f.Add("versions: [{name: master}]\nplatforms: [{name: x}]\nextraRefs: [{}]\n")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := Parse("config.yaml", []byte(text))
		if err != nil {
			return
		}
		if len(cfg.Versions) == 0 || len(cfg.Platforms) == 0 || len(cfg.ExtraRefs) == 0 {
			t.Errorf("accepted without versions, platforms or repositories: %+v", cfg)
		}
	})
}

// TestTimes holds that the times of a job's steps follow from one another: each ends by itself before the next outer one ends it.
func TestTimes(t *testing.T) {
	t.Parallel()
	cfg, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, timeout := range []time.Duration{cfg.Timeouts.Periodic, cfg.Timeouts.Presubmit} {
		if tests := cfg.Timeouts.Tests(timeout); tests < time.Hour || cfg.Timeouts.Cluster+tests+cfg.Timeouts.Grace > timeout {
			t.Errorf("of %s: the cluster %s, tests %s, to end %s", timeout, cfg.Timeouts.Cluster, tests, cfg.Timeouts.Grace)
		}
	}
	if grace := cfg.Timeouts.TestGrace(); grace < 2*time.Minute || 2*grace >= cfg.Timeouts.Grace {
		t.Errorf("of the %s that Prow leaves the job, e2e.test takes %s", cfg.Timeouts.Grace, grace)
	}
}
