package specs_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestProblemPlaces holds that a problem stands on the line of the very key or item that has it, or where its value
// begins: in these files each has a line of its own.
func TestProblemPlaces(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name, file string
		want       []string
	}{
		{"the file", `# a comment
required: true
kubernetesVersions:
- "1.36"
- next
testCases:
- description: a
  category:
    Core.Network
  focus: [x]
`, []string{
			"a.yaml:2: required needs a category at the top of the file",
			`a.yaml:5: "next" is no Kubernetes version such as 1.36 or v1.36.3`,
		}},
		{"a file of nothing", "required: true\ntestCases:\n", []string{
			"a.yaml:1: category is missing",
			"a.yaml:1: required needs a category at the top of the file",
		}},
		{"a file of nothing that is optional", "required: false\ntestCases:\n", []string{
			"a.yaml:1: category is missing",
			"a.yaml:1: required needs a category at the top of the file",
		}},
		{"a file of which no key is known", "# nothing\nfoo: 1\n", []string{
			`a.yaml:2: unknown key "foo"`,
		}},
		{"a test case in a file that is broken", "category: Core.Network\ntestCases:\n- {description: a, focus: [x], foo: 1}\n- {description: b}\n- {\n", []string{
			"a.yaml:5: did not find expected node content",
		}},
		{"test cases in a file without a category", "# nothing\nfoo: 1\ntestCases:\n- {description: a, focus: [x]}\n", []string{
			`a.yaml:2: unknown key "foo"`,
			"a.yaml:4: category is missing, here and at the top of the file",
		}},
		{"a category in a file of which no other key is known", "# nothing\nfoo: 1\ncategory: Acme\n", []string{
			`a.yaml:2: unknown key "foo"`,
			"a.yaml:2: testCases is missing",
			`a.yaml:3: unknown category "Acme": one that is not of KEP-2578 stands at the top of a file with required: false`,
		}},
		{"required without a category", "# nothing\nkubernetesVersions:\nrequired: true\ntestCases:\n- {description: a, focus: [x], category: Core.Network}\n", []string{
			"a.yaml:3: required needs a category at the top of the file",
		}},
		{"a category of the file that is no word", "required: false\ncategory: no word\ntestCases:\n- {description: a, focus: [x]}\n", []string{
			`a.yaml:2: category "no word" is not of words such as Acme.Storage`,
		}},
		{"a category of the file", "required: false\ncategory: acme\ntestCases:\n", []string{
			`a.yaml:2: category "acme" is not of words such as Acme.Storage`,
		}},
		{"an unknown category of the file", "kubernetesVersions:\ncategory: Acme\ntestCases:\n", []string{
			`a.yaml:2: unknown category "Acme": one that is not of KEP-2578 stands at the top of a file with required: false`,
		}},
		{"a category of a test case", `testCases:
- description: a
  category: Acme
  focus: [x]
`, []string{`a.yaml:3: unknown category "Acme": one that is not of KEP-2578 stands at the top of a file with required: false`}},
		{"another category of a test case", `category: Core.Network
testCases:
- description: a
  focus: [x]
  category: Core.Storage
- description: b
  focus: [x]
  category: Core.Network
`, []string{`a.yaml:5: category "Core.Storage" stands in a file for "Core.Network"`}},
		{"a test case", `category: Core.Network
testCases:
- focus: [x]
  description: a
  id: A
  maxTests: -1
  partial: true
  seen: daily
- focus:
  - x
  - '('
  description: b
  unproven: u
- focus: [x]
  description: c
  candidates: [x]
- description: d
  anyOf:
  - - x
  -
  - - y
    - '['
`, []string{
			`a.yaml:5: id "A" is not of lower-case letters and digits joined by single hyphens`,
			"a.yaml:6: maxTests is negative",
			"a.yaml:7: partial without notes: say what the tests do not show",
			`a.yaml:8: unknown job "daily" of SIG Windows: it is parallel or serial, or seen is left out`,
			"a.yaml:11: error parsing regexp: missing closing ): `(`: for the text itself write '\\('",
			"a.yaml:13: both focus and unproven: an ability with tests is not unproven",
			"a.yaml:16: candidates are for an unproven ability",
			"a.yaml:20: an alternative without focus strings would always be shown",
			"a.yaml:22: error parsing regexp: missing closing ]: `[`: for the text itself write '\\['",
		}},
		{"an ability without tests", `category: Core.Network
testCases:
- description: a
  unproven: u
  maxTests: 3
  evidence:
  - kind: nodeAddress
    count: 1
  seen: serial
  placement: self
  shared: true
  partial: true
  skip: [x]
`, []string{
			"a.yaml:5: maxTests is for an ability with tests",
			"a.yaml:7: evidence is for an ability with tests",
			"a.yaml:9: seen is for an ability with tests",
			"a.yaml:10: placement is for an ability with tests",
			"a.yaml:11: shared is for an ability with tests",
			"a.yaml:12: partial is for an ability with tests",
			"a.yaml:12: partial without notes: say what the tests do not show",
			"a.yaml:13: skip is for an ability with tests",
		}},
		{"an ability without tests that has evidence", `category: Core.Network
testCases:
- description: a
  unproven: u
  evidence: [{kind: nodeAddress, count: 1}]
`, []string{"a.yaml:5: evidence is for an ability with tests"}},
		{"an ability without tests that names some", `category: Core.Network
testCases:
- description: a
  unproven: u
  focus: [x]
  seen: serial
  placement: self
`, []string{"a.yaml:4: both focus and unproven: an ability with tests is not unproven"}},
		{"evidence", `category: Core.Network
testCases:
- description: a
  focus: [x]
  evidence:
  - count: 1
    kind: nodeAddress
- description: b
  focus: [x]
  partial: true
  notes: n
  evidence:
  - count: 1
    kind: nodeAddresses
  - kind: nodeAddress
    count: 0
  - kind: nodeAddress
    count: 1
    pods: '('
  - count: 1
`, []string{
			"a.yaml:6: evidence without partial: it is what makes a partial ability whole",
			`a.yaml:14: unknown kind "nodeAddresses" (did you mean "nodeAddress"?); known are distinctAddresses, readyEndpoints, replacedPods, nodeAddress`,
			"a.yaml:16: count is missing or below 1",
			"a.yaml:19: error parsing regexp: missing closing ): `(`: for the text itself write '\\('",
			"a.yaml:20: kind is missing; known are distinctAddresses, readyEndpoints, replacedPods, nodeAddress",
		}},
		{"expressions", `category: Core.Network
testCases:
- description: a
  focus:
  - 'a.*('
  - '[Serial] ('
`, []string{
			"a.yaml:5: error parsing regexp: missing closing ): `a.*(`",
			`a.yaml:6: [Serial] matches one letter, not the label of a test: write '\[Serial\] ('`,
		}},
		{"a role", `category: Core.Network
testCases:
- description: a
  focus: [x]
  placement:
    client:
      os: linux
      nam: x
    filler:
      os: linux
      name: '('
    none:
      os: linux
      name: ''
    server:
      name: x
      os: Windows
      o: x
`, []string{
			`a.yaml:7: role "client": name, a regular expression for the names of its pods, is missing`,
			`a.yaml:8: unknown key "nam" (did you mean "name"?)`,
			"a.yaml:11: error parsing regexp: missing closing ): `(`: for the text itself write '\\('",
			`a.yaml:14: role "none": name, a regular expression for the names of its pods, is missing`,
			`a.yaml:17: role "server": os is linux or windows, not "Windows"`,
			`a.yaml:18: unknown key "o" (did you mean "os"?)`,
		}},
		{"abilities that stand twice", `category: Core.Network
testCases:
- description: a
  focus: [x]
  id: same
- description: a
  focus: [y]
  id: same
- focus: [y]
  id: same
  kubernetesVersions: ["1.36"]
  description: b
- description: c
  category: Core.Network
  id: other
  focus: [x]
- description: c
  focus: [x]
  kubernetesVersions: ["1.36", "1.35"]
  id: other
- description: c
  focus: [x]
  kubernetesVersions: ["1.34", "1.35"]
  id: other
`, []string{
			`a.yaml:8: duplicate id "same": a.yaml:3 has it for the same Kubernetes versions`,
			`a.yaml:12: id "same" has another description on a.yaml:3`,
			`a.yaml:12: id "same" has another description on a.yaml:6`,
			`a.yaml:24: duplicate id "other": a.yaml:17 has it for the same Kubernetes versions`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := specs.Parse([]specs.File{{Name: "a.yaml", Data: []byte(test.file)}})
			if err == nil {
				t.Fatal("no error")
			}
			if diff := cmp.Diff(test.want, strings.Split(err.Error(), "\n")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

// TestParsed holds what is read of files without a problem, where several ways of writing mean the same.
func TestParsed(t *testing.T) {
	t.Parallel()
	categories, err := specs.Parse([]specs.File{
		{Name: "a.yaml", Data: []byte(`category: Core.Network
required: false
testCases:
- description: versions of its own
  id: both
  focus: [x]
  kubernetesVersions: ["1.36"]
- description: versions of its own
  id: both
  anyOf: [['', x], ['']]
  focus: [y]
  skipProviders: ['', azure, '']
- {description: none, category: Core.Network, unproven: u}
`)},
		{Name: "b.yaml", Data: []byte("category: Core.Network\nrequired: false\ntestCases:\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	windows := specs.Placement{Kind: specs.PlacementWindows}
	want := []specs.Category{{Name: "Core.Network", TestCases: []specs.TestCase{
		{ID: "both", Description: "versions of its own", Focus: []string{"x"}, KubernetesVersions: []specs.Version{{Major: 1, Minor: 36}}, Placement: windows, File: "a.yaml", Line: 4},
		{ID: "both", Description: "versions of its own", Focus: []string{"y"}, AnyOf: [][]string{{"x"}}, SkipProviders: []string{"azure"}, Placement: windows, File: "a.yaml", Line: 8},
		{ID: "core-network-none", Description: "none", Unproven: "u", File: "a.yaml", Line: 13},
	}}}
	if diff := cmp.Diff(want, categories); diff != "" {
		t.Errorf("categories (-want +got):\n%s", diff)
	}
}

// TestProof holds the words of a category and of an ability.
func TestProof(t *testing.T) {
	t.Parallel()
	if got := (specs.Category{Required: true}).Need() + " " + (specs.Category{}).Need(); got != "required optional" {
		t.Errorf("Need: %s", got)
	}
	for want, tc := range map[string]specs.TestCase{
		"whole": {Focus: []string{"x"}}, "partial": {Focus: []string{"x"}, Partial: true}, "unproven": {Unproven: "u", Partial: true},
	} {
		if got := tc.Proof(); got != want {
			t.Errorf("%+v: %s, want %s", tc, got, want)
		}
	}
	if text, err := (specs.Version{Major: 1, Minor: 36}).MarshalText(); string(text) != "1.36" || err != nil {
		t.Errorf("MarshalText: %s, %v", text, err)
	}
	if got := (specs.Version{}).String(); got != "" {
		t.Errorf("the zero version is %q", got)
	}
}
