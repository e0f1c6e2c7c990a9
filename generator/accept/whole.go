package accept

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	prowapi "sigs.k8s.io/prow/pkg/apis/prowjobs/v1"
	prowconfig "sigs.k8s.io/prow/pkg/config"

	"sigs.k8s.io/windows-operational-readiness/generator"
)

// known are the keys that a job may have. Most are compared with the plan; the others, such as the node that a pod prefers, cannot
// change what runs. Any key besides can: a file laid over ours, a pod that is ended early, sources from another place.
type known struct{ periodic, presubmit, postsubmit, ref, pod, container, volume, projected []string }

func knownKeys() known {
	job := []string{
		"name", "labels", "annotations", "cluster", "agent", "namespace", "spec", "decorate", "decoration_config", "extra_refs", "prowjob_defaults",
		"max_concurrency", "error_on_eviction", "job_queue_name", "rerun_auth_config", "reporter_config", "skip_submodules", "clone_depth",
	}
	byReach := []string{"hostNetwork", "hostPID", "hostIPC"}                                                             // told by compareReach
	byPresubmit := []string{"always_run", "run_if_changed", "skip_if_only_changed", "run_before_merge", "skip_branches"} // told by checkPresubmit
	return known{
		periodic:   slices.Concat(job, []string{"cron", "interval", "minimum_interval"}),
		presubmit:  slices.Concat(job, byPresubmit, []string{"path_alias", "branches", "optional", "context", "trigger", "rerun_command"}),
		postsubmit: slices.Concat(job, []string{"branches", "context"}),
		ref:        []string{"org", "repo", "base_ref", "path_alias", "workdir", "skip_submodules", "clone_depth", "blobless_fetch"},
		pod: slices.Concat(byReach, []string{
			"containers", "serviceAccountName", "volumes",
			"nodeSelector", "tolerations", "affinity", "topologySpreadConstraints", "priorityClassName", "securityContext",
		}),
		container: []string{"name", "image", "imagePullPolicy", "command", "args", "env", "resources", "securityContext", "volumeMounts"},
		volume:    []string{"name", "emptyDir", "secret", "projected", "hostPath"}, // hostPath is told by compareReach
		projected: []string{"secret", "serviceAccountToken"},
	}
}

// agent is what Prow's loader fills in; with it a namespace of one's own is refused there.
const agent = "kubernetes"

// compareWhole holds that nothing of the job is such that the plan does not speak of it.
func compareWhole(p *problems, j job, want generator.Job, bucket string) {
	keys := knownKeys()
	switch {
	case j.presubmit != nil:
		strangers(p, "", j.presubmit, keys.presubmit)
	case j.postsubmit != nil:
		strangers(p, "", j.postsubmit, keys.postsubmit)
		if always := j.postsubmit.AlwaysRun; always != nil && !*always {
			p.at("always_run", "always_run is false: no image would be published")
		}
	default:
		strangers(p, "", j.periodic, keys.periodic)
	}
	same(p, "agent", j.Agent, agent)
	if d := j.ProwJobDefault; d != nil {
		same(p, "prowjob_defaults", d.TenantID, prowconfig.DefaultTenantID)
	}
	for i, r := range j.ExtraRefs {
		strangers(p, fmt.Sprintf("extra_refs[%d]", i), r, keys.ref)
	}
	compareDecoration(p, j, want, bucket)
	if j.Spec == nil {
		p.at("spec", "it has no pod: the job would run nothing")
		return
	}
	strangers(p, "spec", j.Spec, keys.pod)
	for i, v := range j.Spec.Volumes {
		at := fmt.Sprintf("spec.volumes[%d]", i)
		strangers(p, at, v, keys.volume)
		if v.Projected != nil {
			for n, source := range v.Projected.Sources {
				strangers(p, fmt.Sprintf("%s.projected.sources[%d]", at, n), source, keys.projected)
			}
		}
	}
	for i, c := range j.Spec.Containers {
		at := fmt.Sprintf("spec.containers[%d]", i)
		strangers(p, at, c, keys.container)
		sameQuantity(p, at+".resources", "cpu", c.Resources.Limits[corev1.ResourceCPU], want.CPU)
		sameQuantity(p, at+".resources", "memory", c.Resources.Limits[corev1.ResourceMemory], want.Memory)
	}
}

// strangers reports each key of a value, as YAML has it, that is none of those that are known.
func strangers(p *problems, at string, value any, known []string) {
	for _, key := range slices.Sorted(maps.Keys(fields(value))) {
		if !slices.Contains(known, key) {
			place := strings.TrimPrefix(at+"."+key, ".")
			p.at(place, "%s is not in the plan, and could change what runs", place)
		}
	}
}

// fields are the keys of a value that say something.
func fields(value any) map[string]any {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // Prow's loader made it of such a text
	}
	var all map[string]any
	if err := json.Unmarshal(data, &all); err != nil {
		panic(err)
	}
	maps.DeleteFunc(all, func(_ string, v any) bool { return empty(v) })
	return all
}

// empty tells whether a value of JSON says nothing. An empty map within says something: an emptyDir is written so.
func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case bool:
		return !v
	case float64:
		return v == 0
	case string:
		return v == ""
	case []any:
		return len(v) == 0
	}
	return false
}

func sameQuantity(p *problems, at, name string, got resource.Quantity, want string) {
	if planned, err := resource.ParseQuantity(want); err != nil || got.Cmp(planned) != 0 {
		p.at(at, "%s of %s is %s, the plan says %s", at, name, &got, want)
	}
}

// compareDecoration holds that Prow's own part of the pod is as the plan and Prow's config have it: what clones, what runs the
// command, how long, and where its results go.
func compareDecoration(p *problems, j job, want generator.Job, bucket string) {
	if j.DecorationConfig == nil {
		return // an undecorated job is a problem of its own
	}
	planned := prowapi.DecorationConfig{}
	data, err := json.Marshal(want.Decoration)
	if err == nil {
		err = json.Unmarshal(data, &planned)
	}
	if err != nil {
		p.at("decoration_config", "decoration of the config is none to Prow: %v", err)
		return
	}
	if planned.SkipCloning != nil && *planned.SkipCloning {
		p.at("decoration_config", "skip_cloning in the config's decoration: the job would have no sources")
	}
	standard := prowapi.DecorationConfig{}
	if data, err = json.Marshal(defaultDecoration(bucket)); err == nil {
		err = json.Unmarshal(data, &standard)
	}
	if err != nil {
		panic(err) // it is ours
	}
	got, expected := fields(j.DecorationConfig), fields(planned.ApplyDefault(&standard))
	for _, key := range slices.Sorted(maps.Keys(merge(got, expected))) {
		if !reflect.DeepEqual(got[key], expected[key]) {
			place := "decoration_config." + key
			p.at(place, "%s is %s, the plan says %s", place, jsonText(got[key]), jsonText(expected[key]))
		}
	}
}

func merge(a, b map[string]any) map[string]any {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// jsonText writes a value for a reader; none is "nothing".
func jsonText(value any) string {
	if value == nil {
		return "nothing"
	}
	data, err := json.Marshal(value)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return string(data)
}
