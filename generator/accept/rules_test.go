package accept

import (
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/generator"
)

// mutation breaks one rule in one of the generated files, by its first text old; a dashboard's name is replaced
// everywhere.
type mutation struct {
	name, old, new string
	want           string // part of an error of Check
}

const (
	firstPeriodic  = "periodics-1-36"
	firstPresubmit = "presubmits"
	dashboardFile  = "testgrids/"
	everywhere     = "dashboard's prefix"
)

func TestProwRules(t *testing.T) {
	t.Parallel()
	job := `job "ci-windows-op-readiness-1-36-ltsc2022": `
	testMutations(t, firstPeriodic, []mutation{
		{"unknown key", "  decorate: true", "  decorated: true", `windows-op-readiness-periodics-1-36.yaml: job "ci-windows-op-readiness-1-36-ltsc2022" is none to Prow: json: unknown field "decorated"`},
		{"annotation that is no string", "    description: Windows", "    more: 3\n    description: Windows", "cannot unmarshal number"},
		{"two schedules", "  cluster: e", "  interval: 1h\n  cluster: e", "mutually exclusive"},
		{"cron line", `cron: "18 19 * * *"`, `cron: "18 25 * * *"`, "invalid cron string 18 25 * * *"},
		{"same job twice", "-1-36-ltsc2025", "-1-36-ltsc2022", "duplicated periodic job"},
		{"variable of a preset", "      command:", "      env:\n      - name: WINDOWS\n        value: x\n      command:", `WINDOWS is in neither the plan nor the profile`},
		{"reserved variable", "      command:", "      env:\n      - name: JOB_NAME\n        value: x\n      command:", "env JOB_NAME is reserved"},
		{"two presets with one variable", "    preset-capz-windows-common", "    preset-capz-windows-common-pull: \"true\"\n    preset-capz-windows-common", `labels: "preset-capz-windows-common-pull" is not in the plan`},
		{"no command", "      command:\n      - ../windows-operational-readiness/hack/prow-job.sh\n", "      command:\n      - \"\"\n", "decorated job containers must specify command"},
		{"init container", "    containers:\n", "    initContainers:\n    - name: x\n    containers:\n", "pod spec may not use init containers"},
		{"mount without volume", "      command:", "      volumeMounts:\n      - name: x\n        mountPath: /x\n      command:", `volumeMount named "x" is undefined`},
		{"label value", "sigs.k8s.io/categories: all", "sigs.k8s.io/categories: all of them", "has invalid value"},

		{"name form", "- name: ci-windows-op-readiness-1-36-ltsc2022", "- name: ci-windows-op-readiness-1.36-ltsc2022", "a name is of lower-case letters, digits and hyphens"},
		{"name length", "- name: ci-windows-op-readiness-1-36-ltsc2022", "- name: ci-" + strings.Repeat("x", 61), "the name has 64 characters"},
		{"cluster", "cluster: eks-prow-build-cluster", "cluster: default", job + `cluster "default" is none for community jobs`},
		{"trusted cluster", "cluster: eks-prow-build-cluster", "cluster: k8s-infra-prow-build-trusted", job + `cluster "k8s-infra-prow-build-trusted" is none`},
		{"decoration", "decorate: true\n  decoration_config:\n    grace_period: \"15m0s\"\n    timeout: \"6h0m0s\"", "decorate: false", job + "not decorated"},
		{"timeout", "  decoration_config:\n    grace_period: \"15m0s\"\n    timeout: \"6h0m0s\"\n", "", job + "no timeout in decoration_config"},
		{"rerun by team id", "  cluster: e", "  rerun_auth_config:\n    github_team_ids: [1]\n  cluster: e", job + "rerun_auth_config has github_team_ids"},
		{"preset", "preset-kind-volume-mounts", "preset-kind-volume-mount", job + `labels: "preset-kind-volume-mount" is not in the plan`},
		{"preset off", `preset-kind-volume-mounts: "true"`, `preset-kind-volume-mounts: "yes"`, job + `preset "preset-kind-volume-mounts" is "yes"`},
		{"annotation", "    description: W", "    testgrid-description: x\n    description: W", job + `unknown annotation "testgrid-description"`},
		{"annotation's number", "    description: W", "    testgrid-num-columns-recent: many\n    description: W", job + `annotation "testgrid-num-columns-recent" is not a whole number`},
		{"annotation's truth", "    description: W", "    testgrid-create-test-group: maybe\n    description: W", job + `annotation "testgrid-create-test-group" is not true or false`},
		{"annotation's fraction", "    description: W", "    testgrid-broken-column-threshold: half\n    description: W", job + `annotation "testgrid-broken-column-threshold" is not a number`},
		{"annotation's mails", "    description: W", "    testgrid-alert-email: nobody\n    description: W", job + `annotation "testgrid-alert-email" is not e-mail addresses`},
		{"annotation's filter", "    description: W", "    testgrid-base-options: include-filter-by-regex=(\n    description: W", job + `annotation "testgrid-base-options" is not TestGrid options`},
		{"blocking dashboard", "    description: W", "    testgrid-dashboards: a, sig-release-1.36-blocking\n    description: W", job + `dashboard "sig-release-1.36-blocking" decides about releases`},
		{"description", "    description: ", "    words: ", job + `annotation "description" is missing`},
		{"coordinate", "    windows-op-readiness.sigs.k8s.io/platform: ltsc2022\n  extra", "  extra", job + `label "windows-op-readiness.sigs.k8s.io/platform" is missing`},
		{"two coordinates", "platform: ltsc2022\n  extra", "platform: ltsc2025\n  extra", `is "ltsc2025" as label and "ltsc2022" as annotation`},
		{"version for the script", "=latest-1.36", "=stable-1.36", job + `KUBERNETES_VERSION is set to ["stable-1.36"], where one value "latest-1.36" is meant`},
		{"version that is not tested", `sigs.k8s.io/kubernetes-version: "1.36"`, `sigs.k8s.io/kubernetes-version: "1.30"`, job + `label "windows-op-readiness.sigs.k8s.io/kubernetes-version": the config has no version "1.30"`},
		{"another version", "=latest-1.36", "=latest-1.35", job + `KUBERNETES_VERSION is set to ["latest-1.35"]`},
		{"no version", "      - KUBERNETES_VERSION=latest-1.36\n", "", job + `KUBERNETES_VERSION is set to []`},
		{"version twice", "      command:", "      env:\n      - name: KUBERNETES_VERSION\n        value: latest-1.36\n      command:", job + `KUBERNETES_VERSION is set to ["latest-1.36" "latest-1.36"]`},
		{"ref twice", "repo: cloud-provider-azure", "repo: cluster-api-provider-azure", job + "extra_refs: invalid job"},
		{"two workdirs", "path_alias: sigs.k8s.io/cloud-provider-azure", "workdir: true", job + "2 of extra_refs have workdir: true"},
		{"image without tag", "image: gcr.io/k8s-staging-test-infra/kubekins-e2e:v20260504-c27e3ff179-1.36", "image: gcr.io/x/y", `image "gcr.io/x/y" has no tag`},
		{"moving image", "kubekins-e2e:v20260504-c27e3ff179-1.36", "kubekins-e2e:latest-1.36", "needs imagePullPolicy Always"},
		{"pull policy", "kubekins-e2e:v20260504-c27e3ff179-1.36", "kubekins-e2e:latest\n      imagePullPolicy: Never", "has an imagePullPolicy of its own"},
		{"bootstrap image", "kubekins-e2e:v", "bootstrap:v", "is the bootstrap image"},
		{"request", `          cpu: "2"`, `          cpu: "1"`, job + "cpu requests 1 and is limited to 2"},
		{"no limit", "        limits:\n          cpu: \"2\"\n", "        limits:\n", job + "requests and limits of cpu must both be given"},
		{"much memory", "memory: \"9Gi\"\n        limits:\n          cpu: \"2\"\n          memory: \"9Gi\"", "memory: 28Gi\n        limits:\n          cpu: \"2\"\n          memory: 28Gi", job + "memory 28Gi is more than the build clusters allow (27Gi)"},
		{"volume without mount", "    containers:\n", "    volumes:\n    - name: x\n      emptyDir: {}\n    containers:\n", job + `volume "x" is not mounted`},
		{"docker socket", "    containers:\n", "    volumes:\n    - name: x\n      hostPath: {path: /var/run/docker.sock}\n    containers:\n", job + `volume "x" is the node's Docker socket`},
		{"job without group", "-1-36-ltsc2025", "-1-36-ltsc2028", `job "ci-windows-op-readiness-1-36-ltsc2028": no test group of this name`},
		{"group without job", "-1-36-ltsc2025", "-1-36-ltsc2028", `test group "ci-windows-op-readiness-1-36-ltsc2025": no job has this name`},
	})
}

