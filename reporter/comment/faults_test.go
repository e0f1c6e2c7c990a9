package comment_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

var (
	greenCategory = regexp.MustCompile(`(?m)^\| ([^|\n]+?)(?: \(optional\))? \| ✅`)
	greenAbility  = regexp.MustCompile(`(?m)^\| [^|\n]+ \| ([^|\n]+) \| (?:passed|flaky)(?: in part)? \|`)
)

// greenIn are the categories, abilities and verdicts that a comment shows as good.
func greenIn(text string) []string {
	var names []string
	for _, m := range append(greenCategory.FindAllStringSubmatch(text, -1), greenAbility.FindAllStringSubmatch(text, -1)...) {
		names = append(names, m[1])
	}
	if strings.Contains(text, "### ✅") {
		names = append(names, "**Verdict**")
	}
	return names
}

// goodBy are those that the judge says are good.
func goodBy(s reporter.Summary) []string {
	var names []string
	if s.Verdict == reporter.Ready {
		names = append(names, "**Verdict**")
	}
	for _, c := range s.Categories {
		if c.Verdict == reporter.Ready {
			names = append(names, c.Name)
		}
		for _, a := range c.Abilities {
			if a.State == reporter.Passed || a.State == reporter.Flaky {
				names = append(names, a.Description)
			}
		}
	}
	return names
}

// TestNotGreener does every single fault to a ready build, and holds that a comment shows nothing as good that the judge does
// not, and says of what is not good why.
func TestNotGreener(t *testing.T) {
	t.Parallel()
	e, q := reportertest.ReadyBuild(t)
	ready := reportertest.Answer(t, e, q)
	text := comment.Render([]reporter.Summary{ready}, nil, comment.Options{})
	for _, name := range goodBy(ready) {
		if !slices.Contains(greenIn(text), name) {
			t.Errorf("the test does not see that %q is shown as good:\n%s", name, text)
		}
	}
	for _, f := range reportertest.Faults() {
		e, q := reportertest.ReadyBuild(t)
		f.Do(&e, &q)
		s := reportertest.Answer(t, e, q)
		for _, jobs := range [][]reporter.Summary{{s}, {s, ready}} {
			text := comment.Render(jobs, nil, comment.Options{})
			if s.Verdict != reporter.Ready && s.End.State != reporter.Running && strings.Contains(text, "### ✅") {
				t.Errorf("%s: the verdict is good:\n%s", f.Name, text)
			}
			if len(jobs) > 1 {
				continue
			}
			good := goodBy(s)
			for _, name := range greenIn(text) {
				if !slices.Contains(good, name) {
					t.Errorf("%s: %q is shown as good", f.Name, name)
				}
			}
			if s.Verdict == reporter.Incomplete && s.End.State != reporter.Running && !strings.Contains(text, "**Why the proof is not whole**") {
				t.Errorf("%s: it is not said why:\n%s", f.Name, text)
			}
		}
	}
}

// TestEnds holds that a comment tells how jobs ended, and what a user declared.
func TestEnds(t *testing.T) {
	t.Parallel()
	for state, want := range map[reporter.EndState][]string{
		reporter.Running:    {"1 still running", "| **Verdict** | ⏳ running |", "### ⏳ Windows operational readiness: running"},
		reporter.Cut:        {"Without an end of its own: `a` (cut short).", "| **Verdict** | ⚠️ incomplete, cut short |"},
		reporter.EndUnknown: {"Without an end of its own: `a` (end not known).", "| **Verdict** | ⚠️ incomplete, end not known |"},
		reporter.Succeeded:  {"| **Verdict** | ✅ ready, placement declared |", "Placement of pods declared by the user, not shown: `a`."},
	} {
		e, q := reportertest.ReadyBuild(t)
		e.End, e.Build.Job = reporter.End{State: state}, "a"
		if state == reporter.Succeeded {
			q.Declared = "windows"
		}
		text := comment.Render([]reporter.Summary{reportertest.Answer(t, e, q)}, nil, comment.Options{})
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

// TestWholeNotes holds that what an ability's tests do not show is told to its end.
func TestWholeNotes(t *testing.T) {
	t.Parallel()
	text := comment.Render([]reporter.Summary{everyTest(t, "a", "v1.36.3")}, nil, comment.Options{})
	notes := 0
	for _, c := range everyTest(t, "a", "v1.36.3").Categories {
		for _, a := range c.Abilities {
			if !a.InPart {
				continue
			}
			notes++
			last := a.Notes[strings.LastIndex(strings.TrimSuffix(a.Notes, "."), ".")+1:]
			if words := strings.Fields(last); !strings.Contains(text, words[len(words)-1]) {
				t.Errorf("%s: its notes are cut: %s", a.ID, a.Notes)
			}
		}
	}
	if notes < 10 || strings.Contains(text, "…") {
		t.Errorf("%d notes, and something is cut:\n%s", notes, text)
	}
}
