// Package reporter judges what a run of Kubernetes' e2e tests shows about the abilities of KEP-2578.
//
// It takes three steps: a Collector turns the JUnit files of a build into Results, one entry per test; Summarize attributes
// the tests to abilities by the spec and gives every ability a State and every category a Verdict; Compare holds the
// failures of a Summary against builds of the base branch. The rules are those of the promise "no false green": a thing is
// green only if a test that proves it ran and passed. The words of every state and verdict stand here too (State.Words,
// Summary.Headline).
//
// The package runs no tests, reads no files and shows nothing: packages artifacts, view, page and comment do.
package reporter

import (
	"fmt"
	"time"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// State is what a run shows about an ability, or, for the first four after NotRun, a test. The zero value is NotRun:
// what nobody has set is not green.
type State int

// The states, as the documentation defines them.
const (
	NotRun   State = iota // planned, but no result for it exists
	Passed                // at least one test ran, and none failed
	Flaky                 // a test failed and then passed in the same run, and none failed for good
	Failed                // a test failed, timed out, panicked, was interrupted or aborted
	Skipped               // every test was skipped at run time
	Exempt                // the spec leaves the ability out on this provider
	Unproven              // the spec says that no test exists
	states                // how many there are
)

// Verdict is the judgement on a category or the cluster. The zero value is Incomplete.
type Verdict int

// The verdicts, as the documentation defines them.
const (
	Incomplete Verdict = iota // nothing failed, but something was skipped or not run, or nothing passed
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
	Result     string    // Prow's word for the end: "SUCCESS", "FAILURE", "ABORTED", ...; "" if it has not ended
	ChosenOnly []string  // the categories that the job runs, as its annotations tell; none: not known
}

// Standing is how a failure compares with the base branch. The zero value is Uncompared.
type Standing struct {
	Kind   StandingKind
	Since  string // with AlsoFailing: the id of the first build of the row of builds in which it fails
	Failed int    // with FlakyThere: in how many of the builds it failed
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
)

// Results are what the JUnit files of one build say.
type Results struct {
	Build             Build
	KubernetesVersion string    // of the cluster under test, such as "v1.36.3"; "" if the build does not tell
	Files             int       // result files read
	Tests             []Test    // one for each test that has a result, by name
	Setup             []Test    // failed nodes around the tests, such as BeforeSuite
	Incomplete        []Warning // why tests may be missing: a file cut short, a suite that never started or ran out of time
	Warnings          []Warning // what else looks odd
}

// Summary is the judgement on one build.
type Summary struct {
	Build             Build
	KubernetesVersion string // as in Results, or as the user said
	Provider          string // as in e2e.test's --provider; "" if unknown
	Verdict           Verdict
	Whole             bool       // every required category of KEP-2578 is among Categories: Verdict speaks for the cluster
	Baseline          int        // builds of the base branch that it was compared with; 0: it was not
	Categories        []Category // in the order of KEP-2578
	Setup             []Test
	Incomplete        []Warning
	Warnings          []Warning
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
	Standing Standing // of a failure, if the build was compared
	Reason   string   // why the ability is skipped, exempt or unproven, or, if something is known about it alone, not run
	Tests    []Test   // its tests that have a result, by name
}

// Counts tells how many abilities have each state.
type Counts [states]int

// Proven is the number of abilities that a test showed in this run.
func (c Counts) Proven() int { return c[Passed] + c[Flaky] }

// All is the number of abilities.
func (c Counts) All() int {
	all := 0
	for _, n := range c {
		all += n
	}
	return all
}

// Counts counts the category's abilities by state.
func (c Category) Counts() Counts {
	var counts Counts
	for _, a := range c.Abilities {
		counts[a.State]++
	}
	return counts
}

// Counts counts the abilities of all categories by state.
func (s Summary) Counts() Counts {
	var counts Counts
	for _, c := range s.Categories {
		for state, n := range c.Counts() {
			counts[state] += n
		}
	}
	return counts
}
