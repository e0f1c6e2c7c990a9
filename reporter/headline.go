package reporter

import (
	"fmt"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Headline is the verdict in one sentence. It speaks for the cluster only if every required category of KEP-2578 was judged,
// and names only what it covers.
func (s Summary) Headline() string {
	word, where := strings.ToUpper(s.Verdict.String())+": ", s.Pretence()+s.declared()+"."
	if s.Whole {
		said := [verdicts]string{Incomplete: "is not shown to be operationally ready", NotReady: "is not operationally ready", Ready: "is operationally ready"}
		return word + "The cluster " + said[s.Verdict] + where
	}
	var names []string
	for _, c := range s.Categories {
		if c.Verdict == s.Verdict {
			names = append(names, c.Name)
		}
	}
	if len(s.Picked) > 0 && len(names) > 0 {
		return word + s.picked(names)
	}
	switch {
	case len(s.Categories) == 0:
		return word + "No category was judged."
	case len(names) == 1:
		said := [verdicts]string{Incomplete: "is not shown to be ready", NotReady: "is not ready", Ready: "is ready"}
		return word + names[0] + " " + said[s.Verdict] + where
	}
	said := [verdicts]string{Incomplete: "are not shown to be ready", NotReady: "are not ready", Ready: "are ready"}
	return word + strings.Join(names, ", ") + " " + said[s.Verdict] + where
}

// Answer is the verdict in as few words as there may be: "ready", "ready on pretended Windows nodes".
func (s Summary) Answer() string { return s.Verdict.String() + s.Pretence() }

// Affirmed is what a verdict says if it is good: "The cluster is operationally ready".
func (s Summary) Affirmed() string {
	text := "The judged categories are ready"
	if s.Whole {
		text = "The cluster is operationally ready"
	}
	return text + s.Pretence()
}

// Answers counts the answers of builds, the worst verdict first: "1 not ready, 2 ready".
func Answers(summaries []Summary) string {
	var parts []string
	for _, v := range []Verdict{NotReady, Incomplete, Ready} {
		for _, pretended := range []bool{false, true} {
			n, answer := 0, Summary{Verdict: v, Pretended: pretended}.Answer()
			for _, s := range summaries {
				if s.Verdict == v && s.Pretended == pretended {
					n++
				}
			}
			if n > 0 {
				parts = append(parts, fmt.Sprintf("%d %s", n, answer))
			}
		}
	}
	return strings.Join(parts, ", ")
}

// Pretence stands behind every verdict of a run whose nodes pretended to be Windows, "" for one on Windows.
func (s Summary) Pretence() string {
	if !s.Pretended {
		return ""
	}
	return " on pretended Windows nodes"
}

// namedAbilities is how many chosen abilities a sentence names.
const namedAbilities = 3

// picked is the verdict on abilities that were chosen by name, of categories of which nothing else was judged.
func (s Summary) picked(categories []string) string {
	said := [verdicts][2]string{
		Incomplete: {"is not shown to be ready", "are not shown to be ready"}, NotReady: {"is not ready", "are not ready"}, Ready: {"is ready", "are ready"},
	}
	if s.Verdict != Ready { // one that is not ready speaks for all
		said[NotReady][1], said[Incomplete][1] = "are not all ready", "are not all shown to be ready"
	}
	names := strings.Join(s.Picked[:min(len(s.Picked), namedAbilities)], ", ")
	if more := len(s.Picked) - namedAbilities; more > 0 {
		names += fmt.Sprintf(" and %d more", more)
	}
	kind, verb := "abilities", said[s.Verdict][1]
	if len(s.Picked) == 1 {
		kind, verb = "ability", said[s.Verdict][0]
	}
	return fmt.Sprintf("The chosen %s %s of %s %s%s.", kind, names, strings.Join(categories, ", "), verb, s.Pretence()+s.declared())
}

// declared says that the placement of pods is the word of the user, "" if it is not.
func (s Summary) declared() string {
	if s.Declared == "" {
		return ""
	}
	return " (placement of pods on " + s.Declared + " declared, not shown)"
}

// Coverage says how much the run showed of what was judged, whole and in part apart, so that readiness is not mistaken for
// coverage: "5 shown whole, 15 in part, 1 failed, 2 not shown, 2 without a test, of 25 required".
func (s Summary) Coverage() string {
	required, all := s.Required(), s.Counts()
	if required.All() == 0 {
		return all.coverage("optional") + "."
	}
	text := required.coverage("required")
	if all.All() > required.All() {
		optional := Counts{Whole: all.Whole - required.Whole, InPart: all.InPart - required.InPart}
		for i := range optional.ByState {
			optional.ByState[i] = all.ByState[i] - required.ByState[i]
		}
		text += "; " + optional.coverage("optional")
	}
	return text + "."
}

func (c Counts) coverage(kind string) string {
	text := fmt.Sprintf("%d shown whole, %d in part", c.Whole, c.InPart)
	for _, part := range []struct {
		n     int
		words string
	}{
		{c.Of(Failed), "failed"}, {c.Of(Unconfirmed) + c.Of(NotRun) + c.Of(Skipped), "not shown"}, {c.Of(Exempt), "exempt"}, {c.Of(Unproven), "without a test"},
	} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.words)
		}
	}
	return fmt.Sprintf("%s, of %d %s", text, c.All(), kind)
}

