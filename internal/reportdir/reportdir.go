// Package reportdir names the files of a report directory: what a run writes into it, and what a later run or a report
// finds there. Each name stands here once, beside its reverse. docs/run.md says what the files hold.
package reportdir

import (
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// The files of which there is one.
const (
	Record   = "op-readiness.json"           // what the run was, and what it came to
	View     = "junit_op-readiness.xml"      // the result by ability, for TestGrid, Spyglass and others; no result of e2e.test
	Page     = "op-readiness.html"           // the report as a page
	Lens     = "op-readiness.md"             // the report in short, for the markdown lens of Spyglass
	PageLink = "op-readiness.link.txt"       // in a Prow job: where the page will be, in the form of Spyglass's links lens
	Metadata = "metadata.json"               // what Prow copies into finished.json and TestGrid shows above its columns
	Log      = "e2e.log"                     // all that e2e.test said, raw
	Journal  = "op-readiness-progress.jsonl" // which test ended how, a line as each ends
	Baseline = "op-readiness-baseline.json"  // of a periodic: the states of tests and abilities, for whoever compares with it
	Pods     = "op-readiness-evidence.jsonl" // which pods of each test ran where, a line as each test ends
	Items    = "op-readiness-sonobuoy.yaml"  // the result in Sonobuoy's manual form, where Sonobuoy runs the run
	Lock     = "op-readiness.lock"           // there while a run works in the folder; it names the process
)

// Prefix is what e2e.test puts into the names of an invocation's JUnit files, behind "junit_" (its --report-prefix).
func Prefix(invocation int) string { return fmt.Sprintf("e2e-%03d_", invocation) }

// Results is the pattern (path.Match) of the JUnit files that an invocation wrote.
func Results(invocation int) string { return "junit_" + Prefix(invocation) + "*.xml" }

// Progress is the JUnit file with what is known of an invocation that wrote none.
func Progress(invocation int) string { return "junit_" + Prefix(invocation) + "progress.xml" }

// Resumed is the JUnit file with what still holds of results that were cut short, before the invocation that goes on.
func Resumed(last int) string { return fmt.Sprintf("junit_resumed-%03d.xml", last) }

// IsResumed tells whether a name is one by Resumed.
func IsResumed(name string) bool {
	number, ok := Invocation(name)
	return ok && path.Base(name) == Resumed(number)
}

// Cut is the name that a JUnit file that was cut short gets when its results were taken over: one that no reader of
// results looks for, in the same folder.
func Cut(name string) string { return path.Join(path.Dir(name), cutPrefix+path.Base(name)) }

const cutPrefix = "cut-"

// IsCut tells whether a name is one by Cut.
func IsCut(name string) bool { return strings.HasPrefix(path.Base(name), cutPrefix) }

var numbered = regexp.MustCompile(`^junit_(?:e2e|resumed)-([0-9]{1,9})[_.]`)

// Invocation returns the number in the name of a file by Results, Progress or Resumed; ok is false for any other.
func Invocation(name string) (number int, ok bool) {
	m := numbered.FindStringSubmatch(path.Base(name))
	if m == nil {
		return 0, false
	}
	number, err := strconv.Atoi(m[1])
	return number, err == nil
}
