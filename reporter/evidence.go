package reporter

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/record"
	"sigs.k8s.io/windows-operational-readiness/specs"
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
	Pods      []record.TestPods // what the run's record says of the pods of each test
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
	Failures   int // failed rows, of tests that an ability selects or not
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

// version returns what the most trusted source says, "" if none does.
func (e Evidence) version() string {
	for _, c := range e.Versions {
		if c.Value != "" {
			return c.Value
		}
	}
	return ""
}

// contradiction says that two sources disagree about the same thing, "" if all agree. Same tells whether two values mean the
// same.
func contradiction(what string, claims []Claim, same func(a, b string) bool) string {
	for i, first := range claims {
		for _, next := range claims[i+1:] {
			if first.Value != "" && next.Value != "" && !same(first.Value, next.Value) {
				return fmt.Sprintf("%s is not known: %s says %s, %s says %s", what, first.Source, first.Value, next.Source, next.Value)
			}
		}
	}
	return ""
}

// sameMinor tells whether two versions are of the same minor version; what is no version, or master, says nothing.
func sameMinor(a, b string) bool {
	v, errV := specs.ParseVersion(a)
	w, errW := specs.ParseVersion(b)
	if errV != nil || errW != nil || v == specs.Master() || w == specs.Master() {
		return true
	}
	return v == w
}

// windowsBuilds are the platforms by the build of their Windows.
func windowsBuilds() map[string]string {
	return map[string]string{"10.0.17763": "ltsc2019", "10.0.20348": "ltsc2022", "10.0.26100": "ltsc2025"}
}

// platformOf is the platform of a node's build, such as "ltsc2022" of "10.0.20348.2700"; "" if it is not known.
func platformOf(build string) string {
	for prefix, platform := range windowsBuilds() {
		if build == prefix || strings.HasPrefix(build, prefix+".") {
			return platform
		}
	}
	return ""
}

// platformClaims are those of the sources and of the run's own nodes.
func (e Evidence) platformClaims() []Claim {
	claims := slices.Clone(e.Platforms)
	if e.Run == nil || e.Run.Cluster == nil {
		return claims
	}
	for _, node := range e.Run.Cluster.Nodes {
		if platform := platformOf(node.Build); node.OS == string(specs.Windows) && platform != "" {
			claims = append(claims, Claim{platform, "node " + node.Name})
		}
	}
	return claims
}

// doubts are what stands against every result of the build.
func (e Evidence) doubts() []string {
	var list []string
	add := func(text string) {
		if text != "" {
			list = append(list, text)
		}
	}
	add(e.endDoubt())
	add(contradiction("the Kubernetes version", e.Versions, sameMinor))
	add(contradiction("the Windows version", e.platformClaims(), func(a, b string) bool { return a == b }))
	for _, w := range e.Unread {
		add(w.String())
	}
	return append(list, e.runDoubts()...)
}

// endDoubt says why the end of the job leaves results in doubt, "" if it does not.
func (e Evidence) endDoubt() string {
	switch e.End.State {
	case NoJob, Succeeded:
		return ""
	case FailedJob:
		if e.failures() > 0 || e.Files == 0 {
			return ""
		}
		return fmt.Sprintf("the job failed (%s), although no test did", e.End.Words)
	case Running:
		return "the build is still running: " + e.End.Words
	case Cut:
		return "the job was cut short: " + e.End.Words
	}
	return "how the job ended is not known: " + cmp.Or(e.End.Words, "nothing tells")
}

// failures counts what failed in suites of any kind.
func (e Evidence) failures() int {
	n := len(e.Others)
	for _, s := range e.Suites {
		n += s.Failures + len(s.Around)
	}
	return n
}

// runDoubts are what our own record of the run says against its results.
func (e Evidence) runDoubts() []string {
	r := e.Run
	if r == nil {
		return nil
	}
	var list []string
	switch {
	case r.Ended == nil:
		list = append(list, "the run did not come to its end")
	case r.EndedBy == record.EndingInterrupted:
		list = append(list, "the run was interrupted")
	case r.EndedBy == record.EndingTimeout:
		list = append(list, "the run took longer than it may, and was ended")
	}
	for _, call := range r.Calls {
		if call.Problem != "" {
			list = append(list, fmt.Sprintf("call %d of e2e.test: %s", call.Number, call.Problem))
		} else if call.Ending != record.Completed {
			list = append(list, fmt.Sprintf("call %d of e2e.test: %s", call.Number, call.Ending))
		}
	}
	return list
}

// interrupted tells whether the run was ended from outside, so that what was in flight has no result of its own.
func (e Evidence) interrupted(s Suite) bool {
	special := strings.ToLower(s.Special)
	return e.End.State == Cut || strings.Contains(special, "interrupt") || strings.Contains(special, "timeout") ||
		e.Run != nil && (e.Run.EndedBy == record.EndingInterrupted || e.Run.EndedBy == record.EndingTimeout)
}

// doubts are what stands against every result of the suite: it is to be whole, real, and to have ended well by its own word.
func (s Suite) doubts() []string {
	var list []string
	at := func(format string, args ...any) {
		list = append(list, Warning{File: s.File, Line: s.Line, Message: fmt.Sprintf(format, args...)}.String())
	}
	if s.Cut != "" {
		at("the suite was read only in part: %s", s.Cut)
	}
	if s.DryRun {
		at("a dry run: nothing ran")
	}
	if s.Special != "" {
		at("the run was cut short: %s", s.Special)
	}
	if !s.DryRun && !s.Worked && len(s.Results) > 0 {
		at("no test took any time, as in a dry run")
	}
	for _, node := range s.Around {
		at("%s failed", node.Name)
	}
	if s.Succeeded == "false" && s.Failures == 0 && len(s.Around) == 0 && s.Special == "" {
		at("the suite says that it failed, and does not say why")
	}
	if s.Windows.Contradicted != "" {
		at("it did not run for Windows: %s", s.Windows.Contradicted)
	}
	return list
}

// void tells whether nothing ran in the suite, whatever its rows say.
func (s Suite) void() bool {
	return s.DryRun || !s.Worked || slices.ContainsFunc(s.Around, func(t Test) bool { return strings.Contains(t.Name, "BeforeSuite") })
}
