package reporter

import (
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Words are how every view shows a state or a verdict.
type Words struct {
	Word   string // "passed"
	Letter string // in a table of several builds on a terminal
	Sign   string // in Markdown; "" for a state
	Tone   Tone
}

// Tone says how much something asks to be looked at. Each view has a colour for it.
type Tone int

// The tones.
const (
	Quiet    Tone = iota // nothing was to be shown
	Good                 // it was shown
	Doubtful             // it was not shown
	Bad                  // the contrary was shown
)

// Words returns the words of the state.
func (s State) Words() Words {
	return [states]Words{
		NotRun:      {Word: "not run", Letter: "-", Tone: Doubtful},
		Passed:      {Word: "passed", Letter: "P", Tone: Good},
		Flaky:       {Word: "flaky", Letter: "K", Tone: Doubtful},
		Failed:      {Word: "failed", Letter: "F", Tone: Bad},
		Skipped:     {Word: "skipped", Letter: "S", Tone: Doubtful},
		Exempt:      {Word: "exempt", Letter: "e", Tone: Quiet},
		Unproven:    {Word: "unproven", Letter: "u", Tone: Quiet},
		Unconfirmed: {Word: "unconfirmed", Letter: "?", Tone: Doubtful},
	}[s]
}

// Letter is the letter of the ability's state: small for one of which a part was shown.
func (a Ability) Letter() string {
	letter := a.State.Words().Letter
	if a.InPart && (a.State == Passed || a.State == Flaky) {
		return strings.ToLower(letter)
	}
	return letter
}

// WorstFirst returns the states in the order in which a reader needs them.
func WorstFirst() []State {
	return []State{Failed, Unconfirmed, NotRun, Skipped, Flaky, Passed, Exempt, Unproven}
}

// Words returns the words of the verdict.
func (v Verdict) Words() Words {
	return [verdicts]Words{
		Incomplete: {Word: "incomplete", Letter: "~", Sign: "⚠️", Tone: Doubtful},
		NotReady:   {Word: "not ready", Letter: "✗", Sign: "❌", Tone: Bad},
		Ready:      {Word: "ready", Letter: "✓", Sign: "✅", Tone: Good},
	}[v]
}

// String returns the word that every view shows.
func (s State) String() string { return s.Words().Word }

// String returns the word that every view shows.
func (s EndState) String() string {
	return [...]string{
		EndUnknown: "end not known", NoJob: "no job", Succeeded: "succeeded", FailedJob: "failed", Cut: "cut short", Running: "running",
	}[s]
}

// String says how the job ended, with the words that tell it, "" if there is no job.
func (e End) String() string {
	switch {
	case e.State == NoJob:
		return ""
	case e.Words == "":
		return e.State.String()
	}
	return e.State.String() + " (" + e.Words + ")"
}

// String returns the word that every view shows.
func (v Verdict) String() string { return v.Words().Word }

// Class returns the word as a class of CSS: "not-run".
func (w Words) Class() string { return specs.Slug(w.Word) }
