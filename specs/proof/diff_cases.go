package proof

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// successor returns the test case that follows one whose tests were renamed: the same for the newer version, with the
// likely new names. There is none if no focus string spells out a renamed test.
func successor(tc specs.TestCase, to specs.Version, changes []Change, tests []string, jobs []jobMatcher) (specs.TestCase, bool) {
	renamed := map[string]string{}
	names := slices.Clone(tests)
	for _, c := range changes {
		if c.Kind == Renamed {
			renamed[specs.Exactly(c.Old)] = specs.Exactly(c.New)
			names = append(names, c.New)
		}
	}
	found := false
	replaced := func(focus []string) []string {
		list := slices.Clone(focus)
		for i, f := range list {
			if name, ok := renamed[f]; ok {
				list[i], found = name, true
			}
		}
		return list
	}
	tc.Focus = replaced(tc.Focus)
	tc.AnyOf = slices.Clone(tc.AnyOf)
	for i, alternative := range tc.AnyOf {
		tc.AnyOf[i] = replaced(alternative)
	}
	if !slices.Contains(tc.KubernetesVersions, to) {
		tc.KubernetesVersions = []specs.Version{to}
	}
	tc.Seen = runnerOf(names, jobs)
	return tc, found
}

// WriteTestCases writes the test cases that the renamed tests ask for, as they can stand in a spec file below the ones they
// follow. A reader judges them: whether a new test does what the old one did, and whether notes and evidence still hold.
func (d Difference) WriteTestCases(w io.Writer) error {
	var text strings.Builder
	for _, tc := range d.successors {
		fmt.Fprintf(&text, "# below %s:%d\n", tc.File, tc.Line)
		if err := writeCase(&text, tc); err != nil {
			return err
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// writeCase writes a test case with tests in the form that the spec files have.
func writeCase(text *strings.Builder, tc specs.TestCase) error {
	fmt.Fprintf(text, "- id: %s\n", tc.ID)
	fmt.Fprintf(text, "  kubernetesVersions: [%s]\n", joined(tc.KubernetesVersions, func(v specs.Version) string { return fmt.Sprintf("%q", v) }))
	folded(text, "description", tc.Description)
	list(text, "  ", "focus", tc.Focus)
	if len(tc.AnyOf) > 0 {
		fmt.Fprintln(text, "  anyOf:")
	}
	for _, alternative := range tc.AnyOf {
		fmt.Fprintf(text, "  - [%s]\n", joined(alternative, single))
	}
	list(text, "  ", "skip", tc.Skip)
	if len(tc.SkipProviders) > 0 {
		fmt.Fprintf(text, "  skipProviders: [%s]\n", joined(tc.SkipProviders, single))
	}
	if tc.MaxTests > 0 {
		fmt.Fprintf(text, "  maxTests: %d\n", tc.MaxTests)
	}
	if tc.Shared {
		fmt.Fprintln(text, "  shared: true")
	}
	if err := value(text, "placement", tc.Placement); err != nil {
		return err
	}
	if tc.Seen != "" {
		fmt.Fprintf(text, "  seen: %s\n", tc.Seen)
	}
	if tc.Partial {
		fmt.Fprintln(text, "  partial: true")
	}
	if len(tc.Evidence) > 0 {
		if err := value(text, "evidence", tc.Evidence); err != nil {
			return err
		}
	}
	if tc.Notes != "" {
		folded(text, "notes", tc.Notes)
	}
	return nil
}

// folded writes a text as one paragraph.
func folded(text *strings.Builder, key, words string) {
	const indent = "\n    "
	fmt.Fprintf(text, "  %s: >-%s%s\n", key, indent, strings.Join(termtext.Wrap(strings.Join(strings.Fields(words), " "), 116), indent))
}

func list(text *strings.Builder, indent, key string, values []string) {
	if len(values) > 0 {
		fmt.Fprintf(text, "%s%s:\n", indent, key)
	}
	for _, v := range values {
		fmt.Fprintf(text, "%s- %s\n", indent, single(v))
	}
}

// value writes what YAML makes of a value, on one line.
func value(text *strings.Builder, key string, v any) error {
	var node yaml.Node
	if err := node.Encode(v); err != nil {
		return err
	}
	node.Style = yaml.FlowStyle
	data, err := yaml.Marshal(&node)
	if err != nil {
		return err
	}
	fmt.Fprintf(text, "  %s: %s", key, data)
	return nil
}

// single quotes a text as YAML reads it literally.
func single(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }

func joined[T any](values []T, text func(T) string) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = text(v)
	}
	return strings.Join(texts, ", ")
}
