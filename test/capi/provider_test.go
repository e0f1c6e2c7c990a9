package capi

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The groups and kinds of the generic providers. Their resources are what Cluster API's contract v1beta2 asks for, and no more.
const (
	infrastructure = "infrastructure.cluster.x-k8s.io"
	bootstrap      = "bootstrap.cluster.x-k8s.io"
	controlPlane   = "controlplane.cluster.x-k8s.io"
)

func kindsOf() map[string][]string {
	return map[string][]string{
		infrastructure: {"GenericCluster", "GenericClusterTemplate", "GenericMachine", "GenericMachineTemplate", "GenericMachinePool", "GenericMachinePoolTemplate"},
		bootstrap:      {"GenericConfig", "GenericConfigTemplate"},
		controlPlane:   {"GenericControlPlane", "GenericControlPlaneTemplate"},
	}
}

// provider plays infrastructure, bootstrap and control plane of every cluster: it makes no machine, but patches into status
// what one would. The nodes that it makes are objects of the workload cluster.
type provider struct {
	m           *management
	mu          sync.Mutex
	held        map[string]bool   // clusters whose machines are not made yet
	kubeconfigs map[string]string // what the secret of a cluster holds; that of "" is for all others
	nodes       map[string]node   // how a machine of a cluster gets its node; that of "" is for all others
}

// node gives a machine a node of the workload cluster.
type node func(ctx context.Context, machine *unstructured.Unstructured, providerID string) error

// startProvider makes the resources, and provides until the test ends. Each cluster is its own workload cluster: its nodes
// are those of the management cluster.
func (m *management) startProvider(t *testing.T) *provider {
	t.Helper()
	for group, kinds := range kindsOf() {
		for _, kind := range kinds {
			m.serve(t, generic(group, kind))
		}
	}
	p := &provider{m: m, held: map[string]bool{}, kubeconfigs: map[string]string{"": m.kubeconfigOf(t, workloadToken)}}
	p.nodes = map[string]node{"": p.newNode}
	ctx, cancel := context.WithCancel(context.Background())
	var group sync.WaitGroup
	group.Go(func() { p.provide(ctx, t) })
	t.Cleanup(func() { cancel(); group.Wait() })
	return p
}

// generic is a resource of a generic provider, which takes any spec and status.
func generic(group, kind string) *apiextensionsv1.CustomResourceDefinition {
	anything := true
	plural := strings.ToLower(kind) + "s"
	open := apiextensionsv1.JSONSchemaProps{Type: "object", XPreserveUnknownFields: &anything}
	return &apiextensionsv1.CustomResourceDefinition{
		ObjectMeta: metav1.ObjectMeta{Name: plural + "." + group, Labels: map[string]string{"cluster.x-k8s.io/v1beta2": "v1"}},
		Spec: apiextensionsv1.CustomResourceDefinitionSpec{
			Group: group, Scope: apiextensionsv1.NamespaceScoped, Names: apiextensionsv1.CustomResourceDefinitionNames{Kind: kind, Plural: plural},
			Versions: []apiextensionsv1.CustomResourceDefinitionVersion{{
				Name: "v1", Served: true, Storage: true, Subresources: &apiextensionsv1.CustomResourceSubresources{Status: &apiextensionsv1.CustomResourceSubresourceStatus{}},
				Schema: &apiextensionsv1.CustomResourceValidation{OpenAPIV3Schema: &apiextensionsv1.JSONSchemaProps{
					Type: "object", Properties: map[string]apiextensionsv1.JSONSchemaProps{"spec": open, "status": open},
				}},
			}},
		},
	}
}

// hold keeps the machines of a cluster from being made, or lets them be made.
func (p *provider) hold(cluster string, held bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held[cluster] = held
}

// kubeconfig is what the secret of a cluster holds.
func (p *provider) kubeconfig(cluster string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if k, ok := p.kubeconfigs[cluster]; ok {
		return k
	}
	return p.kubeconfigs[""]
}