// TestTrustedRules holds that the job with the token stays where such jobs are, and stays what it is.
func TestTrustedRules(t *testing.T) {
	t.Parallel()
	job := `job "ci-windows-op-readiness-report": `
	testMutations(t, "windows-op-readiness-report", []mutation{
		{"open cluster", "cluster: k8s-infra-prow-build-trusted", "cluster: eks-prow-build-cluster", job + `cluster "eks-prow-build-cluster" is none for jobs in jobs/kubernetes/sig-k8s-infra/trusted`},
		{"no timeout", "  decoration_config:\n    timeout: \"30m0s\"\n", "  decoration_config:\n    timeout: \"0s\"\n", job},
		{"not mounted", "      volumeMounts:\n      - name: github-token\n        mountPath: /etc/github-token\n        readOnly: true\n", "", job + `volume "github-token" is not mounted`},
		{"no checkout", "workdir: true", "workdir: true\n  - org: kubernetes-sigs\n    repo: windows-operational-readiness\n    base_ref: other", job + "extra_refs: invalid job"},
		{"another name", "name: ci-windows-op-readiness-report", "name: ci-windows-op-readiness-raport", `job "ci-windows-op-readiness-raport": no test group of this name`},
	})
	testMutations(t, "k8s-staging-win-op-rdnss", []mutation{
		{"publishes on an open cluster", "cluster: k8s-infra-prow-build-trusted", "cluster: eks-prow-build-cluster", `cluster "eks-prow-build-cluster" is none for jobs in jobs/image-pushing`},
		{"annotation that TestGrid ignores", "testgrid-dashboards", "testgrid-dashboard", `unknown annotation "testgrid-dashboard"`},
		{"unknown key", "    decorate: true", "    decorated: true", `job "post-windows-op-readiness-push-images" is none to Prow`},
	})
	presubmit := "presubmits:\n  kubernetes-sigs/windows-testing:\n  - name: pull-x\n    decorate: true\n    cluster: k8s-infra-prow-build-trusted\n" +
		"    spec:\n      containers:\n      - image: a/b:v1\n        command: [x]\n"
	cfg, plan, files := fixture(t)
	files = append(slices.Clone(files), generator.File{Path: cfg.Profile.Folders.Trusted + "/other.yaml", Data: []byte(presubmit)})
	err := Check(files, plan, cfg, Options{})
	if want := "it would run code of a pull request where credentials are"; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("a presubmit on a trusted cluster: %v", err)
	}
}

