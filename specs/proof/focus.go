package proof

import (
	"regexp/syntax"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Selection is one run of e2e.test: the abilities that can share it, since they leave out the same tests.
type Selection struct {
	Abilities []string `json:"abilities"` // their IDs
	Focus     string   `json:"focus"`     // one regular expression for --ginkgo.focus
	Skip      string   `json:"skip"`      // one for --ginkgo.skip; "" for none
}

// Focus returns the runs that together select what the abilities of categories, one test case each as specs.Select
// returns them, select. Abilities without tests are left out: no selection has an empty focus, which would run all tests.
func Focus(categories []specs.Category) []Selection {
	var selections []Selection
	var parts [][]string // of the focus of each selection
	for _, tc := range testCases(categories) {
		if !tc.Proven() {
			continue
		}
		skip := specs.Union(tc.Skip)
		i := slices.IndexFunc(selections, func(s Selection) bool { return s.Skip == skip })
		if i < 0 {
			i = len(selections)
			selections = append(selections, Selection{Skip: skip})
			parts = append(parts, nil)
		}
		selections[i].Abilities = append(selections[i].Abilities, tc.ID)
		for _, expr := range tc.Expressions() {
			parts[i] = append(parts[i], specs.Union([]string{expr}))
		}
	}
	for i := range selections {
		selections[i].Focus = join(distinct(parts[i]))
	}
	return selections
}

// join returns one expression that matches what any of the parts matches. What most focus strings begin with stands once:
// without that, 40 whole names joined are an expression on which package regexp spends 70 times as long.
func join(parts []string) string {
	const begin = "^" + specs.Suite + " "
	var names, others []string
	for _, part := range parts {
		if name, ok := strings.CutPrefix(part, begin); ok && standsAlone(name) {
			names = append(names, name)
		} else {
			others = append(others, part)
		}
	}
	if len(names) < 2 {
		return strings.Join(parts, "|")
	}
	return strings.Join(append([]string{begin + "(?:" + strings.Join(names, "|") + ")"}, others...), "|")
}

// standsAlone tells whether an expression means the same between brackets as behind a text: it has no "|" and does not
// begin with a repetition.
func standsAlone(expr string) bool {
	_, err := syntax.Parse(expr, syntax.Perl)
	return err == nil && !strings.Contains(expr, "|")
}

// distinct returns each string once, in the order of first use.
func distinct(texts []string) []string {
	var all []string
	for _, text := range texts {
		if !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// Flags returns the selection as flags of e2e.test, quoted for a POSIX shell.
func (s Selection) Flags() string {
	flags := "--ginkgo.focus=" + quote(s.Focus)
	if s.Skip != "" {
		flags += " --ginkgo.skip=" + quote(s.Skip)
	}
	return flags
}

// Hydrophone returns the command of hydrophone (v0.8.0) that runs the selection on nodes of Windows, for a POSIX shell. Its results
// are in a folder of their own, since those of each run have the same names.
func (s Selection) Hydrophone(folder string) string {
	command := "hydrophone --focus " + quote(s.Focus)
	if s.Skip != "" {
		command += " --skip " + quote(s.Skip)
	}
	return command + " --extra-args=--node-os-distro=windows --output-dir " + quote(folder)
}

func quote(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }
