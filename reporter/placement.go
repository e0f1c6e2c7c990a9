package reporter

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// podsByTest are the lines of the record by the name of their test.
func podsByTest(lines []record.TestPods) map[string][]record.TestPods {
	byTest := map[string][]record.TestPods{}
	for _, line := range lines {
		byTest[line.Test] = append(byTest[line.Test], line)
	}
	return byTest
}

// linuxClosed tells whether no Linux node could take a pod that chooses none, from the first to the last minute of the run.
func linuxClosed(e Evidence) bool {
	if e.Run == nil || e.Run.Cluster == nil || !e.Run.Cluster.Watched || len(e.Run.Cluster.Nodes) == 0 {
		return false
	}
	open := func(n record.Node) bool { return n.OS != string(specs.Windows) && !n.Closed() }
	return !slices.ContainsFunc(e.Run.Cluster.Nodes, open) &&
		!slices.ContainsFunc(e.Run.Cluster.Changes, func(c record.Change) bool { return !c.Gone && open(c.Node) })
}

// lines returns what the record says of a test: of the last call of e2e.test that has it.
func (j judge) lines(c account) (record.TestPods, bool) {
	var last record.TestPods
	found := false
	for _, line := range j.pods[c.Name] {
		if slices.Contains(c.calls, line.Invocation) && (!found || line.Invocation > last.Invocation) {
			last, found = line, true
		}
	}
	return last, found
}

// unplaced says why it is not shown that the pods of a passed test ran where its placement wants them, "" if it is.
func (j judge) unplaced(p specs.Placement, c account) string {
	if c.State != Passed && c.State != Flaky || p.Kind == specs.PlacementNone {
		return ""
	}
	line, recorded := j.lines(c)
	if recorded && line.Gap == "" && line.Joined == record.JoinedByNamespace {
		return misplaced(p, line)
	}
	switch {
	case recorded && line.Gap != "":
		return fmt.Sprintf("place not shown: the record of its pods has a gap, %s (%q)", line.Gap, c.Name)
	case recorded:
		return fmt.Sprintf("place not shown: its pods are known by the time only (%q)", c.Name)
	case p.Kind == specs.PlacementSelf:
		return ""
	case p.Kind == specs.PlacementFlag && (c.flagged || j.declared()):
		return ""
	case p.Kind == specs.PlacementFlag:
		return fmt.Sprintf("place not shown: nothing shows that e2e.test was called with --node-os-distro=windows (%q)", c.Name)
	case p.Kind == specs.PlacementRoles:
		return fmt.Sprintf("place not shown: %s; no record of pods shows it (%q)", p, c.Name)
	case j.declared() || p.Kind != specs.PlacementBoth && j.closed:
		return ""
	}
	return fmt.Sprintf("place not shown: no record of pods shows where they ran (%q)", c.Name)
}

func (j judge) declared() bool { return j.question.Declared == string(specs.Windows) }

// misplaced holds the pods of a test against its placement, "" if they ran there.
func misplaced(p specs.Placement, line record.TestPods) string {
	on := map[string]int{}
	for _, pod := range line.Pods {
		if pod.Started != nil {
			on[pod.OS]++
		}
	}
	windows, linux := on[string(specs.Windows)], on[string(specs.Linux)]
	switch p.Kind {
	case specs.PlacementRoles:
		return unfilled(p, line)
	case specs.PlacementBoth:
		if windows > 0 && linux > 0 {
			return ""
		}
	case specs.PlacementSelf:
		if windows > 0 {
			return "" // what else it starts elsewhere, it chose so
		}
	default:
		if windows > 0 && len(on) == 1 {
			return ""
		}
	}
	if len(on) == 0 {
		return fmt.Sprintf("place not shown: the record has no pod that started (%q)", line.Test)
	}
	return fmt.Sprintf("its pods ran on %s (%q)", countsByOS(on), line.Test)
}

// unfilled says which role of a placement no pod had on its operating system, "" if each was filled.
func unfilled(p specs.Placement, line record.TestPods) string {
	for _, role := range p.Roles {
		fills := func(pod record.Pod) bool {
			return pod.Started != nil && pod.OS == string(role.OS) && role.Match(pod.Name)
		}
		if !slices.ContainsFunc(line.Pods, fills) {
			return fmt.Sprintf("no %s ran on %s (%q)", role.Name, role.OS, line.Test)
		}
	}
	return ""
}

func countsByOS(on map[string]int) string {
	var parts []string
	for _, os := range slices.Sorted(maps.Keys(on)) {
		name := os
		if name == "" {
			name = "nodes of an operating system that is not known"
		}
		parts = append(parts, fmt.Sprintf("%s: %d", name, on[os]))
	}
	return strings.Join(parts, ", ")
}

