package reporter

import (
	"fmt"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Headline is the verdict in one sentence. It speaks for the cluster only if every required category
// of KEP-2578 was judged.
func (s Summary) Headline() string {
	subject, verb := "The cluster", "is"
	if !s.Whole {
		names := make([]string, len(s.Categories))
		for i, c := range s.Categories {
			names[i] = c.Name
		}
		subject = strings.Join(names, ", ")
		if len(names) != 1 {
			verb = "are"
		}
	}
	said := [verdicts]string{Incomplete: "not proven ready", NotReady: "not operationally ready", Ready: "operationally ready"}[s.Verdict]
	return strings.ToUpper(s.Verdict.String()) + ": " + subject + " " + verb + " " + said + "."
}

// Coverage says how much of KEP-2578 the run showed, so that readiness is not mistaken for coverage.
func (s Summary) Coverage() string {
	counts := s.Counts()
	return fmt.Sprintf("%d of %d abilities proven by this run, %d without a test.", counts.Proven(), counts.All(), counts[Unproven])
}

// Text lists the states that occur, the worst first: "1 failed, 2 passed, 4 unproven".
func (c Counts) Text() string {
	var parts []string
	for _, state := range WorstFirst() {
		if c[state] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c[state], state))
		}
	}
	if len(parts) == 0 {
		return "no abilities"
	}
	return strings.Join(parts, ", ")
}

// Share is how many of the abilities were shown: "7 of 13".
func (c Counts) Share() string { return fmt.Sprintf("%d of %d", c.Proven(), c.All()) }

// Remark is what stands behind an ability's description: that its tests show a part of it only, and, where they passed,
// what is missing. "" for an ability that they show whole.
func (a Ability) Remark() string {
	switch {
	case !a.Partial:
		return ""
	case a.State == Passed || a.State == Flaky:
		return " (in part: " + strings.TrimSuffix(a.Notes, ".") + ")"
	}
	return " (in part)"
}

// Doubts lists what stands between the build and a whole proof.
func (s Summary) Doubts() []string {
	lines := Lines(s.Incomplete)
	if n := s.Counts()[NotRun]; n > 0 {
		lines = append(lines, fmt.Sprintf("not run: %d of %d abilities, for there is no result of any of their tests", n, s.Counts().All()))
	}
	return lines
}

// Place tells where the result stands, how it ended and how long it took.
func (t Test) Place() string {
	text := Warning{File: t.File, Line: t.Line, Message: t.State.String()}.String()
	if t.Status != "" && t.Status != t.State.String() {
		text += " (" + t.Status + ")"
	}
	if t.Duration > 0 {
		text += fmt.Sprintf(" after %s", t.Duration.Round(10*time.Millisecond))
	}
	return text
}

// Excerpt returns the first lines of a failure text that say something, at most n, and how many more there are.
func (t Test) Excerpt(n int) (lines []string, more int) {
	for line := range strings.Lines(t.Message) {
		if line = strings.TrimRight(line, " \t\r\n"); strings.TrimSpace(line) != "" {
			lines = append(lines, line)
		}
	}
	if len(lines) > n {
		return lines[:n], len(lines) - n
	}
	return lines, 0
}

// Around says of each failed node around the tests which it is, and what it said.
func (s Summary) Around() []string {
	var lines []string
	for _, test := range s.Setup {
		line := fmt.Sprintf("%s: %s", test.Name, test.Place())
		if excerpt, _ := test.Excerpt(1); len(excerpt) > 0 {
			line += ": " + excerpt[0]
		}
		lines = append(lines, line)
	}
	return lines
}

// Lines are warnings as they are shown.
func Lines(warnings []Warning) []string {
	var lines []string
	for _, w := range warnings {
		lines = append(lines, w.String())
	}
	return lines
}

// Need says whether the category is required.
func (c Category) Need() string { return specs.Category{Required: c.Required}.Need() }
