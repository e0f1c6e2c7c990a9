package runner

import (
	"slices"
	"strings"
)

// failureReader reads what e2e.test says, as the follower does, and tells the first that each failed test says of its failure.
// Ginkgo writes it behind the end of the test and its name, up to where it happened:
//
//   - [FAILED] [29.474 seconds]
//     [sig-windows] ... [It] should work [sig-windows, Serial]
//     k8s.io/kubernetes/test/e2e/windows/host_process.go:97
//
//     [FAILED] expected pods to be running
//     got: Pending
//     In [It] at: k8s.io/kubernetes/test/e2e/windows/host_process.go:97 @ 11/22/26 09:16:53.739
//
// Several processes put all that the test said before these words, between "Timeline >>" and "<< Timeline".
type failureReader struct {
	lines lineReader
	tests map[string]bool // the invocation's
	tell  func(test string, said []string)
	state failureState
	test  string // "": none of the invocation's
	said  []string
}

// failureState is what the next line is.
type failureState int

const (
	elsewhere  failureState = iota
	atName                  // the name of a test that failed
	atPlace                 // where it stands, up to an empty line
	atWords                 // what it says
	atTimeline              // what the test said while it ran, in front of that
)

// mostSaid is how many lines of a failure are told.
const mostSaid = 6

func newFailureReader(tests []string, tell func(test string, said []string)) *failureReader {
	r := &failureReader{tests: map[string]bool{}, tell: tell}
	for _, test := range tests {
		r.tests[test] = true
	}
	r.lines.read = r.read
	return r
}

// Write takes output in any portions, and never fails.
func (r *failureReader) Write(output []byte) (int, error) { return r.lines.Write(output) }

// end tells of a failure, that of no test which was stopped with all others, whose words were the last of the output.
func (r *failureReader) end() {
	if r.test != "" && !slices.Contains(r.said, suiteTimeout) {
		r.tell(r.test, r.said)
	}
	r.state, r.test, r.said = elsewhere, "", nil
}

func (r *failureReader) read(line string) {
	if m := endLine.FindStringSubmatch(line); m != nil {
		r.end()
		if stateOf(m[1]) == Failed {
			r.state = atName
		}
		return
	}
	switch r.state {
	case atName:
		r.test, r.state = matchTest(r.tests, strings.Replace(line, "[It] ", "", 1)), atPlace
	case atPlace:
		switch {
		case isRule(line):
			r.end()
		case line == "":
			r.state = atWords
		}
	case atWords:
		if len(r.said) == 0 && strings.TrimSpace(line) == "Timeline >>" {
			r.state = atTimeline
			return
		}
		r.word(line)
	case atTimeline:
		if line == "  << Timeline" {
			r.state = atWords
		}
	}
}

// word takes a line of what a failure says, of which the place is the end.
func (r *failureReader) word(line string) {
	if isRule(line) || strings.HasPrefix(line, "  In [") {
		r.end()
		return
	}
	if text := strings.TrimSpace(line); text != "" && len(r.said) < mostSaid {
		r.said = append(r.said, text)
	}
}

// isRule tells whether a line is one of hyphens, which stand between tests.
func isRule(line string) bool { return len(line) >= 10 && strings.Trim(line, "-") == "" }
