package runner

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

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
// With several processes it does so only at the end, and the name follows its end, and what the test said follows that. So
// the namespaces of a test, which it names as it destroys them, are known when the next rule comes.
//
// Note: e2e.test can also post its progress, but that of Kubernetes 1.36 posts its totals only and names no test.
type follower struct {
	tests   map[string]bool // the invocation's
	began   func(test string)
	ended   func(test string, s State, took time.Duration) // 0: the test did not say how long it took
	spoke   func(Spoken)
	lines   lineReader
	rule    bool   // the line before was a rule
	current string // the test that speaks
	pending State  // how a test ended that the next line names
	naming  bool   // the next line names a test that ended
	late    bool   // the test took too long; what it says next tells whether that was its own time
	said    Spoken // of the test between two rules, so far
}

// Spoken is what a test has said between two rules: all that is known of it beside its results.
type Spoken struct {
	Test     string
	State    State         // "" if it was stopped
	Took     time.Duration // by its own word; 0 if it did not come to its end
	Attempts [][]string    // the namespaces that it made in each attempt, at least one attempt
}

// Write takes output in any portions. It never fails: what it does not understand says nothing of a test.
func (f *follower) Write(output []byte) (int, error) {
	f.lines.read = f.read
	return f.lines.Write(output)
}

// endLine is how a test ended, and how long it took. Ginkgo's words are in its reporters/default_reporter.go.
var endLine = regexp.MustCompile(`^(?:•|↺|R|S|P|!)(?: \[([A-Z]+!?|FLAKEY TEST - TOOK [0-9]+ ATTEMPTS TO PASS)\])? \[([0-9.]+) seconds\]$`)

// What a test says of its namespaces (kubernetes' test/e2e/framework/framework.go), and Ginkgo of its attempts.
var (
	namespaceLine = regexp.MustCompile(`^\s+STEP: Destroying namespace "([a-z0-9-]+)" for this suite\.`)
	attemptLine   = regexp.MustCompile(`^\s+Attempt #[0-9]+ Failed\.  Retrying`)
)

func (f *follower) read(line string) {
	afterRule := f.rule
	if f.rule = isRule(line); f.rule {
		f.close()
	}
	if f.naming {
		f.naming = false
		f.end(matchTest(f.tests, strings.Replace(line, "[It] ", "", 1)), f.pending)
		return
	}
	if f.late && strings.TrimSpace(line) == suiteTimeout {
		f.late = false
		f.said.State = ""
	}
	if m := endLine.FindStringSubmatch(line); m != nil {
		seconds, _ := strconv.ParseFloat(m[2], 64) // what is no number took no time
		f.said.Took = time.Duration(seconds * float64(time.Second))
		f.late = m[1] == "TIMEDOUT"
		f.endOf(stateOf(m[1]))
		return
	}
	if m := namespaceLine.FindStringSubmatch(line); m != nil {
		f.namespace(m[1])
	} else if attemptLine.MatchString(line) {
		f.said.Attempts = append(f.attempts(), []string{})
	}
	if afterRule {
		if f.current = matchTest(f.tests, line); f.current != "" {
			f.said.Test = f.current
			f.began(f.current)
		}
	}
}

// suiteTimeout is how Ginkgo says that a test was stopped because the time of all was over (its internal/suite.go). A test that
// took too long by itself says something else.
const suiteTimeout = "[TIMEDOUT] A suite timeout occurred"

// namespace adds a namespace to the attempt that speaks.
func (f *follower) namespace(name string) {
	f.said.Attempts = f.attempts()
	last := len(f.said.Attempts) - 1
	if !slices.Contains(f.said.Attempts[last], name) {
		f.said.Attempts[last] = append(f.said.Attempts[last], name)
	}
}

// attempts are those of the test that speaks, the first at least.
func (f *follower) attempts() [][]string {
	if len(f.said.Attempts) == 0 {
		return [][]string{{}}
	}
	return f.said.Attempts
}

// close tells what the test between two rules said, if it was one.
func (f *follower) close() {
	if f.late && f.said.Test != "" {
		f.ended(f.said.Test, f.said.State, f.said.Took)
	}
	f.late = false
	if f.said.Test != "" {
		f.said.Attempts = f.attempts()
		f.spoke(f.said)
	}
	f.said = Spoken{}
}

// endOf tells of the end of the test that speaks, or waits for its name.
func (f *follower) endOf(s State) {
	if f.current == "" {
		f.pending, f.naming = s, true
		return
	}
	f.end(f.current, s)
	f.current = ""
}

func (f *follower) end(test string, s State) {
	if test != "" {
		f.said.Test, f.said.State = test, s
	}
	if test != "" && s != "" && !f.late {
		f.ended(test, s, f.said.Took)
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

// matchTest returns the test that a line names: its name, which labels may follow.
func matchTest(tests map[string]bool, line string) string {
	if tests[line] {
		return line
	}
	longest := ""
	for test := range tests {
		if len(test) > len(longest) && strings.HasPrefix(line, test+" [") {
			longest = test
		}
	}
	return longest
}
