package reporter

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
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
func linuxClosed(c *record.Cluster) bool {
	if c == nil || !c.Watched || len(c.Nodes) == 0 {
		return false
	}
	open := func(n record.Node) bool { return n.OS != string(specs.Windows) && !n.Closed() }
	return !slices.ContainsFunc(c.Nodes, open) &&
		!slices.ContainsFunc(c.Changes, func(c record.Change) bool { return !c.Gone && open(c.Node) })
}

// windowsClosed tells whether a pod that tolerates nothing found no Windows node that ran it, as far as the nodes are known: then a
// test for Windows passes only if what it waits for is that its pods do not run.
func windowsClosed(nodes []record.Node) bool {
	return len(nodes) > 0 && !slices.ContainsFunc(nodes, func(n record.Node) bool { return n.Ready && !n.Closed() })
}

// pods are those of a test in one call of e2e.test, as the record has them.
type pods struct {
	lines []record.TestPods // one for each attempt
	all   []record.Pod
	gap   string // why these may not be all, or not all of the test; "" if they are
}

func (j judge) podsOf(test string, call int) pods {
	var p pods
	for _, line := range j.pods[test] {
		switch {
		case line.Invocation != call || call == 0:
			continue
		case line.Gap != "":
			p.gap = "the record of its pods has a gap, " + line.Gap
		case line.Joined != record.JoinedByNamespace:
			p.gap = "its pods are known by the time only"
		}
		p.lines, p.all = append(p.lines, line), append(p.all, line.Pods...)
	}
	return p
}

// unplaced says why no suite in which a test passed shows that its pods ran where a placement wants them, "" if one does:
// the run may have called for the same test once with its pods on Linux, and once with them on Windows.
func (j judge) unplaced(p specs.Placement, c account) string {
	var why string
	for _, passed := range c.passes {
		if why = j.unplacedIn(p, passed); why == "" {
			return ""
		}
	}
	return why
}

// unplacedIn says it of one suite.
func (j judge) unplacedIn(p specs.Placement, o outcome) string {
	known := j.podsOf(o.Name, o.number)
	switch {
	case p.Kind == specs.PlacementNone:
		return ""
	case len(known.lines) > 0 && known.gap == "":
		return misplaced(p, o.Name, known)
	case strayed(p, known.all):
		return ranOn(o.Name, known.all)
	case j.shut:
		return fmt.Sprintf("place not shown: no Windows node took pods that tolerate no taint (%q)", o.Name)
	case j.placedAnyhow(p, o):
		return ""
	case known.gap != "":
		return fmt.Sprintf("place not shown: %s (%q)", known.gap, o.Name)
	case p.Kind == specs.PlacementFlag:
		return fmt.Sprintf("place not shown: nothing shows that e2e.test was called with --node-os-distro=windows (%q)", o.Name)
	case p.Kind == specs.PlacementRoles:
		return fmt.Sprintf("place not shown: %s; no record of pods shows it (%q)", p, o.Name)
	}
	return fmt.Sprintf("place not shown: no record of pods shows where they ran (%q)", o.Name)
}

// placedAnyhow tells whether something else than the record of its pods shows where a test ran.
func (j judge) placedAnyhow(p specs.Placement, o outcome) bool {
	switch p.Kind {
	case specs.PlacementSelf:
		return true
	case specs.PlacementFlag:
		return o.suite.Windows.Shown || j.declared()
	case specs.PlacementBoth:
		return j.declared()
	case specs.PlacementRoles:
		if slices.Contains(p.Needs(), specs.Linux) {
			return false // pods that choose nothing cannot have run on both
		}
	}
	return j.declared() || o.call != nil && j.closed
}

func (j judge) declared() bool { return j.question.Declared == string(specs.Windows) }

// byOS counts the pods that started, by the operating system of their nodes.
func byOS(pods []record.Pod) map[string]int {
	on := map[string]int{}
	for _, pod := range pods {
		if pod.Started != nil {
			on[pod.OS]++
		}
	}
	return on
}

