package capi

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// Worker is what is known of a MachineDeployment or a MachinePool.
type Worker struct {
	Kind, Name string
	Topology   string         // its name in the Cluster's topology; "" if it has none
	Windows    bool           // by the label kubernetes.io/os, of it or of its machines
	Template   workerTemplate // of its machines
	Waits      string         // why it cannot be tested now; "": all its machines are as it says, and available
}

// workerTemplate is what makes one machine as another. Templates are replaced and not edited, so their names tell.
type workerTemplate struct {
	Version        string
	Infrastructure clusterv1.ContractVersionedObjectReference
	Bootstrap      clusterv1.ContractVersionedObjectReference
	DataSecret     string `json:",omitempty"` // of the bootstrap data, where no Bootstrap makes one
	Taints         []clusterv1.MachineTaint
}

func (w Worker) String() string { return w.Kind + " " + w.Name }

// fleet is what MachineDeployment and MachinePool have in common.
type fleet struct {
	kind       string
	meta       metav1.ObjectMeta
	template   clusterv1.MachineTemplateSpec
	observed   int64
	conditions []metav1.Condition

	wanted, all, current, available *int32 // machines
	unsaid                          string // why it is not available, where no condition says whether it is; "": it is
}

func deployment(md clusterv1.MachineDeployment) Worker {
	return fleet{
		kind: "MachineDeployment", meta: md.ObjectMeta, template: md.Spec.Template, observed: md.Status.ObservedGeneration, conditions: md.Status.Conditions,
		wanted: md.Spec.Replicas, all: md.Status.Replicas, current: md.Status.UpToDateReplicas, available: md.Status.AvailableReplicas,
		unsaid: "it is not available",
	}.worker()
}

// pool is what is known of a MachinePool. Cluster API 1.14 gives it no conditions: its phase and its nodes tell instead.
func pool(mp clusterv1.MachinePool) Worker {
	return fleet{
		kind: "MachinePool", meta: mp.ObjectMeta, template: mp.Spec.Template, observed: mp.Status.ObservedGeneration, conditions: mp.Status.Conditions,
		wanted: mp.Spec.Replicas, all: mp.Status.Replicas, current: mp.Status.UpToDateReplicas, available: mp.Status.AvailableReplicas, unsaid: poolWaits(mp),
	}.worker()
}

// poolWaits says why the nodes of a pool are not all there; "" if they are.
func poolWaits(mp clusterv1.MachinePool) string {
	switch s := mp.Status; {
	case s.Initialization.InfrastructureProvisioned == nil || !*s.Initialization.InfrastructureProvisioned:
		return "its infrastructure is not provisioned"
	case s.Phase != string(clusterv1.MachinePoolPhaseRunning):
		return fmt.Sprintf("its phase is %q", short(s.Phase))
	case len(s.NodeRefs) != int(number(mp.Spec.Replicas)):
		return fmt.Sprintf("of %d nodes there are %d", number(mp.Spec.Replicas), len(s.NodeRefs))
	}
	for _, v := range mp.Status.Versions {
		if want := mp.Spec.Template.Spec.Version; want != "" && !sameVersion(v.Version, want) {
			return fmt.Sprintf("it has nodes of %s", short(v.Version))
		}
	}
	return ""
}

func (f fleet) worker() Worker {
	os := cmp.Or(f.template.Labels[corev1.LabelOSStable], f.meta.Labels[corev1.LabelOSStable])
	spec := f.template.Spec
	t := workerTemplate{Version: spec.Version, Infrastructure: spec.InfrastructureRef, Bootstrap: spec.Bootstrap.ConfigRef, Taints: spec.Taints}
	if secret := spec.Bootstrap.DataSecretName; secret != nil && !t.Bootstrap.IsDefined() {
		t.DataSecret = *secret
	}
	return Worker{
		Kind: f.kind, Name: f.meta.Name, Windows: os == string(corev1.Windows), Template: t, Waits: f.waits(),
		Topology: cmp.Or(f.meta.Labels[clusterv1.ClusterTopologyMachineDeploymentNameLabel], f.meta.Labels[clusterv1.ClusterTopologyMachinePoolNameLabel]),
	}
}

// waits says why the machines are not all there, as the spec wants them; "" if they are. What is not known is not so.
func (f fleet) waits() string {
	available := meta.FindStatusCondition(f.conditions, clusterv1.AvailableCondition)
	outdated := meta.FindStatusCondition(f.conditions, clusterv1.MachinesUpToDateCondition)
	switch {
	case f.meta.DeletionTimestamp != nil:
		return "it is being deleted"
	case f.observed < f.meta.Generation:
		return "its newest spec is not observed"
	case number(f.wanted) == 0:
		return "it has no machines"
	case available == nil && f.unsaid != "":
		return f.unsaid
	case available != nil && available.Status != metav1.ConditionTrue:
		return "it is not available" + said(available)
	case outdated != nil && outdated.Status == metav1.ConditionFalse:
		return "not all its machines are up to date" + said(outdated)
	case number(f.all) != number(f.wanted) || number(f.current) < number(f.wanted) || number(f.available) < number(f.wanted):
		return fmt.Sprintf("of %d machines there are %d, %d up to date, %d available", number(f.wanted), number(f.all), number(f.current), number(f.available))
	}
	return ""
}

func number(n *int32) int32 {
	if n == nil {
		return 0
	}
	return *n
}

// said is what a condition says, in a line.
func said(c *metav1.Condition) string {
	if c == nil || c.Message == "" {
		return ""
	}
	return ": " + short(c.Message)
}

// windowsWorkers are those of the names, or without one those by label, in the order of their names. The error names what there
// is not.
func windowsWorkers(all []Worker, names []string) ([]Worker, error) {
	var chosen []Worker
	for _, w := range all {
		if len(names) == 0 && w.Windows || slices.Contains(names, w.Name) || w.Topology != "" && slices.Contains(names, w.Topology) {
			chosen = append(chosen, w)
		}
	}
	slices.SortFunc(chosen, func(a, b Worker) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name)) })
	var missing []string
	for _, name := range names {
		if !slices.ContainsFunc(chosen, func(w Worker) bool { return name == w.Name || name == w.Topology }) {
			missing = append(missing, fmt.Sprintf("%.80q", name))
		}
	}
	switch {
	case len(missing) > 0:
		return chosen, fmt.Errorf("there is no MachineDeployment or MachinePool %s", strings.Join(missing, ", "))
	case len(chosen) == 0:
		return nil, fmt.Errorf("there is no MachineDeployment or MachinePool with the label %s: %s; the annotation %s may name them", corev1.LabelOSStable, corev1.Windows, WorkersAnnotation)
	}
	return chosen, nil
}
