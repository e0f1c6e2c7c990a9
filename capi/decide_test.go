package capi

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// TestWaits holds what must be there before anything is tested: without it nothing begins, and it is said what lacks.
func TestWaits(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*scene)
		says   string
	}{
		"no control plane": {func(s *scene) { s.set(clusterv1.ClusterControlPlaneAvailableCondition, metav1.ConditionFalse) }, "the control plane is not available"},
		"a control plane not known": {func(s *scene) {
			meta.RemoveStatusCondition(&s.cluster.Status.Conditions, clusterv1.ClusterControlPlaneAvailableCondition)
		}, "the control plane is not available"},
		"no infrastructure":       {func(s *scene) { s.set(clusterv1.ClusterInfrastructureReadyCondition, metav1.ConditionUnknown) }, "the infrastructure is not ready"},
		"not to be reached":       {func(s *scene) { s.set(clusterv1.ClusterRemoteConnectionProbeCondition, metav1.ConditionFalse) }, "the cluster cannot be reached"},
		"a topology of yesterday": {func(s *scene) { s.cluster.Generation = 2 }, "the topology is not reconciled"},
		"a topology that fails":   {func(s *scene) { s.set(clusterv1.ClusterTopologyReconciledCondition, metav1.ConditionFalse) }, "the topology is not reconciled"},
		"paused":                  {func(s *scene) { s.cluster.Spec.Paused = ptr.To(true) }, "paused"},
		"paused by annotation":    {func(s *scene) { s.cluster.Annotations[clusterv1.PausedAnnotation] = "" }, "paused"},
		"workers of yesterday":    {func(s *scene) { s.windows.Generation = 2 }, "MachineDeployment windows: its newest spec is not observed"},
		"workers not available":   {func(s *scene) { s.windows.Status.Conditions[0].Status = metav1.ConditionFalse }, "MachineDeployment windows: it is not available"},
		"a pool not available": {func(s *scene) {
			s.pool.Status.Conditions = []metav1.Condition{is(clusterv1.AvailableCondition, metav1.ConditionFalse)}
		}, "MachinePool pool: it is not available"},
		"a pool that scales":         {func(s *scene) { s.pool.Status.Phase = "ScalingUp" }, `MachinePool pool: its phase is "ScalingUp"`},
		"a pool not provisioned":     {func(s *scene) { s.pool.Status.Initialization.InfrastructureProvisioned = nil }, "its infrastructure is not provisioned"},
		"a pool that lacks a node":   {func(s *scene) { s.pool.Status.NodeRefs = s.pool.Status.NodeRefs[:1] }, "of 2 nodes there are 1"},
		"a pool of old nodes":        {func(s *scene) { s.pool.Status.Versions[0].Version = "v1.35.4" }, "it has nodes of v1.35.4"},
		"workers without conditions": {func(s *scene) { s.windows.Status.Conditions = nil }, "MachineDeployment windows: it is not available"},
		"old machines":               {func(s *scene) { s.windows.Status.UpToDateReplicas = ptr.To[int32](1) }, "of 2 machines there are 2, 1 up to date, 2 available"},
		"old machines besides":       {func(s *scene) { s.windows.Status.Replicas = ptr.To[int32](3) }, "of 2 machines there are 3"},
		"machines not known":         {func(s *scene) { s.pool.Status.AvailableReplicas = nil }, "0 available"},
		"no machines":                {func(s *scene) { s.pool.Spec.Replicas = ptr.To[int32](0) }, "MachinePool pool: it has no machines"},
		"workers that go":            {func(s *scene) { s.windows.DeletionTimestamp = ptr.To(metav1.Now()) }, "it is being deleted"},
		"outdated by condition": {func(s *scene) {
			s.windows.Status.Conditions = append(s.windows.Status.Conditions, is(clusterv1.MachinesUpToDateCondition, metav1.ConditionFalse))
		}, "not all its machines are up to date"},
		"no Windows":               {func(s *scene) { delete(s.windows.Labels, corev1.LabelOSStable); s.pool.Spec.Template.Labels = nil }, "no MachineDeployment or MachinePool with the label"},
		"names that there are not": {func(s *scene) { s.cluster.Annotations[WorkersAnnotation] = "windows,other" }, `no MachineDeployment or MachinePool "other"`},
		"names of nothing":         {func(s *scene) { s.cluster.Annotations[WorkersAnnotation] = " , " }, "names nothing"},
		"an unknown category":      {func(s *scene) { s.cluster.Annotations[CategoriesAnnotation] = "Core.Networks" }, `unknown category "Core.Networks" (did you mean "Core.Network"?)`},
		"no category":              {func(s *scene) { s.cluster.Annotations[CategoriesAnnotation] = "" }, "names no category"},
		"all and more":             {func(s *scene) { s.cluster.Annotations[CategoriesAnnotation] = "all,Core.Network" }, `unknown category "all"`},
		"two versions": {func(s *scene) {
			s.cluster.Status.ControlPlane.Versions = append(s.cluster.Status.ControlPlane.Versions, clusterv1.StatusVersion{Version: "v1.37.2"})
		}, "an upgrade is not over: there are the Kubernetes versions v1.36.3, v1.37.2"},
		"an upgrade that has begun": {func(s *scene) { s.cluster.Annotations[pendingHooks] = "AfterWorkersUpgrade,AfterClusterUpgrade" }, "is not over"},
		"workers behind":            {func(s *scene) { s.cluster.Status.ControlPlane.Versions[0].Version = "v1.37.2" }, "the control plane is of v1.37.2"},
		"no version": {func(s *scene) {
			s.cluster.Status.ControlPlane, s.windows.Spec.Template.Spec.Version, s.pool.Spec.Template.Spec.Version = nil, "", ""
		}, "the Kubernetes version is not known"},
		"a word for hold": {func(s *scene) { s.cluster.Annotations[HoldAnnotation] = "yes" }, "is true or false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := available()
			test.change(s)
			p := s.decide()
			if p.Start != nil || p.Condition.Status != metav1.ConditionUnknown || p.Condition.Reason != ReasonNotStarted || !strings.Contains(p.Condition.Message, test.says) {
				t.Errorf("%+v, %+v", p.Start, p.Condition)
			}
		})
	}
}

