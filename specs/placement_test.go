package specs_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestPlacement holds every placement against what it is in a file, in words, in JSON and for a judge and a runner.
func TestPlacement(t *testing.T) {
	t.Parallel()
	const roles = `{client: {name: ^client$, os: linux}, server: {name: "^server-", os: windows}}`
	for _, test := range []struct {
		yaml, text, json string
		send             specs.OS
		needs            []specs.OS
		want             specs.Placement
	}{
		{"self", "self", `"self"`, "", []specs.OS{specs.Windows}, specs.Placement{Kind: specs.PlacementSelf}},
		{"flag", "flag", `"flag"`, "", []specs.OS{specs.Windows}, specs.Placement{Kind: specs.PlacementFlag}},
		{"windows", "windows", `"windows"`, specs.Windows, []specs.OS{specs.Windows}, specs.Placement{Kind: specs.PlacementWindows}},
		{"both", "both", `"both"`, "", []specs.OS{specs.Windows}, specs.Placement{Kind: specs.PlacementBoth}},
		{"none", "none", `"none"`, "", nil, specs.Placement{Kind: specs.PlacementNone}},
		{
			roles, "client on linux, server on windows",
			`{"client":{"name":"^client$","os":"linux"},"server":{"name":"^server-","os":"windows"}}`, specs.Linux,
			[]specs.OS{specs.Linux, specs.Windows},
			specs.Placement{Kind: specs.PlacementRoles, Roles: []specs.Role{
				{Name: "client", Pods: "^client$", OS: specs.Linux}, {Name: "server", Pods: "^server-", OS: specs.Windows},
			}},
		},
		{
			`{filler: {name: x, os: linux}}`, "filler on linux", `{"filler":{"name":"x","os":"linux"}}`, specs.Windows, []specs.OS{specs.Linux},
			specs.Placement{Kind: specs.PlacementRoles, Roles: []specs.Role{{Name: "filler", Pods: "x", OS: specs.Linux}}},
		},
	} {
		got := parsePlacement(t, test.yaml)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.yaml, diff)
		}
		if got.String() != test.text || got.Send() != test.send || !got.Known() || !slices.Equal(got.Needs(), test.needs) {
			t.Errorf("%s: %q, send %q, needs %q", test.yaml, got, got.Send(), got.Needs())
		}
		if data, err := json.Marshal(got); err != nil || string(data) != test.json {
			t.Errorf("%s: JSON %s, %v", test.yaml, data, err)
		}
		read := specs.Placement{Kind: "other", Roles: []specs.Role{{Name: "other"}}}
		if err := json.Unmarshal([]byte(test.json), &read); err != nil || !cmp.Equal(test.want, read) {
			t.Errorf("%s: read from JSON as %+v, %v", test.json, read, err)
		}
		data, err := yaml.Marshal(map[string]any{"placement": got})
		if err != nil {
			t.Fatal(err)
		}
		again := parsePlacement(t, strings.TrimPrefix(string(data), "placement:"))
		if diff := cmp.Diff(test.want, again); diff != "" {
			t.Errorf("%s: written and read again as %s (-want +got):\n%s", test.yaml, data, diff)
		}
	}
	swapped := parsePlacement(t, `{client: {name: x, os: windows}, server: {name: y, os: linux}, third: {name: z, os: linux}}`)
	if got := swapped.Needs(); !slices.Equal(got, []specs.OS{specs.Linux, specs.Windows}) {
		t.Errorf("%s needs %q", swapped, got)
	}
	if err := json.Unmarshal([]byte("1"), new(specs.Placement)); err == nil {
		t.Error("a number is read as a placement")
	}
	var zero specs.Placement
	if zero.Known() || zero.Send() != specs.Windows || zero.String() != "" {
		t.Errorf("the zero placement: %q, send %q", zero, zero.Send())
	}
}

// parsePlacement parses a spec with one ability that has this placement.
func parsePlacement(t *testing.T, text string) specs.Placement {
	t.Helper()
	file := "category: Core.Network\ntestCases:\n- description: d\n  focus: [x]\n  placement: " + strings.ReplaceAll(text, "\n", "\n  ")
	categories, err := specs.Parse([]specs.File{{Name: "a.yaml", Data: []byte(file)}})
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return categories[0].TestCases[0].Placement
}

func TestPodNames(t *testing.T) {
	t.Parallel()
	role := specs.Role{Pods: `^netserver-\d+$`}
	condition := specs.Condition{Pods: `^netserver-\d+$`}
	for name, want := range map[string]bool{"netserver-0": true, "netserver-": false, "a-netserver-0": false, "": false} {
		if role.Match(name) != want || condition.Match(name) != want {
			t.Errorf("Match(%q) is not %t", name, want)
		}
	}
	if !(specs.Condition{}).Match("any") || (specs.Role{Pods: "("}).Match("(") {
		t.Error("a condition without names must count every pod, a broken expression none")
	}
}

func TestConditionText(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		kind  specs.ConditionKind
		count int
		want  string
	}{
		{specs.DistinctAddresses, 10, "10 pods on one Windows node at the same time, each with an address of its own"},
		{specs.ReadyEndpoints, 10, "10 pods on Windows ready at the same time"},
		{specs.ReplacedPods, 50, "50 pods on Windows replaced by another that became ready"},
		{specs.NodeAddress, 1, "1 pod on Windows with an address of the node"},
		{"other", 1, "1 pod other"},
	} {
		if got := (specs.Condition{Kind: test.kind, Count: test.count}).String(); got != test.want {
			t.Errorf("%s: %q, want %q", test.kind, got, test.want)
		}
	}
}
