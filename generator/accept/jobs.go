package accept

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	prowapi "sigs.k8s.io/prow/pkg/apis/prowjobs/v1"
	prowconfig "sigs.k8s.io/prow/pkg/config"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
)

// checkJobs holds each job against the rules of test-infra's config/tests/jobs that Prow's loader does not know, and
// against those that no one checks there.
func checkJobs(jobs []job, cfg config.Config) []problem {
	var found []problem
	for _, j := range jobs {
		p := &problems{of: j.String(), job: j.Name}
		checkName(p, j)
		checkPlace(p, j, cfg.Profile)
		checkPresets(p, j)
		checkAnnotations(p, j)
		if j.Name != coordinates.ReportJob && j.Name != coordinates.PublishJob {
			checkCoordinates(p, j)
			checkVersion(p, j, cfg.Versions)
		}
		checkRefs(p, j)
		if j.Spec != nil {
			checkSpec(p, j.Spec, cfg.Profile)
		}
		if j.presubmit != nil {
			checkPresubmit(p, j)
		}
		found = append(found, p.list...)
	}
	return append(found, checkTriggers(jobs)...)
}

// podForm is the form of a name of a pod, which Prow derives from the job's.
var podForm = regexp.MustCompile(`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`)

func checkName(p *problems, j job) {
	if !podForm.MatchString(j.Name) {
		p.addf("a name is of lower-case letters, digits and hyphens")
	}
	if len(j.Name) > testinfra.MaxJobName {
		p.addf("the name has %d characters, more than Prow's label for it can hold (%d)", len(j.Name), testinfra.MaxJobName)
	}
}

// checkPlace is about where a job runs and under what limits.
func checkPlace(p *problems, j job, profile config.Profile) {
	clusters, kind := profile.Clusters, "community jobs"
	if j.trusted(profile) {
		folder := profile.Folders.Trusted
		if j.postsubmit != nil {
			folder = profile.Folders.Publish
		}
		clusters, kind = profile.TrustedClusters, "jobs in "+folder
		if j.presubmit != nil {
			p.addf("a presubmit in %s: it would run code of a pull request where credentials are", folder)
		}
	}
	if len(clusters) > 0 && !slices.Contains(clusters, j.Cluster) {
		p.at("cluster", "cluster %q is none for %s; known are %q", j.Cluster, kind, clusters)
	}
	if j.Decorate == nil || !*j.Decorate {
		p.at("decorate", "not decorated: nothing would be uploaded")
		return
	}
	if j.DecorationConfig == nil || j.DecorationConfig.Timeout == nil || j.DecorationConfig.Timeout.Duration <= 0 {
		p.at("decoration_config", "no timeout in decoration_config")
	}
	if auth := j.RerunAuthConfig; auth != nil && len(auth.GitHubTeamIDs) > 0 {
		p.at("rerun_auth_config", "rerun_auth_config has github_team_ids: use github_team_slugs")
	}
}

// checkPresets is about how presets are turned on. Whether there are such, a checkout tells.
func checkPresets(p *problems, j job) {
	for _, label := range slices.Sorted(maps.Keys(j.Labels)) {
		if strings.HasPrefix(label, testinfra.PresetPrefix) && j.Labels[label] != "true" {
			p.at("labels", "preset %q is %q: only \"true\" turns it on", label, j.Labels[label])
		}
	}
}

func checkCoordinates(p *problems, j job) {
	for _, key := range []string{coordinates.KubernetesVersion, coordinates.Platform, coordinates.Categories} {
		if j.Labels[key] == "" {
			p.addf("label %q is missing: a report could not tell what ran", key)
		}
		if j.Annotations[key] == "" {
			p.at("annotations", "annotation %q is missing: a report could not tell what ran", key)
		}
	}
	for _, key := range []string{coordinates.KubernetesVersion, coordinates.Platform} {
		if j.Labels[key] != j.Annotations[key] {
			p.addf("%q is %q as label and %q as annotation", key, j.Labels[key], j.Annotations[key])
		}
	}
}

// The variables that name the version under test: for windows-testing's script, and for hack/prow-run.sh on a cluster that is
// there already.
const (
	versionVariable = "KUBERNETES_VERSION"
	releaseVariable = "CI_VERSION"
)

