package config

import (
	"os"
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
		{"kind", "daysOfResults: 30", "daysOfResults: many", "daysOfResults", `testgrid.daysOfResults: expected a whole number, got "many"`},
		{"duration", "periodic: 6h", "periodic: six", "periodic: six", `timeouts.periodic: expected a duration such as 4h or 90m, got "six"`},
		{"version", `name: "1.36"`, `name: "1.36.2"`, "1.36.2", `version "1.36.2" is neither master nor a minor version such as "1.36"`},
		{"version twice", `name: "1.35"`, `name: "1.36"`, "", `duplicate version "1.36", first on line 8`},
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
		{"summaries without a pause", "every: 10m", "every: 10s", "every: 10s", `every is 10s: give a time of a minute or more, such as 10m`},
		{"summaries without a secret", "  tokenSecret: windows-op-readiness-github-token\n", "", "every: 10m", `tokenSecret is missing, such as "windows-op-readiness-github-token"`},
		{"summaries without a timeout", "  timeout: 30m\n", "", "every: 10m", `timeout is missing, such as 30m`},
		{"image without date", "v20260504-c27e3ff179\n", "latest\n", "kubekins-e2e:latest", `image "gcr.io/k8s-staging-test-infra/kubekins-e2e:latest" is not of the form`},
		{"cpu", `cpu: "2"`, `cpu: "8"`, `cpu: "8"`, `cpu "8" is more than Prow's build clusters allow (7)`},
		{"no cpu", `cpu: "2"`, `cpu: "0"`, `cpu: "0"`, `cpu "0" is not above zero`},
		{"memory", "memory: 9Gi", "memory: 9 GB", "memory: 9 GB", `memory "9 GB" is no quantity such as "27Gi"`},
		{"no time for tests", "  cluster: 1h\n", "  cluster: 3h50m\n", "presubmit: 4h", `presubmit 4h0m0s leaves no time for tests beside timeouts.cluster 3h50m0s and timeouts.grace 15m0s`},
		{"no grace", "  grace: 15m\n", "", "periodic: 6h", `grace is less than a minute, or missing, such as 6h`},
		{"no timeout", "  presubmit: 4h\n", "", "periodic: 6h", `presubmit is less than a minute, or missing, such as 6h`},
		{"preset", "[preset-capz-windows-2025]", "[preset-capz-windows-2024]", "2024]", `preset "preset-capz-windows-2024" is not in knownPresets (did you mean "preset-capz-windows-2022"?)`},
		{"preset form", "- name: preset-kind-volume-mounts", "- name: kind-volume-mounts", "name: kind", `preset "kind-volume-mounts" does not start with "preset-"`},
		{"category", "Extend.ActiveDirectory:", "Extend.ActiveDirectroy:", "- preset-capz-gmsa-setup", `unknown category "Extend.ActiveDirectroy" (did you mean "Extend.ActiveDirectory"?)`},
		{"bucket", "bucket: kubernetes-ci-logs", "bucket: gs://kubernetes-ci-logs", "bucket: gs", `bucket "gs://kubernetes-ci-logs" is not of the form`},
		{"no address", "  testgrid: https://testgrid.k8s.io\n", "", "prow: https", `testgrid is missing, such as "https://testgrid.k8s.io"`},
		{"address without https", "https://prow.k8s.io", "http://prow.k8s.io", "http://prow", `prow "http://prow.k8s.io" is not https:// and a host alone, such as "https://prow.k8s.io"`},
		{"address with a slash", "https://prow.k8s.io", "https://prow.k8s.io/", "https://prow", `prow "https://prow.k8s.io/" is not https:// and a host alone`},
		{"address with a path", "https://testgrid.k8s.io", "https://k8s.io/testgrid", "https://k8s.io", `testgrid "https://k8s.io/testgrid" is not https:// and a host alone`},
		{"address with a question", "https://prow.k8s.io", "https://prow.k8s.io?x=y", "https://prow", `prow "https://prow.k8s.io?x=y" is not https:// and a host alone`},
		{"address with a name", "https://prow.k8s.io", "https://me@prow.k8s.io", "https://me", `prow "https://me@prow.k8s.io" is not https:// and a host alone`},
		{"address of nothing", "https://prow.k8s.io", "https://", "prow: https", `prow "https://" is not https:// and a host alone`},
		{"address that is none", "https://prow.k8s.io", "prow", "prow: prow", `prow "prow" is not https:// and a host alone`},
		{"group", "group: sig-windows-op-readiness", "group: windows-op-readiness", "group: w", `group "windows-op-readiness" does not start as test-infra wants it, such as "sig-"`},
		{"e-mail", "- sig-windows-leads@kubernetes.io", "- sig-windows-leads", "- sig-windows-leads", `"sig-windows-leads" is no e-mail address`},
		{"columns", "presubmit: 30", "presubmit: 10", "presubmit: 10", `presubmit is 10, or missing: it must be at least 20`},
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
		if tests := cfg.Tests(timeout); tests < time.Hour || cfg.Timeouts.Cluster+tests+cfg.Timeouts.Grace > timeout {
			t.Errorf("of %s: the cluster %s, tests %s, to end %s", timeout, cfg.Timeouts.Cluster, tests, cfg.Timeouts.Grace)
		}
	}
	if grace := cfg.TestGrace(); grace < 2*time.Minute || 2*grace >= cfg.Timeouts.Grace {
		t.Errorf("of the %s that Prow leaves the job, e2e.test takes %s", cfg.Timeouts.Grace, grace)
	}
}
