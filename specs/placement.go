package specs

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Placement is where the pods of an ability's tests must run for their results to speak of Windows. It is taken from the
// source of the tests. The zero value is that of an ability without tests; a judge takes it for PlacementWindows.
type Placement struct {
	Kind  PlacementKind
	Roles []Role // of PlacementRoles, by name; none otherwise
}

// PlacementKind says who sees to the placement, and how it is shown.
type PlacementKind string

// The kinds.
const (
	// PlacementSelf: the tests choose Windows for the pods that show the ability, or fail anywhere else. A result is enough.
	PlacementSelf PlacementKind = "self"
	// PlacementFlag: e2e.test chooses Windows if it is called with --node-os-distro=windows. The record of pods shows it,
	// or a test that runs with that flag only, in the same suite.
	PlacementFlag PlacementKind = "flag"
	// PlacementWindows: some pods of the tests choose no operating system, and all must have run on Windows. Only the
	// record of pods shows it, or that no Linux node could take a pod.
	PlacementWindows PlacementKind = "windows"
	// PlacementBoth: the tests choose Linux for one pod and Windows for another. The record of pods shows that both ran.
	PlacementBoth PlacementKind = "both"
	// PlacementNone: no pod of the tests matters.
	PlacementNone PlacementKind = "none"
	// PlacementRoles: in each test one pod or more of every role ran on the operating system of the role. Only the record
	// of pods shows it. In YAML and JSON it is not a word but the roles.
	PlacementRoles PlacementKind = "roles"
)

// Role is what some pods of a test are there for.
type Role struct {
	Name string // such as "client" or "server"
	Pods string // a regular expression for the names of the pods
	OS   OS     // where one of them or more must have run
}

// Client is the role of the pods that choose no node, which can be sent to an operating system.
const Client = "client"

// OS is the operating system of a node, as in its label kubernetes.io/os.
type OS string

// The operating systems.
const (
	Linux   OS = "linux"
	Windows OS = "windows"
)

// Word is the name of the operating system in a sentence.
func (o OS) Word() string {
	switch o {
	case Linux:
		return "Linux"
	case Windows:
		return "Windows"
	}
	return string(o)
}

// Known tells whether the file of the spec gives a placement, or Parse did.
func (p Placement) Known() bool { return p.Kind != "" }

// Send returns the operating system to which pods that choose none must be sent: that of the role Client, or Windows;
// "" if the placement does not depend on it.
func (p Placement) Send() OS {
	switch p.Kind {
	case PlacementWindows, "":
		return Windows
	case PlacementRoles:
		for _, r := range p.Roles {
			if r.Name == Client {
				return r.OS
			}
		}
		return Windows
	}
	return ""
}

// Needs returns the operating systems of which a node must take pods for the tests to show the ability: those of the
// roles, or Windows; none if no pod matters. The Linux pods of PlacementBoth tolerate the taints of control plane nodes
// and need no other.
func (p Placement) Needs() []OS {
	if p.Kind == PlacementNone {
		return nil
	}
	var all []OS
	for _, r := range p.Roles {
		if !slices.Contains(all, r.OS) {
			all = append(all, r.OS)
		}
	}
	if len(all) == 0 {
		return []OS{Windows}
	}
	slices.Sort(all)
	return all
}

// String returns the kind, or the roles as in "client on linux, server on windows"; "" for the zero value.
func (p Placement) String() string {
	if p.Kind != PlacementRoles {
		return string(p.Kind)
	}
	texts := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		texts[i] = fmt.Sprintf("%s on %s", r.Name, r.OS)
	}
	return strings.Join(texts, ", ")
}

// Match tells whether a pod of this name has the role; an expression that does not compile matches none.
func (r Role) Match(pod string) bool { return matchName(r.Pods, pod) }

func matchName(expr, name string) bool {
	matched, err := regexp.MatchString(expr, name)
	return err == nil && matched
}

// writtenRole is a role as it stands in YAML and JSON, below its name.
type writtenRole struct {
	Name string `json:"name" yaml:"name"`
	OS   OS     `json:"os" yaml:"os"`
}

// written is what a placement is in YAML and JSON: a word, or the roles by their names.
func (p Placement) written() any {
	if p.Kind != PlacementRoles {
		return string(p.Kind)
	}
	roles := map[string]writtenRole{}
	for _, r := range p.Roles {
		roles[r.Name] = writtenRole{Name: r.Pods, OS: r.OS}
	}
	return roles
}

// MarshalJSON writes a word or the roles.
func (p Placement) MarshalJSON() ([]byte, error) { return json.Marshal(p.written()) }

// UnmarshalJSON reads what MarshalJSON writes. It knows no kinds: a word of a later program stays as it is.
func (p *Placement) UnmarshalJSON(data []byte) error {
	var kind PlacementKind
	if json.Unmarshal(data, &kind) == nil {
		*p = Placement{Kind: kind}
		return nil
	}
	var roles map[string]writtenRole
	if err := json.Unmarshal(data, &roles); err != nil {
		return fmt.Errorf("placement: %w", err)
	}
	*p = Placement{Kind: PlacementRoles}
	for _, name := range slices.Sorted(maps.Keys(roles)) {
		p.Roles = append(p.Roles, Role{Name: name, Pods: roles[name].Name, OS: roles[name].OS})
	}
	return nil
}

// MarshalYAML writes what a spec file has.
func (p Placement) MarshalYAML() (any, error) { return p.written(), nil }

// Condition is one thing that the record of pods must show, of pods on Windows nodes alone.
type Condition struct {
	Kind ConditionKind `json:"kind" yaml:"kind"`
	// Pods is a regular expression for the names of the pods that count; "": all pods of the test.
	Pods  string `json:"pods,omitempty" yaml:"pods,omitempty"`
	Count int    `json:"count" yaml:"count"` // at least so many, in one test; Parse sees to it that it is above 0
}

// ConditionKind is what is counted.
type ConditionKind string

// The kinds of conditions.
const (
	// DistinctAddresses counts the pods that ran on one node at the same time. It is met only if no two of them had an
	// address in common.
	DistinctAddresses ConditionKind = "distinctAddresses"
	// ReadyEndpoints counts the pods that were ready at the same time.
	ReadyEndpoints ConditionKind = "readyEndpoints"
	// ReplacedPods counts the pods that went away and in whose place another pod of the same name, or of the same
	// controller, became ready.
	ReplacedPods ConditionKind = "replacedPods"
	// NodeAddress counts the pods whose address is one of their node's.
	NodeAddress ConditionKind = "nodeAddress"
)

// Match tells whether a pod of this name counts; an expression that does not compile matches none.
func (c Condition) Match(pod string) bool { return matchName(c.Pods, pod) }

// String returns what must be shown, in words: "10 pods on one Windows node with an address of their own".
func (c Condition) String() string {
	pods := "pod"
	if c.Count != 1 {
		pods = "pods"
	}
	words := cmp.Or(map[ConditionKind]string{
		DistinctAddresses: "on one Windows node at the same time, each with an address of its own",
		ReadyEndpoints:    "on Windows ready at the same time",
		ReplacedPods:      "on Windows replaced by another that became ready",
		NodeAddress:       "on Windows with an address of the node",
	}[c.Kind], string(c.Kind))
	return fmt.Sprintf("%d %s %s", c.Count, pods, words)
}