// checkVersion holds that the version under test is the one that the job claims: run-capz-e2e.sh takes any value without
// "latest" in it for the newest build of the main branch.
func checkVersion(p *problems, j job, versions []config.Version) {
	var values []string
	if j.Spec != nil {
		for _, c := range j.Spec.Containers {
			values = append(values, versionsOf(c)...)
		}
	}
	version := j.Labels[coordinates.KubernetesVersion]
	if version == "" {
		return // reported as a missing label
	}
	i := slices.IndexFunc(versions, func(v config.Version) bool { return v.Name == version })
	if i < 0 {
		p.addf("label %q: the config has no version %q", coordinates.KubernetesVersion, version)
		return
	}
	if want := versions[i].Marker; len(values) != 1 || values[0] != want {
		p.at("spec.containers[0].command", "%s is set to %q, where one value %q is meant", versionVariable, values, want)
	}
}

func versionsOf(c corev1.Container) []string {
	var values []string
	for _, arg := range slices.Concat(c.Command, c.Args) {
		for _, name := range []string{versionVariable, releaseVariable} {
			if value, ok := strings.CutPrefix(arg, name+"="); ok {
				values = append(values, value)
			}
		}
	}
	for _, e := range c.Env {
		if e.Name == versionVariable || e.Name == releaseVariable {
			values = append(values, e.Value)
		}
	}
	return values
}

func checkRefs(p *problems, j job) {
	if j.periodic != nil && len(j.ExtraRefs) == 0 {
		p.addf("a periodic needs an entry in extra_refs")
	}
	if err := prowconfig.ValidateRefs(j.repository, j.JobBase); err != nil {
		p.addf("extra_refs: %v", err)
	}
	if workdirs := slices.DeleteFunc(slices.Clone(j.ExtraRefs), func(r prowapi.Refs) bool { return !r.WorkDir }); len(workdirs) > 1 {
		p.addf("%d of extra_refs have workdir: true", len(workdirs))
	}
	if j.repository == kubernetes && j.PathAlias != kubernetesAlias {
		p.addf("path_alias %q: on %s it must be %q", j.PathAlias, kubernetes, kubernetesAlias)
	}
}

const (
	kubernetes      = "kubernetes/kubernetes"
	kubernetesAlias = "k8s.io/kubernetes"
)

func checkSpec(p *problems, spec *corev1.PodSpec, profile config.Profile) {
	mounted := map[string]bool{}
	for _, c := range spec.Containers {
		checkImage(p, c)
		checkResource(p, c, corev1.ResourceCPU, profile.MaxCPU)
		checkResource(p, c, corev1.ResourceMemory, profile.MaxMemory)
		for _, m := range c.VolumeMounts {
			mounted[m.Name] = true
		}
	}
	for _, v := range spec.Volumes {
		if !mounted[v.Name] {
			p.addf("volume %q is not mounted", v.Name)
		}
		if v.HostPath != nil && strings.HasSuffix(v.HostPath.Path, "docker.sock") {
			p.addf("volume %q is the node's Docker socket", v.Name)
		}
	}
}

func checkImage(p *problems, c corev1.Container) {
	switch {
	case strings.Contains(c.Image, "bootstrap"):
		p.addf("image %q is the bootstrap image, which decorated jobs do not use", c.Image)
	case strings.Contains(c.Image, ":latest-") && c.ImagePullPolicy != corev1.PullAlways:
		p.addf("image %q needs imagePullPolicy Always", c.Image)
	case strings.HasSuffix(c.Image, ":latest") && c.ImagePullPolicy != "":
		p.addf("image %q has an imagePullPolicy of its own", c.Image)
	case !strings.Contains(path.Base(c.Image), ":") && !strings.Contains(c.Image, "@"):
		p.addf("image %q has no tag", c.Image)
	}
}

// checkResource holds that requests and limits are given, the same, and what the build clusters allow.
func checkResource(p *problems, c corev1.Container, name corev1.ResourceName, most string) {
	request, limit := c.Resources.Requests[name], c.Resources.Limits[name]
	switch {
	case request.IsZero() || limit.IsZero():
		p.addf("requests and limits of %s must both be given and not be zero", name)
	case request.Cmp(limit) != 0:
		p.addf("%s requests %s and is limited to %s: they must be the same", name, &request, &limit)
	case most != "" && limit.Cmp(resource.MustParse(most)) > 0:
		p.addf("%s %s is more than the build clusters allow (%s)", name, &limit, most)
	}
}