// node is how the machines of a cluster get their nodes.
func (p *provider) node(cluster string) node {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := p.nodes[cluster]; n != nil {
		return n
	}
	return p.nodes[""]
}

// give has a cluster that is not there yet be the workload cluster of a kubeconfig.
func (p *provider) give(cluster, kubeconfig string, n node) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kubeconfigs[cluster], p.nodes[cluster] = kubeconfig, n
}

func (p *provider) holds(cluster string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.held[cluster]
}

// provide looks at all objects again and again, as a controller whose watch is not to be trusted.
func (p *provider) provide(ctx context.Context, t *testing.T) {
	steps := []struct {
		group, kind string
		step        func(context.Context, *unstructured.Unstructured) error
	}{
		{infrastructure, "GenericCluster", p.cluster}, {controlPlane, "GenericControlPlane", p.controlPlane}, {bootstrap, "GenericConfig", p.config},
		{infrastructure, "GenericMachine", p.machine}, {infrastructure, "GenericMachinePool", p.machinePool},
	}
	for {
		for _, s := range steps {
			list := &unstructured.UnstructuredList{}
			list.SetGroupVersionKind(schema.GroupVersionKind{Group: s.group, Version: "v1", Kind: s.kind + "List"})
			err := p.m.List(ctx, list)
			for i := range list.Items {
				if err == nil && list.Items[i].GetDeletionTimestamp() == nil {
					err = s.step(ctx, &list.Items[i])
				}
				if apierrors.IsNotFound(err) || apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err) {
					err = nil // another turn finds what is now
				}
			}
			if err != nil && ctx.Err() == nil {
				t.Errorf("providing %s: %v", s.kind, err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
	}
}

// set patches spec and status of an object, unless they hold all that already.
func (p *provider) set(ctx context.Context, o *unstructured.Unstructured, spec, status map[string]any) error {
	if !holds(o.Object["spec"], spec) {
		if err := p.m.Patch(ctx, o.DeepCopy(), merge(map[string]any{"spec": spec})); err != nil {
			return err
		}
	}
	if holds(o.Object["status"], status) {
		return nil
	}
	return p.m.Status().Patch(ctx, o.DeepCopy(), merge(map[string]any{"status": status}))
}

func (p *provider) cluster(ctx context.Context, o *unstructured.Unstructured) error {
	endpoint := map[string]any{"controlPlaneEndpoint": map[string]any{"host": "127.0.0.1", "port": int64(6443)}}
	return p.set(ctx, o, endpoint, map[string]any{"initialization": map[string]any{"provisioned": true}, "conditions": condition(o, "Ready")})
}

func (p *provider) controlPlane(ctx context.Context, o *unstructured.Unstructured) error {
	name := o.GetLabels()[clusterv1.ClusterNameLabel]
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{
			Namespace: o.GetNamespace(), Name: name + "-kubeconfig", Labels: map[string]string{clusterv1.ClusterNameLabel: name},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: o.GetAPIVersion(), Kind: o.GetKind(), Name: o.GetName(), UID: o.GetUID()}},
		},
		Type: clusterv1.ClusterSecretType, StringData: map[string]string{"value": p.kubeconfig(name)},
	}
	if err := p.m.Create(ctx, secret); err != nil && !apierrors.IsAlreadyExists(err) {
		return err
	}
	version, _, _ := unstructured.NestedString(o.Object, "spec", "version")
	return p.set(ctx, o, nil, map[string]any{
		"initialization": map[string]any{"controlPlaneInitialized": true}, "externalManagedControlPlane": true, "version": version,
		"versions": []any{map[string]any{"version": version, "replicas": int64(1)}}, "conditions": condition(o, "Available"),
	})
}

func (p *provider) config(ctx context.Context, o *unstructured.Unstructured) error {
	return p.set(ctx, o, nil, map[string]any{
		"initialization": map[string]any{"dataSecretCreated": true}, "dataSecretName": "none", "conditions": condition(o, "Ready"),
	})
}

