package capi

import (
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	runtimev1 "sigs.k8s.io/cluster-api/api/runtime/v1beta2"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/yaml"
)

// built are the objects of a kustomization, by kind and name, as YAML.
func built(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	all, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(filesys.MakeFsOnDisk(), dir)
	if err != nil {
		t.Fatal(err)
	}
	objects := map[string][]byte{}
	for _, r := range all.Resources() {
		data, err := r.AsYAML()
		if err != nil {
			t.Fatal(err)
		}
		objects[r.GetKind()+" "+r.GetName()] = data
	}
	return objects
}

// read reads an object strictly: a field that its type does not have fails the test.
func read[T any](t *testing.T, data []byte) T {
	t.Helper()
	var object T
	if err := yaml.UnmarshalStrict(data, &object); err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	return object
}

// TestDeploy holds that config/capi is what it says, grants what the controller does and nothing else, and no secret at all.
func TestDeploy(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{"../config/capi", "../config/capi/extension"} {
		objects := built(t, dir)
		role := read[rbacv1.ClusterRole](t, objects["ClusterRole op-readiness-capi"])
		local := read[rbacv1.Role](t, objects["Role op-readiness-capi"])
		for _, rule := range append(role.Rules, local.Rules...) {
			for _, list := range [][]string{rule.APIGroups, rule.Resources, rule.Verbs} {
				if slices.Contains(list, "*") || slices.Contains(list, "secrets") {
					t.Errorf("%s: %+v", dir, rule)
				}
			}
		}
		for _, need := range [][3]string{
			{"cluster.x-k8s.io", "clusters", "patch"}, {"cluster.x-k8s.io", "clusters/status", "patch"}, {"cluster.x-k8s.io", "machinepools", "watch"},
			{"batch", "jobs", "create"}, {"batch", "jobs", "patch"}, {"batch", "jobs", "delete"}, {"", "pods", "watch"}, {"events.k8s.io", "events", "create"},
		} {
			if !slices.ContainsFunc(role.Rules, func(r rbacv1.PolicyRule) bool {
				return slices.Contains(r.APIGroups, need[0]) && slices.Contains(r.Resources, need[1]) && slices.Contains(r.Verbs, need[2])
			}) {
				t.Errorf("%s: no rule for %q", dir, need)
			}
		}
		if !slices.ContainsFunc(local.Rules, func(r rbacv1.PolicyRule) bool { return slices.Equal(r.ResourceNames, []string{leaseName}) }) {
			t.Errorf("%s: no rule for the Lease", dir)
		}
		account := read[corev1.ServiceAccount](t, objects["ServiceAccount op-readiness-capi"])
		deployment := read[appsv1.Deployment](t, objects["Deployment op-readiness-capi"])
		service := read[corev1.Service](t, objects["Service op-readiness-capi"])
		pod := deployment.Spec.Template
		if pod.Spec.ServiceAccountName != account.Name || account.Namespace != deployment.Namespace || !strings.Contains(pod.Spec.Containers[0].Image, "op-readiness:v") {
			t.Errorf("%s: %+v", dir, deployment)
		}
		for name, value := range service.Spec.Selector {
			if pod.Labels[name] != value {
				t.Errorf("%s: the Service selects %s=%s, and not the pod's %v", dir, name, value, pod.Labels)
			}
		}
	}
}

// TestExtensionConfig holds that Cluster API is led to the port that is served, by a name of the certificate.
func TestExtensionConfig(t *testing.T) {
	t.Parallel()
	objects := built(t, "../config/capi/extension")
	config := read[runtimev1.ExtensionConfig](t, objects["ExtensionConfig op-readiness"])
	service := read[corev1.Service](t, objects["Service op-readiness-capi"])
	pod := read[appsv1.Deployment](t, objects["Deployment op-readiness-capi"]).Spec.Template.Spec
	to := config.Spec.ClientConfig.Service
	port := func(p corev1.ServicePort) bool {
		return to.Port != nil && p.Port == *to.Port && p.TargetPort.String() == "extension"
	}
	if to.Name != service.Name || to.Namespace != service.Namespace || !slices.ContainsFunc(service.Spec.Ports, port) || config.Spec.NamespaceSelector == nil {
		t.Errorf("%+v, %+v", config.Spec, service.Spec.Ports)
	}
	if !slices.Contains(pod.Containers[0].Args, "--extension-listen=:9443") || pod.Volumes[0].Secret.SecretName != "op-readiness-capi-tls" {
		t.Errorf("%+v", pod)
	}
	certificate := string(objects["Certificate op-readiness-capi"])
	if !strings.Contains(certificate, to.Name+"."+to.Namespace+".svc") || config.Annotations[runtimev1.InjectCAFromSecretAnnotation] != to.Namespace+"/op-readiness-capi-tls" {
		t.Errorf("%s\n%+v", certificate, config.Annotations)
	}
}

// TestSamples holds that the samples ask, and that their Windows workers are found.
func TestSamples(t *testing.T) {
	t.Parallel()
	files := filesys.MakeFsOnDisk()
	for _, name := range []string{"capz", "capv"} {
		data, err := files.ReadFile("../config/capi/samples/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var cluster clusterv1.Cluster
		var workers []Worker
		for _, document := range strings.Split(string(data), "\n---\n") {
			switch {
			case strings.Contains(document, "kind: Cluster\n"):
				cluster = read[clusterv1.Cluster](t, []byte(document))
			case strings.Contains(document, "kind: MachineDeployment\n"):
				workers = append(workers, deployment(read[clusterv1.MachineDeployment](t, []byte(document))))
			}
		}
		for _, md := range cluster.Spec.Topology.Workers.MachineDeployments { // as Cluster API makes them
			made := clusterv1.MachineDeployment{}
			made.Name, made.Labels = cluster.Name+"-"+md.Name+"-abcde", md.Metadata.Labels
			workers = append(workers, deployment(made))
		}
		asked := readAsk(&cluster)
		windows, err := windowsWorkers(workers, asked.workers)
		if asked.problem != nil || err != nil || len(windows) != 1 || !windows[0].Windows || cluster.Spec.AvailabilityGates[0].ConditionType != ConditionType {
			t.Errorf("%s: %+v, %+v, %v", name, asked, windows, err)
		}
	}
}
