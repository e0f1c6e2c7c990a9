package accept

import (
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

const rowsOfAll = "      - Core.Network,Core.Storage,Extend.ActiveDirectory\n"

// TestMeaning changes what a job does, in a way that Prow and test-infra accept: each is found, since the plan says otherwise.
func TestMeaning(t *testing.T) {
	t.Parallel()
	job := `job "ci-windows-op-readiness-1-36-ltsc2022": `
	const command = "      - runner.sh\n"
	testMutations(t, firstPeriodic, []mutation{
		{"a program that ends well", command, "      - \"true\"\n      - runner.sh\n", job + `command: "true" is not known to run what follows it`},
		{"a shell", command, "      - bash\n      - -c\n      - runner.sh\n", job + `command: "bash" is not known to run what follows it`},
		{"another target of make", "      - prow-run\n", "      - build\n", job + `command: it ends in make ["build"`},
		{"make does nothing", "      - prow-run\n", "      - -n\n      - prow-run\n", job + `command: it ends in make ["-n" "prow-run"`},
		{"make is told to do nothing", "      - prow-run\n", "      - prow-run\n      - MAKEFLAGS=-n\n", job + `command: "MAKEFLAGS=-n" behind prow-run`},
		{"a Makefile of somebody", "      - ../windows-operational-readiness\n", "      - ../windows-testing\n", job + `spec.containers[0].command is "../windows-testing", the plan says "../windows-operational-readiness"`},
		{"a script of somebody", "      - ../windows-operational-readiness/hack/prow-job.sh\n", "      - ../windows-testing/hack/prow-job.sh\n", job + "command: ../windows-operational-readiness/hack/prow-job.sh is not the first word"},
		{"another bucket", "    timeout: \"6h0m0s\"", "    timeout: \"6h0m0s\"\n    gcs_configuration: {bucket: other, path_strategy: explicit}", job + `decoration_config.gcs_configuration is {"bucket":"other","path_strategy":"explicit"}, the plan says {"bucket":"kubernetes-ci-logs","path_strategy":"explicit"}`},
		{"make goes on", "      - prow-run\n", "      - prow-run\n      - -k\n", job + `command: "-k" behind prow-run`},
		{"an e2e.test of one's own", "      - KUBERNETES_VERSION=latest-1.36\n", "      - KUBERNETES_VERSION=latest-1.36\n      - E2E_TEST=/bin/true\n", job + "E2E_TEST decides about what runs"},
		{"an e2e.test in the environment", "      command:\n", "      env:\n      - name: E2E_TEST\n        value: /bin/true\n      command:\n", job + "E2E_TEST decides about what runs"},
		{"another variable", "      command:\n", "      env:\n      - name: WINDOWS_SERVER_VERSION\n        value: windows-2019\n      command:\n", job + "WINDOWS_SERVER_VERSION is in neither the plan nor the profile"},
		{"fewer categories", "      - prow-run\n", "      - prow-run\n      - CATEGORIES=Core.Network\n", job + `command: "CATEGORIES=Core.Network" behind prow-run, the plan says ""`},
		{"another platform", "      - PLATFORM=ltsc2022\n", "      - PLATFORM=ltsc2025\n", job + `command: "PLATFORM=ltsc2025" behind prow-run, the plan says "ltsc2022"`},
		{"no platform", "      - PLATFORM=ltsc2022\n", "", job + `command: PLATFORM=ltsc2022 of the plan is not behind prow-run`},
		{"no time for the cluster", "      - RUN_TIMEOUT=4h45m0s\n", "      - RUN_TIMEOUT=6h\n", job + `command: "RUN_TIMEOUT=6h" behind prow-run, the plan says "4h45m0s"`},
		{"less time for the job", "timeout: \"6h0m0s\"", "timeout: \"5h0m0s\"", job + `decoration_config.timeout is "5h0m0s", the plan says "6h0m0s"`},
		{"no results before the run", "      - ../windows-operational-readiness/hack/prow-job.sh\n" + rowsOfAll, "", job + "command: ../windows-operational-readiness/hack/prow-job.sh is not the first word"},
		{"results after a program", "      - ../windows-operational-readiness/hack/prow-job.sh\n" + rowsOfAll + "      - runner.sh\n", "      - runner.sh\n      - ../windows-operational-readiness/hack/prow-job.sh\n" + rowsOfAll, job + "command: ../windows-operational-readiness/hack/prow-job.sh is not the first word"},
		{"results twice", "      - runner.sh\n", "      - ../windows-operational-readiness/hack/prow-job.sh\n" + rowsOfAll + "      - runner.sh\n", job + `command: "../windows-operational-readiness/hack/prow-job.sh" is not known to run what follows it`},
		{"no time to end", "      - GRACE_PERIOD=5m0s\n", "      - GRACE_PERIOD=20m0s\n", job + `command: "GRACE_PERIOD=20m0s" behind prow-run, the plan says "5m0s"`},
		{"less time to end", "grace_period: \"15m0s\"", "grace_period: \"1m0s\"", job + `decoration_config.grace_period is "1m0s", the plan says "15m0s"`},
		{"time to end as Prow has it", "    grace_period: \"15m0s\"\n", "", job + `decoration_config.grace_period is nothing, the plan says "15m0s"`},
		{"results of fewer categories", rowsOfAll, "      - Core.Network\n", job + `spec.containers[0].command is "Core.Network", the plan says "Core.Network,Core.Storage,Extend.ActiveDirectory"`},
		{"preset of another platform", "    preset-capz-windows-2022: \"true\"\n", "    preset-capz-windows-2025: \"true\"\n", job + `labels: "preset-capz-windows-2025" is not in the plan`},
		{"no preset of the platform", "    preset-capz-windows-2022: \"true\"\n", "", job + `labels: "preset-capz-windows-2022" is "", the plan says "true"`},
		{"annotation", "    description: Windows", "    more: \"3\"\n    description: Windows", job + `annotations: "more" is not in the plan`},
		{"branch of a ref", "base_ref: main", "base_ref: mine", job + "extra_refs are "},
		{"a folder of the node", "    containers:\n", "    volumes:\n    - name: x\n      hostPath: {path: /etc}\n    containers:\n", job + `volume "x" is a folder of the node`},
		{"the token", "    containers:\n", "    volumes:\n    - name: x\n      secret: {secretName: windows-op-readiness-github-token}\n    containers:\n", job + `secret "windows-op-readiness-github-token" is not in the job's plan`},
		{"the token as a variable", "      command:\n", "      envFrom:\n      - secretRef: {name: windows-op-readiness-github-token}\n      command:\n", job + "spec.containers[0].envFrom is not in the plan"},
		{"the node's network", "    containers:\n", "    hostNetwork: true\n    containers:\n", job + "it shares the node's network"},
		{"image", "kubekins-e2e:v20260504-c27e3ff179-1.36", "kubekins-e2e:v20260504-c27e3ff179-1.35", job + "spec.containers[0].image is "},
		{"service account", "serviceAccountName: azure", "serviceAccountName: other", job + `spec.serviceAccountName is "other", the plan says "azure"`},
		{"schedule", `cron: "18 19 * * *"`, `cron: "18 19 1 1 *"`, job + `cron is "18 19 1 1 *", the plan says "18 19 * * *"`},
		{"no sources", "    timeout: \"6h0m0s\"", "    timeout: \"6h0m0s\"\n    skip_cloning: true", job + "decoration_config.skip_cloning is true, the plan says nothing"},
		{"job of no plan", "- name: ci-windows-op-readiness-1-36-ltsc2022", "- name: ci-windows-op-readiness-1-36-ltsc2019", `job "ci-windows-op-readiness-1-36-ltsc2022": it is in the plan, and in no file`},
	})
	testMutations(t, firstPresubmit, []mutation{
		{"another branch", "    - ^main$", "    - ^.*$", `job "pull-windows-op-readiness" on kubernetes-sigs/windows-operational-readiness: branches are ["^.*$"]`},
		{"other categories", "      - CATEGORIES=Core.Network,Core.Storage", "      - CATEGORIES=Core.Network", `"CATEGORIES=Core.Network" behind prow-run, the plan says "Core.Network,Core.Storage"`},
		{"all categories", "        - CATEGORIES=Core.Network,Core.Storage\n", "", "CATEGORIES=Core.Network,Core.Storage of the plan is not behind prow-run"},
	})
	testMutations(t, "windows-op-readiness-report", []mutation{
		{"code of its own", "      - op-readiness\n      - report\n", "      - make\n      - report-sweep\n", `job "ci-windows-op-readiness-report": command: `},
		{"another secret", "secretName: windows-op-readiness-github-token", "secretName: oauth-token", `secret "oauth-token" is not in the job's plan`},
		{"privileged", "      command:\n", "      securityContext:\n        privileged: true\n      command:\n", "it is privileged, and holds a token"},
		{"every minute", "interval: \"1h0m0s\"", "interval: \"1m0s\"", `interval is "1m0s", the plan says "1h0m0s"`},
	})
	publish := `job "post-windows-op-readiness-push-images" on kubernetes-sigs/windows-operational-readiness: `
	testMutations(t, "k8s-staging-win-op-rdnss", []mutation{
		{"code of its own", "      - /run.sh\n", "      - make\n", publish + `command: ["make"`},
		{"into another project", "--project=k8s-staging-win-op-rdnss", "--project=k8s-staging-kind", publish + "command: "},
		{"of every branch", "    - ^main$", "    - .*", publish + `branches is ".*", the plan says "^main$"`},
		{"of another repository", "  kubernetes-sigs/windows-operational-readiness:", "  kubernetes-sigs/windows-testing:", `repository is "kubernetes-sigs/windows-testing"`},
		{"another account", "serviceAccountName: gcb-builder", "serviceAccountName: default", publish + `spec.serviceAccountName is "default"`},
		{"a secret", "        resources:\n", "        envFrom:\n        - secretRef:\n            name: token\n        resources:\n", publish + `spec.containers[0].envFrom is not in the plan, and could change what runs`},
		{"sources from elsewhere", "    branches:\n", "    clone_uri: https://example.com/other.git\n    branches:\n", publish + "clone_uri is not in the plan, and could change what runs"},
		{"out of sight", "    branches:\n", "    hidden: true\n    branches:\n", publish + "hidden is not in the plan, and could change what runs"},
		{"only now and then", "    branches:\n", "    run_if_changed: ^docs/\n    branches:\n", publish + "run_if_changed is not in the plan, and could change what runs"},
		{"never", "    branches:\n", "    always_run: false\n    branches:\n", publish + "always_run is false: no image would be published"},
		{"not to Prow's taste", "        resources:\n", "        env:\n        - name: JOB_NAME\n          value: another\n        resources:\n", `job "post-windows-op-readiness-push-images": prow: `},
	})
}

// TestEvergreen changes what a job does, not by its command but by what lies around it: each is found.
func TestEvergreen(t *testing.T) {
	t.Parallel()
	job := `job "ci-windows-op-readiness-1-36-ltsc2022": `
	const script, command, containers = "      - ../windows-operational-readiness/hack/prow-job.sh\n", "      command:\n", "    containers:\n"
	stranger := func(key string) string { return job + key + " is not in the plan, and could change what runs" }
	testMutations(t, firstPeriodic, []mutation{
		{"a shell around all", command + script, command + "      - bash\n      - -c\n      - make prow-run || true\n" + script, job + "command: ../windows-operational-readiness/hack/prow-job.sh is not the first word"},
		{"a shell in one word", "      - make\n", "      - bash -c 'make prow-run || exit 0'\n      - make\n", job + `command: "bash -c 'make prow-run || exit 0'" is not known to run what follows it`},
		{"the command as arguments", command, "      command: [\"true\"]\n      args:\n", job + "command: ../windows-operational-readiness/hack/prow-job.sh is not the first word"},
		{"arguments behind the command", command, "      args: [\"||\", \"true\"]\n      command:\n", job + `command: "||" behind prow-run`},
		{"env -i", "      - env\n", "      - env\n      - -i\n", job + `command: "-i" is not known to run what follows it`},
		{"env --unset", "      - env\n", "      - env\n      - --unset=ARTIFACTS\n", job + "--unset is in neither the plan nor the profile"},
		{"no categories", command, "      env:\n      - name: CATEGORIES\n        value: \"\"\n      command:\n", job + "CATEGORIES decides about what runs"},
		{"bash does nothing", command, "      env:\n      - name: SHELLOPTS\n        value: noexec\n      command:\n", job + "SHELLOPTS decides about what runs"},
		{"variables of a ConfigMap", command, "      envFrom:\n      - configMapRef: {name: x}\n      command:\n", stranger("spec.containers[0].envFrom")},
		{"a variable of a ConfigMap", command, "      env:\n      - name: KUBERNETES_VERSION\n        valueFrom: {configMapKeyRef: {name: x, key: k}}\n      command:\n", job + "KUBERNETES_VERSION comes from a place that the plan does not know"},
		{"a second container", containers + "    - ", "    containers:\n    - name: x\n      image: a/b:v1\n      command: [\"true\"]\n    - name: test\n      ", job + "2 containers: one runs the plan's command"},
		{"ends early", containers, "    activeDeadlineSeconds: 60\n    containers:\n", stranger("spec.activeDeadlineSeconds")},
		{"another host", containers, "    hostAliases:\n    - {ip: 192.0.2.1, hostnames: [dl.k8s.io]}\n    containers:\n", stranger("spec.hostAliases")},
		{"another DNS", containers, "    dnsPolicy: None\n    dnsConfig: {nameservers: [192.0.2.1]}\n    containers:\n", stranger("spec.dnsConfig")},
		{"another folder", command, "      workingDir: /tmp\n      command:\n", stranger("spec.containers[0].workingDir")},
		{"a hook of the container", command, "      lifecycle:\n        postStart: {exec: {command: [sh, -c, \"cp /bin/true make\"]}}\n      command:\n", stranger("spec.containers[0].lifecycle")},
		{"files of a ConfigMap", containers, "    volumes:\n    - name: x\n      configMap: {name: scripts}\n    containers:\n", stranger("spec.volumes[0].configMap")},
		{"files of a disk", containers, "    volumes:\n    - name: x\n      persistentVolumeClaim: {claimName: scripts}\n    containers:\n", stranger("spec.volumes[0].persistentVolumeClaim")},
		{"files of a ConfigMap, projected", containers, "    volumes:\n    - name: x\n      projected: {sources: [{configMap: {name: scripts}}]}\n    containers:\n", stranger("spec.volumes[0].projected.sources[0].configMap")},
		{"sources from another place", "    base_ref: main\n", "    base_ref: main\n    clone_uri: https://example.com/x.git\n", stranger("extra_refs[0].clone_uri")},
		{"other sources", "    base_ref: main\n", "    base_ref: main\n    base_sha: 0123456789abcdef0123456789abcdef01234567\n", stranger("extra_refs[0].base_sha")},
		{"another entrypoint", "    timeout: \"6h0m0s\"", "    timeout: \"6h0m0s\"\n    utility_images: {entrypoint: mine}", job + "decoration_config.utility_images is "},
		{"pods ended early", "    timeout: \"6h0m0s\"", "    timeout: \"6h0m0s\"\n    pod_running_timeout: 1m", job + `decoration_config.pod_running_timeout is "1m0s", the plan says nothing`},
		{"another path in the bucket", "    timeout: \"6h0m0s\"", "    timeout: \"6h0m0s\"\n    gcs_configuration: {path_prefix: x}", job + "decoration_config.gcs_configuration is "},
		{"another tenant", "  decorate: true", "  prowjob_defaults: {tenant_id: x}\n  decorate: true", job + `prowjob_defaults is "x", the plan says "GlobalDefaultID"`},
		{"not shown", "  decorate: true", "  hidden: true\n  decorate: true", stranger("hidden")},
		{"another agent", "  decorate: true", "  agent: jenkins\n  decorate: true", "job specs require agent: kubernetes"},
		{"another size", "          cpu: \"2\"\n          memory: \"9Gi\"\n        limits:\n          cpu: \"2\"", "          cpu: \"1\"\n          memory: \"9Gi\"\n        limits:\n          cpu: \"1\"", job + "spec.containers[0].resources of cpu is 1, the plan says 2"},
	})
	presubmit := `job "pull-windows-op-readiness" on kubernetes-sigs/windows-operational-readiness: `
	testMutations(t, firstPresubmit, []mutation{
		{"its end is told nobody", "    optional: true\n", "    optional: true\n    skip_report: true\n", presubmit + "skip_report is not in the plan"},
		{"told nobody under another name", "    context: pull-windows-op-readiness\n", "    context: other\n    skip_report: true\n", presubmit + `context "other" is not the job's name`},
		{"the pull request of another place", "    decorate: true", "    clone_uri: https://example.com/x.git\n    decorate: true", presubmit + "clone_uri is not in the plan"},
		{"starts at any word", "    optional: true\n", "    optional: true\n    trigger: (?m)^/(lgtm|test pull-windows-op-readiness)$\n    rerun_command: /test pull-windows-op-readiness\n", presubmit + "trigger "},
	})
}

// TestFaultOnce holds that a fault of a template is told once, with its line, however many jobs have it.
func TestFaultOnce(t *testing.T) {
	t.Parallel()
	cfg, plan, _ := fixture(t)
	fsys := changedTemplates(t, "    - runner.sh\n", "    - \"true\"\n    - runner.sh\n")
	files, err := generator.Render(plan, fsys)
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Locate: func(job, path string) string { return generator.Locate(plan, fsys, job, path) }}
	err = Check(files, plan, cfg, o)
	if err == nil {
		t.Fatal("accepted")
	}
	text, line := err.Error(), lineOf(t, fsys, "    command:\n")
	if want := "capz/body.yaml.tmpl:" + line + `: job "ci-windows-op-readiness-`; strings.Count(text, "\n") != 0 || !strings.HasPrefix(text, want) || !strings.Contains(text, "more)") {
		t.Errorf("got:\n%s\nwant one line that begins with %s", text, want)
	}
}

