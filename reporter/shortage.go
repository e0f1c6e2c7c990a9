package reporter

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// leastNodes is how many schedulable nodes of each operating system KEP-2578 asks for.
const leastNodes = 2

// shortage says which of the nodes that KEP-2578 asks for a cluster lacked, and what cannot be shown on it for that; none for
// a cluster that has them all. The KEP makes no verdict of their number, so neither does this: what they would show does.
func shortage(c record.Cluster, categories []specs.Category) []string {
	for _, u := range c.Unlisted {
		if u.What == record.Nodes {
			return []string{fmt.Sprintf("the cluster's nodes are not known (%s): nothing shows the %d schedulable nodes of each operating system that KEP-2578 asks for", u.Why, leastNodes)}
		}
	}
	var list []string
	for _, os := range []specs.OS{specs.Windows, specs.Linux} {
		if n := schedulable(c.Nodes, os); n < leastNodes {
			text := fmt.Sprintf("KEP-2578 asks for %d schedulable %s nodes, the cluster had %d", leastNodes, os.Word(), n)
			list = append(list, text+unprovable(os, n, categories))
		}
	}
	return list
}

func schedulable(nodes []record.Node, os specs.OS) int {
	n := 0
	for _, node := range nodes {
		if node.OS == string(os) && node.Schedulable {
			n++
		}
	}
	return n
}

// unprovable says what cannot be shown on a cluster with so few schedulable nodes of an operating system: with none, the
// abilities that need one; with one, what takes two.
func unprovable(os specs.OS, nodes int, categories []specs.Category) string {
	if nodes > 0 {
		return fmt.Sprintf(": that pods on two %s nodes reach each other, or that one node takes over from another, cannot be shown", os.Word())
	}
	var ids []string
	for _, c := range categories {
		for _, tc := range c.TestCases {
			if tc.Proven() && slices.Contains(tc.Placement.Needs(), os) {
				ids = append(ids, tc.ID)
			}
		}
	}
	switch {
	case len(ids) == 0:
		return ": no ability that was judged needs one"
	case len(ids) > mostNamed:
		return fmt.Sprintf(": %d abilities, whose pods must run on one, cannot be shown, such as %s", len(ids), strings.Join(ids[:mostNamed], ", "))
	}
	return ": " + strings.Join(ids, ", ") + " cannot be shown, whose pods must run on one"
}

// mostNamed is how many abilities a sentence names.
const mostNamed = 8