func TestPresubmitRules(t *testing.T) {
	t.Parallel()
	job := `job "pull-windows-op-readiness" on kubernetes-sigs/windows-operational-readiness: `
	testMutations(t, firstPresubmit, []mutation{
		{"unknown key", "    decorate: true", "    decorated: true", `presubmits.yaml: job "pull-windows-op-readiness" is none to Prow`},
		{"same name", "name: pull-windows-op-readiness-master", "name: pull-windows-op-readiness", "duplicated presubmit jobs"},
		{"same context", "context: pull-windows-op-readiness-master", "context: pull-windows-op-readiness", "report to the same GitHub context"},
		{"context", "context: pull-windows-op-readiness\n", "context: other\n", job + `context "other" is not the job's name`},
		{"always", "always_run: false", "always_run: true", job + "it would run without being asked to"},
		{"on change", "always_run: false", "always_run: false\n    run_if_changed: .*", job + "it would run without being asked to"},
		{"always and on change", "always_run: false", "always_run: true\n    run_if_changed: .*", "mutually exclusive"},
		{"required", "    optional: true\n", "", job + "not optional"},
		{"branches", "    branches:", "    skip_branches:\n    - x\n    branches:", job + "both branches and skip_branches"},
		{"trigger alone", "    optional: true\n", "    optional: true\n    trigger: x\n", `rerun command "" does not match trigger "x"`},
		{"command", "    optional: true\n", "    optional: true\n    trigger: ^/retry$\n    rerun_command: /retry\n", job + `rerun_command "/retry" is not "/test pull-windows-op-readiness"`},
		{"trigger of many", "    optional: true\n", "    optional: true\n    trigger: ^/test pull-windows\n    rerun_command: /test pull-windows-op-readiness\n", job + `"/test pull-windows-op-readiness-optional" starts it too`},
		{"ref of the repository itself", "repo: cluster-api-provider-azure", "repo: windows-operational-readiness", job + "extra_refs: invalid job"},
		{"path alias", "  kubernetes-sigs/windows-operational-readiness:", "  kubernetes/kubernetes:", `job "pull-windows-op-readiness" on kubernetes/kubernetes: path_alias "sigs.k8s.io/windows-operational-readiness": on kubernetes/kubernetes it must be "k8s.io/kubernetes"`},
	})
}