// TestBegins holds what is no reason to wait.
func TestBegins(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*scene){
		"nothing lacks":          func(*scene) {},
		"Linux is not available": func(s *scene) { s.linux.Status.Conditions = nil },
		"named workers alone": func(s *scene) {
			s.cluster.Annotations[WorkersAnnotation] = "win-topology"
			s.pool.Status.Phase = ""
		},
		"a pool with a condition": func(s *scene) {
			s.pool.Status = clusterv1.MachinePoolStatus{
				ObservedGeneration: 1, Replicas: s.pool.Spec.Replicas, UpToDateReplicas: s.pool.Spec.Replicas, AvailableReplicas: s.pool.Spec.Replicas,
				Conditions: []metav1.Condition{is(clusterv1.AvailableCondition, metav1.ConditionTrue)},
			}
		},
		"no topology": func(s *scene) {
			s.cluster.Spec.Topology, s.cluster.Status.Conditions = clusterv1.Topology{}, s.cluster.Status.Conditions[:3]
		},
		"a control plane of 1.13": func(s *scene) { s.cluster.Status.ControlPlane = nil },
		"an upgrade that is asked for": func(s *scene) {
			s.cluster.Spec.Topology.Version, s.cluster.Generation = "v1.37.2", 2
			c := is(clusterv1.ClusterTopologyReconciledCondition, metav1.ConditionFalse)
			c.Reason, c.ObservedGeneration = clusterv1.ClusterTopologyReconciledClusterUpgradingReason, 2
			meta.SetStatusCondition(&s.cluster.Status.Conditions, c)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := available()
			change(s)
			p := s.decide()
			if p.Start == nil || p.Condition.Reason != ReasonRunning || p.Start.Subject.Version != "v1.36.3" || p.Start.Attempt != 1 {
				t.Errorf("%+v, %+v", p.Start, p.Condition)
			}
		})
	}
}

