package reporter

import (
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// met tells whether the record of pods shows all that makes a partial ability whole, each in one test that passed.
func (j judge) met(tc specs.TestCase, accounts []account) bool {
	for _, condition := range tc.Evidence {
		if !slices.ContainsFunc(accounts, func(c account) bool { return j.meets(condition, c) }) {
			return false
		}
	}
	return len(tc.Evidence) > 0
}

// meets tells whether one attempt of a test, in a suite in which it passed, has what a condition asks for.
func (j judge) meets(condition specs.Condition, c account) bool {
	return slices.ContainsFunc(c.passes, func(passed outcome) bool {
		known := j.podsOf(c.Name, passed.number)
		return known.gap == "" && slices.ContainsFunc(known.lines, func(line record.TestPods) bool { return holds(condition, line) })
	})
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

// left is when a pod was to go, or went; nil if it never did.
func left(pod record.Pod) *time.Time {
	if pod.Deleted != nil && (pod.Gone == nil || pod.Deleted.Before(*pod.Gone)) {
		return pod.Deleted
	}
	return pod.Gone
}

// readyAt tells whether a pod was ready at a time. One that is to go is no endpoint any more.
func readyAt(pod record.Pod, t time.Time) bool {
	end := left(pod)
	return pod.Ready != nil && !pod.Ready.After(t) && (end == nil || end.After(t))
}

// ranAt tells whether a pod that started ran at a time.
func ranAt(pod record.Pod, t time.Time) bool {
	return !pod.Started.After(t) && (pod.Gone == nil || pod.Gone.After(t))
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

// distinctOnOneNode tells whether so many pods were ready on one node at the same time, while every pod that ran there had
// addresses of its own.
func distinctOnOneNode(pods []record.Pod, count int) bool {
	for _, pod := range pods {
		if pod.Ready == nil {
			continue
		}
		ran := slices.DeleteFunc(slices.Clone(pods), func(other record.Pod) bool {
			return other.Node != pod.Node || !ranAt(other, *pod.Ready)
		})
		if countIf(ran, func(other record.Pod) bool { return readyAt(other, *pod.Ready) }) >= count && distinct(ran) {
			return true
		}
	}
	return false
}

// distinct tells whether each pod has an address, and none one of another's.
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

// replaced counts the pods that were to go, or went, and in whose place another of the same name, or of the same controller,
// became ready. Each pod takes the place of one at most.
func replaced(pods []record.Pod) int {
	same := func(a, b record.Pod) bool {
		return a.Namespace == b.Namespace && a.UID != b.UID && (a.Name == b.Name || a.Owner != "" && a.Owner == b.Owner)
	}
	byReady := slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool { return p.Ready == nil })
	slices.SortFunc(byReady, func(a, b record.Pod) int { return a.Ready.Compare(*b.Ready) })
	gone := slices.DeleteFunc(slices.Clone(pods), func(p record.Pod) bool { return left(p) == nil })
	slices.SortFunc(gone, func(a, b record.Pod) int { return left(a).Compare(*left(b)) })
	n, taken := 0, map[string]bool{}
	for _, old := range gone {
		for _, pod := range byReady {
			if !taken[pod.UID] && same(old, pod) && pod.Ready.After(*left(old)) {
				taken[pod.UID] = true
				n++
				break
			}
		}
	}
	return n
}
