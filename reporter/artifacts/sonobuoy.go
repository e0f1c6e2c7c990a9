package artifacts

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// What lies in a tarball of Sonobuoy, or in the folder that it was unpacked into (Sonobuoy's pkg/client/results/reader.go and
// pkg/discovery): results and errors of each plugin, and what Sonobuoy asked the cluster.
const (
	pluginsFolder = "plugins"
	serverVersion = "serverversion.json"
)

// isNodesFile tells whether the nodes are listed in a file, by the names of several versions of Sonobuoy.
func isNodesFile(name string) bool {
	return name == "resources/cluster/core_v1_nodes.json" || name == "resources/cluster/Nodes.json"
}

// sonobuoy takes a file that Sonobuoy itself writes.
func (c *contents) sonobuoy(name string) bool {
	parts := strings.Split(name, "/")
	switch {
	case name == serverVersion || name == "serverversion/"+serverVersion:
		c.server = name
	case isNodesFile(name):
		c.nodes = name
	case len(parts) == 5 && parts[0] == pluginsFolder && parts[2] == "errors" && parts[4] == "error.json":
		c.errors = append(c.errors, name)
	default:
		return false
	}
	return true
}

// pluginOf is the plugin whose results a file is among, "" for none.
func pluginOf(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) > 3 && parts[0] == pluginsFolder {
		return parts[1]
	}
	return ""
}

// ofPlugin leaves out the results of other plugins where those of a run of ours are there: that run is what is asked for, and
// nothing of another run belongs to it.
func (c contents) ofPlugin() contents {
	if len(c.records) != 1 || pluginOf(c.records[0]) == "" {
		return c
	}
	ours := pluginOf(c.records[0])
	keep := func(names []string) []string {
		return slices.DeleteFunc(slices.Clone(names), func(name string) bool {
			other := pluginOf(name)
			if other != "" && other != ours && !slices.Contains(c.others, other) {
				c.others = append(c.others, other)
			}
			return other != ours
		})
	}
	c.junit, c.pods, c.journals, c.errors = keep(c.junit), keep(c.pods), keep(c.journals), keep(c.errors)
	return c
}

// leftOut says whose results do not count.
func (b *build) leftOut() []reporter.Warning {
	var odd []reporter.Warning
	for _, name := range b.contents.others {
		message := fmt.Sprintf("the results of the plugin %q are left out: the run is that of the plugin %q", name, pluginOf(b.contents.records[0]))
		odd = append(odd, reporter.Warning{Message: safetext.Cut(message, maxLine)})
	}
	return odd
}

// pluginErrors are what Sonobuoy says of plugins that have no results, or not all of them.
func (b *build) pluginErrors() []reporter.Warning {
	var list []reporter.Warning
	for _, name := range b.contents.errors {
		data, read := b.files[name]
		if !read {
			continue
		}
		var told struct {
			Error any `json:"error"`
		}
		words := "it does not say which"
		if json.Unmarshal(data, &told) == nil && told.Error != nil {
			words = fmt.Sprint(told.Error)
		}
		message := fmt.Sprintf("Sonobuoy tells of an error of the plugin %q: %s", path.Base(path.Dir(path.Dir(path.Dir(name)))), words)
		list = append(list, reporter.Warning{File: safetext.Line(name), Message: safetext.Cut(message, maxLine)})
	}
	return list
}

// sonobuoyVersion is what the API server said to Sonobuoy.
func (b *build) sonobuoyVersion() []reporter.Claim {
	var server struct {
		GitVersion string `json:"gitVersion"`
	}
	if json.Unmarshal(b.files[b.contents.server], &server) != nil || !isVersion(server.GitVersion) {
		return nil
	}
	return claim(nil, server.GitVersion, b.contents.server)
}

// sonobuoyNode is what a report needs of a node.
type sonobuoyNode struct {
	Metadata struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Unschedulable bool `json:"unschedulable"`
		Taints        []struct {
			Key, Value, Effect string
		} `json:"taints"`
	} `json:"spec"`
	Status struct {
		NodeInfo struct {
			OperatingSystem         string `json:"operatingSystem"`
			OSImage                 string `json:"osImage"`
			KernelVersion           string `json:"kernelVersion"`
			ContainerRuntimeVersion string `json:"containerRuntimeVersion"`
			KubeletVersion          string `json:"kubeletVersion"`
		} `json:"nodeInfo"`
		Conditions []struct{ Type, Status string } `json:"conditions"`
	} `json:"status"`
}

// maxNodes is how many nodes are kept.
const maxNodes = 10_000

// sonobuoyNodes are the nodes that Sonobuoy listed at the end, Windows first.
func (b *build) sonobuoyNodes() []record.Node {
	var list struct {
		Items []sonobuoyNode `json:"items"`
	}
	data := b.files[b.contents.nodes]
	if json.Unmarshal(data, &list) != nil && json.Unmarshal(data, &list.Items) != nil {
		return nil // nobody knows them
	}
	var nodes []record.Node
	for _, n := range list.Items[:min(len(list.Items), maxNodes)] {
		nodes = append(nodes, n.record())
	}
	slices.SortStableFunc(nodes, func(a, b record.Node) int { return cmp.Or(cmp.Compare(b.OS, a.OS), cmp.Compare(a.Name, b.Name)) })
	return nodes
}

func (n sonobuoyNode) record() record.Node {
	info := n.Status.NodeInfo
	line := func(text string) string { return safetext.Cut(text, maxLine) }
	os := cmp.Or(n.Metadata.Labels["kubernetes.io/os"], info.OperatingSystem)
	kept := record.Node{
		Name: line(n.Metadata.Name), OS: line(os), OSImage: line(info.OSImage), Build: line(info.KernelVersion), Runtime: line(info.ContainerRuntimeVersion),
		Kubelet: line(info.KubeletVersion), Cordoned: n.Spec.Unschedulable,
		Pretended: os == "windows" && (n.Metadata.Labels[record.PretendedLabel] == "true" || info.OperatingSystem == "linux"),
	}
	for _, c := range n.Status.Conditions {
		kept.Ready = kept.Ready || c.Type == "Ready" && c.Status == "True"
	}
	for _, t := range n.Spec.Taints {
		if t.Effect != "PreferNoSchedule" {
			kept.Taints = append(kept.Taints, line(strings.TrimSuffix(t.Key+"="+t.Value, "=")+":"+t.Effect))
		}
	}
	kept.Schedulable = kept.Ready && !kept.Closed()
	return kept
}
