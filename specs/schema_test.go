package specs_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gopkg.in/yaml.v3"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

var update = flag.Bool("update", false, "rewrite spec.schema.json and the tables of keys in docs/specs.md")

// TestKeys holds that every key that Parse reads is documented, and no other.
func TestKeys(t *testing.T) {
	t.Parallel()
	documentedFile, documentedCase := specs.DocumentedKeys()
	readFile, readCase := specs.ReadKeys()
	for _, pair := range [][2][]string{{documentedFile, readFile}, {documentedCase, readCase}} {
		for i := range pair {
			slices.Sort(pair[i])
		}
		if diff := cmp.Diff(pair[1], pair[0]); diff != "" {
			t.Errorf("keys (-read +documented):\n%s", diff)
		}
	}
}

// TestSchemaFile holds that the schema in the repository is the one that the program writes.
func TestSchemaFile(t *testing.T) {
	t.Parallel()
	data, err := specs.Schema()
	if err != nil {
		t.Fatal(err)
	}
	sameFile(t, "spec.schema.json", string(data))
}

// TestKeysInDocumentation holds that docs/specs.md has the tables of keys.
func TestKeysInDocumentation(t *testing.T) {
	t.Parallel()
	const name, begin, end = "../docs/specs.md", "<!-- keys: written by a test, see specs/keys.go -->\n", "<!-- end of keys -->\n"
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(data), begin)
	_, after, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the keys", name)
	}
	sameFile(t, name, before+begin+specs.KeysMarkdown()+end+after)
}

func sameFile(t *testing.T, name, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("%s is not as the program writes it; rewrite it with -update (-want +got):\n%s", name, diff)
	}
}

// schemaErrors returns what a validator of JSON schemas has against a file.
func schemaErrors(t *testing.T, text string) []error {
	t.Helper()
	data, err := specs.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema spec.Schema
	if err := schema.UnmarshalJSON(data); err != nil {
		t.Fatal(err)
	}
	var written, value any
	if err := yaml.Unmarshal([]byte(text), &written); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if data, err = json.Marshal(written); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &value); err != nil { // a validator of JSON knows JSON's types
		t.Fatal(err)
	}
	return validate.NewSchemaValidator(&schema, nil, "", strfmt.Default).Validate(value).Errors
}

// TestSchemaAccepts holds that the schema lets pass what Parse accepts: the shipped files, every example of a key, and the
// older forms.
func TestSchemaAccepts(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatal("no spec files", err)
	}
	texts := []string{
		"category: Extend.Worker\ntestCases:\n",
		"kubernetesVersions: [1.30, v1.36.3, master]\ntestCases:\n- {category: Core.Storage, description: d, focus: ['', x], skip: [''], linux_image: x}\n",
		"category: Acme.Storage\nrequired: false\ntestCases:\n- {description: d, anyOf: [[a], [b, c]], placement: {client: {name: x, os: linux}}}\n",
		"category: Core.Network\ntestCases:\n- {description: d, unproven: none, candidates: [x]}\n",
		"category: Core.Network\ntestCases:\n- {description: d, focus: [x], partial: true, notes: n, evidence: [{kind: nodeAddress, count: 1}]}\n",
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(data))
	}
	for _, text := range texts {
		if _, err := specs.Parse([]specs.File{{Name: "a.yaml", Data: []byte(text)}}); err != nil {
			t.Errorf("Parse refuses: %v", err)
		}
		if errs := schemaErrors(t, text); len(errs) > 0 {
			t.Errorf("the schema refuses what Parse accepts: %v\n%.300s", errs, text)
		}
	}
}

// TestSchemaRefuses holds that the schema finds mistakes of form, and that Parse finds each of them too.
func TestSchemaRefuses(t *testing.T) {
	t.Parallel()
	const head = "category: Core.Network\ntestCases:\n- "
	for _, text := range []string{
		"category: Core.Network\n",
		"category: core.network\ntestCases:\n",
		"categories: []\ntestCases:\n",
		head + "{description: d}",
		head + "{focus: [x]}",
		head + "{description: d, focus: x}",
		head + "{description: d, fokus: [x]}",
		head + "{description: d, focus: [x], id: Not_A_Slug}",
		head + "{description: d, focus: [x], maxTests: many}",
		head + "{description: d, focus: [x], maxTests: -1}",
		head + "{description: d, focus: [x], seen: daily}",
		head + "{description: d, focus: [x], kubernetesVersions: [next]}",
		head + "{description: d, focus: [x], placement: window}",
		head + "{description: d, focus: [x], placement: {}}",
		head + "{description: d, focus: [x], placement: {client: {name: x, os: Linux}}}",
		head + "{description: d, focus: [x], placement: {client: {os: linux}}}",
		head + "{description: d, focus: [x], placement: {client: {name: x, os: linux, oz: x}}}",
		head + "{description: d, anyOf: [x]}",
		head + "{description: d, anyOf: [[]]}",
		head + "{description: d, focus: [x], partial: true, notes: n, evidence: [{kind: readyEndpoint, count: 1}]}",
		head + "{description: d, focus: [x], partial: true, notes: n, evidence: [{kind: readyEndpoints}]}",
		head + "{description: d, focus: [x], partial: true, notes: n, evidence: [{kind: readyEndpoints, count: 0}]}",
	} {
		if _, err := specs.Parse([]specs.File{{Name: "a.yaml", Data: []byte(text)}}); err == nil {
			t.Errorf("Parse accepts %s", text)
		}
		if errs := schemaErrors(t, text); len(errs) == 0 {
			t.Errorf("the schema accepts %s", text)
		}
	}
}
