package specs_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestParseProblems holds that every problem of every file is reported, with its place.
func TestParseProblems(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		want       []string
	}{
		{"empty file", "", []string{"a.yaml: the file is empty"}},
		{"syntax", "category: Core.Network\ntestCases:\n- {", []string{"a.yaml:3: did not find expected node content"}},
		{"no test cases", "category: Core.Network\n", []string{"a.yaml:1: testCases is missing"}},
		{"second document", "category: Core.Network\ntestCases:\n---\ncategory: Core.Storage\n",
			[]string{"a.yaml:3: a second YAML document: a file holds one"}},
		{"unknown keys", "category: Core.Network\ntestCases:\n- description: d\n  focsu: [x]\n  foo: 1\n", []string{
			`a.yaml:3: neither focus nor unproven: name the tests, or the reason why there are none`,
			`a.yaml:4: unknown key "focsu" (did you mean "focus"?)`,
			`a.yaml:5: unknown key "foo"`,
		}},
		{"repeated key", "category: Core.Network\ncategory: Core.Storage\ntestCases:\n",
			[]string{`a.yaml:2: key "category" stands twice, first on line 1`}},
		{"unknown category", "category: core.network\ntestCases:\n",
			[]string{`a.yaml:1: unknown category "core.network" (did you mean "Core.Network"?): one that is not of KEP-2578 stands at the top of a file with required: false`}},
		{"category in another case", "category: core.network\nrequired: false\ntestCases:\n",
			[]string{`a.yaml:1: unknown category "core.network" (did you mean "Core.Network"?): one that is not of KEP-2578 stands at the top of a file with required: false`}},
		{"required category of one's own", "category: Acme.Storage\nrequired: true\ntestCases:\n",
			[]string{`a.yaml:1: unknown category "Acme.Storage" (did you mean "Core.Storage"?): one that is not of KEP-2578 stands at the top of a file with required: false`}},
		{"category that is no word", "category: Acme storage/../x\nrequired: false\ntestCases:\n",
			[]string{`a.yaml:1: category "Acme storage/../x" is not of words such as Acme.Storage`}},
		{"category of one's own on a test case", "testCases:\n- {category: Acme.Storage, description: d, focus: [x]}\n",
			[]string{`a.yaml:2: unknown category "Acme.Storage" (did you mean "Core.Storage"?): one that is not of KEP-2578 stands at the top of a file with required: false`}},
		{"no category", "testCases:\n- description: d\n  focus: [x]\n",
			[]string{"a.yaml:2: category is missing, here and at the top of the file"}},
		{"another category", "category: Core.Network\ntestCases:\n- category: Core.Storage\n  description: d\n  focus: [x]\n",
			[]string{`a.yaml:3: category "Core.Storage" stands in a file for "Core.Network"`}},
		{"wrong kinds", "category: [Core.Network]\nrequired: maybe\ntestCases: {}\n", []string{
			`a.yaml:1: category: expected text, got a list`,
			`a.yaml:2: required: expected true or false, got "maybe"`,
			`a.yaml:3: testCases: expected a list, got keys and values`,
		}},
		{"focus that is text", "category: Core.Network\ntestCases:\n- description: d\n  focus: it's x\n",
			[]string{`a.yaml:4: testCases[0].focus: expected a list, got "it's x": write ['it''s x']`}},
		{"focus without an expression", "category: Core.Network\ntestCases:\n- description: d\n  focus: ['']\n- {description: e, focus: }\n", []string{
			`a.yaml:3: neither focus nor unproven: name the tests, or the reason why there are none`,
			`a.yaml:5: neither focus nor unproven: name the tests, or the reason why there are none`,
		}},
		{"tab", "category: Core.Network\ntestCases:\n- description: d\n\tfocus: [x]\n", []string{"a.yaml:4: a tab: YAML is indented by spaces"}},
		{"tab behind a hyphen", "category: Core.Network\ntestCases:\n-\tdescription: d\n\tfocus: [x]\n",
			[]string{"a.yaml:3: a tab: YAML is indented by spaces"}},
		{"names of tests for expressions", `category: Core.Network
testCases:
- description: d
  focus:
  - '[sig-network] Services should serve a basic endpoint from pods [Conformance]'
  - 'Kubernetes e2e suite [sig-windows] it isn''t'
  - 'GMSA .* [Serial]'
  - '^\[sig-windows\] [Feature:Windows] DNS'
  candidates: ['[sig-windows].*']
`, []string{
			`a.yaml:5: [sig-network] matches one letter, not the label of a test: write '^Kubernetes e2e suite \[sig-network\] Services should serve a basic endpoint from pods \[Conformance\]$'`,
			`a.yaml:6: [sig-windows] matches one letter, not the label of a test: write '^Kubernetes e2e suite \[sig-windows\] it isn''t$'`,
			`a.yaml:7: [Serial] matches one letter, not the label of a test: write 'GMSA .* \[Serial\]'`,
			`a.yaml:8: [Feature:Windows] matches one letter, not the label of a test: write '^\[sig-windows\] \[Feature:Windows\] DNS'`,
			`a.yaml:9: [sig-windows] matches one letter, not the label of a test: write '\[sig-windows\].*'`,
		}},
		{"placement", `category: Core.Network
testCases:
- {description: a, focus: [x], placement: window}
- {description: b, focus: [x], placement: }
- {description: c, focus: [x], placement: [self]}
- {description: d, focus: [x], placement: {}}
- {description: e, focus: [x], placement: {client: linux}}
- description: f
  focus: [x]
  placement:
    client: {name: '(', os: Linux, oz: x}
    server-1: {os: windows}
- {description: g, focus: [x], placement: {1: {name: x, os: linux}}}
- {description: h, focus: [x], placement: {client: {name: x, os: linux}, client: {name: y, os: linux}}}
`, []string{
			`a.yaml:3: unknown placement "window" (did you mean "windows"?); known are self, flag, windows, both, none, or roles`,
			`a.yaml:4: placement is empty; known are self, flag, windows, both, none, or roles`,
			"a.yaml:5: placement: expected a word or roles such as {client: {name: ^client$, os: linux}}",
			`a.yaml:6: placement without a role`,
			`a.yaml:7: role "client": expected name and os, as in {name: ^client$, os: linux}`,
			`a.yaml:11: unknown key "oz" (did you mean "os"?)`,
			`a.yaml:11: role "client": os is linux or windows, not "Linux"`,
			"a.yaml:11: error parsing regexp: missing closing ): `(`: for the text itself write '\\('",
			`a.yaml:12: role "server-1" is not of lower-case letters`,
			`a.yaml:12: role "server-1": name, a regular expression for the names of its pods, is missing`,
			"a.yaml:13: placement: expected a word or roles such as {client: {name: ^client$, os: linux}}",
			`a.yaml:14: key "client" stands twice, first on line 14`,
		}},
		{"what shows an ability", `category: Core.Network
testCases:
- {description: a, focus: [x], seen: daily}
- {description: b, focus: [x], evidence: [{kind: readyEndpoints, count: 10}]}
- {description: c, focus: [x], partial: true, notes: n, evidence: [{kind: readyEndpoint, count: 0}, {pods: '(', count: 1}, {knd: x}]}
- {description: d, anyOf: [[], ['['], x]}
- {description: e, anyOf: []}
`, []string{
			`a.yaml:3: unknown job "daily" of SIG Windows: it is parallel or serial, or seen is left out`,
			`a.yaml:4: evidence without partial: it is what makes a partial ability whole`,
			`a.yaml:5: unknown key "knd" (did you mean "kind"?)`,
			`a.yaml:5: unknown kind "readyEndpoint" (did you mean "readyEndpoints"?); known are distinctAddresses, readyEndpoints, replacedPods, nodeAddress`,
			`a.yaml:5: count is missing or below 1`,
			`a.yaml:5: kind is missing; known are distinctAddresses, readyEndpoints, replacedPods, nodeAddress`,
			"a.yaml:5: error parsing regexp: missing closing ): `(`: for the text itself write '\\('",
			`a.yaml:5: kind is missing; known are distinctAddresses, readyEndpoints, replacedPods, nodeAddress`,
			`a.yaml:5: count is missing or below 1`,
			`a.yaml:6: testCases[3].anyOf[2]: expected a list, got "x": write ['x']`,
			`a.yaml:6: an alternative without focus strings would always be shown`,
			"a.yaml:6: error parsing regexp: missing closing ]: `[`: for the text itself write '\\['",
			`a.yaml:7: neither focus nor unproven: name the tests, or the reason why there are none`,
		}},
		{"several problems of one case", `category: Core.Network
testCases:
- id: Not_A_Slug
  description: " "
  focus: ['', '(']
  skip: ['[']
  kubernetesVersions: [next]
  maxTests: many
`, []string{
			`a.yaml:3: id "Not_A_Slug" is not of lower-case letters and digits joined by single hyphens`,
			`a.yaml:4: description is missing`,
			"a.yaml:5: error parsing regexp: missing closing ): `(`: for the text itself write '\\('",
			"a.yaml:6: error parsing regexp: missing closing ]: `[`: for the text itself write '\\['",
			`a.yaml:7: "next" is no Kubernetes version such as 1.36 or v1.36.3`,
			`a.yaml:8: testCases[0].maxTests: expected a whole number, got "many"`,
		}},
		{"proof that contradicts itself", `category: Core.Network
testCases:
- {description: a, focus: [x], unproven: none}
- {description: b, unproven: none, skip: [x]}
- {description: c, unproven: none, partial: true, notes: n}
- {description: d, focus: [x], partial: true}
- {description: e, focus: [x], candidates: [y]}
- {description: f, focus: [x], maxTests: -1}
- {description: g, unproven: none, shared: true}
`, []string{
			"a.yaml:3: both focus and unproven: an ability with tests is not unproven",
			"a.yaml:4: skip is for an ability with tests",
			"a.yaml:5: partial is for an ability with tests",
			"a.yaml:6: partial without notes: say what the tests do not show",
			"a.yaml:7: candidates are for an unproven ability",
			"a.yaml:8: maxTests is negative",
			"a.yaml:9: shared is for an ability with tests",
		}},
		{"duplicate ids", `category: Core.Network
testCases:
- {id: a, description: d, focus: [x]}
- {id: a, description: d, focus: [y]}
- {id: a, description: d, focus: [y], kubernetesVersions: ["1.35", "1.36"]}
- {id: a, description: d, focus: [y], kubernetesVersions: ["1.36"]}
- {id: a, description: other, focus: [y], kubernetesVersions: ["1.37"]}
- {description: Same words, focus: [y]}
- {description: same words., focus: [y]}
`, []string{
			`a.yaml:4: duplicate id "a": a.yaml:3 has it for the same Kubernetes versions`,
			`a.yaml:6: duplicate id "a": a.yaml:5 has it for the same Kubernetes versions`,
			`a.yaml:7: id "a" has another description on a.yaml:3`,
			`a.yaml:7: id "a" has another description on a.yaml:4`,
			`a.yaml:7: id "a" has another description on a.yaml:5`,
			`a.yaml:7: id "a" has another description on a.yaml:6`,
			`a.yaml:9: id "core-network-same-words" has another description on a.yaml:8`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			categories, err := specs.Parse([]specs.File{{Name: "a.yaml", Data: []byte(test.file)}})
			if err == nil {
				t.Fatalf("no error, but %v", categories)
			}
			if diff := cmp.Diff(test.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseProblemsOfSeveralFiles(t *testing.T) {
	t.Parallel()
	_, err := specs.Parse([]specs.File{
		{Name: "a.yaml", Data: []byte("category: Core.Network\nrequired: true\ntestCases:\n- {id: x, description: d, focus: [x]}\n")},
		{Name: "b.yaml", Data: []byte("category: Core.Storage\ntestCases:\n- description: d\n  id: x\n  focus: [x]\n")},
		{Name: "c.yaml", Data: []byte("category: Core.Network\nrequired: false\ntestCases:\n")},
	})
	want := `b.yaml:4: duplicate id "x": a.yaml:4 has it in Core.Network
c.yaml:2: required differs from a.yaml:2 for the same category`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %v", err, want)
	}
}

// TestParseOlderForms holds that specifications written for the earlier forms load as they are.
func TestParseOlderForms(t *testing.T) {
	t.Parallel()
	categories, err := specs.Parse([]specs.File{
		{Name: "ext-worker/spec.yaml", Data: []byte("category: Extend.Worker\ntestCases:\n")},
		{Name: "tests.yaml", Data: []byte(`kubernetesVersions:
- 1.30
- 1.24

testCases:
  - category: Core.Storage
    description: Ability to mount host volumes.
    focus:
    - 'should be consumable \[NodeConformance\]'
    linux_image: .nan
    skip:
    - ''
    windows_image: .nan
  - category: Core.Network
    description: Ability to talk
    focus: ['a', '']
    skip: ['', 'b']
    skipProviders: [azure]
    kubernetesVersions: ["1.31"]
`)}})
	if err != nil {
		t.Fatal(err)
	}
	v := func(minor uint) specs.Version { return specs.Version{Major: 1, Minor: minor} }
	want := []specs.Category{
		{Name: "Core.Network", Required: true, TestCases: []specs.TestCase{{
			ID: "core-network-ability-to-talk", Description: "Ability to talk", Focus: []string{"a"}, Skip: []string{"b"},
			Placement:          specs.Placement{Kind: specs.PlacementWindows},
			KubernetesVersions: []specs.Version{v(31)}, SkipProviders: []string{"azure"}, File: "tests.yaml", Line: 14,
		}}},
		{Name: "Core.Storage", Required: true, TestCases: []specs.TestCase{{
			ID: "core-storage-ability-to-mount-host-volumes", Description: "Ability to mount host volumes.",
			Focus: []string{`should be consumable \[NodeConformance\]`}, KubernetesVersions: []specs.Version{v(30), v(24)},
			Placement: specs.Placement{Kind: specs.PlacementWindows},
			File:      "tests.yaml", Line: 6,
		}}},
		{Name: "Extend.Worker"},
	}
	if diff := cmp.Diff(want, categories); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}

// TestParseOwnCategories holds that categories of one's own stand behind those of KEP-2578, in the order of the files.
func TestParseOwnCategories(t *testing.T) {
	t.Parallel()
	categories, err := specs.Parse([]specs.File{
		{Name: "a.yaml", Data: []byte("category: Zoo\nrequired: false\ntestCases:\n- {id: z, description: d, focus: [x]}\n")},
		{Name: "b.yaml", Data: []byte("category: Acme.Storage\nrequired: false\ntestCases:\n- {description: d, focus: [x]}\n")},
		{Name: "c.yaml", Data: []byte("category: Core.Storage\ntestCases:\n- {description: d, focus: [x]}\n")},
		{Name: "d.yaml", Data: []byte("category: Zoo\nrequired: false\ntestCases:\n- {id: y, description: d, focus: [x]}\n")},
		{Name: "e.yaml", Data: []byte("category: Zoo\ntestCases:\n- {id: x, description: d, focus: [x]}\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range categories {
		got = append(got, fmt.Sprint(c.Name, " ", c.Required))
		for _, tc := range c.TestCases {
			got = append(got, tc.ID)
		}
	}
	want := []string{"Core.Storage true", "core-storage-d", "Zoo false", "z", "y", "x", "Acme.Storage false", "acme-storage-d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("category: Core.Network\nrequired: true\ntestCases:\n- {id: x, description: d, focus: [x]}\n"))
	f.Add([]byte("kubernetesVersions: [1.30]\ntestCases:\n- category: Core.Storage\n  description: d\n  focus: ['']\n"))
	f.Add([]byte("category: Core.Network\ntestCases:\n- {description: d, anyOf: [[a], [b, c]], placement: {client: {name: x, os: linux}}, seen: serial}\n"))
	f.Add([]byte("category: Core.Network\ntestCases:\n- {description: d, focus: ['[sig-a] b'], partial: true, notes: n, evidence: [{kind: nodeAddress, count: 1}]}\n"))
	f.Add([]byte("a: &a [*a]\n<<: *a\n"))
	f.Add([]byte("? [x]\n: y\n---\n- 1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		categories, err := specs.Parse([]specs.File{{Name: "a.yaml", Data: data}})
		if err != nil {
			if categories != nil || !strings.HasPrefix(err.Error(), "a.yaml:") {
				t.Errorf("an error without its place, or with categories: %v", err)
			}
			return
		}
		for _, c := range categories {
			for _, tc := range c.TestCases {
				if tc.ID == "" || tc.Description == "" || tc.Line == 0 || tc.Proven() != (len(tc.Expressions()) > 0) || tc.Proven() != tc.Placement.Known() {
					t.Errorf("accepted %+v", tc)
				}
			}
		}
	})
}
