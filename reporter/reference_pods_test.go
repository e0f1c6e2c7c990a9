package reporter_test

import (
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// What the second judge makes of the record of pods.

// placed tells whether the pods of a test ran where the placement says, in each suite in which it passed.
func (r reference) placed(p specs.Placement, name string) bool {
	for _, s := range r.Suites {
		state, _ := r.inSuite(s, name)
		if (state == reporter.Passed || state == reporter.Flaky) && !r.placedIn(s, p, name) {
			return false
		}
	}
	return true
}

func (r reference) placedIn(s reporter.Suite, p specs.Placement, name string) bool {
	pods, complete := r.podsOf(s, name)
	ran := func(os specs.OS, pod func(string) bool) bool {
		return slices.ContainsFunc(pods, func(p record.Pod) bool { return p.OS == string(os) && p.Started != nil && pod(p.Name) })
	}
	anyPod := func(string) bool { return true }
	onWindows := ran(specs.Windows, anyPod)
	elsewhere := slices.ContainsFunc(pods, func(p record.Pod) bool { return p.Node != "" && p.OS != string(specs.Windows) })
	switch p.Kind {
	case specs.PlacementNone:
		return true
	case specs.PlacementSelf: // silent on a record that knows of pods and of none on Windows
		return onWindows || len(pods) == 0
	case specs.PlacementFlag: // silent on whether a declaration, or closed Linux nodes, stand for the flag
		return !elsewhere && (s.Windows.Shown || complete && onWindows)
	case specs.PlacementBoth: // "the rest is unconfirmed" without a record
		return complete && onWindows && ran(specs.Linux, anyPod)
	case specs.PlacementRoles:
		return complete && !slices.ContainsFunc(p.Roles, func(role specs.Role) bool { return !ran(role.OS, role.Match) })
	}
	return !elsewhere && (complete && onWindows || r.q.Declared == string(specs.Windows) || r.call(s) != nil && r.linuxClosed())
}

// podsOf returns the pods of a test in the call that wrote the suite, and whether they are surely all, and of that test.
func (r reference) podsOf(s reporter.Suite, name string) (pods []record.Pod, complete bool) {
	call, entries := r.call(s), 0
	complete = call != nil
	for _, entry := range r.Pods {
		if call != nil && entry.Test == name && entry.Invocation == call.Number {
			entries++
			complete = complete && entry.Gap == "" && entry.Joined == record.JoinedByNamespace
			pods = append(pods, entry.Pods...)
		}
	}
	return pods, complete && entries > 0
}

// linuxClosed tells whether no Linux node could take a pod, from the first to the last minute. A node whose operating
// system is not known could be one.
func (r reference) linuxClosed() bool {
	cluster := r.Run.Cluster
	return cluster != nil && cluster.Watched && !slices.ContainsFunc(r.everyNode(), func(n record.Node) bool {
		return n.OS != string(specs.Windows) && !n.Closed()
	})
}

// showsTheRest tells whether the record shows all that a partial ability needs to be whole, each in one passed test.
func (r reference) showsTheRest(tc specs.TestCase, passed []string) bool {
	for _, c := range tc.Evidence {
		if !slices.ContainsFunc(passed, func(name string) bool { return r.meets(c, name) }) {
			return false
		}
	}
	return len(tc.Evidence) > 0
}

func (r reference) meets(c specs.Condition, name string) bool {
	return slices.ContainsFunc(r.Suites, func(s reporter.Suite) bool {
		state, _ := r.inSuite(s, name)
		pods, complete := r.podsOf(s, name)
		pods = slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool {
			return p.OS != string(specs.Windows) || p.Started == nil || !c.Match(p.Name)
		})
		return complete && (state == reporter.Passed || state == reporter.Flaky) && counted(c.Kind, pods, c.Count)
	})
}

// counted tells whether pods, all on Windows, come to what the condition counts.
func counted(kind specs.ConditionKind, pods []record.Pod, count int) bool {
	switch kind {
	case specs.DistinctAddresses:
		return slices.ContainsFunc(pods, func(one record.Pod) bool {
			together := among(pods, *one.Started, func(p record.Pod) *time.Time { return p.Started })
			together = slices.DeleteFunc(together, func(p record.Pod) bool { return p.Node != one.Node })
			return len(together) >= count && distinct(together)
		})
	case specs.ReadyEndpoints:
		return slices.ContainsFunc(pods, func(one record.Pod) bool {
			return one.Ready != nil && len(among(pods, *one.Ready, func(p record.Pod) *time.Time { return p.Ready })) >= count
		})
	case specs.ReplacedPods:
		return replaced(pods) >= count
	case specs.NodeAddress:
		pods = slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool {
			return !slices.ContainsFunc(p.Addresses, func(a string) bool { return slices.Contains(p.NodeAddresses, a) })
		})
		return len(pods) >= count
	}
	return false
}

// among returns the pods that had begun, by one of their times, and were not gone at a time.
func among(pods []record.Pod, at time.Time, began func(record.Pod) *time.Time) []record.Pod {
	return slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool {
		return began(p) == nil || began(p).After(at) || p.Gone != nil && !p.Gone.After(at)
	})
}

// distinct tells whether every pod has an address, and none has one of another's.
func distinct(pods []record.Pod) bool {
	seen := map[string]bool{}
	for _, p := range pods {
		for _, a := range p.Addresses {
			if seen[a] {
				return false
			}
			seen[a] = true
		}
		if len(p.Addresses) == 0 {
			return false
		}
	}
	return true
}

// replaced counts the pods that went away and in whose place another became ready afterwards. Silent on one that comes
// for two: it counts once.
func replaced(pods []record.Pod) int {
	left := slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool { return p.Gone == nil })
	slices.SortFunc(left, func(a, b record.Pod) int { return a.Gone.Compare(*b.Gone) })
	taken := map[string]bool{}
	for _, gone := range left {
		heirs := slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool {
			alike := p.Namespace == gone.Namespace && (p.Name == gone.Name || p.Owner != "" && p.Owner == gone.Owner)
			return !alike || taken[p.UID] || p.Ready == nil || !p.Ready.After(*gone.Gone)
		})
		if len(heirs) > 0 {
			taken[slices.MinFunc(heirs, func(a, b record.Pod) int { return a.Ready.Compare(*b.Ready) }).UID] = true
		}
	}
	return len(taken)
}