// placesOf are the kinds of nodes on which the pods of these tests ran.
func placesOf(accounts []account, pods map[string][]record.TestPods) []Place {
	var places []Place
	for _, c := range accounts {
		for _, line := range pods[c.Name] {
			for _, pod := range line.Pods {
				if pod.Started != nil && slices.Contains(c.calls, line.Invocation) {
					places = addPlace(places, pod)
				}
			}
		}
	}
	return places
}

func addPlace(places []Place, pod record.Pod) []Place {
	at := slices.IndexFunc(places, func(p Place) bool { return p.OS == pod.OS && p.Build == pod.Build && p.Runtime == pod.Runtime })
	if at < 0 {
		at = len(places)
		places = append(places, Place{OS: pod.OS, Build: pod.Build, Runtime: pod.Runtime})
	}
	if i, there := slices.BinarySearch(places[at].Nodes, pod.Node); !there {
		places[at].Nodes = slices.Insert(places[at].Nodes, i, pod.Node)
	}
	return places
}

// met tells whether the record of pods shows all that makes a partial ability whole.
func (j judge) met(tc specs.TestCase, accounts []account) bool {
	for _, condition := range tc.Evidence {
		shown := slices.ContainsFunc(accounts, func(c account) bool {
			line, ok := j.lines(c)
			return ok && line.Gap == "" && line.Joined == record.JoinedByNamespace && holds(condition, line)
		})
		if !shown {
			return false
		}
	}
	return len(tc.Evidence) > 0
}

// holds counts what a condition asks for, of pods on Windows nodes.
func holds(c specs.Condition, line record.TestPods) bool {
	var pods []record.Pod
	for _, pod := range line.Pods {
		if pod.OS == string(specs.Windows) && pod.Started != nil && c.Match(pod.Name) {
			pods = append(pods, pod)
		}
	}
	switch c.Kind {
	case specs.DistinctAddresses:
		return distinctOnOneNode(pods, c.Count)
	case specs.ReadyEndpoints:
		return mostReady(pods) >= c.Count
	case specs.ReplacedPods:
		return replaced(pods) >= c.Count
	case specs.NodeAddress:
		return countIf(pods, hasNodeAddress) >= c.Count
	}
	return false
}

func hasNodeAddress(pod record.Pod) bool {
	return slices.ContainsFunc(pod.Addresses, func(address string) bool { return slices.Contains(pod.NodeAddresses, address) })
}

func countIf(pods []record.Pod, is func(record.Pod) bool) int {
	n := 0
	for _, pod := range pods {
		if is(pod) {
			n++
		}
	}
	return n
}

// readyAt tells whether a pod was ready at a time.
func readyAt(pod record.Pod, t time.Time) bool {
	return pod.Ready != nil && !pod.Ready.After(t) && (pod.Gone == nil || pod.Gone.After(t))
}

// mostReady is how many pods were ready at the same time.
func mostReady(pods []record.Pod) int {
	most := 0
	for _, pod := range pods {
		if pod.Ready != nil {
			most = max(most, countIf(pods, func(other record.Pod) bool { return readyAt(other, *pod.Ready) }))
		}
	}
	return most
}

// distinctOnOneNode tells whether so many pods were ready on one node at the same time, each with an address and none with
// that of another.
func distinctOnOneNode(pods []record.Pod, count int) bool {
	for _, pod := range pods {
		if pod.Ready == nil {
			continue
		}
		together := slices.DeleteFunc(slices.Clone(pods), func(other record.Pod) bool {
			return other.Node != pod.Node || !readyAt(other, *pod.Ready)
		})
		if len(together) >= count && distinct(together) {
			return true
		}
	}
	return false
}

func distinct(pods []record.Pod) bool {
	seen := map[string]bool{}
	for _, pod := range pods {
		if len(pod.Addresses) == 0 {
			return false
		}
		for _, address := range pod.Addresses {
			if seen[address] {
				return false
			}
			seen[address] = true
		}
	}
	return true
}

// replaced counts the pods that went away and in whose place another of the same name, or of the same controller, became
// ready. Each pod takes the place of one at most.
func replaced(pods []record.Pod) int {
	same := func(a, b record.Pod) bool {
		return a.Namespace == b.Namespace && a.UID != b.UID && (a.Name == b.Name || a.Owner != "" && a.Owner == b.Owner)
	}
	byReady := slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool { return p.Ready == nil })
	slices.SortFunc(byReady, func(a, b record.Pod) int { return a.Ready.Compare(*b.Ready) })
	gone := slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool { return p.Gone == nil })
	slices.SortFunc(gone, func(a, b record.Pod) int { return a.Gone.Compare(*b.Gone) })
	n, taken := 0, map[string]bool{}
	for _, old := range gone {
		for _, pod := range byReady {
			if !taken[pod.UID] && same(old, pod) && pod.Ready.After(*old.Gone) {
				taken[pod.UID] = true
				n++
				break
			}
		}
	}
	return n
}
