package reporter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// What stands against all results of a build.

// contradiction says that two sources disagree about the same thing, "" if all agree. Same tells whether two values mean the
// same.
func contradiction(what string, claims []Claim, same func(a, b string) bool) string {
	for i, first := range claims {
		for _, next := range claims[i+1:] {
			if first.Value != "" && next.Value != "" && !same(first.Value, next.Value) {
				return fmt.Sprintf("%s is not known: %s says %s, %s says %s", what, first.Source, first.Value, next.Source, next.Value)
			}
		}
	}
	return ""
}

// sameMinor tells whether two versions are of the same minor version; what is no version, or master, says nothing.
func sameMinor(a, b string) bool {
	v, errV := specs.ParseVersion(a)
	w, errW := specs.ParseVersion(b)
	if errV != nil || errW != nil || v == specs.Master() || w == specs.Master() {
		return true
	}
	return v == w
}

// windowsBuilds are the platforms by the build of their Windows.
func windowsBuilds() map[string]string {
	return map[string]string{"10.0.17763": "ltsc2019", "10.0.20348": "ltsc2022", "10.0.26100": "ltsc2025"}
}

// platformOf is the platform of a node's build, such as "ltsc2022" of "10.0.20348.2700"; "" if it is not known.
func platformOf(build string) string {
	for prefix, platform := range windowsBuilds() {
		if build == prefix || strings.HasPrefix(build, prefix+".") {
			return platform
		}
	}
	return ""
}

// baseOf is the Windows version in the name of a platform: "ltsc2022" of "ltsc2022-hyperv".
func baseOf(platform string) string {
	base, _, _ := strings.Cut(platform, "-")
	return base
}

// platformDoubt says that two sources disagree about the Windows version, or one with a node of the run; "" if none does.
// Nodes among each other may differ.
func (e Evidence) platformDoubt() string {
	const what = "the Windows version"
	same := func(a, b string) bool { return baseOf(a) == baseOf(b) }
	if text := contradiction(what, e.Platforms, same); text != "" {
		return text
	}
	for _, node := range e.windowsNodes() {
		claim := Claim{Value: cmp.Or(platformOf(node.Build), node.Build), Source: "node " + node.Name}
		if text := contradiction(what, append(slices.Clone(e.Platforms), claim), same); text != "" {
			return text
		}
	}
	return ""
}

// cluster is what the run's record knows of the cluster, nil for nothing.
func (e Evidence) cluster() *record.Cluster {
	if e.Run == nil {
		return nil
	}
	return e.Run.Cluster
}

// windowsNodes are the Windows nodes that the run saw, at the start or later.
func (e Evidence) windowsNodes() []record.Node {
	var nodes []record.Node
	if c := e.cluster(); c != nil {
		nodes = slices.Clone(c.Nodes)
		for _, change := range c.Changes {
			if !change.Gone {
				nodes = append(nodes, change.Node)
			}
		}
	}
	return slices.DeleteFunc(nodes, func(n record.Node) bool { return n.OS != string(specs.Windows) })
}

