package capi

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"sigs.k8s.io/windows-operational-readiness/capi/summary"
)

// scene is a Cluster with all that belongs to it, which a test changes.
type scene struct {
	cluster *clusterv1.Cluster
	linux   *clusterv1.MachineDeployment
	windows *clusterv1.MachineDeployment
	pool    *clusterv1.MachinePool
	jobs    []batchv1.Job
	pods    []corev1.Pod
}

func noon() time.Time { return time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC) }

func rules() Rules { return Rules{HoldLimit: 24 * time.Hour, Retry: time.Minute} }

func is(kind string, status metav1.ConditionStatus) metav1.Condition {
	return metav1.Condition{Type: kind, Status: status, Reason: "Test", ObservedGeneration: 1, LastTransitionTime: metav1.NewTime(noon())}
}

// available is a Cluster that asks for two categories and lacks nothing.
func available() *scene {
	of := func(name string) metav1.ObjectMeta {
		return metav1.ObjectMeta{Name: name, Namespace: "team", Generation: 1, UID: types.UID(name), Labels: map[string]string{clusterv1.ClusterNameLabel: "one"}}
	}
	ref := func(kind, name string) clusterv1.ContractVersionedObjectReference {
		return clusterv1.ContractVersionedObjectReference{APIGroup: "infrastructure.cluster.x-k8s.io", Kind: kind, Name: name}
	}
	template := func(name string) clusterv1.MachineTemplateSpec {
		return clusterv1.MachineTemplateSpec{Spec: clusterv1.MachineSpec{
			ClusterName: "one", Version: "v1.36.3", InfrastructureRef: ref("TestMachineTemplate", name),
			Bootstrap: clusterv1.Bootstrap{ConfigRef: ref("TestConfigTemplate", name)},
		}}
	}
	two := ptr.To[int32](2)
	s := &scene{
		cluster: &clusterv1.Cluster{
			ObjectMeta: of("one"),
			Spec:       clusterv1.ClusterSpec{Topology: clusterv1.Topology{ClassRef: clusterv1.ClusterClassRef{Name: "class"}, Version: "v1.36.3"}},
			Status: clusterv1.ClusterStatus{
				ControlPlane: &clusterv1.ClusterControlPlaneStatus{Versions: []clusterv1.StatusVersion{{Version: "v1.36.3", Replicas: 3}}},
			},
		},
		linux:   &clusterv1.MachineDeployment{ObjectMeta: of("linux")},
		windows: &clusterv1.MachineDeployment{ObjectMeta: of("windows"), Spec: clusterv1.MachineDeploymentSpec{ClusterName: "one", Replicas: two, Template: template("windows")}},
		pool:    &clusterv1.MachinePool{ObjectMeta: of("pool"), Spec: clusterv1.MachinePoolSpec{ClusterName: "one", Replicas: two, Template: template("pool")}},
	}
	s.cluster.Annotations = map[string]string{CategoriesAnnotation: "Core.Storage, Core.Network"}
	s.cluster.Status.Conditions = []metav1.Condition{
		is(clusterv1.ClusterInfrastructureReadyCondition, metav1.ConditionTrue), is(clusterv1.ClusterControlPlaneAvailableCondition, metav1.ConditionTrue),
		is(clusterv1.ClusterRemoteConnectionProbeCondition, metav1.ConditionTrue), is(clusterv1.ClusterTopologyReconciledCondition, metav1.ConditionTrue),
	}
	s.windows.Labels[corev1.LabelOSStable] = "windows"
	s.windows.Labels[clusterv1.ClusterTopologyMachineDeploymentNameLabel] = "win-topology"
	s.windows.Status = clusterv1.MachineDeploymentStatus{
		ObservedGeneration: 1, Replicas: two, UpToDateReplicas: two, AvailableReplicas: two, Conditions: []metav1.Condition{is(clusterv1.AvailableCondition, metav1.ConditionTrue)},
	}
	s.pool.Spec.Template.Labels = map[string]string{corev1.LabelOSStable: "windows"}
	s.pool.Status = clusterv1.MachinePoolStatus{
		ObservedGeneration: 1, Replicas: two, UpToDateReplicas: two, AvailableReplicas: two, Phase: string(clusterv1.MachinePoolPhaseRunning),
		Initialization: clusterv1.MachinePoolInitializationStatus{InfrastructureProvisioned: ptr.To(true)},
		NodeRefs:       make([]corev1.ObjectReference, 2), Versions: []clusterv1.StatusVersion{{Version: "v1.36.3", Replicas: 2}},
	}
	return s
}

