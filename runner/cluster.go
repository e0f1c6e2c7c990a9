package runner

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
)

// Cluster is what a run must know of the cluster before it starts.
type Cluster struct {
	Server   string   `json:"server"`             // address of the API server
	Version  string   `json:"version"`            // such as v1.36.3
	Nodes    []Node   `json:"nodes"`              // by operating system, Windows first, then by name
	Webhooks []string `json:"webhooks,omitempty"` // mutating webhooks that see pods when they are made: one may choose their node
}

// Node is a node with what decides whether tests can use it.
type Node struct {
	Name        string   `json:"name"`
	OS          string   `json:"os"`                  // "windows" or "linux"
	Pretended   bool     `json:"pretended,omitempty"` // it says that it is Windows and is not: see PretendedLabel
	OSImage     string   `json:"osImage"`             // such as "Windows Server 2022 Datacenter"
	Build       string   `json:"build"`               // kernel version; on Windows its build, such as 10.0.20348.2700
	Runtime     string   `json:"runtime"`             // such as containerd://2.0.4
	Kubelet     string   `json:"kubelet"`
	Ready       bool     `json:"ready"`
	Schedulable bool     `json:"schedulable"`      // ready, not cordoned, and without a taint that e2e.test waits for
	Taints      []string `json:"taints,omitempty"` // those that keep pods without a toleration away
}

// PretendedLabel with the value "true" is the mark of a Linux node that pretends to be Windows, so that tests for Windows
// run on it: they show nothing of Windows. Without it a node pretends if its kubelet says that it runs on Linux, and its
// label that it is Windows.
const PretendedLabel = "op-readiness.sigs.k8s.io/pretended-windows"

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
		c.Nodes = append(c.Nodes, nodeOf(node))
	}
	slices.SortFunc(c.Nodes, func(a, b Node) int { return cmp.Or(cmp.Compare(b.OS, a.OS), cmp.Compare(a.Name, b.Name)) })
	c.Webhooks, err = podWebhooks(ctx, client)
	return c, err
}

func nodeOf(node corev1.Node) Node {
	info := node.Status.NodeInfo
	n := Node{
		Name: node.Name, OS: cmp.Or(node.Labels[corev1.LabelOSStable], info.OperatingSystem), OSImage: info.OSImage,
		Build: info.KernelVersion, Runtime: info.ContainerRuntimeVersion, Kubelet: info.KubeletVersion,
	}
	n.Pretended = n.OS == "windows" && (node.Labels[PretendedLabel] == "true" || info.OperatingSystem == "linux")
	for _, condition := range node.Status.Conditions {
		if condition.Type == corev1.NodeReady {
			n.Ready = condition.Status == corev1.ConditionTrue
		}
	}
	n.Schedulable = n.Ready && !node.Spec.Unschedulable
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
	var pretended []string
	for _, node := range c.Nodes {
		if node.OS != "windows" {
			continue
		}
		windows++
		if !node.Ready {
			warnings = append(warnings, fmt.Sprintf("Windows node %s is not ready", node.Name))
		}
		if node.Pretended {
			pretended = append(pretended, node.Name)
		}
	}
	if windows == 0 {
		return nil, errors.New("the cluster has no Windows node: nothing can be proven on it")
	}
	if len(pretended) > 0 {
		warnings = append(warnings, fmt.Sprintf("nothing will be shown of Windows: nodes that pretend to be Windows are %s", strings.Join(pretended, ", ")))
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
