// Package reporter judges what a run of Kubernetes' e2e tests shows about the abilities of KEP-2578.
//
// It takes three steps. Evidence is what is known of a build, all of it, gathered before anything is judged: a Collector
// takes it from JUnit files, package artifacts from what else lies in a build. Judge is one pure function of evidence and
// Question, the abilities that are asked for: it gives every ability a State, every category a Verdict, and each its reasons.
// Compare holds the failures of a Summary against builds of the base branch. The rules are those of the promise "no false
// green": a thing is green only if what is known shows it, that the test ran, whole, on Windows, and passed. The words of
// every state and verdict stand here too (State.Words, Summary.Headline).
//
// The package runs no tests, reads no files and shows nothing: packages artifacts, view, page and comment do.
package reporter

import (
	"fmt"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// State is what a run shows about an ability, or, for the first four after NotRun, a test. The zero value is NotRun:
// what nobody has set is not green.
type State int

// The states, as the documentation defines them.
const (
	NotRun      State = iota // no test that was to show it has a result
	Passed                   // every test that shows it passed, and all that must hold besides is shown
	Flaky                    // likewise, but a test failed first and passed in a retry, or in a rerun that the record names
	Failed                   // a test failed, timed out or panicked, or has two results that disagree
	Skipped                  // every test was skipped at run time
	Exempt                   // the spec leaves the ability out on this provider
	Unproven                 // the spec says that no test exists
	Unconfirmed              // nothing failed and tests passed, but something that must hold besides is not shown
	states                   // how many there are
)

// Verdict is the judgement on a category or the cluster. The zero value is Incomplete.
type Verdict int

// The verdicts, as the documentation defines them.
const (
	Incomplete Verdict = iota // nothing failed, but something is not shown, or nothing passed
	NotReady                  // an ability failed
	Ready                     // every ability is passed, flaky, exempt or unproven, and at least one passed
	verdicts                  // how many there are
)

// Test is what all results for one test come to.
type Test struct {
	Name     string        // as in e2e.test --list-tests
	State    State         // Passed, Flaky, Failed or Skipped
	Status   string        // Ginkgo's word: "failed", "timedout", "panicked", ...; "" if the file has none
	Message  string        // failure text, kept for Flaky too, or the reason of a skip
	Duration time.Duration // of its last attempt
	File     string        // where its decisive result stands
	Line     int           // from 1
}

// InFlight tells whether the test was stopped because its suite was, by somebody or by the suite's timeout: then what it says
// is not of itself. A timeout of its own is. (Ginkgo's internal/suite.go words the former.)
func (t Test) InFlight() bool {
	return t.Status == "interrupted" ||
		t.Status == "timedout" && strings.HasPrefix(strings.TrimPrefix(t.Message, "[TIMEDOUT] "), "A suite timeout occurred")
}

// Warning is something that a reader of the verdict must know: what could not be read, or looks odd.
type Warning struct {
	File    string // "" for the build as a whole
	Line    int    // from 1; 0 for the file as a whole
	Message string
}

// String returns "file:line: message".
func (w Warning) String() string {
	switch {
	case w.File == "":
		return w.Message
	case w.Line == 0:
		return fmt.Sprintf("%s: %s", w.File, w.Message)
	}
	return fmt.Sprintf("%s:%d: %s", w.File, w.Line, w.Message)
}

// Build is where results come from. Every field may be unknown, and zero then.
type Build struct {
	Source     string    // as the user named it
	Job        string    // name of the Prow job
	ID         string    // Prow's build id
	Org, Repo  string    // of the pull request, or of the job's first repository
	Pull       int       // number of the pull request; 0 for a periodic
	SHA        string    // head of the pull request, or the commit under test
	Version    string    // of Kubernetes that the job is for, such as "1.36" or "master", as its labels tell
	Platform   string    // of the Windows nodes, such as "ltsc2022", as the job's labels tell
	URL        string    // the page of the build (Spyglass)
	Started    time.Time // as started.json tells
	Finished   time.Time // as finished.json tells; zero for a build that is still running, or was lost
	Result     string    // Prow's word for the end, for a reader: "SUCCESS", "FAILURE", "ABORTED", ...; "" if it has not ended
	ChosenOnly []string  // the categories that the job runs, as its annotations tell; none: not known
}

// Standing is how a failure compares with the base branch. The zero value is Uncompared.
type Standing struct {
	Kind   StandingKind
	Since  string // with AlsoFailing: the id of the first build of the row of builds in which it fails
	Failed int    // with AlsoFailing, FlakyThere and Unclear: in how many of the builds it failed, first or at last
	Of     int    // how many builds of the base branch have a result
}

// StandingKind says whether a failure is the author's to look at.
type StandingKind int

// The kinds.
const (
	Uncompared  StandingKind = iota // no baseline, or no failure
	New                             // it passes on the base branch, or has no result there
	AlsoFailing                     // it fails on the base branch as well
	FlakyThere                      // it fails now and then on the base branch
	Unclear                         // it failed in the one build of the base branch that has a result: too few to tell
)

// Summary is the judgement on one build.
type Summary struct {
	Build             Build
	End               End
	KubernetesVersion string         // as most trusted of what is known, or as the user said
	Assumed           bool           // no catalog of tests is of that version: the tests of the nearest were expected
	Provider          string         // as in e2e.test's --provider; "" if unknown
	Declared          string         // the placement that the user declared, such as "windows"; "": none
	Pretended         bool           // a Windows node of the cluster pretended to be one, as the run recorded: nothing is shown of Windows
	Spec              specs.Identity // by which it was judged
	Nodes             []record.Node  // of the cluster, as the run recorded them
	Tool              string         // that ran the tests, as the run recorded it
	Verdict           Verdict
	Chosen            bool       // the categories were chosen, by the user, the job or the run: all of them count
	Picked            []string   // ids of the abilities that were chosen by name: all that was judged; none: whole categories
	Whole             bool       // every required category of KEP-2578 is among Categories: Verdict speaks for the cluster
	Baseline          int        // builds of the base branch that it was compared with; 0: it was not
	Categories        []Category // in the order of KEP-2578
	Ledger            Ledger
	Setup             []Test    // failed nodes around the tests, such as BeforeSuite
	Others            []Failure // what failed in other suites
	Incomplete        []Warning // what stands against every result of the build
	Shortage          []string  // what the cluster lacks of the nodes that KEP-2578 asks for, and what cannot be shown for that
	Warnings          []Warning
}

// Ledger counts the rows of a build, so that it can be told what became of them.
type Ledger struct {
	Files    int // result files
	Rows     int // testcase elements
	Suite    int // of these, of Kubernetes' e2e suite
	Selected int // of these, results of tests that a judged ability selects
	Expected int // tests that the judged abilities have
	Missing  int // of these, without a result
}

// Category is the judgement on one category.
type Category struct {
	Name      string
	Required  bool
	Verdict   Verdict
	Abilities []Ability // in the order of KEP-2578
}

// Ability is the judgement on one ability.
type Ability struct {
	specs.TestCase
	State    State
	InPart   bool     // what was shown is a part of the ability; for one that is not shown, what its tests can show
	Standing Standing // of a failure, if the build was compared
	Reasons  []string // why the ability is not passed: what is missing, or the word of a test or the spec
	Tests    []Test   // its tests that have a result, by name
	Missing  []string // its tests that have none, by name
	Ran      []Place  // where its pods ran, as the run recorded them
}

// Place is a kind of node on which pods of an ability ran.
type Place struct {
	OS, Build, Runtime string
	Pretended          bool     // they are Linux nodes that pretend to be Windows
	Nodes              []string // by name
}

// Counts tells how many abilities have each state.
type Counts struct {
	ByState [states]int
	Whole   int // shown, whole
	InPart  int // shown, in part
}

// All is the number of abilities.
func (c Counts) All() int {
	all := 0
	for _, n := range c.ByState {
		all += n
	}
	return all
}

// Shown is the number of abilities that were shown, whole or in part.
func (c Counts) Shown() int { return c.Whole + c.InPart }

// Of is the number of abilities in a state.
func (c Counts) Of(s State) int { return c.ByState[s] }

func (c *Counts) add(a Ability) {
	c.ByState[a.State]++
	switch {
	case a.State != Passed && a.State != Flaky:
	case a.InPart:
		c.InPart++
	default:
		c.Whole++
	}
}

// Counts counts the category's abilities.
func (c Category) Counts() Counts {
	var counts Counts
	for _, a := range c.Abilities {
		counts.add(a)
	}
	return counts
}

// Counts counts the abilities of all categories.
func (s Summary) Counts() Counts {
	var counts Counts
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			counts.add(a)
		}
	}
	return counts
}

// Required counts the abilities of the required categories.
func (s Summary) Required() Counts {
	var counts Counts
	for _, c := range s.Categories {
		if c.Required {
			for _, a := range c.Abilities {
				counts.add(a)
			}
		}
	}
	return counts
}

// Reason is all that stands against the ability in one line, "" for nothing.
func (a Ability) Reason() string { return strings.Join(a.Reasons, "; ") }