// TestRefusalOnce holds that what Prow's loader refuses of many jobs is told once as well, with its line.
func TestRefusalOnce(t *testing.T) {
	t.Parallel()
	cfg, plan, _ := fixture(t)
	fsys := changedTemplates(t, "spec:\n", "spec:\n  initContainers: [{name: x, image: \"a/b:v1\", command: [x]}]\n")
	files, err := generator.Render(plan, fsys)
	if err != nil {
		t.Fatal(err)
	}
	err = Check(files, plan, cfg, Options{Locate: func(job, path string) string { return generator.Locate(plan, fsys, job, path) }})
	if err == nil {
		t.Fatal("accepted")
	}
	text, line := err.Error(), lineOf(t, fsys, "  initContainers:")
	if want := "capz/body.yaml.tmpl:" + line + `: job "`; strings.Count(text, "\n") != 2 || strings.Count(text, ".tmpl:") != 3 || !strings.HasPrefix(text, want) || !strings.Contains(text, "prow: pod spec may not use init containers (so it is in ") {
		t.Errorf("got:\n%s\nwant one line for each of three templates, the first of which begins with %s", text, want)
	}
}

// TestProfileOfOwn holds that what test-infra does not allow is for another Prow to say.
func TestProfileOfOwn(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{"kubeconfig", "capv"} {
		cfg, err := config.Load("testdata/own-" + provider + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		plan, files := filesOf(t, fixtureSpec(t), cfg)
		o := Options{Locate: func(job, path string) string { return generator.Locate(plan, templates.Jobs, job, path) }}
		if err := Check(files, plan, cfg, o); err != nil {
			t.Errorf("%s: %v", provider, err)
		}
	}
}