// TestGeneration holds what makes a new generation, and that its run does not wait for the old one's verdict, nor keep it.
func TestGeneration(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*scene)
		same   bool
	}{
		"nothing":       {func(*scene) {}, true},
		"more machines": {func(s *scene) { s.windows.Spec.Replicas = ptr.To[int32](5) }, true},
		"an availability gate": {func(s *scene) {
			s.cluster.Spec.AvailabilityGates = []clusterv1.ClusterAvailabilityGate{{ConditionType: ConditionType}}
		}, true},
		"paused":                {func(s *scene) { s.cluster.Spec.Paused = ptr.To(true) }, true},
		"an upgrade, asked for": {func(s *scene) { s.cluster.Spec.Topology.Version = "v1.37.2" }, true},
		"workers lost":          {func(s *scene) { s.windows.Status.Conditions = nil }, true},
		"Linux workers":         {func(s *scene) { s.linux.Spec.Template.Spec.Version = "v1.35.4" }, true},
		"the same names, turned": {func(s *scene) {
			s.cluster.Annotations[CategoriesAnnotation] = "Core.Network,Core.Storage,,Core.Network"
		}, true},
		"another category":         {func(s *scene) { s.cluster.Annotations[CategoriesAnnotation] = "Core.Network" }, false},
		"another machine template": {func(s *scene) { s.windows.Spec.Template.Spec.InfrastructureRef.Name = "new" }, false},
		"another bootstrap":        {func(s *scene) { s.pool.Spec.Template.Spec.Bootstrap.ConfigRef.Name = "new" }, false},
		"another version":          {func(s *scene) { s.windows.Spec.Template.Spec.Version = "v1.36.4" }, false},
		"another control plane":    {func(s *scene) { s.cluster.Status.ControlPlane.Versions[0].Version = "v1.36.4" }, false},
		"fewer workers":            {func(s *scene) { s.cluster.Annotations[WorkersAnnotation] = "pool" }, false},
		"another network":          {func(s *scene) { s.cluster.Spec.ClusterNetwork.ServiceDomain = "new" }, false},
		"another variable":         {func(s *scene) { s.cluster.Spec.Topology.Variables = []clusterv1.ClusterVariable{{Name: "a"}} }, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := available().begin()
			s.end(0, s.ready(nil))
			if p := s.decide(); p.Condition.Status != metav1.ConditionTrue {
				t.Fatalf("%+v", p.Condition)
			}
			test.change(s)
			p := s.decide()
			if same := p.Condition.Status == metav1.ConditionTrue && len(p.Delete) == 0; same != test.same {
				t.Errorf("%+v, deleted: %v", p.Condition, p.Delete)
			}
			if !test.same && p.Condition.Status != metav1.ConditionUnknown {
				t.Errorf("%+v", p.Condition)
			}
		})
	}
}

// TestOneAtATime holds that a run of an earlier generation is ended before the next one begins.
func TestOneAtATime(t *testing.T) {
	t.Parallel()
	s := available().begin()
	s.cluster.Annotations[CategoriesAnnotation] = "all"
	p := s.decide()
	if p.Start != nil || len(p.Delete) != 1 || !strings.Contains(p.Condition.Message, "is being ended") {
		t.Errorf("%+v", p)
	}
	s.jobs[0].DeletionTimestamp = ptr.To(metav1.Now())
	if p := s.decide(); p.Start != nil || len(p.Delete) != 0 {
		t.Errorf("%+v", p)
	}
	s.jobs = nil
	if p := s.decide(); p.Start == nil || len(p.Start.Subject.Categories) != 9 {
		t.Errorf("%+v", p)
	}
}

