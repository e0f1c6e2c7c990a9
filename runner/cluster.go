package runner

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"slices"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// Cluster is what a run must know of the cluster before it starts.
type Cluster struct {
	ID       string            `json:"id,omitempty"`       // UID of its namespace kube-system, which no other cluster has; "" if it does not tell
	Server   string            `json:"server"`             // address of the API server
	Version  string            `json:"version"`            // such as v1.36.3
	Nodes    []Node            `json:"nodes"`              // by operating system, Windows first, then by name
	Webhooks []string          `json:"webhooks,omitempty"` // mutating webhooks that see pods when they are made: one may choose their node
	Policies []string          `json:"policies,omitempty"` // mutating admission policies that do
	Unlisted []record.Unlisted `json:"unlisted,omitempty"` // what could not be listed, so that nothing is known of it
}

// Node is a node with what decides whether tests can use it.
type Node = record.Node

// PretendedLabel is the mark of a node that pretends to be Windows.
const PretendedLabel = record.PretendedLabel

// Inspect asks the cluster. Only a version that it does not tell is an error: of what it does not list it says so.
func Inspect(ctx context.Context, config *rest.Config) (Cluster, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return Cluster{}, err
	}
	version, err := client.Discovery().ServerVersion()
	if err != nil {
		return Cluster{}, fmt.Errorf("asking %s for its version: %w", address(config), err)
	}
	c := Cluster{Server: address(config), Version: version.GitVersion}
	if system, err := client.CoreV1().Namespaces().Get(ctx, metav1.NamespaceSystem, metav1.GetOptions{}); err == nil {
		c.ID = string(system.UID) // without it the address tells clusters apart
	}
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	c.unlisted(record.Nodes, err)
	if err == nil {
		for _, node := range nodes.Items {
			c.Nodes = append(c.Nodes, NodeOf(node))
		}
		slices.SortFunc(c.Nodes, func(a, b Node) int { return cmp.Or(cmp.Compare(b.OS, a.OS), cmp.Compare(a.Name, b.Name)) })
	}
	c.Webhooks, err = podWebhooks(ctx, client)
	c.unlisted(record.Webhooks, err)
	c.Policies, err = podPolicies(ctx, client)
	c.unlisted(record.Policies, err)
	return c, ctx.Err()
}

func (c *Cluster) unlisted(what string, err error) {
	if err != nil {
		c.Unlisted = append(c.Unlisted, record.Unlisted{What: what, Why: err.Error()})
	}
}

// NodeOf is what counts of a node.
func NodeOf(node corev1.Node) Node {
	info := node.Status.NodeInfo
	n := Node{
		Name: node.Name, OS: cmp.Or(node.Labels[corev1.LabelOSStable], info.OperatingSystem), OSImage: info.OSImage,
		Build: info.KernelVersion, Runtime: info.ContainerRuntimeVersion, Kubelet: info.KubeletVersion, Cordoned: node.Spec.Unschedulable,
	}
	n.Pretended = n.OS == "windows" && (node.Labels[PretendedLabel] == "true" || info.OperatingSystem == "linux")
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			n.Ready = condition.Status == corev1.ConditionTrue
		}
	}
	for _, address := range node.Status.Addresses {
		if net.ParseIP(address.Address) != nil {
			n.Addresses = append(n.Addresses, address.Address)
		}
	}
	for _, taint := range node.Spec.Taints {
		if taint.Effect != corev1.TaintEffectPreferNoSchedule {
			n.Taints = append(n.Taints, taint.ToString())
		}
	}
	n.Schedulable = n.Ready && !n.Cordoned && len(n.Taints) == 0
	return n
}

// podWebhooks returns the mutating webhooks that are called for new pods.
func podWebhooks(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	list, err := client.AdmissionregistrationV1().MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, configuration := range list.Items {
		for _, hook := range configuration.Webhooks {
			for _, rule := range hook.Rules {
				if pods(rule.Resources) {
					names = append(names, hook.Name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// podPolicies returns the mutating admission policies that match new pods. A server that does not have such policies, of
// Kubernetes before 1.36, has none.
//
// Note: client-go of the version that Prow needs knows no such type.
func podPolicies(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	answer := client.AdmissionregistrationV1().RESTClient().Get().AbsPath("/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies").Do(ctx)
	if err := answer.Error(); apierrors.IsNotFound(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	data, err := answer.Raw()
	if err != nil {
		return nil, err
	}
	var list struct {
		Items []struct {
			Metadata metav1.ObjectMeta `json:"metadata"`
			Spec     struct {
				MatchConstraints struct {
					ResourceRules []struct {
						Resources []string `json:"resources"`
					} `json:"resourceRules"`
				} `json:"matchConstraints"`
			} `json:"spec"`
		} `json:"items"`
	}
	if err := json.Unmarshal(data, &list); err != nil {
		return nil, err
	}
	var names []string
	for _, policy := range list.Items {
		for _, rule := range policy.Spec.MatchConstraints.ResourceRules {
			if pods(rule.Resources) {
				names = append(names, policy.Metadata.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// pods tells whether a rule of admission is for pods.
func pods(resources []string) bool {
	return slices.ContainsFunc(resources, func(r string) bool { return r == "pods" || r == "*" || r == "*/*" })
}
