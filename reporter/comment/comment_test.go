package comment_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/golden"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

const (
	headSHA  = "9c1f0e3b7d5a46288e1f90c2ab34cd56ef780912"
	olderSHA = "41d2a86f0b9c4e57a3d8826b15fe07c9d4a3b6e2"
)

// shownAt are the hosts to which comments may link.
func shownAt() coordinates.Addresses {
	return coordinates.Addresses{Prow: "https://prow.k8s.io", TestGrid: "https://testgrid.k8s.io"}
}

// jobsOf is the content of builds at the head.
func jobsOf(builds ...reporter.Summary) comment.Content {
	var c comment.Content
	for _, b := range builds {
		c.Jobs = append(c.Jobs, comment.Job{Summary: b})
	}
	return c
}

// options are those of a comment on the head, with a tab for every job of the content.
func options(c comment.Content) comment.Options {
	o := comment.Options{SHA: headSHA, Addresses: shownAt(), TestGrid: map[string]string{}}
	for _, job := range c.Jobs {
		o.TestGrid[job.Build.Job] = "https://testgrid.k8s.io/sig-windows-presubmit#" + job.Build.Job
	}
	return o
}

// render renders a comment on the head.
func render(c comment.Content) string { return comment.Render(c, options(c)) }

// commentScenarios are the comments that are looked at before they are committed. Each of them a sweep can come to write.
func commentScenarios(t *testing.T) map[string]func() string {
	return map[string]func() string{
		"all-well": func() string {
			return render(jobsOf(everyTest(t, "pull-windows-op-readiness-1-36", "v1.36.3"), everyTest(t, "pull-windows-op-readiness-1-35", "v1.35.4")))
		},
		"one-new-failure": func() string { return render(jobsOf(oneNewFailure(t))) },
		"forty-failures":  func() string { return render(jobsOf(fortyFailures(t))) },
		"cut-run":         func() string { return render(jobsOf(cutRun(t))) },
		"no-cluster":      func() string { return render(jobsOf(noCluster(t))) },
		"three-jobs":      func() string { return render(threeJobs(t)) },
		"thirteen-jobs":   func() string { return render(thirteenJobs(t)) },
		"green-at-last":   func() string { return render(greenAtLast(t)) },
		"head-moved":      func() string { return render(comment.Content{Older: []reporter.Summary{older(t)}}) },
		"builds-gone":     func() string { return render(comment.Content{}) },
		"over-its-bounds": func() string {
			return render(comment.Content{Over: "pr-logs/pull/kubernetes-sigs_windows-testing/7: more than 40000 files"})
		},
		"a-build-too-many": func() string { return render(tooLarge(t)) },
	}
}

func older(t *testing.T) reporter.Summary {
	s := everyTest(t, "pull-windows-op-readiness-master", "v1.36.3")
	s.Build.SHA = olderSHA
	return s
}

// threeJobs have a failure, which is told at once, a job that is ready and one that still runs; a fourth has results of an older
// commit.
func threeJobs(t *testing.T) comment.Content {
	active := everyTest(t, "pull-windows-op-readiness-1-36", "v1.36.3")
	active.Build.Finished, active.Build.Result = time.Time{}, ""
	active.End = reporter.End{State: reporter.Running, Words: "there is no finished.json"}
	c := jobsOf(oneNewFailure(t), everyTest(t, "pull-windows-op-readiness-1-35", "v1.35.4"), active)
	c.Older = []reporter.Summary{older(t)}
	return c
}

// thirteenJobs are as many as a head can have, one of them with 41 failures.
func thirteenJobs(t *testing.T) comment.Content {
	c := jobsOf(fortyFailures(t))
	for _, part := range []string{"1-35", "1-36", "master", "core-concurrent", "core-network", "core-scheduling", "core-storage", "extend-activedirectory", "extend-hostprocess", "extend-network", "extend-networkpolicy", "extend-worker"} {
		c.Jobs = append(c.Jobs, comment.Job{Summary: everyTest(t, "pull-windows-op-readiness-"+part, "v1.36.3")})
	}
	return c
}

// greenAtLast passed at the fourth try.
func greenAtLast(t *testing.T) comment.Content {
	c := jobsOf(everyTest(t, "pull-windows-op-readiness", "v1.36.3"))
	c.Jobs[0].Earlier = []reporter.EndState{reporter.FailedJob, reporter.FailedJob, reporter.FailedJob}
	return c
}

