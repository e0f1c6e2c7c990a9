package readiness

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// PlanDocument is a plan for a script.
type PlanDocument struct {
	Spec              specs.Identity `json:"spec"`
	KubernetesVersion string         `json:"kubernetesVersion"`
	runner.Plan
}

// Document returns the plan for a script.
func (p Plan) Document() PlanDocument {
	return PlanDocument{Spec: p.Spec, KubernetesVersion: p.Version, Plan: p.Tests}
}

// planColumns is how wide a plan is at most, but for a word that is wider.
const planColumns = 80

// String shows the plan to a person.
func (p Plan) String() string {
	var text planText
	e2e := p.facts.E2E
	text.line(0, fmt.Sprintf("Kubernetes %s, %s with %d tests, by %s", p.Version,
		cmp.Or(e2e.Release, "an e2e.test that does not tell its version"), len(e2e.Tests), p.Spec))
	for _, inv := range p.Tests.Invocations {
		text.invocation(inv, p.Tests.Abilities)
	}
	text.missing(p.Tests.Abilities)
	text.notRun(p.Tests.Abilities)
	return text.String()
}

// planText is a plan as it is written.
type planText struct{ strings.Builder }

// line writes a line that begins at a column. What does not fit follows below, two columns further in.
func (t *planText) line(indent int, text string) {
	lines := termtext.Wrap(safetext.Line(text), planColumns-indent-2)
	fmt.Fprintf(t, "%*s%s\n", indent, "", lines[0])
	for _, more := range lines[1:] {
		fmt.Fprintf(t, "%*s%s\n", indent+2, "", more)
	}
}

// invocation writes what one call of e2e.test runs: its abilities by category, each with its tests.
func (t *planText) invocation(inv runner.Invocation, abilities []runner.Ability) {
	kind := ""
	if inv.Disruptive {
		kind = ", disruptive"
	}
	kind += sendText(inv.Send)
	fmt.Fprintf(t, "\nInvocation %d: %s%s\n", inv.Number, count(len(inv.Tests), "test"), kind)
	category := ""
	for _, a := range abilities {
		tests := shared(a.Tests, inv.Tests)
		if len(tests) == 0 || a.Send != inv.Send {
			continue
		}
		if a.Category != category {
			category = a.Category
			t.line(2, category)
		}
		t.line(4, fmt.Sprintf("%s: %s, placement: %s", a.ID, count(len(tests), "test"), a.Placement))
		for _, test := range tests {
			t.line(6, test)
		}
	}
}

// sendText says where a call sends pods, if it is not where all of them are to be.
func sendText(send specs.OS) string {
	if send != specs.Linux {
		return ""
	}
	return ", pods that choose no operating system go to Linux"
}

// missing names the focus strings that select nothing, of abilities of which others do.
func (t *planText) missing(abilities []runner.Ability) {
	heading := "\nFocus strings without a test, so that the ability cannot be shown:\n"
	for _, a := range abilities {
		for _, focus := range a.Missing {
			if a.NotRun == "" {
				t.WriteString(heading)
				t.line(2, fmt.Sprintf("%s %s: %s", a.Category, a.ID, focus))
				heading = ""
			}
		}
	}
}

// notRun says why abilities are not run.
func (t *planText) notRun(abilities []runner.Ability) {
	heading := "\nNot run:\n"
	for _, a := range abilities {
		if a.NotRun != "" {
			t.WriteString(heading)
			t.line(2, fmt.Sprintf("%s %s: %s", a.Category, a.ID, a.NotRun))
			heading = ""
		}
	}
}

// shared returns what two lists, of which the second is sorted, have in common.
func shared(a, b []string) []string {
	var common []string
	for _, item := range a {
		if _, found := slices.BinarySearch(b, item); found {
			common = append(common, item)
		}
	}
	return common
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
