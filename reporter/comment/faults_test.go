package comment_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// greenRow is the row of a job that a comment shows as good: with what was shown whole and in part.
var greenRow = regexp.MustCompile(`(?m)^\| [^|\n]+ \| ✅[^|\n]* \|`)

// shownRow are the numbers of a row: whole, in part, failed, missing, without a test.
var shownRow = regexp.MustCompile(`(?m)^\| [^|\n]+ \| [^|\n]* \| (\d+) \| (\d+) \| (\d+) \| (\d+) \| (\d+)(?:, \d+ exempt)? \|`)

// TestNotGreener does every single fault to a ready build, and holds that a comment shows nothing as good that the judge does
// not, and says of what is not good why.
func TestNotGreener(t *testing.T) {
	t.Parallel()
	e, q := reportertest.ReadyBuild(t)
	ready := reportertest.Answer(t, e, q)
	if text := comment.Render(jobsOf(ready), comment.Options{}); !strings.Contains(text, "### ✅") || !greenRow.MatchString(text) {
		t.Errorf("the test does not see what is shown as good:\n%s", text)
	}
	for _, f := range reportertest.Faults() {
		e, q := reportertest.ReadyBuild(t)
		f.Do(&e, &q)
		s := reportertest.Answer(t, e, q)
		for _, jobs := range [][]reporter.Summary{{s}, {s, ready}} {
			text := comment.Render(jobsOf(jobs...), comment.Options{})
			if s.Verdict != reporter.Ready && strings.Contains(text, "### ✅") {
				t.Errorf("%s: the verdict is good:\n%s", f.Name, text)
			}
			if len(jobs) > 1 {
				continue
			}
			if s.Verdict != reporter.Ready && greenRow.MatchString(text) {
				t.Errorf("%s: its row is good:\n%s", f.Name, text)
			}
			checkRow(t, f.Name, text, s)
			if s.Verdict == reporter.Incomplete && s.End.State != reporter.Running && !strings.Contains(text, "**Why the proof is not whole**") && !strings.Contains(text, "**Why there is no result**") {
				t.Errorf("%s: it is not said why:\n%s", f.Name, text)
			}
		}
	}
}

// checkRow holds that the row of a job tells all that was counted, and nothing better.
func checkRow(t *testing.T, name, text string, s reporter.Summary) {
	t.Helper()
	m := shownRow.FindStringSubmatch(text)
	if s.End.State == reporter.Running {
		if m != nil {
			t.Errorf("%s: a job that runs has results:\n%s", name, text)
		}
		return
	}
	c := s.Counts()
	want := []int{c.Whole, c.InPart, c.Of(reporter.Failed), c.Of(reporter.Unconfirmed) + c.Of(reporter.NotRun) + c.Of(reporter.Skipped), c.Of(reporter.Unproven)}
	if m == nil || strings.Join(m[1:], " ") != strings.Trim(fmt.Sprint(want), "[]") {
		t.Errorf("%s: the row says %q, want %v:\n%s", name, m, want, text)
	}
}

// TestEnds holds that a comment tells how jobs ended, and what a user declared.
func TestEnds(t *testing.T) {
	t.Parallel()
	for state, want := range map[reporter.EndState][]string{
		reporter.Running:    {"1 still running", "| ⏳ running |", "### ⏳ Windows operational readiness: running"},
		reporter.Cut:        {"Without an end of its own: `a` (cut short).", ", cut short |"},
		reporter.EndUnknown: {"Without an end of its own: `a` (end not known).", ", end not known |"},
		reporter.Succeeded:  {"| ✅ ready, placement declared |", "Placement of pods declared by the user, not shown: `a`."},
	} {
		e, q := reportertest.ReadyBuild(t)
		e.End, e.Build.Job = reporter.End{State: state}, "a"
		if state == reporter.Succeeded {
			q.Declared = "windows"
		}
		text := comment.Render(jobsOf(reportertest.Answer(t, e, q)), comment.Options{})
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s: it lacks %q:\n%s", state, part, text)
			}
		}
		if state != reporter.Succeeded && strings.Contains(text, "### ✅") {
			t.Errorf("%s: the verdict is good", state)
		}
	}
}