func TestTestGridRules(t *testing.T) {
	t.Parallel()
	group := `test group "ci-windows-op-readiness-master-ltsc2022": `
	dashboard := `dashboard "sig-windows-op-readiness-core-network": `
	testMutations(t, dashboardFile, []mutation{
		{"unknown key", "  is_external: true", "  is_internal: true", `unknown field "is_internal"`},
		{"days", "  days_of_results: 30\n", "", "days_of_results should be positive"},
		{"tab of nothing", "test_group_name: ci-windows-op-readiness-master-ltsc2022", "test_group_name: ci-none", "could not find the referenced (TestGroup) ci-none"},
		{"names that differ in signs", "- name: sig-windows-op-readiness-core-storage", "- name: sig-windows-op-readiness-corenetwork", "found duplicate name after normalizing"},
		{"member that is not there", "  - sig-windows-op-readiness-core-storage", "  - sig-windows-op-readiness-core-stora", "could not find the referenced (Dashboard)"},

		{"external", "  is_external: true\n", "", group + "is_external and use_kubernetes_client must be true"},
		{"client", "  use_kubernetes_client: true\n", "", group + "is_external and use_kubernetes_client must be true"},
		{"header", "configuration_value: revision", "property: revision", group + "a column header needs a configuration_value"},
		{"place", "gcs_prefix: kubernetes-ci-logs/logs/ci-windows-op-readiness-master-ltsc2022", "gcs_prefix: kubernetes-ci-logs/logs/other", `gcs_prefix "kubernetes-ci-logs/logs/other": Prow uploads to "kubernetes-ci-logs/logs/ci-windows-op-readiness-master-ltsc2022"`},
		{"bucket", "gcs_prefix: kubernetes-ci-logs/logs", "gcs_prefix: kubernetes-jenkins/logs", "Prow uploads to"},
		{"columns of a presubmit", "num_columns_recent: 30", "num_columns_recent: 19", `job "pull-windows-op-readiness" on kubernetes-sigs/windows-operational-readiness: num_columns_recent is 19: a presubmit needs at least 20`},
		{"filter", categoryFilter, "base_options: include-filter-by-regex=%5ECore(\n", dashboard + `tab "master-ltsc2022": base_options "include-filter-by-regex=%5ECore(": include-filter-by-regex: error parsing regexp`},
		{"filter's form", categoryFilter, "base_options: include-filter-by-regex=%\n", dashboard + `tab "master-ltsc2022": base_options`},
		{"rows of e2e.test", categoryFilter, "base_options: include-filter-by-regex=Core%7Ce2e\n", dashboard + `tab "master-ltsc2022": it shows the row "Kubernetes e2e suite.[It] [sig-windows] a test"`},
		{"row of the job", categoryFilter, "base_options: include-filter-by-regex=Core%7COverall\n", dashboard + `tab "master-ltsc2022": it shows the row "Overall"`},
		{"all rows", "    " + categoryFilter, "", dashboard + `tab "master-ltsc2022": it shows the row "Overall"`},
		{"switch of another", "  is_external: true\n", "  ignore_skip: true\n  is_external: true\n", group + "ignore_skip: TestGrid looks at it only where"},
		{"never failing", "  num_failures_to_alert: 1\n", "", group + "no num_failures_to_alert"},
		{"same rows twice", "  - name: master-ltsc2025\n    test_group_name: ci-windows-op-readiness-master-ltsc2025", "  - name: master-ltsc2025\n    test_group_name: ci-windows-op-readiness-master-ltsc2022", dashboard + `tabs "master-ltsc2022" and "master-ltsc2025" show the same test group`},
		{"mails", `kubernetes.io"`, `kubernetes.io,a b@c d"`, `tab "ltsc2022": alert_mail_to_addresses: "a b@c d"`},
		{"description", "    description: Core.Network,", "    results_text: x", dashboard + `tab "master-ltsc2022": no description`},
		{"stale", "      alert_stale_results_hours: 20\n", "", `dashboard "sig-windows-op-readiness-master": tab "ltsc2022": no alert_stale_results_hours`},
		{everywhere, "sig-windows-op-readiness-master", "windows-master", `dashboard "windows-master": the name does not start as test-infra wants it`},
		{"group's prefix", "dashboard_groups:\n- name: sig-windows-op-readiness", "dashboard_groups:\n- name: windows", `dashboard group "windows": the name does not start as test-infra wants it`},
		{"member's prefix", "dashboard_groups:\n- name: sig-windows-op-readiness", "dashboard_groups:\n- name: sig-windows-op-r", `dashboard group "sig-windows-op-r": dashboard "sig-windows-op-readiness-master" does not start with the group's name`},
		{"no member", "  - sig-windows-op-readiness-core-network\n", "", dashboard + "it is in no dashboard group"},
	})
}