// Text lists the states that occur, the worst first: "1 failed, 2 passed, 4 unproven".
func (c Counts) Text() string {
	var parts []string
	for _, state := range WorstFirst() {
		if c.Of(state) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.Of(state), state))
		}
	}
	if len(parts) == 0 {
		return "no abilities"
	}
	return strings.Join(parts, ", ")
}

// Share is how many of the abilities were shown: "3 whole, 4 in part, of 13".
func (c Counts) Share() string {
	return fmt.Sprintf("%d whole, %d in part, of %d", c.Whole, c.InPart, c.All())
}

// Remark is what stands behind an ability's description: that its tests show a part of it only, and, where they passed,
// what is missing. "" for an ability that they show whole.
func (a Ability) Remark() string {
	switch {
	case !a.InPart:
		return ""
	case a.State == Passed || a.State == Flaky:
		return " (in part: " + strings.TrimSuffix(a.Notes, ".") + ")"
	}
	return " (in part)"
}

// notRun says of abilities without a result what the files hold instead.
func (l Ledger) notRun(n, all int) string {
	switch {
	case l.Files == 0:
		return fmt.Sprintf("not run: %d of %d abilities: there is no result file", n, all)
	case l.Suite == 0:
		return fmt.Sprintf("%d rows were read, none is of Kubernetes' e2e suite", l.Rows)
	}
	return fmt.Sprintf("not run: %d of %d abilities, for there is no result of any of their tests among %d rows", n, all, l.Suite)
}

// Place tells where the result stands, how it ended and how long it took.
func (t Test) Place() string {
	text := Warning{File: t.File, Line: t.Line, Message: t.State.String()}.String()
	if t.Status != "" && t.Status != t.State.String() {
		text += " (" + t.Status + ")"
	}
	if took := t.Took(); took > 0 {
		text += fmt.Sprintf(" after %s", took.Round(10*time.Millisecond))
	}
	return text
}

// Took is how long the test took, 0 if that is not known, or cannot be true.
func (t Test) Took() time.Duration {
	if t.Duration < 0 || t.Duration > maxDuration {
		return 0
	}
	return t.Duration
}

// maxDuration is longer than any test: what claims to have taken more says nothing.
const maxDuration = 30 * 24 * time.Hour

// Excerpt returns the first lines of a failure text that say something, at most n, and how many more there are.
func (t Test) Excerpt(n int) (lines []string, more int) {
	for line := range strings.Lines(t.Message) {
		if line = strings.TrimRight(line, " \t\r\n"); strings.TrimSpace(safetext.Line(line)) != "" {
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
