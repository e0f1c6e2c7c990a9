package accept

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	prowapi "sigs.k8s.io/prow/pkg/apis/prowjobs/v1"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
)

// checkMeaning compares each job with its plan. What it is said to be, where and when it runs, and what it may touch are the
// plan's; how it comes to its command is the template's, as long as it does.
func checkMeaning(jobs []job, plan generator.Plan) []problem {
	wanted := map[string]generator.Job{}
	for _, j := range plan.Jobs() {
		wanted[j.Name] = j
	}
	var found []problem
	seen := map[string]bool{}
	for _, j := range jobs {
		p := &problems{of: j.String(), job: j.Name}
		if want, ok := wanted[j.Name]; ok {
			seen[j.Name] = true
			compare(p, j, want, plan)
		} else {
			p.at("name", "the plan has no job of this name")
		}
		found = append(found, p.list...)
	}
	for _, j := range plan.Jobs() {
		if !seen[j.Name] {
			found = append(found, problem{of: fmt.Sprintf("job %q", j.Name), job: j.Name, path: "name", text: "it is in the plan, and in no file"})
		}
	}
	return found
}

func compare(p *problems, j job, want generator.Job, plan generator.Plan) {
	same(p, "cluster", j.Cluster, want.Cluster)
	sameMap(p, "labels", j.Labels, want.Labels)
	sameMap(p, "annotations", j.Annotations, want.Annotations)
	compareRefs(p, j, want, plan.Repositories)
	compareWhole(p, j, want, plan.Addresses.Bucket)
	switch {
	case j.periodic != nil && want.Cron != "":
		same(p, "cron", j.periodic.Cron, want.Cron)
	case j.periodic != nil:
		same(p, "interval", cmp.Or(j.periodic.Interval, j.periodic.MinimumInterval), want.Interval())
	}
	if j.Spec == nil {
		return
	}
	same(p, "spec.serviceAccountName", j.Spec.ServiceAccountName, want.ServiceAccount)
	if len(j.Spec.Containers) != 1 {
		p.at("spec.containers", "%d containers: one runs the plan's command", len(j.Spec.Containers))
		return
	}
	same(p, "spec.containers[0].image", j.Spec.Containers[0].Image, want.Image)
	compareReach(p, j.Spec, want, plan.Profile)
	compareCommand(p, j.Spec.Containers[0], want, plan.Profile)
}

func same(p *problems, at, got, want string) {
	if got != want {
		p.at(at, "%s is %q, the plan says %q", at, got, want)
	}
}