// categoryFilter is the filter of a tab of the dashboard of Core.Network.
const categoryFilter = "base_options: include-filter-by-regex=%5E%28Verdict%5C.%29%3FCore%5C.Network%28%5C.%7C%24%29\n"

func testMutations(t *testing.T, fileName string, mutations []mutation) {
	cfg, plan, files := fixture(t)
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			err := Check(mutate(t, files, fileName, m), plan, cfg, Options{})
			if err == nil {
				t.Fatalf("accepted, want %q", m.want)
			}
			if !strings.Contains(err.Error(), m.want) {
				t.Errorf("got:\n%v\nwant:\n%s", err, m.want)
			}
			if strings.Contains(err.Error(), "/tmp/") {
				t.Errorf("the error names a temporary file: %v", err)
			}
		})
	}
}

// mutate returns the files with the mutation made in the first file of that name.
func mutate(t *testing.T, files []generator.File, fileName string, m mutation) []generator.File {
	t.Helper()
	changed := make([]generator.File, len(files))
	found := false
	for i, f := range files {
		changed[i] = f
		if text := string(f.Data); strings.Contains(f.Path, fileName) && strings.Contains(text, m.old) {
			n := 1
			if m.name == everywhere {
				n = -1
			}
			changed[i].Data = []byte(strings.Replace(text, m.old, m.new, n))
			found = true
		}
	}
	if !found {
		t.Fatalf("%q is in no file %s", m.old, fileName)
	}
	return changed
}