func (p *provider) machine(ctx context.Context, o *unstructured.Unstructured) error {
	cluster := o.GetLabels()[clusterv1.ClusterNameLabel]
	if p.holds(cluster) {
		return nil
	}
	id := "generic://" + o.GetNamespace() + "/" + o.GetName()
	if provided, _, _ := unstructured.NestedString(o.Object, "spec", "providerID"); provided == "" {
		if err := p.node(cluster)(ctx, o, id); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
	return p.set(ctx, o, map[string]any{"providerID": id}, map[string]any{"initialization": map[string]any{"provisioned": true}, "conditions": condition(o, "Ready")})
}

func (p *provider) machinePool(ctx context.Context, o *unstructured.Unstructured) error {
	cluster := o.GetLabels()[clusterv1.ClusterNameLabel]
	if p.holds(cluster) {
		return nil
	}
	id := "generic://" + o.GetNamespace() + "/" + o.GetName()
	if provided, _, _ := unstructured.NestedStringSlice(o.Object, "spec", "providerIDList"); len(provided) == 0 {
		if err := p.node(cluster)(ctx, o, id); err != nil && !apierrors.IsAlreadyExists(err) {
			return err
		}
	}
	return p.set(ctx, o, map[string]any{"providerIDList": []any{id}}, map[string]any{
		"ready":          true, // what Cluster API reads of a pool, whatever the contract is
		"initialization": map[string]any{"provisioned": true}, "replicas": int64(1), "conditions": condition(o, "Ready"),
	})
}

// newNode makes a node that is ready.
func (p *provider) newNode(ctx context.Context, machine *unstructured.Unstructured, providerID string) error {
	os, _, _ := unstructured.NestedString(machine.Object, "spec", "os")
	version, err := p.versionOf(ctx, machine)
	if err != nil {
		return err
	}
	node := &corev1.Node{
		ObjectMeta: metav1.ObjectMeta{Name: machine.GetName(), Labels: map[string]string{corev1.LabelOSStable: os}},
		Spec:       corev1.NodeSpec{ProviderID: providerID},
	}
	if err := p.m.Create(ctx, node); err != nil {
		return err
	}
	before := node.DeepCopy()
	node.Status.NodeInfo.OperatingSystem, node.Status.NodeInfo.KubeletVersion = os, version
	for kind, status := range map[corev1.NodeConditionType]corev1.ConditionStatus{
		corev1.NodeReady: corev1.ConditionTrue, corev1.NodeMemoryPressure: corev1.ConditionFalse, corev1.NodeDiskPressure: corev1.ConditionFalse, corev1.NodePIDPressure: corev1.ConditionFalse,
	} {
		node.Status.Conditions = append(node.Status.Conditions, corev1.NodeCondition{Type: kind, Status: status, Reason: "Test", LastTransitionTime: metav1.Now()})
	}
	return p.m.Status().Patch(ctx, node, client.MergeFrom(before))
}

// versionOf is the Kubernetes version of a machine, which its owner tells.
func (p *provider) versionOf(ctx context.Context, machine *unstructured.Unstructured) (string, error) {
	owner := metav1.GetControllerOf(machine)
	if owner == nil { // not yet
		return "", apierrors.NewNotFound(schema.GroupResource{Group: clusterv1.GroupVersion.Group, Resource: "machines"}, machine.GetName())
	}
	o := &unstructured.Unstructured{}
	o.SetAPIVersion(owner.APIVersion)
	o.SetKind(owner.Kind)
	if err := p.m.Get(ctx, client.ObjectKey{Namespace: machine.GetNamespace(), Name: owner.Name}, o); err != nil {
		return "", err
	}
	path := map[string][]string{"Machine": {"spec", "version"}, "MachinePool": {"spec", "template", "spec", "version"}}[owner.Kind]
	version, found, err := unstructured.NestedString(o.Object, path...)
	if !found {
		return "", fmt.Errorf("the version of %s %s: %v", owner.Kind, owner.Name, err)
	}
	return version, nil
}