func sameMap(p *problems, at string, got, want map[string]string) {
	for _, key := range slices.Sorted(maps.Keys(got)) {
		if _, there := want[key]; !there {
			p.at(at, "%s: %q is not in the plan", at, key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(want)) {
		if value, there := got[key]; !there || value != want[key] {
			p.at(at, "%s: %q is %q, the plan says %q", at, key, value, want[key])
		}
	}
}

// compareRefs holds what is checked out: of a presubmit, all but its own repository.
func compareRefs(p *problems, j job, want generator.Job, repositories []config.Repository) {
	var refs []string
	for _, r := range want.ExtraRefs {
		if j.presubmit == nil || r.FullName() != j.repository {
			refs = append(refs, refText(prowapi.Refs{Org: r.Org, Repo: r.Repo, BaseRef: r.BaseRef, PathAlias: r.PathAlias, WorkDir: r.Workdir}))
		}
	}
	var got []string
	for _, r := range j.ExtraRefs {
		got = append(got, refText(r))
	}
	if !slices.Equal(got, refs) {
		p.at("extra_refs", "extra_refs are %q, the plan says %q", got, refs)
	}
	if j.postsubmit != nil {
		same(p, "branches", strings.Join(j.postsubmit.Branches, " "), want.Repository.BranchPattern())
		same(p, "repository", j.repository, want.Repository.FullName())
	}
	if j.presubmit == nil {
		return
	}
	var branches, aliases []string
	for _, r := range repositories {
		if r.FullName() == j.repository {
			branches, aliases = append(branches, r.BranchPattern()), append(aliases, r.PathAlias)
		}
	}
	if len(j.presubmit.Branches) != 1 || !slices.Contains(branches, j.presubmit.Branches[0]) {
		p.at("branches", "branches are %q, the plan says one of %q", j.presubmit.Branches, branches)
	}
	if !slices.Contains(aliases, j.PathAlias) {
		p.at("path_alias", "path_alias is %q, the plan says %q", j.PathAlias, aliases)
	}
}

func refText(r prowapi.Refs) string {
	text := fmt.Sprintf("%s/%s at %s in %s", r.Org, r.Repo, r.BaseRef, r.PathAlias)
	if r.WorkDir {
		text += ", where it starts"
	}
	return text
}

// compareReach holds what the job can reach beside its own container: no node, and no secret but those of its plan.
func compareReach(p *problems, spec *corev1.PodSpec, want generator.Job, profile config.Profile) {
	if spec.HostNetwork || spec.HostPID || spec.HostIPC {
		p.at("spec", "it shares the node's network or processes")
	}
	for i, v := range spec.Volumes {
		at := fmt.Sprintf("spec.volumes[%d]", i)
		if v.HostPath != nil {
			p.at(at, "volume %q is a folder of the node", v.Name)
		}
		if v.Secret != nil {
			checkSecret(p, at, v.Secret.SecretName, want)
		}
		if v.Projected != nil {
			for _, source := range v.Projected.Sources {
				if source.Secret != nil {
					checkSecret(p, at, source.Secret.Name, want)
				}
			}
		}
	}
	c := spec.Containers[0]
	if s := c.SecurityContext; s != nil && !profile.Privileged && (s.Privileged != nil && *s.Privileged || s.Capabilities != nil && len(s.Capabilities.Add) > 0) {
		p.at("spec.containers[0].securityContext", "it is privileged, which the profile does not allow")
	}
	if s := c.SecurityContext; s != nil && s.Privileged != nil && *s.Privileged && want.TokenSecret != "" {
		p.at("spec.containers[0].securityContext", "it is privileged, and holds a token")
	}
	for _, e := range c.Env {
		switch {
		case e.ValueFrom == nil:
		case e.ValueFrom.SecretKeyRef != nil:
			checkSecret(p, "spec.containers[0].env", e.ValueFrom.SecretKeyRef.Name, want)
		default:
			p.at("spec.containers[0].env", "%s comes from a place that the plan does not know", e.Name)
		}
	}
}

func checkSecret(p *problems, at, name string, want generator.Job) {
	if name == "" || name != want.TokenSecret && name != want.Secret {
		p.at(at, "secret %q is not in the job's plan", name)
	}
}

// compareCommand holds that what runs is what the plan says: the script that writes results before there are any and that Prow
// signals, then programs that are known to run the command behind them, then ours.
func compareCommand(p *problems, c corev1.Container, want generator.Job, profile config.Profile) {
	const at = "spec.containers[0].command"
	compareEnv(p, c, want, profile)
	words := slices.Concat(c.Command, c.Args)
	if want.TokenSecret != "" {
		compareReport(p, words, want)
		return
	}
	if want.Project != "" {
		comparePublish(p, words, want)
		return
	}
	if script := ownFolder(want) + "/hack/prow-job.sh"; len(words) < 2 || words[0] != script {
		p.at(at, "command: %s is not the first word: it writes results before anything can fail, and is what Prow asks to end", script)
		return
	}
	same(p, at, words[1], strings.Join(want.Rows, ","))
	words = words[2:]
	for len(words) > 0 {
		switch word := words[0]; {
		case word == "env":
			words = compareVariables(p, words[1:], want, profile)
		case word == "make":
			compareMake(p, words[1:], want)
			return
		case slices.Contains(profile.Wrappers, word):
			words = words[1:]
		default:
			p.at(at, "command: %q is not known to run what follows it: the profile has %q, and make prow-run comes last", word, profile.Wrappers)
			return
		}
	}
	p.at(at, "command: it does not come to make prow-run, so it would test nothing")
}

// ownFolder is where our repository is checked out, the first one of the config, seen from that of any other.
func ownFolder(want generator.Job) string { return "../" + path.Base(want.ExtraRefs[0].PathAlias) }

// compareVariables reads the settings behind env, and returns what follows them.
func compareVariables(p *problems, words []string, want generator.Job, profile config.Profile) []string {
	for i, word := range words {
		name, value, setting := strings.Cut(word, "=")
		if !setting {
			return words[i:]
		}
		checkVariable(p, "spec.containers[0].command", corev1.EnvVar{Name: name, Value: value}, want, profile)
	}
	return nil
}

func compareEnv(p *problems, c corev1.Container, want generator.Job, profile config.Profile) {
	set := map[string]bool{}
	for _, e := range c.Env {
		set[e.Name] = true
		checkVariable(p, "spec.containers[0].env", e, want, profile)
	}
	for _, name := range slices.Sorted(maps.Keys(want.Env)) {
		if !set[name] {
			p.at("spec.containers[0].env", "env: %q of the plan is not there", name)
		}
	}
}

func checkVariable(p *problems, at string, e corev1.EnvVar, want generator.Job, profile config.Profile) {
	value, planned := want.Env[e.Name]
	switch {
	case slices.Contains(config.Reserved(), e.Name):
		p.at(at, "%s decides about what runs: it comes from the plan, behind make prow-run", e.Name)
	case planned && value != e.Value:
		p.at(at, "%s is %q, the plan says %q", e.Name, e.Value, value)
	case !planned && e.Name == "E2E_BASE_URL" && e.Value != "https://dl.k8s.io/release" && e.Value != "https://dl.k8s.io/ci":
		p.at(at, "E2E_BASE_URL is %q: a place of tests other than Kubernetes' own stands under env in the config", e.Value)
	case !planned && !slices.Contains(profile.Variables, e.Name):
		p.at(at, "%s is in neither the plan nor the profile (variables: %q)", e.Name, profile.Variables)
	}
}

// compareMake holds that make runs the tests of the plan.
func compareMake(p *problems, words []string, want generator.Job) {
	const at = "spec.containers[0].command"
	if len(words) > 1 && words[0] == "-C" {
		same(p, at, words[1], ownFolder(want))
		words = words[2:]
	}
	if len(words) == 0 || words[0] != "prow-run" {
		p.at(at, "command: it ends in make %q and not in make prow-run", words)
		return
	}
	settings := map[string]string{"PLATFORM": want.Platform.Name, "RUN_TIMEOUT": want.RunTimeout(), "GRACE_PERIOD": want.TestGracePeriod()}
	if len(want.Select) > 0 {
		settings["CATEGORIES"] = strings.Join(want.Select, ",")
	}
	for _, word := range words[1:] {
		name, value, _ := strings.Cut(word, "=")
		if wanted, ok := settings[name]; !ok || wanted != value {
			p.at(at, "command: %q behind prow-run, the plan says %q", word, wanted)
		}
		delete(settings, name)
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		p.at(at, "command: %s=%s of the plan is not behind prow-run", name, settings[name])
	}
}

// compareReport holds that the job with the token runs the published program, on the repositories of the plan.
func compareReport(p *problems, words []string, want generator.Job) {
	expected := []string{"op-readiness", "report"}
	for _, target := range want.Targets {
		expected = append(expected, "--post="+target)
	}
	expected = append(expected, "--github-token-file=/etc/github-token/token")
	if want.Endpoint != "" {
		expected = append(expected, "--github-endpoint="+want.Endpoint)
	}
	if !slices.Equal(words, expected) {
		p.at("spec.containers[0].command", "command: %q, the plan says %q", words, expected)
	}
}

// comparePublish holds that the job which may push images hands over this repository and runs nothing else: test-infra takes no
// other form of such a job (https://github.com/kubernetes/test-infra/tree/master/config/jobs/image-pushing).
func comparePublish(p *problems, words []string, want generator.Job) {
	expected := []string{
		"/run.sh", "--project=" + want.Project, "--scratch-bucket=gs://" + want.Project + "-gcb", "--env-passthrough=PULL_BASE_REF,PULL_BASE_SHA", "--with-git-dir", ".",
	}
	if !slices.Equal(words, expected) {
		p.at("spec.containers[0].command", "command: %q, the plan says %q", words, expected)
	}
}
