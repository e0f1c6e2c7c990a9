package specs_test

import (
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
			[]string{`a.yaml:1: unknown category "core.network" (did you mean "Core.Network"?)`}},
		{"no category", "testCases:\n- description: d\n  focus: [x]\n",
			[]string{"a.yaml:2: category is missing, here and at the top of the file"}},
		{"another category", "category: Core.Network\ntestCases:\n- category: Core.Storage\n  description: d\n  focus: [x]\n",
			[]string{`a.yaml:3: category "Core.Storage" stands in a file for "Core.Network"`}},
		{"wrong kinds", "category: [Core.Network]\nrequired: maybe\ntestCases: {}\n", []string{
			`a.yaml:1: category: expected text, got a list`,
			`a.yaml:2: required: expected true or false, got "maybe"`,
			`a.yaml:3: testCases: expected a list, got keys and values`,
		}},
		{"focus that is text", "category: Core.Network\ntestCases:\n- description: d\n  focus: x\n", []string{
			`a.yaml:3: neither focus nor unproven: name the tests, or the reason why there are none`,
			`a.yaml:4: testCases[0].focus: expected a list, got "x"`,
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
			`a.yaml:3: neither focus nor unproven: name the tests, or the reason why there are none`,
			`a.yaml:4: description is missing`,
			"a.yaml:5: error parsing regexp: missing closing ): `(`",
			"a.yaml:6: error parsing regexp: missing closing ]: `[`",
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
			"a.yaml:4: skip without focus",
			"a.yaml:5: an unproven ability is not partial",
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
		{Name: "b.yaml", Data: []byte("category: Core.Storage\ntestCases:\n- {id: x, description: d, focus: [x]}\n")},
		{Name: "c.yaml", Data: []byte("category: Core.Network\nrequired: false\ntestCases:\n")},
	})
	want := `b.yaml:3: duplicate id "x": a.yaml:4 has it in Core.Network
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
			KubernetesVersions: []specs.Version{v(31)}, SkipProviders: []string{"azure"}, File: "tests.yaml", Line: 14,
		}}},
		{Name: "Core.Storage", Required: true, TestCases: []specs.TestCase{{
			ID: "core-storage-ability-to-mount-host-volumes", Description: "Ability to mount host volumes.",
			Focus: []string{`should be consumable \[NodeConformance\]`}, KubernetesVersions: []specs.Version{v(30), v(24)},
			File: "tests.yaml", Line: 6,
		}}},
		{Name: "Extend.Worker"},
	}
	if diff := cmp.Diff(want, categories); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("category: Core.Network\nrequired: true\ntestCases:\n- {id: x, description: d, focus: [x]}\n"))
	f.Add([]byte("kubernetesVersions: [1.30]\ntestCases:\n- category: Core.Storage\n  description: d\n  focus: ['']\n"))
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
				if tc.ID == "" || tc.Description == "" || tc.Line == 0 || tc.Proven() == (len(tc.Focus) == 0) {
					t.Errorf("accepted %+v", tc)
				}
			}
		}
	})
}
