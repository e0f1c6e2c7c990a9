package comment_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// steps is content of which everything is more than any step shows: a job with 150 failures of 12 lines and 25 reasons, 29 others that
// failed, 10 that are ready, and 8 of an older commit.
func steps() comment.Content {
	failing := func(job string, failures int) reporter.Summary {
		s := reporter.Summary{Build: reporter.Build{Job: job}, Verdict: reporter.NotReady, End: reporter.End{State: reporter.FailedJob}, Ledger: reporter.Ledger{Files: 1, Suite: 1}}
		a := reporter.Ability{TestCase: specs.TestCase{Description: "it works"}, State: reporter.Failed}
		for i := range failures {
			test := reporter.Test{Name: fmt.Sprintf("%s fails %03d", job, i), State: reporter.Failed, Status: "failed", File: "junit.xml", Line: 1}
			for line := range 12 {
				test.Message += fmt.Sprintf("line %02d of %s\n", line, test.Name)
			}
			a.Tests = append(a.Tests, test)
		}
		s.Categories = []reporter.Category{{Name: "Core.Network", Required: true, Verdict: reporter.NotReady, Abilities: []reporter.Ability{a}}}
		return s
	}
	first := failing("a-job", 150)
	for i := range 25 {
		first.Incomplete = append(first.Incomplete, reporter.Warning{Message: fmt.Sprintf("reason %02d", i)})
	}
	c := comment.Content{Jobs: []comment.Job{{Summary: first}}}
	for i := range 29 {
		c.Jobs = append(c.Jobs, comment.Job{Summary: failing(fmt.Sprintf("b-job-%02d", i), 0)})
	}
	for i := range 10 {
		c.Jobs = append(c.Jobs, comment.Job{Summary: reporter.Summary{
			Build: reporter.Build{Job: fmt.Sprintf("ready-%02d", i)}, Verdict: reporter.Ready, End: reporter.End{State: reporter.Succeeded},
		}})
	}
	for i := range 8 {
		c.Older = append(c.Older, reporter.Summary{Build: reporter.Build{Job: fmt.Sprintf("older-%02d", i), SHA: olderSHA}, Verdict: reporter.Ready})
	}
	return c
}

// TestSteps holds what each step of shortening leaves out: what passed and the tables first, failures last.
func TestSteps(t *testing.T) {
	t.Parallel()
	type shown struct{ Open, Lines, Folded, FoldedLines, NotShown, Reasons, Failed, Ready, Older int }
	var got []shown
	for limit := 10_000_000; ; {
		text := comment.Render(steps(), comment.Options{SHA: headSHA, Limit: limit})
		if len(text) > limit {
			break
		}
		limit = len(text) - 1
		open, folded, _ := strings.Cut(text, " more that failed")
		failures := func(part string) int { return strings.Count(part, " fails ") - strings.Count(part, "of a-job fails ") }
		s := shown{
			Open: failures(open), Lines: strings.Count(open, "of a-job fails 000"), Folded: failures(folded), FoldedLines: strings.Count(folded, "of a-job fails 010"),
			Reasons: strings.Count(text, "reason "), Failed: strings.Count(text, "| `a-job`") + strings.Count(text, "| `b-job-"), Ready: strings.Count(text, "| `ready-"),
			Older: strings.Count(text, "`older-"),
		}
		s.NotShown = 150 - s.Open - s.Folded
		if n := fmt.Sprintf("%d ", s.NotShown); s.NotShown > 0 && !strings.Contains(text, n) {
			t.Errorf("it does not say that %sare not shown:\n%s", n, text)
		}
		got = append(got, s)
	}
	want := []shown{
		{Open: 10, Lines: 10, Folded: 140, FoldedLines: 6, Reasons: 20, Failed: 30, Ready: 10, Older: 8},
		{Open: 10, Lines: 10, Folded: 140, FoldedLines: 2, Reasons: 20, Failed: 30, Older: 5},
		{Open: 10, Lines: 10, Folded: 140, Reasons: 5, Failed: 30},
		{Open: 10, Lines: 10, Folded: 100, NotShown: 40, Reasons: 2, Failed: 20},
		{Open: 10, Lines: 6, Folded: 50, NotShown: 90, Reasons: 1, Failed: 5},
		{Open: 10, Lines: 4, Folded: 20, NotShown: 120, Reasons: 1},
		{Open: 10, Lines: 3, NotShown: 140},
		{Open: 5, Lines: 2, NotShown: 145},
		{Open: 3, NotShown: 147},
		{NotShown: 150},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
