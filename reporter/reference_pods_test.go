package reporter_test

import (
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// What the second judge makes of the record of pods.

// placed tells whether the pods of a test ran where the placement says, in a suite in which it passed: one test may be run
// with its pods on Linux, and again with them on Windows.
func (r reference) placed(p specs.Placement, name string) bool {
	return slices.ContainsFunc(r.Suites, func(s reporter.Suite) bool {
		state, _ := r.inSuite(s, name)
		return (state == reporter.Passed || state == reporter.Flaky) && r.placedIn(s, p, name)
	})
}

func (r reference) placedIn(s reporter.Suite, p specs.Placement, name string) bool {
	entries, complete := r.entries(s, name)
	var pods []record.Pod
	for _, entry := range entries {
		pods = append(pods, slices.DeleteFunc(slices.Clone(entry.Pods), func(p record.Pod) bool { return p.Started == nil })...)
	}
	ran := func(os specs.OS, pod func(string) bool) bool {
		return slices.ContainsFunc(pods, func(p record.Pod) bool { return p.OS == string(os) && pod(p.Name) })
	}
	// Silent on attempts: the pods of each must show it.
	everyAttempt := func(os specs.OS, pod func(string) bool) bool {
		return !slices.ContainsFunc(entries, func(entry record.TestPods) bool {
			return !slices.ContainsFunc(entry.Pods, func(p record.Pod) bool { return p.Started != nil && p.OS == string(os) && pod(p.Name) })
		})
	}
	anyPod := func(string) bool { return true }
	onWindows := ran(specs.Windows, anyPod)
	elsewhere := slices.ContainsFunc(pods, func(p record.Pod) bool { return p.OS != string(specs.Windows) })
	declared := r.q.Declared == string(specs.Windows)
	if p.Kind != specs.PlacementNone && !complete && r.windowsClosed() {
		return false
	}
	switch p.Kind {
	case specs.PlacementNone:
		return true
	case specs.PlacementSelf: // silent on a record that knows of no pod on Windows
		return onWindows || !complete && !elsewhere
	case specs.PlacementFlag: // whether the flag was there or not, by the declaration they ran on Windows
		return !elsewhere && (complete && onWindows || !complete && (s.Windows.Shown || declared))
	case specs.PlacementBoth: // the test chooses both, and yet "the rest is unconfirmed" without a record or a declaration
		return complete && everyAttempt(specs.Windows, anyPod) && everyAttempt(specs.Linux, anyPod) || !complete && declared
	case specs.PlacementRoles: // a declaration, or closed Linux nodes, speak for roles that are all on Windows
		if complete {
			return !slices.ContainsFunc(p.Roles, func(role specs.Role) bool { return !everyAttempt(role.OS, role.Match) })
		}
		allWindows := !slices.ContainsFunc(p.Roles, func(role specs.Role) bool { return role.OS != specs.Windows })
		return allWindows && (declared || r.call(s) != nil && r.linuxClosed())
	}
	return !elsewhere && (complete && onWindows || !complete && (declared || r.call(s) != nil && r.linuxClosed()))
}

// entries are those of a test in the call that wrote the suite. They are complete if their pods are surely all, and of that
// test.
func (r reference) entries(s reporter.Suite, name string) (list []record.TestPods, complete bool) {
	complete = true
	for _, entry := range r.Pods {
		if entry.Test == name && r.numbers[s.File] > 0 && entry.Invocation == r.numbers[s.File] {
			complete = complete && entry.Gap == "" && entry.Joined == record.JoinedByNamespace
			list = append(list, entry)
		}
	}
	return list, complete && len(list) > 0
}

// linuxClosed tells whether no Linux node could take a pod, from the first to the last minute. A node whose operating
// system is not known could be one.
func (r reference) linuxClosed() bool {
	cluster := r.Run.Cluster
	return cluster != nil && cluster.Watched && len(cluster.Nodes) > 0 && !slices.ContainsFunc(r.everyNode(), func(n record.Node) bool {
		return n.OS != string(specs.Windows) && !n.Closed()
	})
}

// windowsClosed tells whether no Windows node that is known of could take a pod, at any time.
func (r reference) windowsClosed() bool {
	known := false
	if r.Run == nil || r.Run.Cluster == nil {
		return false
	}
	for _, n := range r.everyNode() {
		if n.OS == string(specs.Windows) {
			if known = true; n.Ready && !n.Closed() {
				return false
			}
		}
	}
	return known
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
		entries, complete := r.entries(s, name)
		return complete && (state == reporter.Passed || state == reporter.Flaky) && slices.ContainsFunc(entries, func(entry record.TestPods) bool {
			return counted(c.Kind, c.Count, slices.DeleteFunc(slices.Clone(entry.Pods), func(p record.Pod) bool {
				return p.OS != string(specs.Windows) || p.Started == nil || !c.Match(p.Name)
			}))
		})
	})
}

// counted tells whether pods, all on Windows, come to what the condition counts. Silent on a pod that ran and never was
// ready: it is not counted, and its address is one all the same.
func counted(kind specs.ConditionKind, count int, pods []record.Pod) bool {
	started := func(p record.Pod) *time.Time { return p.Started }
	ready := func(p record.Pod) *time.Time { return p.Ready }
	there := func(p record.Pod) *time.Time { return p.Gone }
	switch kind {
	case specs.DistinctAddresses:
		return slices.ContainsFunc(pods, func(one record.Pod) bool {
			elsewhere := func(p record.Pod) bool { return p.Node != one.Node }
			if one.Ready == nil {
				return false
			}
			counted := slices.DeleteFunc(among(pods, *one.Ready, ready, wanted), elsewhere)
			return len(counted) >= count && distinct(slices.DeleteFunc(among(pods, *one.Ready, started, there), elsewhere))
		})
	case specs.ReadyEndpoints:
		return slices.ContainsFunc(pods, func(one record.Pod) bool {
			return one.Ready != nil && len(among(pods, *one.Ready, ready, wanted)) >= count
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

// among returns the pods that had begun, by one of their times, and had not ended at a time, by another.
func among(pods []record.Pod, at time.Time, began, ended func(record.Pod) *time.Time) []record.Pod {
	return slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool {
		return began(p) == nil || began(p).After(at) || ended(p) != nil && !ended(p).After(at)
	})
}

// wanted is until when a pod was wanted: silent on the time in which it still runs, it is no endpoint then.
func wanted(p record.Pod) *time.Time {
	if p.Deleted == nil || p.Gone != nil && p.Gone.Before(*p.Deleted) {
		return p.Gone
	}
	return p.Deleted
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
	left := slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool { return wanted(p) == nil })
	slices.SortFunc(left, func(a, b record.Pod) int { return wanted(a).Compare(*wanted(b)) })
	taken := map[string]bool{}
	for _, gone := range left {
		heirs := slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool {
			alike := p.Namespace == gone.Namespace && (p.Name == gone.Name || p.Owner != "" && p.Owner == gone.Owner)
			return !alike || p.UID == gone.UID || taken[p.UID] || p.Ready == nil || !p.Ready.After(*wanted(gone))
		})
		if len(heirs) > 0 {
			taken[slices.MinFunc(heirs, func(a, b record.Pod) int { return a.Ready.Compare(*b.Ready) }).UID] = true
		}
	}
	return len(taken)
}
