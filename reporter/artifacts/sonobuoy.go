package artifacts

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

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
	c.junit, c.pods, c.journals, c.errors, c.items = keep(c.junit), keep(c.pods), keep(c.journals), keep(c.errors), keep(c.items)
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

// handedOver is why a run came to no verdict, by what was handed over to Sonobuoy of it: whoever waited for its end saw that, and no
// other file of it may tell. The form is that of package sonobuoy, whose first item is the verdict.
func (b *build) handedOver() []reporter.Warning {
	var list []reporter.Warning
	for _, name := range b.contents.items {
		data, read := b.files[name]
		if !read || b.underway {
			continue
		}
		var root struct {
			Items []struct {
				Details map[string]any `yaml:"details"`
			} `yaml:"items"`
		}
		if err := yaml.Unmarshal(data, &root); err != nil || len(root.Items) == 0 {
			list = append(list, reporter.Warning{File: safetext.Line(name), Message: "what was handed over to Sonobuoy cannot be read"})
			continue
		}
		if problem := root.Items[0].Details["error"]; problem != nil {
			list = append(list, reporter.Warning{File: safetext.Line(name), Message: safetext.Cut(fmt.Sprintf("it was handed over to Sonobuoy without a verdict: %v", problem), maxLine)})
		}
	}
	return list
}

// parseSonobuoy reads what Sonobuoy asked the cluster.
func (b *build) parseSonobuoy() {
	var server struct {
		GitVersion string `json:"gitVersion"`
	}
	if b.decode(b.contents.server, &server) && isVersion(server.GitVersion) {
		b.server = server.GitVersion
	}
	b.parseNodes()
}

// decode reads a file of JSON; ok is false if there is none. One that is no JSON counts as one that could not be read.
func (b *build) decode(name string, into any) (ok bool) {
	data, there := b.files[name]
	if !there {
		return false
	}
	if err := json.Unmarshal(data, into); err != nil {
		b.unread = append(b.unread, unread(name, err))
		return false
	}
	return true
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

// parseNodes reads the nodes.
func (b *build) parseNodes() {
	var list struct {
		Items []sonobuoyNode `json:"items"`
	}
	var into any = &list
	if bytes.HasPrefix(bytes.TrimSpace(b.files[b.contents.nodes]), []byte("[")) {
		into = &list.Items
	}
	if !b.decode(b.contents.nodes, into) {
		return
	}
	if len(list.Items) == 0 {
		b.unread = append(b.unread, unread(b.contents.nodes, errors.New("it lists no node")))
	}
	for _, n := range list.Items[:min(len(list.Items), maxNodes)] {
		b.nodes = append(b.nodes, n.record())
	}
	slices.SortStableFunc(b.nodes, func(a, b record.Node) int { return cmp.Or(cmp.Compare(b.OS, a.OS), cmp.Compare(a.Name, b.Name)) })
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
