package runner

import (
	"fmt"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Problem is what a user must know of the tests of an ability before they run.
type Problem struct {
	Kind    ProblemKind `json:"kind"`
	Ability string      `json:"ability"` // its id
	File    string      `json:"file"`    // of the test case
	Line    int         `json:"line"`
	Message string      `json:"message"`         // such as "its focus matches no test"
	Hints   []string    `json:"hints,omitempty"` // what to do about it, a line each
}

// ProblemKind says what is wrong.
type ProblemKind string

// The kinds.
const (
	Missing ProblemKind = "missing" // a focus string, or all of them, selects no test of the binary
	Broad   ProblemKind = "broad"   // the ability selects more tests than can be meant to prove it, or tests for Linux only
)

// String returns "file:line: ability, message" with a line for each hint.
func (p Problem) String() string {
	text := fmt.Sprintf("%s:%d: ability %q: %s", p.File, p.Line, p.Ability, p.Message)
	return strings.Join(append([]string{text}, p.Hints...), "\n    ")
}

func (p *planner) note(tc specs.TestCase, kind ProblemKind, message string, hints []string) {
	p.plan.Problems = append(p.plan.Problems, Problem{Kind: kind, Ability: tc.ID, File: tc.File, Line: tc.Line, Message: message, Hints: hints})
}
