package runner

import (
	"bytes"
	"regexp"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// State is how a test ended.
type State = record.State

// The states that the journal knows.
const (
	Passed  = record.Passed
	Failed  = record.Failed
	Skipped = record.Skipped
)

// follower reads what e2e.test says with --ginkgo.v, line by line, and tells which test begins and which ends how. Between
// two rules of hyphens Ginkgo names the test, lets it speak indented, and says how it ended:
//
//	------------------------------
//	[sig-windows] ... should work [sig-windows, Serial]
//	  STEP: ...
//	• [10.145 seconds]
//	------------------------------
//
// With several processes it does so only at the end, and the name follows its end.
//
// Note: e2e.test can also post its progress, but that of Kubernetes 1.36 posts its totals only and names no test.
type follower struct {
	tests   map[string]bool // the invocation's
	began   func(test string)
	ended   func(test string, s State)
	line    []byte // the line so far, at most maxLine bytes of it
	rule    bool   // the line before was a rule
	current string // the test that speaks
	pending State  // a test ended so, and the next line names it
}

// Write takes output in any portions. It never fails: what it does not understand says nothing of a test.
func (f *follower) Write(output []byte) (int, error) {
	for rest := output; len(rest) > 0; {
		part, after, whole := bytes.Cut(rest, []byte("\n"))
		f.line = append(f.line, part[:min(len(part), max(0, maxLine-len(f.line)))]...)
		if !whole {
			break
		}
		f.read(strings.TrimSuffix(string(f.line), "\r"))
		f.line, rest = f.line[:0], after
	}
	return len(output), nil
}

// endLine is how a test ended, and how long it took. Ginkgo's words are in its reporters/default_reporter.go.
var endLine = regexp.MustCompile(`^(?:•|↺|R|S|P|!)(?: \[([A-Z]+!?|FLAKEY TEST - TOOK [0-9]+ ATTEMPTS TO PASS)\])? \[[0-9.]+ seconds\]$`)

func (f *follower) read(line string) {
	afterRule := f.rule
	f.rule = len(line) >= 10 && strings.Trim(line, "-") == ""
	if f.pending != "" {
		f.end(f.match(strings.Replace(line, "[It] ", "", 1)), f.pending)
		f.pending = ""
		return
	}
	if m := endLine.FindStringSubmatch(line); m != nil {
		f.endOf(stateOf(m[1]))
		return
	}
	if afterRule {
		if f.current = f.match(line); f.current != "" {
			f.began(f.current)
		}
	}
}

// endOf tells of the end of the test that speaks, or waits for its name.
func (f *follower) endOf(s State) {
	if f.current == "" {
		f.pending = s
		return
	}
	f.end(f.current, s)
	f.current = ""
}

func (f *follower) end(test string, s State) {
	if test != "" && s != "" {
		f.ended(test, s)
	}
}

// stateOf reads Ginkgo's word for an end. An unknown one, and those of a test that was stopped, are no state.
func stateOf(word string) State {
	switch {
	case word == "", strings.HasPrefix(word, "FLAKEY TEST"):
		return Passed
	case word == "FAILED", word == "TIMEDOUT", word == "PANICKED!":
		return Failed
	case word == "SKIPPED":
		return Skipped
	}
	return ""
}

// match returns the test that a line names: its name, which labels may follow.
func (f *follower) match(line string) string {
	if f.tests[line] {
		return line
	}
	longest := ""
	for test := range f.tests {
		if len(test) > len(longest) && strings.HasPrefix(line, test+" [") {
			longest = test
		}
	}
	return longest
}
