package generator

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/config"
)

// TestParseConfigProblems changes one thing in the shipped config and holds what is reported, and on which line.
func TestParseConfigProblems(t *testing.T) {
	t.Parallel()
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
		{"version twice", `name: "1.35"`, `name: "1.36"`, "", `duplicate version "1.36", first on line 17`},
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
		{"no timeout", "  presubmit: 4h\n", "", "periodic: 6h", `presubmit is less than a minute, or missing, such as 6h`},
		{"preset", "[preset-capz-windows-2025]", "[preset-capz-windows-2024]", "2024]", `preset "preset-capz-windows-2024" is not in knownPresets (did you mean "preset-capz-windows-2022"?)`},
		{"preset form", "- name: preset-kind-volume-mounts", "- name: kind-volume-mounts", "name: kind", `preset "kind-volume-mounts" does not start with "preset-"`},
		{"category", "Extend.ActiveDirectory:", "Extend.ActiveDirectroy:", "- preset-capz-gmsa-setup", `unknown category "Extend.ActiveDirectroy" (did you mean "Extend.ActiveDirectory"?)`},
		{"bucket", "bucket: kubernetes-ci-logs", "bucket: gs://kubernetes-ci-logs", "bucket: gs", `bucket "gs://kubernetes-ci-logs" is not of the form`},
		{"group", "group: sig-windows-op-readiness", "group: windows-op-readiness", "group: w", `group "windows-op-readiness" does not start as test-infra wants it, such as "sig-"`},
		{"e-mail", "- sig-windows-leads@kubernetes.io", "- sig-windows-leads", "- sig-windows-leads", `"sig-windows-leads" is no e-mail address`},
		{"columns", "presubmit: 30", "presubmit: 10", "presubmit: 10", `presubmit is 10, or missing: it must be at least 20`},
		{"empty", string(config.Data()), "", "", "config.yaml: the file is empty"},
		{"no YAML", string(config.Data()), "a: [", "a: [", "did not find expected"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := strings.Replace(string(config.Data()), test.old, test.new, 1)
			if text == string(config.Data()) {
				t.Fatalf("%q is not in the shipped config", test.old)
			}
			_, err := ParseConfig("config.yaml", []byte(text))
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

// TestParseConfigReportsAll makes several mistakes at once.
func TestParseConfigReportsAll(t *testing.T) {
	t.Parallel()
	text := `versions:
- {name: "1.36", branch: release-1.36, marker: latest-1.35, image: "1.36", tier: often}
platforms: []
colour: blue
timeouts: {periodic: 6h}
`
	_, err := ParseConfig("config.yaml", []byte(text))
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

func TestParseConfigIsDeterministic(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("daily:", "day:", "weekly:", "week:").Replace(string(config.Data()))
	_, first := ParseConfig("config.yaml", []byte(text))
	for range 10 {
		_, again := ParseConfig("config.yaml", []byte(text))
		if diff := cmp.Diff(first.Error(), again.Error()); diff != "" {
			t.Fatal(diff)
		}
	}
}

func TestLoadConfig(t *testing.T) {
	t.Parallel()
	got, err := LoadConfig("../config/op-readiness.yaml")
	if err != nil {
		t.Fatal(err)
	}
	want, err := DefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	got.TemplatesAt = want.TemplatesAt // names the file as it was given
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if _, err := LoadConfig("none.yaml"); err == nil || !strings.Contains(err.Error(), "reading config: open none.yaml") {
		t.Errorf("got %v", err)
	}
}

func FuzzParseConfig(f *testing.F) {
	f.Add(string(config.Data()))
	f.Add("versions: [{name: master}]\nplatforms: [{name: x}]\nextraRefs: [{}]\n")
	f.Add("a: &a [*a]")
	f.Fuzz(func(t *testing.T, text string) {
		cfg, err := ParseConfig("config.yaml", []byte(text))
		if err != nil {
			return
		}
		if len(cfg.Versions) == 0 || len(cfg.Platforms) == 0 || len(cfg.ExtraRefs) == 0 {
			t.Errorf("accepted without versions, platforms or repositories: %+v", cfg)
		}
	})
}