// known is what there is to know of the scene.
func (s *scene) known() Known {
	k := Known{Now: noon(), Cluster: s.cluster, Workers: []Worker{deployment(*s.linux), deployment(*s.windows), pool(*s.pool)}}
	for _, job := range s.jobs {
		k.Runs = append(k.Runs, runOf(job, s.pods, s.cluster))
	}
	return k
}

func (s *scene) decide() Plan { return Decide(s.known(), rules()) }

// objects are the things of the scene, for an API server.
func (s *scene) objects() []client.Object {
	all := []client.Object{s.cluster, s.linux, s.windows, s.pool}
	for i := range s.jobs {
		all = append(all, &s.jobs[i])
	}
	for i := range s.pods {
		all = append(all, &s.pods[i])
	}
	return all
}

// begin makes the Job that is to be there, with a pod that runs.
func (s *scene) begin() *scene {
	start := s.decide().Start
	if start == nil {
		panic(fmt.Sprintf("nothing begins: %+v", s.decide().Condition))
	}
	job := Template{Image: "image:" + VersionInImage, Timeout: time.Hour}.Job(s.cluster, *start)
	job.UID, job.CreationTimestamp = types.UID("uid of "+job.Name), metav1.NewTime(noon())
	pod := corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: job.Name + "-x", Namespace: job.Namespace, Labels: job.Labels}}
	pod.OwnerReferences = []metav1.OwnerReference{{APIVersion: "batch/v1", Kind: "Job", Name: job.Name, UID: job.UID, Controller: ptr.To(true)}}
	pod.Status.Phase = corev1.PodRunning
	s.jobs, s.pods = append(s.jobs, *job), append(s.pods, pod)
	return s
}

// end ends the latest pod and its Job.
func (s *scene) end(exit int32, message string) *scene {
	pod, job := &s.pods[len(s.pods)-1], &s.jobs[len(s.jobs)-1]
	pod.Status.Phase = corev1.PodSucceeded
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: container, State: corev1.ContainerState{
		Terminated: &corev1.ContainerStateTerminated{ExitCode: exit, Message: message, FinishedAt: metav1.NewTime(noon())},
	}}}
	kind := batchv1.JobComplete
	if exit != 0 {
		kind, pod.Status.Phase = batchv1.JobFailed, corev1.PodFailed
	}
	job.Status.Conditions = []batchv1.JobCondition{{Type: kind, Status: corev1.ConditionTrue}}
	return s
}

// generation is that of the latest Job.
func (s *scene) generation() string { return s.jobs[len(s.jobs)-1].Labels[GenerationLabel] }

// ready is a summary by which the latest run is ready, as changed.
func (s *scene) ready(change func(*summary.Summary)) string {
	short := summary.Summary{
		Schema: summary.Schema, Generation: s.generation(), Verdict: "ready", KubernetesVersion: "v1.36.3", Kubelets: []string{"v1.36.3"},
		Categories: []summary.Category{{Name: "Core.Network", Verdict: "ready", All: 12, Whole: 5, InPart: 6}, {Name: "Core.Storage", Verdict: "ready", All: 3, Whole: 3}},
	}
	if change != nil {
		change(&short)
	}
	data, err := short.Encode()
	if err != nil {
		panic(err)
	}
	return string(data)
}

// set gives the Cluster a condition.
func (s *scene) set(kind string, status metav1.ConditionStatus) {
	meta.SetStatusCondition(&s.cluster.Status.Conditions, is(kind, status))
}