// tooLarge is a job whose results are over their bounds, beside one that is not.
func tooLarge(t *testing.T) comment.Content {
	e := reporter.Evidence{Build: buildOf("pull-windows-op-readiness-core-network"), End: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}}
	e.Unread = []reporter.Warning{{Message: "not readable within its bounds: artifacts/junit_01.xml: more than 512 MiB of results, decompressed"}}
	c := jobsOf(reportertest.Answer(t, e, reportertest.Question(t, "v1.36.3")), everyTest(t, "pull-windows-op-readiness", "v1.36.3"))
	c.Refused = []reporter.Warning{{Message: "build 1991001002003004006 of pull-windows-op-readiness does not count: its prowjob.json is of another job or build"}}
	return c
}

func TestCommentGolden(t *testing.T) {
	t.Parallel()
	for name, render := range commentScenarios(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := render()
			golden.Check(t, filepath.Join("testdata", name+".md"), text)
			checkComment(t, text, nil)
		})
	}
}

// TestCommentHead holds what tells that results are not the head's, and that nothing is said of what is not known.
func TestCommentHead(t *testing.T) {
	t.Parallel()
	job := oneNewFailure(t)
	part := everyTest(t, "pull-windows-op-readiness-core-storage", "v1.36.3")
	part.Whole, part.Categories = false, part.Categories[1:2]
	for name, test := range map[string]struct {
		content comment.Content
		want    []string
		never   []string
	}{
		"nothing at the head": {content: comment.Content{Older: []reporter.Summary{job}},
			want:  []string{"no results at this commit", "at commit `9c1f0e3`", "Results of older commits, which do not count here: 1", "❌ not ready"},
			never: []string{"What failed", "| Job |", "### ❌"}},
		"one category":   {content: jobsOf(part), want: []string{"### ✅ Windows operational readiness: ready in Core.Storage, the rest was not tested\n", "| ✅ ready in what it tests |"}},
		"that and all":   {content: jobsOf(part, everyTest(t, "a", "v1.36.3")), want: []string{"### ✅ Windows operational readiness: ready\n"}},
		"nothing at all": {want: []string{"no results at this commit", "No op-readiness job has results"}, never: []string{"older commits", "ready\n"}},
		"at the head":    {content: jobsOf(job), want: []string{"### ❌", "1 new failure", "`/test pull-windows-op-readiness`"}, never: []string{"older commits"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := comment.Render(test.content, comment.Options{SHA: headSHA})
			for _, want := range test.want {
				if !strings.Contains(text, want) {
					t.Errorf("lacks %q:\n%s", want, text)
				}
			}
			for _, never := range test.never {
				if strings.Contains(text, never) {
					t.Errorf("has %q:\n%s", never, text)
				}
			}
		})
	}
}

