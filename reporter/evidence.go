package reporter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// Evidence is what is known of a build, gathered before anything is judged. What is not known is zero, and never good.
type Evidence struct {
	Build     Build
	End       End
	Files     int     // result files that were looked into
	Suites    []Suite // of Kubernetes' e2e tests, in the order of their time
	Versions  []Claim // of Kubernetes under test, the most trusted first
	Platforms []Claim // of the Windows nodes, such as "ltsc2022"
	Run       *record.Run
	Going     string            // who still runs it; "": nobody, as far as is known
	Pods      []record.TestPods // what the run's record says of the pods of each test
	Journal   []record.Event    // what e2e.test told while the run went on
	Nodes     []record.Node     // of the cluster, as somebody else than the run listed them, at an unknown time
	Unread    []Warning         // files that could not be read, or not within their bounds: what they say is not known
	Others    []Failure         // what failed in other suites of the build, such as the one that makes the cluster
	Log       []Warning         // the last that the build said, if it has no results
	Warnings  []Warning         // what else looks odd
	Rows      int               // testcase elements, of every suite and outcome
}

// End is how the job of a build ended.
type End struct {
	State EndState
	Words string // what is known of it, for a reader: "SUCCESS", "there is no finished.json"; "" for NoJob
}

// EndState is how a job ended. The zero value is EndUnknown.
type EndState int

// The ends.
const (
	EndUnknown EndState = iota // lost, or contradicted
	NoJob                      // results of one's own: there is no job that could have ended
	Succeeded
	FailedJob // the job ended by itself, and failed
	Cut       // somebody or something ended it: aborted, evicted, timed out
	Running
)

// Claim is what some source says.
type Claim struct {
	Value  string
	Source string // "finished.json", "--kubernetes-version", ...
}

// Failure is a failed row of a suite that is not Kubernetes' e2e suite.
type Failure struct {
	Suite string
	Test  Test
}

// Suite is one run of e2e.test, or of one of its processes, as a testsuite element tells of it.
type Suite struct {
	File       string
	Line       int    // from 1
	Cut        string // why it was not read to its end; "" if it was
	DryRun     bool   // it says that it selected tests and ran none
	Succeeded  string // what it says of its own success: "true", "false", or "" for nothing
	Special    string // why it ended before its end, in its own words; "" if it does not say so
	Start      time.Time
	Seconds    float64
	Worked     bool // a test in it took time
	Parallel   int  // processes that shared the tests; 0: it does not say
	Windows    Flag // whether e2e.test was called with --node-os-distro=windows
	Around     []Test
	Rows       int // testcase elements
	Unselected int // of tests that were not selected
	Failures   int // failed rows, of tests that an ability selects or not, without those of tests that passed in a later row
	Results    []Result
}

// Flag is whether a suite ran for Windows nodes.
type Flag struct {
	Shown        bool   // a test ran that runs with that flag only, or one was left out since the nodes are Windows
	Contradicted string // a test that was left out since the nodes are not Windows; "" for none
}

// Result is one row of a test: an attempt, or several that the row sums up.
type Result struct {
	Test
	Retries int // attempts that failed before, by the row itself
}

// cutDoubt says that a suite was not read to its end, "" if it was.
func (s Suite) cutDoubt() string {
	if s.Cut == "" {
		return ""
	}
	return s.at("the suite was read only in part: %s", s.Cut)
}

func (s Suite) at(format string, args ...any) string {
	return Warning{File: s.File, Line: s.Line, Message: fmt.Sprintf(format, args...)}.String()
}

// doubts are what stands against every result of the suite: it is to be whole, real, and to have ended well by its own word.
func (s Suite) doubts() []string {
	list := []string{s.cutDoubt()}
	resumed := reportdir.IsResumed(s.File)
	if resumed {
		list = append(list, s.at("taken over from results that were cut short"))
	}
	if s.DryRun {
		list = append(list, s.at("a dry run: nothing ran"))
	}
	if s.Special != "" {
		list = append(list, s.at("the run was cut short: %s", s.Special))
	}
	if !s.DryRun && s.Special == "" && !s.Worked && !resumed && slices.ContainsFunc(s.Results, func(r Result) bool { return good(r.State) }) {
		list = append(list, s.at("no test took any time, as in a dry run"))
	}
	for _, node := range s.Around {
		list = append(list, s.at("%s failed", node.Name))
	}
	list = append(list, s.successDoubt())
	if s.Windows.Contradicted != "" {
		list = append(list, s.at("it did not run for Windows: %s", s.Windows.Contradicted))
	}
	return slices.DeleteFunc(list, func(text string) bool { return text == "" })
}

// successDoubt says that the suite denies its success for no reason that is known, "" if it does not.
func (s Suite) successDoubt() string {
	explained := s.Failures > 0 || len(s.Around) > 0 || s.Special != ""
	switch {
	case s.Succeeded == "" || s.Succeeded == "true" || explained:
		return ""
	case s.Succeeded == "false":
		return s.at("the suite says that it failed, and does not say why")
	}
	return s.at("whether the suite succeeded is not known: it says %q", s.Succeeded)
}

// void tells whether nothing ran in the suite, whatever its rows say.
func (s Suite) void() bool {
	return s.DryRun || !s.Worked || slices.ContainsFunc(s.Around, func(t Test) bool { return strings.Contains(t.Name, "BeforeSuite") })
}
