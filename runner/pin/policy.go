package pin

import (
	"fmt"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Object is a thing of Kubernetes as JSON.
//
// Note: client-go of the version that Prow needs knows no MutatingAdmissionPolicy.
type Object = map[string]any

// The collections of what a run makes in a cluster, or marks.
const (
	policiesPath   = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"
	bindingsPath   = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings"
	namespacesPath = "/api/v1/namespaces"
	nodesPath      = "/api/v1/nodes"
)

// userOf is the user as whom e2e.test runs in a run, if its pods that choose nothing go to an operating system.
func userOf(run string, send specs.OS) string { return userPrefix(run) + string(send) }

func userPrefix(run string) string { return "op-readiness:" + run + ":" }

// nameOf is the name of something that a run makes.
func nameOf(run, what string) string { return "op-readiness-" + run + "-" + what }

// manifest is something to make in a collection.
type manifest struct {
	path   string
	object Object
}

func (m manifest) name() string { return m.object["metadata"].(Object)["name"].(string) }

// policies are the two policies of a run with their bindings: the first marks the namespaces that its users make, the second
// sends the pods in them that choose no node and no operating system where the mark says. They touch nothing else: pods that
// choose for themselves, those of DaemonSets, which choose a node each, and other namespaces stay as they are.
func policies(run string) []manifest {
	mark := policy(run, "mark", "namespaces", nil,
		[]Object{condition("ours", fmt.Sprintf("request.userInfo.username.startsWith(%q)", userPrefix(run)))},
		add("labels", runner.RunLabel, fmt.Sprintf("%q", run))+" + "+addTo("labels", runner.SendLabel, "request.userInfo.username.split(\":\")[2]"))
	const send = `namespaceObject.metadata.labels["` + runner.SendLabel + `"]`
	sent := policy(run, "send", "pods", Object{"matchLabels": Object{runner.RunLabel: run}}, unpinned(),
		`(has(object.spec.nodeSelector) ?
[JSONPatch{op: "add", path: "/spec/nodeSelector/" + jsonpatch.escapeKey("kubernetes.io/os"), value: `+send+`}] :
[JSONPatch{op: "add", path: "/spec/nodeSelector", value: {"kubernetes.io/os": `+send+`}}]) + `+add("annotations", runner.PinnedAnnotation, send))
	return []manifest{mark, binding(run, "mark"), sent, binding(run, "send")}
}

// unpinned are the conditions of a pod that chooses neither node nor operating system in any way.
func unpinned() []Object {
	return []Object{
		condition("no-node", `!has(object.spec.nodeName) || object.spec.nodeName == ""`),
		condition("no-os", `!has(object.spec.os)`),
		condition("no-selector", `!has(object.spec.nodeSelector) || (!("kubernetes.io/os" in object.spec.nodeSelector) && !("kubernetes.io/hostname" in object.spec.nodeSelector))`),
		condition("no-affinity", `!has(object.spec.affinity) || !has(object.spec.affinity.nodeAffinity) || !has(object.spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution)`),
	}
}

func condition(name, expression string) Object { return Object{"name": name, "expression": expression} }

// add is a list of patches that add a key to labels or annotations, which need not be there.
func add(to, key, value string) string {
	return fmt.Sprintf(`(has(object.metadata.%[1]s) ? %[2]s : [JSONPatch{op: "add", path: "/metadata/%[1]s", value: {%[3]q: %[4]s}}])`, to, addTo(to, key, value), key, value)
}

// addTo is one that adds a key to labels or annotations that are there.
func addTo(to, key, value string) string {
	return fmt.Sprintf(`[JSONPatch{op: "add", path: "/metadata/%s/" + jsonpatch.escapeKey(%q), value: %s}]`, to, key, value)
}

// policy is a policy on things of the core group that are made. It fails closed: what it cannot change is not made.
func policy(run, what, resource string, namespaces Object, conditions []Object, patches string) manifest {
	constraints := Object{"resourceRules": []Object{{"apiGroups": []string{""}, "apiVersions": []string{"v1"}, "operations": []string{"CREATE"}, "resources": []string{resource}}}}
	if namespaces != nil {
		constraints["namespaceSelector"] = namespaces
	}
	return manifest{policiesPath, Object{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicy", "metadata": metadata(run, what),
		"spec": Object{
			"reinvocationPolicy": "Never", "failurePolicy": "Fail", "matchConstraints": constraints, "matchConditions": conditions,
			"mutations": []Object{{"patchType": "JSONPatch", "jsonPatch": Object{"expression": patches}}},
		},
	}}
}

func binding(run, what string) manifest {
	return manifest{bindingsPath, Object{
		"apiVersion": "admissionregistration.k8s.io/v1", "kind": "MutatingAdmissionPolicyBinding", "metadata": metadata(run, what),
		"spec": Object{"policyName": nameOf(run, what)},
	}}
}

func metadata(run, what string) Object {
	return Object{"name": nameOf(run, what), "labels": Object{runner.RunLabel: run}}
}

// probePod is a pod that chooses nothing. It is never made, only asked for.
func probePod(namespace string) Object {
	return Object{
		"apiVersion": "v1", "kind": "Pod", "metadata": Object{"name": "probe", "namespace": namespace},
		"spec": Object{"containers": []Object{{"name": "probe", "image": "none.invalid/probe"}}},
	}
}