// TestHold holds when upgrades are held: exactly while the newest generation is not ready, and never beyond the limit.
func TestHold(t *testing.T) {
	t.Parallel()
	s := available()
	step := func(name string, hook bool, held string) Plan {
		t.Helper()
		p := s.decide()
		if p.Hook != hook || p.Held != held {
			t.Errorf("%s: %v, %q: %+v", name, p.Hook, p.Held, p.Condition)
		}
		return p
	}
	step("not asked for", false, "")
	s.cluster.Annotations[HoldAnnotation] = "true"
	step("no run", true, "")
	s.begin()
	step("it runs", true, "")
	s.cluster.Spec.Topology.Version = "v1.37.2"
	if p := step("an upgrade is asked for", true, "v1.37.2 2026-11-26T12:00:00Z"); p.Again != 24*time.Hour || !strings.HasSuffix(p.Condition.Message, "runs; the upgrade to v1.37.2 is held since 2026-11-26T12:00:00Z") {
		t.Errorf("again in %s: %s", p.Again, p.Condition.Message)
	}
	running := s.jobs
	s.jobs, s.pool.Status.AvailableReplicas = nil, nil
	if p := step("a worker waits", true, "v1.37.2 2026-11-26T12:00:00Z"); !strings.HasSuffix(p.Condition.Message, "set topology.version back, or op-readiness.sigs.k8s.io/hold-upgrades to false") {
		t.Error(p.Condition.Message)
	}
	s.jobs, s.pool.Status.AvailableReplicas = running, s.windows.Status.AvailableReplicas
	s.cluster.Annotations[HeldAnnotation] = "v1.37.2 2026-11-26T11:00:00Z"
	if p := step("since an hour", true, "v1.37.2 2026-11-26T11:00:00Z"); p.Again != 23*time.Hour {
		t.Errorf("again in %s", p.Again)
	}
	s.cluster.Spec.Topology.Version = "v1.37.3"
	step("to another version", true, "v1.37.3 2026-11-26T12:00:00Z")
	s.cluster.Annotations[HeldAnnotation] = "v1.37.3 2026-11-26T13:00:00Z"
	step("since a time that has not come", true, "v1.37.3 2026-11-26T12:00:00Z")
	s.cluster.Annotations[HeldAnnotation] = "v1.37.3 2026-11-25T12:00:00Z"
	if p := step("the limit", false, "v1.37.3 2026-11-25T12:00:00Z"); p.LetGo != "v1.37.3" || p.Condition.Status == metav1.ConditionTrue || !strings.Contains(p.Condition.Message, "is let go unproven") {
		t.Errorf("%+v", p)
	}
	s.cluster.Annotations[pendingHooks] = afterUpgrade
	step("the upgrade has begun", true, "")
	delete(s.cluster.Annotations, pendingHooks)
	s.end(0, s.ready(nil))
	step("ready", false, "")
	s.cluster.Annotations[HoldAnnotation] = "yes"
	s.cluster.Annotations[HeldAnnotation] = ""
	step("a word that is none", true, "v1.37.3 2026-11-26T12:00:00Z")
	s.cluster.Annotations[HoldAnnotation] = "false"
	step("let go by hand", false, "")
}

// TestNotAsked holds that nothing stays of a Cluster that does not ask any more, or that goes.
func TestNotAsked(t *testing.T) {
	t.Parallel()
	s := available().begin()
	delete(s.cluster.Annotations, CategoriesAnnotation)
	s.cluster.Annotations[HoldAnnotation], s.cluster.Annotations[HookAnnotation] = "true", ""
	if p := s.decide(); p.Condition != nil || p.Hook || p.Held != "" || len(p.Delete) != 1 || p.Start != nil {
		t.Errorf("%+v", p)
	}
	s = available().begin()
	s.cluster.DeletionTimestamp = ptr.To(metav1.Now())
	if p := s.decide(); len(p.Delete) != 1 || p.Start != nil {
		t.Errorf("%+v", p)
	}
}

// TestNames holds that the name of a Job is one, and its reverse.
func TestNames(t *testing.T) {
	t.Parallel()
	for _, cluster := range []string{"a", "a.b-c", strings.Repeat("a", 63), strings.Repeat("a-", 31) + "a"} {
		for _, attempt := range []int{1, 2, 9999} {
			name := jobName(cluster, "0123456789", attempt)
			if len(name) > 63 || strings.Contains(name, ".") || attemptOf(name, cluster, "0123456789") != attempt {
				t.Errorf("%q", name)
			}
		}
	}
	for _, name := range []string{"", "op-readiness-a-0123456789-1", "op-readiness-a-0123456789-x", "op-readiness-a-0123456789-2x", "op-readiness-a-0123456789-02"} {
		if n := attemptOf(name, "a", "0123456789"); n != 0 {
			t.Errorf("%q is attempt %d", name, n)
		}
	}
}