// strayed tells whether pods, which need not be all, are enough to see that some ran where they should not.
func strayed(p specs.Placement, some []record.Pod) bool {
	on := byOS(some)
	windows := on[string(specs.Windows)]
	switch p.Kind {
	case specs.PlacementRoles, specs.PlacementBoth:
		return false
	case specs.PlacementSelf: // what else the test starts elsewhere, it chose so
		return windows == 0 && len(on) > 0
	}
	return len(on) > 1 || windows == 0 && len(on) > 0
}

// misplaced holds all pods of a test against its placement, "" if they ran there. What several pods must show together each
// attempt must show: pods of one that failed do not stand for those of the next.
func misplaced(p specs.Placement, test string, known pods) string {
	if len(byOS(known.all)) == 0 && p.Kind != specs.PlacementRoles {
		return fmt.Sprintf("place not shown: the record has no pod that started (%q)", test)
	}
	for _, line := range known.lines {
		on := byOS(line.Pods)
		switch {
		case p.Kind == specs.PlacementRoles:
			if why := unfilled(p, test, line.Pods); why != "" {
				return why
			}
		case p.Kind == specs.PlacementBoth && (on[string(specs.Windows)] == 0 || on[string(specs.Linux)] == 0):
			return ranOn(test, line.Pods)
		}
	}
	if p.Kind != specs.PlacementRoles && (byOS(known.all)[string(specs.Windows)] == 0 || strayed(p, known.all)) {
		return ranOn(test, known.all)
	}
	return ""
}

// ranOn says where pods ran, and not where they should.
func ranOn(test string, pods []record.Pod) string {
	on := byOS(pods)
	if len(on) == 0 {
		return fmt.Sprintf("place not shown: the record has no pod that started in one attempt (%q)", test)
	}
	var parts []string
	for _, os := range slices.Sorted(maps.Keys(on)) {
		parts = append(parts, fmt.Sprintf("%s: %d", cmp.Or(os, "nodes of an operating system that is not known"), on[os]))
	}
	return fmt.Sprintf("its pods ran on %s (%q)", strings.Join(parts, ", "), test)
}

// unfilled says which role of a placement no pod had on its operating system, "" if each was filled.
func unfilled(p specs.Placement, test string, all []record.Pod) string {
	for _, role := range p.Roles {
		fills := func(pod record.Pod) bool {
			return pod.Started != nil && pod.OS == string(role.OS) && role.Match(pod.Name)
		}
		if !slices.ContainsFunc(all, fills) {
			return fmt.Sprintf("no %s ran on %s (%q)", role.Name, role.OS, test)
		}
	}
	return ""
}

// placesOf are the kinds of nodes on which the pods of these tests ran.
func (j judge) placesOf(accounts []account) []Place {
	var places []Place
	for _, c := range accounts {
		for _, line := range j.pods[c.Name] {
			for _, pod := range line.Pods {
				if pod.Started != nil && slices.Contains(c.calls, line.Invocation) {
					_, pretended := slices.BinarySearch(j.pretended, pod.Node)
					places = addPlace(places, pod, pretended)
				}
			}
		}
	}
	return places
}

func addPlace(places []Place, pod record.Pod, pretended bool) []Place {
	at := slices.IndexFunc(places, func(p Place) bool {
		return p.OS == pod.OS && p.Pretended == pretended && p.Build == pod.Build && p.Runtime == pod.Runtime
	})
	if at < 0 {
		at = len(places)
		places = append(places, Place{OS: pod.OS, Pretended: pretended, Build: pod.Build, Runtime: pod.Runtime})
	}
	if i, there := slices.BinarySearch(places[at].Nodes, pod.Node); !there {
		places[at].Nodes = slices.Insert(places[at].Nodes, i, pod.Node)
	}
	return places
}
