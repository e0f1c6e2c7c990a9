package view

import (
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// Schema names the form of JSON. Within a version keys are only ever added.
const Schema = "op-readiness.summary/v1"

// JSON is a reporter.Summary for programs.
type JSON struct {
	Schema            string         `json:"schema"`            // Schema
	KubernetesVersion string         `json:"kubernetesVersion"` // of the cluster under test
	Provider          string         `json:"provider,omitempty"`
	Verdict           string         `json:"verdict"` // "ready", "not ready" or "incomplete"
	Whole             bool           `json:"whole"`   // the verdict is about the cluster: every required category was judged
	Proven            int            `json:"proven"`  // abilities that a test showed in this run
	Abilities         int            `json:"abilities"`
	Categories        []JSONCategory `json:"categories"`
	Setup             []JSONTest     `json:"setup,omitempty"`      // failed nodes around the tests
	Incomplete        []string       `json:"incomplete,omitempty"` // why results may be missing
	Warnings          []string       `json:"warnings,omitempty"`
}

// JSONCategory is a Category.
type JSONCategory struct {
	Name      string         `json:"name"`
	Required  bool           `json:"required"`
	Verdict   string         `json:"verdict"`
	Counts    map[string]int `json:"counts"` // abilities by state
	Abilities []JSONAbility  `json:"abilities"`
}

// JSONAbility is an Ability.
type JSONAbility struct {
	ID          string     `json:"id"`
	Description string     `json:"description"`
	State       string     `json:"state"` // "passed", "flaky", "failed", "skipped", "not run", "exempt" or "unproven"
	Reason      string     `json:"reason,omitempty"`
	Standing    string     `json:"standing,omitempty"` // of a failure, against the base branch: "new", "also failing" or "flaky there"
	Partial     bool       `json:"partial,omitempty"`  // its tests show a part of it; see notes
	Notes       string     `json:"notes,omitempty"`
	Tests       []JSONTest `json:"tests,omitempty"` // those with a result
}

// JSONTest is a Test.
type JSONTest struct {
	Name    string  `json:"name"`
	State   string  `json:"state"`            // "passed", "flaky", "failed" or "skipped"
	Status  string  `json:"status,omitempty"` // Ginkgo's word
	Message string  `json:"message,omitempty"`
	Seconds float64 `json:"seconds"`
	File    string  `json:"file"`
	Line    int     `json:"line,omitempty"`
}

// NewJSON returns a summary in its form for programs.
func NewJSON(s reporter.Summary) JSON {
	counts := s.Counts()
	j := JSON{
		Schema: Schema, KubernetesVersion: s.KubernetesVersion, Provider: s.Provider, Verdict: s.Verdict.String(), Whole: s.Whole,
		Proven: counts.Shown(), Abilities: counts.All(), Categories: []JSONCategory{},
		Setup: jsonTests(s.Setup), Incomplete: reporter.Lines(s.Incomplete), Warnings: reporter.Lines(s.Warnings),
	}
	for _, c := range s.Categories {
		category := JSONCategory{Name: c.Name, Required: c.Required, Verdict: c.Verdict.String(), Counts: map[string]int{}, Abilities: []JSONAbility{}}
		for state, n := range c.Counts().ByState {
			if n > 0 {
				category.Counts[reporter.State(state).String()] = n
			}
		}
		for _, a := range c.Abilities {
			category.Abilities = append(category.Abilities, JSONAbility{
				ID: a.ID, Description: a.Description, State: a.State.String(), Reason: a.Reason(), Standing: a.Standing.Kind.String(), Partial: a.Partial, Notes: a.Notes,
				Tests: jsonTests(a.Tests),
			})
		}
		j.Categories = append(j.Categories, category)
	}
	return j
}

func jsonTests(tests []reporter.Test) []JSONTest {
	var list []JSONTest
	for _, t := range tests {
		list = append(list, JSONTest{
			Name: t.Name, State: t.State.String(), Status: t.Status, Message: t.Message, Seconds: t.Duration.Seconds(), File: t.File, Line: t.Line,
		})
	}
	return list
}
