package runner

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// LeastNodes is how many schedulable nodes of each operating system KEP-2578 asks for.
const LeastNodes = 2

// schedulable counts the nodes of an operating system that take ordinary pods.
func (c Cluster) schedulable(os specs.OS) int {
	n := 0
	for _, node := range c.Nodes {
		if node.OS == string(os) && node.Schedulable {
			n++
		}
	}
	return n
}

// SchedulableNodes is how many nodes take ordinary pods; 0 if that is not known.
func (c Cluster) SchedulableNodes() int {
	return c.schedulable(specs.Windows) + c.schedulable(specs.Linux)
}

// SchedulableWindows is how many of them are Windows nodes.
func (c Cluster) SchedulableWindows() int { return c.schedulable(specs.Windows) }

// HasWindows tells whether one of the nodes runs Windows.
func (c Cluster) HasWindows() bool {
	return slices.ContainsFunc(c.Nodes, func(n Node) bool { return n.OS == string(specs.Windows) })
}

// pretended are the names of the nodes that say that they are Windows and are not, in their order.
func (c Cluster) pretended() []string {
	var names []string
	for _, n := range c.Nodes {
		if n.Pretended {
			names = append(names, n.Name)
		}
	}
	return names
}

// BlockingTaints are the keys of the taints of nodes that are not cordoned, sorted. Unless e2e.test is told that they do not
// block, it waits half an hour for such a node, and then runs nothing (kubernetes' test/e2e/framework/node/wait.go).
func (c Cluster) BlockingTaints() []string {
	var keys []string
	for _, node := range c.Nodes {
		for _, taint := range node.Taints {
			if !node.Cordoned {
				keys = append(keys, taintKey(taint))
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// taintKey is the key of a taint in the form "key=value:effect", whose value may be missing.
func taintKey(taint string) string { return taint[:strings.IndexAny(taint+":", "=:")] }

// Check holds the cluster against what KEP-2578 and the tests need: the warnings are for the reader, the error stops a
// run.
func (c Cluster) Check() (warnings []string, err error) {
	for _, u := range c.Unlisted {
		warnings = append(warnings, fmt.Sprintf("the cluster does not list its %s, so nothing is known of them: %s", u.What, u.Why))
	}
	if !record.Known(c.Unlisted, record.Nodes) {
		return append(warnings, "nobody knows whether the cluster has Windows nodes that take pods"), nil
	}
	if !c.HasWindows() {
		return nil, errors.New("the cluster has no Windows node: nothing can be proven on it")
	}
	if names := c.pretended(); len(names) > 0 {
		warnings = append(warnings, "nothing will be shown of Windows: nodes that pretend to be Windows are "+strings.Join(names, ", "))
	}
	for _, n := range c.Nodes {
		if text := trouble(n); text != "" {
			warnings = append(warnings, text)
		}
	}
	if keys := c.unusualTaints(); len(keys) > 0 {
		warnings = append(warnings, fmt.Sprintf("nodes have taints with the keys %s: e2e.test is told not to wait for those nodes (--non-blocking-taints)", strings.Join(keys, ", ")))
	}
	for _, os := range []specs.OS{specs.Windows, specs.Linux} {
		if n := c.schedulable(os); n < LeastNodes {
			warnings = append(warnings, fmt.Sprintf("KEP-2578 asks for %d schedulable %s nodes, the cluster has %d", LeastNodes, os.Word(), n))
		}
	}
	return warnings, nil
}

// trouble says what keeps tests from using the node, "" for nothing, or for a Linux node that its taints or its owner
// reserve for others.
func trouble(n Node) string {
	windows := n.OS == string(specs.Windows)
	switch {
	case !n.Ready && !n.Cordoned:
		return fmt.Sprintf("%s node %s is not ready: e2e.test waits up to half an hour for it; cordon it, or --extra-arg=--allowed-not-ready-nodes=1",
			specs.OS(n.OS).Word(), n.Name)
	case windows && !n.Ready:
		return fmt.Sprintf("Windows node %s is not ready", n.Name)
	case windows && n.Cordoned:
		return fmt.Sprintf("Windows node %s is cordoned: it takes no test's pods", n.Name)
	case windows && len(n.Taints) > 0:
		return fmt.Sprintf("Windows node %s takes no test's pods: tests for Windows do not tolerate its taints (%s); remove them: kubectl taint nodes %[1]s %[3]s",
			n.Name, strings.Join(n.Taints, ", "), strings.Join(removals(n.Taints), " "))
	}
	return ""
}

// removals are the arguments by which kubectl takes taints away.
func removals(taints []string) []string {
	list := make([]string, len(taints))
	for i, taint := range taints {
		list[i] = taintKey(taint) + taint[strings.LastIndex(taint, ":"):] + "-"
	}
	return list
}

// unusualTaints are the keys for which e2e.test would wait without this program.
func (c Cluster) unusualTaints() []string {
	return slices.DeleteFunc(c.BlockingTaints(), func(key string) bool { return slices.Contains(usualTaints(), key) })
}

// Landing says whether pods of tests that choose no operating system may run on Linux, where they prove nothing of
// Windows, unless the run sends them elsewhere; "" if they cannot.
func (c Cluster) Landing() string {
	open := c.schedulable(specs.Linux)
	if open == 0 {
		return ""
	}
	text := fmt.Sprintf("pods without an operating system selector may land on %d Linux nodes: "+
		"a test that does not choose Windows may pass there", open)
	if movers := slices.Concat(c.Webhooks, c.Policies); len(movers) > 0 {
		return text + ", unless one of these sends them to Windows: " + strings.Join(movers, ", ")
	}
	return text + "; a taint on the Linux nodes keeps them away"
}
