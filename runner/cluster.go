package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// Cluster is what a run must know of the cluster before it starts.
type Cluster record.Cluster

// Node is a node with what decides whether tests can use it.
type Node = record.Node

// Connect returns how to reach the cluster: by the kubeconfig at path, or, for "", as a pod of it.
func Connect(path string) (*rest.Config, error) {
	var config *rest.Config
	var err error
	if path == "" {
		config, err = rest.InClusterConfig()
	} else {
		config, err = clientcmd.BuildConfigFromFlags("", path)
	}
	if err != nil {
		return nil, fmt.Errorf("reading how to reach the cluster: %w", err)
	}
	config.Timeout = 30 * time.Second
	return config, nil
}

// Inspect asks the cluster.
func Inspect(ctx context.Context, config *rest.Config) (Cluster, error) {
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return Cluster{}, err
	}
	version, err := client.Discovery().ServerVersion()
	if err != nil {
		return Cluster{}, fmt.Errorf("asking %s for its version: %w", config.Host, err)
	}
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return Cluster{}, fmt.Errorf("listing the nodes of %s: %w", config.Host, err)
	}
	c := Cluster{Server: config.Host, Version: version.GitVersion}
	for _, node := range nodes.Items {
		c.Nodes = append(c.Nodes, NodeOf(node))
	}
	slices.SortFunc(c.Nodes, func(a, b Node) int { return cmp.Or(cmp.Compare(b.OS, a.OS), cmp.Compare(a.Name, b.Name)) })
	c.Webhooks, err = podWebhooks(ctx, client)
	return c, err
}

// NodeOf is what counts of a node.
func NodeOf(node corev1.Node) Node {
	info := node.Status.NodeInfo
	n := Node{
		Name: node.Name, OS: cmp.Or(node.Labels[corev1.LabelOSStable], info.OperatingSystem), OSImage: info.OSImage,
		Build: info.KernelVersion, Runtime: info.ContainerRuntimeVersion, Kubelet: info.KubeletVersion,
	}
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			n.Ready = condition.Status == corev1.ConditionTrue
		}
	}
	n.Cordoned = node.Spec.Unschedulable
	n.Schedulable = n.Ready && !n.Cordoned
	for _, address := range node.Status.Addresses {
		if net.ParseIP(address.Address) != nil {
			n.Addresses = append(n.Addresses, address.Address)
		}
	}
	for _, taint := range node.Spec.Taints {
		if taint.Effect != corev1.TaintEffectPreferNoSchedule {
			n.Taints = append(n.Taints, taint.ToString())
			n.Schedulable = n.Schedulable && taint.Key == osTaint
		}
	}
	return n
}

// osTaint is the key of the taint by which clusters of two operating systems keep pods apart. Tests for Windows tolerate
// it, and e2e.test is told that it does not block.
const osTaint = "os"

// podWebhooks returns the mutating webhooks that are called for new pods.
func podWebhooks(ctx context.Context, client kubernetes.Interface) ([]string, error) {
	list, err := client.AdmissionregistrationV1().MutatingWebhookConfigurations().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, fmt.Errorf("listing mutating webhooks: %w", err)
	}
	var names []string
	for _, configuration := range list.Items {
		for _, hook := range configuration.Webhooks {
			for _, rule := range hook.Rules {
				if slices.ContainsFunc(rule.Resources, func(r string) bool { return r == "pods" || r == "*" || r == "*/*" }) {
					names = append(names, hook.Name)
				}
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// schedulable counts the nodes of an operating system that take ordinary pods.
func (c Cluster) schedulable(os string) int {
	n := 0
	for _, node := range c.Nodes {
		if node.OS == os && node.Schedulable {
			n++
		}
	}
	return n
}

// Check holds the cluster against what KEP-2578 and the tests need: the warnings are for the reader, the error stops a
// run.
func (c Cluster) Check() (warnings []string, err error) {
	windows := 0
	for _, node := range c.Nodes {
		if node.OS != "windows" {
			continue
		}
		windows++
		if !node.Ready {
			warnings = append(warnings, fmt.Sprintf("Windows node %s is not ready", node.Name))
		}
	}
	if windows == 0 {
		return nil, errors.New("the cluster has no Windows node: nothing can be proven on it")
	}
	if n := c.schedulable("windows"); n < 2 {
		warnings = append(warnings, fmt.Sprintf("KEP-2578 asks for 2 schedulable Windows nodes, the cluster has %d", n))
	}
	if n := c.schedulable("linux"); n < 2 {
		warnings = append(warnings, fmt.Sprintf("KEP-2578 asks for 2 schedulable Linux nodes, the cluster has %d", n))
	}
	if text := c.landing(); text != "" {
		warnings = append(warnings, text)
	}
	return warnings, nil
}

// landing says whether pods of tests that choose no operating system may run on Linux, where they prove nothing of
// Windows.
func (c Cluster) landing() string {
	open := 0
	for _, node := range c.Nodes {
		if node.OS == "linux" && node.Schedulable && len(node.Taints) == 0 {
			open++
		}
	}
	if open == 0 {
		return ""
	}
	text := fmt.Sprintf("pods without an operating system selector may land on %d Linux nodes: "+
		"a test that does not choose Windows may pass there", open)
	if len(c.Webhooks) > 0 {
		return text + ", unless a webhook sends them to Windows (" + strings.Join(c.Webhooks, ", ") + ")"
	}
	return text + "; a taint on the Linux nodes keeps them away"
}
