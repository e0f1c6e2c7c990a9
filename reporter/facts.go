package reporter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Fact is one thing that is known of a build, in the words that every view shows. A view may make a link of its text.
type Fact struct {
	Kind FactKind
	Text string
}

// FactKind is what a fact is about, as its name.
type FactKind string

// The kinds of facts.
const (
	FactJob        FactKind = "Job"
	FactBuild      FactKind = "Build"
	FactPull       FactKind = "Pull request"
	FactCommit     FactKind = "Commit"
	FactStarted    FactKind = "Started"
	FactDuration   FactKind = "Duration"
	FactEnd        FactKind = "End"
	FactKubernetes FactKind = "Kubernetes"
	FactWindows    FactKind = "Windows"
	FactRuntime    FactKind = "Runtime"
	FactNodes      FactKind = "Nodes"
	FactProvider   FactKind = "Provider"
	FactPlacement  FactKind = "Placement"
	FactSpec       FactKind = "Judged by"
	FactTool       FactKind = "Run by"
)

// Facts lists what is known of a build: who, what and when. What is not known is not among them.
func (s Summary) Facts() []Fact {
	b := s.Build
	all := []Fact{
		{FactJob, b.Job}, {FactBuild, cmp.Or(b.ID, b.Source)}, {FactPull, pullText(b.Pull)}, {FactCommit, b.SHA[:min(12, len(b.SHA))]},
		{FactStarted, b.When()}, {FactDuration, b.Took()}, {FactEnd, s.End.String()},
		{FactKubernetes, s.kubernetes()}, {FactWindows, s.Windows()}, {FactRuntime, s.Runtime()}, {FactNodes, s.nodes()}, {FactProvider, s.Provider},
		{FactPlacement, strings.Trim(s.declared(), " ()")}, {FactSpec, s.specText()}, {FactTool, toolText(s.Tool)},
	}
	return slices.DeleteFunc(all, func(f Fact) bool { return f.Text == "" })
}

func pullText(number int) string {
	if number == 0 {
		return ""
	}
	return fmt.Sprintf("#%d", number)
}

func toolText(version string) string {
	if version == "" {
		return ""
	}
	return "op-readiness " + version
}

func (s Summary) specText() string {
	if s.Spec == (specs.Identity{}) {
		return ""
	}
	return s.Spec.String()
}

// Name is what a build is called in one line: by its job and id, else by its source.
func (b Build) Name() string { return cmp.Or(strings.TrimSpace(b.Job+" "+b.ID), b.Source) }

// shortID is how much of the end of a build's id tells builds of a job apart.
const shortID = 5

// ShortID is the end of the build's id, "" if it has none.
func (b Build) ShortID() string { return b.ID[max(0, len(b.ID)-shortID):] }

// When is the minute in which the build began, "" if it is not known.
func (b Build) When() string {
	if b.Started.IsZero() {
		return ""
	}
	return b.Started.UTC().Format("2006-01-02 15:04 UTC")
}

// Took is how long the build took, "" if that is not known, or cannot be true.
func (b Build) Took() string {
	took := b.Finished.Sub(b.Started)
	if b.Started.IsZero() || b.Finished.IsZero() || took <= 0 || took > maxDuration {
		return ""
	}
	return took.Round(time.Second).String()
}

// kubernetes is the version under test, with what is assumed of it.
func (s Summary) kubernetes() string {
	if s.KubernetesVersion == "" || !s.Assumed {
		return s.KubernetesVersion
	}
	return s.KubernetesVersion + " (which tests it has is assumed from the nearest version that is known)"
}

// Windows lists the builds of Windows that the tests ran on, or were to run on, with the names of their releases; where no
// build is known, the release that the job names.
func (s Summary) Windows() string {
	builds := s.known(
		func(n record.Node) string { return buildText(n.Build, n.Pretended) },
		func(p Place) string { return buildText(p.Build, p.Pretended) },
	)
	return cmp.Or(strings.Join(builds, ", "), s.Build.Platform)
}

// buildText is the build of a Windows node with the name of its release, or that the node only pretends: what it has then is
// a version of Linux.
func buildText(build string, pretended bool) string {
	platform := platformOf(build)
	if pretended {
		platform = "pretended"
	}
	if build == "" || platform == "" {
		return build
	}
	return build + " (" + platform + ")"
}

// Runtime lists the container runtimes of the Windows nodes.
func (s Summary) Runtime() string {
	runtimes := s.known(func(n record.Node) string { return runtimeText(n.Runtime) }, func(p Place) string { return runtimeText(p.Runtime) })
	return strings.Join(runtimes, ", ")
}

// runtimeText is "containerd 2.0.5" for "containerd://2.0.5".
func runtimeText(runtime string) string { return strings.Replace(runtime, "://", " ", 1) }

// known gathers something of all Windows nodes: of those of the cluster, or, where they were not recorded, of those that
// pods ran on. Sorted, each once.
func (s Summary) known(ofNode func(record.Node) string, ofPlace func(Place) string) []string {
	var all []string
	for _, n := range s.Nodes {
		if n.OS == string(specs.Windows) {
			all = append(all, ofNode(n))
		}
	}
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			for _, p := range a.Ran {
				if len(s.Nodes) == 0 && p.OS == string(specs.Windows) {
					all = append(all, ofPlace(p))
				}
			}
		}
	}
	slices.Sort(all)
	return slices.DeleteFunc(slices.Compact(all), func(text string) bool { return text == "" })
}

// nodes counts the nodes of the cluster by their operating system: "2 Windows and 1 Linux".
func (s Summary) nodes() string {
	var windows, pretended, others int
	for _, n := range s.Nodes {
		switch {
		case n.Pretended:
			pretended++
		case n.OS == string(specs.Windows):
			windows++
		default:
			others++
		}
	}
	if len(s.Nodes) == 0 {
		return ""
	}
	var parts []string
	if windows > 0 || pretended == 0 {
		parts = append(parts, fmt.Sprintf("%d Windows", windows))
	}
	if pretended > 0 {
		parts = append(parts, fmt.Sprintf("%d pretended Windows", pretended))
	}
	if others > 0 {
		parts = append(parts, fmt.Sprintf("%d Linux", others))
	}
	return strings.Join(parts, " and ")
}

// String says on which nodes pods ran: "2 nodes, 10.0.20348.2700, containerd 2.0.5".
func (p Place) String() string {
	noun := "nodes"
	if len(p.Nodes) == 1 {
		noun = "node"
	}
	switch {
	case p.Pretended:
		noun = "pretended Windows " + noun
	case p.OS == string(specs.Linux):
		noun = "Linux " + noun
	}
	parts := []string{fmt.Sprintf("%d %s", len(p.Nodes), noun)}
	for _, part := range []string{p.Build, runtimeText(p.Runtime)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

// Where says where the pods of the ability ran, Windows first, "" if that was not recorded.
func (a Ability) Where() string {
	places := slices.Clone(a.Ran)
	slices.SortStableFunc(places, func(a, b Place) int { return -cmp.Compare(a.OS, b.OS) })
	var texts []string
	for _, p := range places {
		texts = append(texts, p.String())
	}
	return strings.Join(texts, "; ")
}