// TestAtHead holds which builds of several a comment shows.
func TestAtHead(t *testing.T) {
	t.Parallel()
	build := func(job, id, sha string) reporter.Summary {
		return reporter.Summary{Build: reporter.Build{Job: job, ID: id, SHA: sha, Source: job + "/" + id}}
	}
	late := build("e", "1", headSHA)
	late.Build.Started = time.Unix(1, 0)
	content := comment.AtHead([]reporter.Summary{
		build("b", "9", headSHA), build("b", "10", headSHA), build("b", "11", olderSHA), // the newest at the head
		build("a", "1", strings.ToUpper(headSHA)),
		build("c", "2", olderSHA), build("c", "1", olderSHA), // only older ones
		build("", "1", ""), build("", "2", ""), // folders are jobs of their own
		late, build("e", "2", headSHA), // started later counts more than the id
	}, headSHA)
	var got []string
	for _, job := range content.Jobs {
		got = append(got, fmt.Sprintf("%s+%d", job.Build.Source, len(job.Earlier)))
	}
	for _, s := range content.Older {
		got = append(got, "older "+s.Build.Source)
	}
	if want := "/1+0 /2+0 a/1+0 b/10+1 e/1+1 older c/2"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestAtHeadUnknown holds that all builds are those of the head if nobody knows which commit that is.
func TestAtHeadUnknown(t *testing.T) {
	t.Parallel()
	old, new := older(t), older(t)
	old.Build.ID, new.Build.ID, new.Build.SHA = "1", "2", headSHA
	c := comment.AtHead([]reporter.Summary{old, new}, "")
	if len(c.Older) > 0 || len(c.Jobs) != 1 || c.Jobs[0].Build.ID != "2" || len(c.Jobs[0].Earlier) != 1 {
		t.Errorf("%d jobs, %d older", len(c.Jobs), len(c.Older))
	}
}

// TestOrder holds that a comment does not depend on the order in which builds were found.
func TestOrder(t *testing.T) {
	t.Parallel()
	c := steps()
	turned := steps()
	slices.Reverse(turned.Jobs)
	slices.Reverse(turned.Older)
	if render(c) != render(turned) {
		t.Error("in another order the comment is another")
	}
}

// TestLimit holds that a comment is as long as it may be, and without a limit no longer than what GitHub takes.
func TestLimit(t *testing.T) {
	t.Parallel()
	c := steps()
	for i := range c.Jobs[0].Categories[0].Abilities[0].Tests {
		c.Jobs[0].Categories[0].Abilities[0].Tests[i].Message = strings.Repeat(strings.Repeat("x", 70)+"\n", 12)
	}
	o := comment.Options{SHA: headSHA, Limit: 10_000_000}
	whole := comment.Render(c, o)
	if o.Limit = len(whole); comment.Render(c, o) != whole {
		t.Error("it is shortened though it fits")
	}
	if o.Limit = 0; len(whole) <= comment.MaxBytes || len(comment.Render(c, o)) > 65_536 {
		t.Errorf("%d bytes of %d", len(comment.Render(c, o)), len(whole))
	}
}

// TestShortest holds that a comment for which there is hardly any room still has the verdict, and says what is left out; and that
// what passed goes first, and failures last.
func TestShortest(t *testing.T) {
	t.Parallel()
	var jobs []reporter.Summary
	for i := range 10 {
		job := oneNewFailure(t)
		job.Build.Job = fmt.Sprintf("pull-%d-%s", i, strings.Repeat("x", 250))
		jobs = append(jobs, job, everyTest(t, fmt.Sprintf("ready-%d", i), "v1.36.3"))
	}
	c := jobsOf(jobs...)
	for limit, want := range map[int]struct{ has, never []string }{
		len(comment.Render(c, comment.Options{SHA: headSHA})) - 1: {[]string{"| Job |", "Not shown: 10 jobs that are ready.", "Shortened", "| [FAILED]"}, []string{"`ready-1`"}},
		4500: {[]string{"Shortened", "| [FAILED]"}, []string{"| Job |"}},
		1000: {[]string{comment.Marker + "\n### ❌ Windows operational readiness: not ready\n", "**1 new failure**", "Shortened to what fits"}, []string{"| Job |"}},
	} {
		text := comment.Render(c, comment.Options{SHA: headSHA, Limit: limit})
		if len(text) > limit {
			t.Errorf("%d bytes of %d:\n%s", len(text), limit, text)
		}
		for _, part := range want.has {
			if !strings.Contains(text, part) {
				t.Errorf("%d: it lacks %q:\n%s", limit, part, text)
			}
		}
		for _, part := range want.never {
			if strings.Contains(text, part) {
				t.Errorf("%d: it has %q:\n%s", limit, part, text)
			}
		}
	}
}

// TestManyFailures holds that a reader sees ten failures with their texts, unfolded, whatever else there is.
func TestManyFailures(t *testing.T) {
	t.Parallel()
	text := render(thirteenJobs(t))
	open, _, _ := strings.Cut(text, "<details>")
	if n := strings.Count(open, "| [FAILED]"); n < 10 {
		t.Errorf("%d failures with text:\n%s", n, text)
	}
	if n := strings.Count(text, "/test pull-windows-op-readiness"); n != 13 {
		t.Errorf("%d of 13 jobs have a row:\n%s", n, text)
	}
	if strings.Index(text, "**new**") > strings.Index(text, "**also failing") || strings.Index(text, "**new**") > strings.Index(text, "| Job |") {
		t.Errorf("the new failures are not the first:\n%s", text)
	}
}

// TestReason holds that a job without results says why in the first line, and not that there is no file.
func TestReason(t *testing.T) {
	t.Parallel()
	text := render(jobsOf(noCluster(t)))
	if !strings.Contains(text, "**Why there is no result** in [`pull-windows-op-readiness`](https://prow.k8s.io/view/") ||
		!strings.Contains(text, "`build-log.txt: error: timed out waiting for the condition on clusters/capz-conf-x1y2z3`") {
		t.Errorf("the reason is not the first:\n%s", text)
	}
}

// TestHosts holds that links lead to the configured hosts alone, whatever a build says.
func TestHosts(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"https://example.com/view/gs/x", "https://prow.k8s.io.example.com/view/x", "https://prow.k8s.io@example.com/", "javascript:alert(1)", "//example.com"} {
		job := oneNewFailure(t)
		job.Build.URL = address
		c := jobsOf(job)
		o := options(c)
		o.TestGrid[job.Build.Job] = address
		if text := comment.Render(c, o); strings.Contains(text, "](") || strings.Contains(text, "history") {
			t.Errorf("it links:\n%s", text)
		}
	}
}