// pretended are the names of the nodes that pretend to be Windows, at the start or later, sorted.
func (e Evidence) pretended() []string {
	var names []string
	for _, n := range slices.Concat(e.windowsNodes(), e.Nodes) {
		if n.Pretended {
			names = append(names, n.Name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// PlatformDoubt says that a cluster has nodes of another Windows than a platform, such as "ltsc2022", is of; "" if it has none, or
// no platform is named.
func PlatformDoubt(platform string, nodes []record.Node) string {
	e := Evidence{Platforms: []Claim{{Value: platform, Source: "--platform"}}, Run: &record.Run{Cluster: &record.Cluster{Nodes: nodes}}}
	return e.platformDoubt()
}

// windowslessDoubt says that there is no Windows node among those that somebody listed, "" if there is one or nobody did.
func (e Evidence) windowslessDoubt() string {
	if len(e.Nodes) == 0 || slices.ContainsFunc(e.Nodes, func(n record.Node) bool { return n.OS == string(specs.Windows) }) {
		return ""
	}
	return "the cluster has no Windows node"
}

// doubts are what stands against every result of the build, if it is judged by specs of a version, "" for one that is only
// near.
func (e Evidence) doubts(version string) []string {
	versions := append(slices.Clone(e.Versions), Claim{Value: version, Source: "the choice of specs"})
	list := []string{e.endDoubt(), contradiction("the Kubernetes version", versions, sameMinor), e.platformDoubt(), e.windowslessDoubt()}
	for _, w := range e.Unread {
		list = append(list, w.String())
	}
	for _, s := range e.Suites {
		list = append(list, s.cutDoubt()) // what else the file held, of any test, is not known
	}
	list = append(list, e.runDoubts()...)
	return unique(slices.DeleteFunc(list, func(text string) bool { return text == "" }))
}

// endDoubt says why the end of the job leaves results in doubt, "" if it does not.
func (e Evidence) endDoubt() string {
	switch e.End.State {
	case NoJob, Succeeded:
		return ""
	case FailedJob:
		if e.failures() > 0 || e.Files == 0 || e.explained() {
			return ""
		}
		return fmt.Sprintf("the job failed (%s), although no test did", e.End.Words)
	case Running:
		return "the build is still running: " + e.End.Words
	case Cut:
		return "the job was cut short: " + e.End.Words
	}
	return "how the job ended is not known: " + cmp.Or(e.End.Words, "nothing tells")
}

// explained tells whether the run of ours in a job says why the job failed: it closed its account, and then exited with a code
// above 0 for its verdict. A run that found everything ready did not, and whatever failed behind it did something else.
func (e Evidence) explained() bool {
	if e.End.State != FailedJob || e.Run == nil || e.Run.Ended == nil || e.Run.EndedBy != record.EndingComplete {
		return false
	}
	verdict := e.Run.Verdict()
	return verdict == Incomplete.String() || verdict == NotReady.String()
}

// failures counts what failed in suites of any kind.
func (e Evidence) failures() int {
	n := len(e.Others)
	for _, s := range e.Suites {
		n += s.Failures + len(s.Around)
	}
	return n
}

// runDoubts are what our own record of the run says against all of its results.
func (e Evidence) runDoubts() []string {
	r := e.Run
	if r == nil {
		return nil
	}
	list := []string{endedDoubt(*r)}
	if e.Going != "" {
		list[0] = "the run still goes on: " + e.Going
	}
	if c := r.Cluster; c != nil && len(e.windowsNodes()) == 0 && record.Known(c.Unlisted, record.Nodes) {
		list = append(list, "the cluster has no Windows node")
	}
	for _, number := range e.untoldCalls() {
		list = append(list, fmt.Sprintf("the record of the run does not tell how call %d of e2e.test ended", number))
	}
	for _, call := range r.Calls {
		for _, name := range call.JUnit {
			if !reportdir.IsCut(name) && !e.has(name) {
				list = append(list, fmt.Sprintf("%q, which call %d of e2e.test wrote, is not among the results", name, call.Number))
			}
		}
	}
	return list
}

// untoldCalls are the numbers of calls that were planned, or that told of tests, and that the record does not have. A record
// without any call, or a run that did not end, says enough.
func (e Evidence) untoldCalls() []int {
	var numbers []int
	for _, inv := range e.Run.Plan.Invocations {
		numbers = append(numbers, inv.Number)
	}
	for _, event := range e.Journal {
		numbers = append(numbers, event.Invocation)
	}
	slices.Sort(numbers)
	return slices.DeleteFunc(slices.Compact(numbers), func(number int) bool {
		return len(e.Run.Calls) == 0 || e.Run.Ended == nil || e.call(number) != nil
	})
}

// endedDoubt says what is wrong with the end of a run, "" for nothing.
func endedDoubt(r record.Run) string {
	switch {
	case r.Ended == nil:
		return "the run did not come to its end"
	case r.EndedBy == record.EndingComplete:
		return ""
	case r.EndedBy == record.EndingInterrupted:
		return "the run was interrupted"
	case r.EndedBy == record.EndingTimeout:
		return "the run took longer than it may, and was ended"
	case r.EndedBy == record.EndingLost:
		return "the run lost a call of e2e.test"
	case r.EndedBy == record.EndingStalled:
		return "the run stood still, and was ended"
	}
	return "how the run ended is not known: " + cmp.Or(r.EndedBy, "its record does not tell")
}
