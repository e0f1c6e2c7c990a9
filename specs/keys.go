package specs

import (
	"fmt"
	"strings"
)

// key is one key of a spec file: the one place that says what it means, for the schema and for the documentation.
type key struct {
	name    string
	meaning string // a sentence without its full stop
	missing string // what holds without it
	example string // as it stands in a file
	schema  schema // the form of its value
}

// fileKeys are the keys at the top of a file.
func fileKeys() []key {
	return []key{
		{
			name:    "category",
			meaning: "The category of the file's abilities: one of KEP-2578, or one of your own such as `Acme.Storage`, with `required: false`",
			missing: "each test case names its own",
			example: "category: Core.Network",
			schema:  categorySchema(),
		},
		{
			name:    "required",
			meaning: "Whether a cluster is operationally ready only if the category is ready; never for one of your own",
			missing: "true for `Core.*`, else false",
			example: "required: true",
			schema:  schema{Type: kinds{"boolean"}},
		},
		{
			name:    "kubernetesVersions",
			meaning: "The versions of each test case that names none",
			missing: "all versions",
			example: `kubernetesVersions: ["1.36"]`,
			schema:  versionsSchema(),
		},
		{
			name:    "testCases",
			meaning: "The abilities, in the order in which they are shown",
			missing: "an error; it may be empty",
			example: "testCases: []",
			schema:  schema{Type: kinds{"array", "null"}},
		},
	}
}

// caseKeys are the keys of a test case.
func caseKeys() []key {
	return []key{
		{
			name:    "id",
			meaning: "A stable name of the ability, of lower-case letters and digits joined by hyphens, unique over all files. Test cases with one ID are the same ability for different versions",
			missing: "made of category and description",
			example: "id: external-dns",
			schema:  schema{Type: kinds{"string"}, Pattern: idForm.String()},
		},
		{
			name:    "description",
			meaning: "What the ability is, in the KEP's words",
			missing: "an error",
			example: "description: Ability to mount host volumes",
			schema:  schema{Type: kinds{"string"}, Pattern: `\S`},
		},
		{
			name:    "category",
			meaning: "The category, in a file that has none at its top",
			missing: "that of the file",
			example: "category: Core.Storage",
			schema:  categorySchema(),
		},
		{
			name:    "kubernetesVersions",
			meaning: "The versions that the test case was written for. The one with the highest version not above the cluster's holds; see [Versions](#versions)",
			missing: "those of the file, or all",
			example: `kubernetesVersions: ["1.37"]`,
			schema:  versionsSchema(),
		},
		{
			name:    "focus",
			meaning: "Regular expressions for the names of tests. A test belongs to the ability if one of them matches it; the ability is shown only if each of them is. See [Focus](#focus)",
			missing: "there must be `anyOf` or `unproven`",
			example: `focus: ['^Kubernetes e2e suite \[sig-network\] DNS should provide DNS for services \[Conformance\]$']`,
			schema:  textsSchema(),
		},
		{
			name:    "anyOf",
			meaning: "Alternatives, each a list like `focus`: one of them must be shown, besides all of `focus`",
			missing: "none",
			example: `anyOf: [['pod-Service: http$'], ['pod-Service: udp$']]`,
			schema:  schema{Type: kinds{"array", "null"}, Items: &schema{Type: kinds{"array"}, Items: &schema{Type: kinds{"string"}}, MinItems: 1}},
		},
		{
			name:    "skip",
			meaning: "Regular expressions for names that are left out again",
			missing: "none",
			example: `skip: ['\[Slow\]']`,
			schema:  textsSchema(),
		},
		{
			name:    "maxTests",
			meaning: "The most tests that may be selected before the focus counts as too wide: a warning of `specs verify`, and a reason for `run` to refuse",
			missing: fmt.Sprint(DefaultMaxTests),
			example: "maxTests: 6",
			schema:  schema{Type: kinds{"integer", "null"}, Minimum: zero()},
		},
		{
			name:    "shared",
			meaning: "On purpose another ability of the category has one of the same tests",
			missing: "false",
			example: "shared: true",
			schema:  schema{Type: kinds{"boolean", "null"}},
		},
		{
			name:    "placement",
			meaning: "Where the pods of the tests must run for a result to speak of Windows; see [Placement](#placement)",
			missing: "`windows`",
			example: "placement: self",
			schema:  placementSchema(),
		},
		{
			name:    "seen",
			meaning: "The job of SIG Windows, `parallel` or `serial`, that runs all of the tests. `specs verify` holds it against what these jobs select",
			missing: "unseen on Windows: a failure may be the test's",
			example: "seen: parallel",
			schema:  schema{Type: kinds{"string", "null"}, Enum: []any{SeenParallel, SeenSerial, "", nil}},
		},
		{
			name:    "partial",
			meaning: "The tests show only a part of the ability; `notes` say what they do not show",
			missing: "false: the ability is shown whole",
			example: "partial: true",
			schema:  schema{Type: kinds{"boolean", "null"}},
		},
		{
			name:    "evidence",
			meaning: "What the record of pods must show, all of it, for a partial ability to be shown whole; see [Evidence](#evidence)",
			missing: "nothing makes it whole",
			example: "evidence: [{kind: readyEndpoints, pods: '^netserver-', count: 10}]",
			schema:  evidenceSchema(),
		},
		{
			name:    "notes",
			meaning: "What the tests do not show, and what they need: for a reader of a report",
			missing: "none; an error for a partial ability",
			example: "notes: Needs access to the Internet.",
			schema:  schema{Type: kinds{"string", "null"}},
		},
		{
			name:    "skipProviders",
			meaning: "Providers, as in e2e.test's --provider, on which an ability with tests is exempt",
			missing: "none",
			example: "skipProviders: [skeleton]",
			schema:  textsSchema(),
		},
		{
			name:    "unproven",
			meaning: "The reason why no test exists, in place of `focus`",
			missing: "there must be `focus` or `anyOf`",
			example: "unproven: no upstream test sends a ping from one node to another",
			schema:  schema{Type: kinds{"string", "null"}},
		},
		{
			name:    "candidates",
			meaning: "Regular expressions for tests that may come and prove an unproven ability: `specs verify` warns when they do",
			missing: "none",
			example: `candidates: ['\[sig-windows\].*Defender']`,
			schema:  textsSchema(),
		},
		{
			name:    "linux_image",
			meaning: "Of older files; it is read and means nothing",
			missing: "none",
			example: "linux_image: ''",
			schema:  schema{},
		},
		{
			name:    "windows_image",
			meaning: "Of older files; it is read and means nothing",
			missing: "none",
			example: "windows_image: ''",
			schema:  schema{},
		},
	}
}

// KeysMarkdown returns the keys of a spec file as tables of Markdown: what each means, what holds without it, an example.
func KeysMarkdown() string {
	return "At the top of a file:\n\n" + keyTable(fileKeys()) + "\nOf a test case:\n\n" + keyTable(caseKeys())
}

func keyTable(keys []key) string {
	var text strings.Builder
	text.WriteString("| Key | Meaning | Default | Example |\n| --- | --- | --- | --- |\n")
	escape := strings.NewReplacer("|", `\|`)
	for _, k := range keys {
		fmt.Fprintf(&text, "| `%s` | %s. | %s | `%s` |\n", k.name, escape.Replace(k.meaning), k.missing, escape.Replace(k.example))
	}
	return text.String()
}
