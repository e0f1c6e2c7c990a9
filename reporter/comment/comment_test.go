package comment_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/golden"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

const (
	headSHA  = "9c1f0e3b7d5a46288e1f90c2ab34cd56ef780912"
	olderSHA = "41d2a86f0b9c4e57a3d8826b15fe07c9d4a3b6e2"
)

// commentScenarios are the comments that are looked at before they are committed.
func commentScenarios(t *testing.T) map[string]func() string {
	o := comment.Options{SHA: headSHA, TestGrid: map[string]string{}}
	for _, job := range []string{"pull-windows-op-readiness", "pull-windows-op-readiness-1-35", "pull-windows-op-readiness-1-36"} {
		o.TestGrid[job] = "https://testgrid.k8s.io/sig-windows-presubmit#" + job
	}
	render := func(jobs ...reporter.Summary) string { return comment.Render(jobs, nil, o) }
	return map[string]func() string{
		"all-well": func() string {
			return render(everyTest(t, "pull-windows-op-readiness-1-36", "v1.36.3"), everyTest(t, "pull-windows-op-readiness-1-35", "v1.35.4"))
		},
		"one-new-failure": func() string { return render(oneNewFailure(t)) },
		"forty-failures":  func() string { return render(fortyFailures(t)) },
		"cut-run":         func() string { return render(cutRun(t)) },
		"no-cluster":      func() string { return render(noCluster(t)) },
		"three-jobs": func() string {
			active := everyTest(t, "pull-windows-op-readiness-1-36", "v1.36.3")
			active.Build.Finished, active.Build.Result = time.Time{}, ""
			active.End = reporter.End{State: reporter.Running, Words: "since 09:00"}
			older := everyTest(t, "pull-windows-op-readiness-master", "v1.36.3")
			older.Build.SHA = olderSHA
			return comment.Render([]reporter.Summary{oneNewFailure(t), everyTest(t, "pull-windows-op-readiness-1-35", "v1.35.4"), active},
				[]reporter.Summary{older}, o)
		},
		"nothing-yet": func() string { return comment.Render(nil, []reporter.Summary{oneNewFailure(t)}, o) },
	}
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

// evidenceOf is that of a build in which every test passed where it should, but for what change says of results, by their
// place in the spec.
func evidenceOf(t *testing.T, job, version string, change func(i int, test *reporter.Test)) (reporter.Evidence, reporter.Question) {
	t.Helper()
	q := reportertest.Question(t, version)
	e := reportertest.Proved(t, buildOf(job), q)
	if change != nil {
		for i := range e.Suites[0].Results {
			change(i, &e.Suites[0].Results[i].Test)
		}
	}
	return e, q
}

// failing ends the job as one does in which a test failed.
func failing(e *reporter.Evidence) {
	e.Build.Result, e.End = "FAILURE", reporter.End{State: reporter.FailedJob, Words: "FAILURE"}
	e.Suites[0].Failures, e.Suites[0].Succeeded = 1, "false"
}

func buildOf(job string) reporter.Build {
	started := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	return reporter.Build{
		Source: "gs://kubernetes-ci-logs/pr-logs/pull/kubernetes-sigs_windows-operational-readiness/7/" + job + "/1991001002003004005",
		Job:    job, ID: "1991001002003004005", Org: "kubernetes-sigs", Repo: "windows-operational-readiness", Pull: 7,
		SHA: headSHA, Platform: "ltsc2022", Started: started, Finished: started.Add(2 * time.Hour), Result: "SUCCESS",
		URL: "https://prow.k8s.io/view/gs/kubernetes-ci-logs/pr-logs/pull/kubernetes-sigs_windows-operational-readiness/7/" + job + "/1991001002003004005",
	}
}

func everyTest(t *testing.T, job, version string) reporter.Summary {
	e, q := evidenceOf(t, job, version, nil)
	return reportertest.Answer(t, e, q)
}

// fail gives a test the failure text that a pod which does not come up has.
func fail(test *reporter.Test, lines int) {
	test.State, test.Status, test.Line = reporter.Failed, "failed", 6753
	test.Message = `[FAILED] expected pod "pod-configmaps-dddbd040" success: Timed out after 300.000s.
expected pod to be Succeeded or Failed, got instead:
    <*v1.Pod | 0xe97a20fc508>:
        metadata:
          creationTimestamp: "2026-05-04T09:43:24Z"
`
	for i := range lines {
		test.Message += fmt.Sprintf("          f:%d: {\"k:{\\\"name\\\":\\\"agnhost-container-%[1]d\\\"}\": {\"f:image\": {}, \"f:imagePullPolicy\": {}, \"f:resources\": {}}}\n", i)
	}
}

// passing are builds of the base branch, the newest first, in which the tests fail that failing chooses.
func passing(t *testing.T, builds int, fails func(build, i int) bool) []reporter.Summary {
	var list []reporter.Summary
	for build := range builds {
		e, q := evidenceOf(t, "ci-windows-op-readiness-1-36-ltsc2022", "v1.36.3", func(i int, test *reporter.Test) {
			if fails(build, i) {
				fail(test, 0)
			}
		})
		e.Build.ID = fmt.Sprint(1990000000000000000 - build)
		list = append(list, reportertest.Answer(t, e, q))
	}
	return list
}

func oneNewFailure(t *testing.T) reporter.Summary {
	e, q := evidenceOf(t, "pull-windows-op-readiness", "v1.36.3", func(i int, test *reporter.Test) {
		if i == 3 {
			fail(test, 3)
		}
	})
	failing(&e)
	return reporter.Compare(reportertest.Answer(t, e, q), passing(t, 4, func(_, _ int) bool { return false }))
}

func fortyFailures(t *testing.T) reporter.Summary {
	failed := 0
	e, q := evidenceOf(t, "pull-windows-op-readiness", "v1.36.3", func(_ int, test *reporter.Test) {
		if failed++; failed <= 40 {
			fail(test, 40)
		}
	})
	failing(&e)
	return reporter.Compare(reportertest.Answer(t, e, q), passing(t, 4, func(build, i int) bool { return i%3 == 0 || i%3 == 1 && build%4 == 1 }))
}

func cutRun(t *testing.T) reporter.Summary {
	e, q := evidenceOf(t, "pull-windows-op-readiness", "v1.36.3", func(i int, test *reporter.Test) {
		switch {
		case i == 2:
			test.State, test.Message = reporter.Skipped, "Only supported for node OS distro [windows] (not linux)"
		case i == 5:
			test.State = reporter.Flaky
		case i > 10:
			test.State = reporter.NotRun
		}
	})
	s := &e.Suites[0]
	s.Results = slices.DeleteFunc(s.Results, func(r reporter.Result) bool { return r.State == reporter.NotRun })
	s.Cut, s.Special = "the file ends within an element", "Interrupted by User"
	e.Build.Result, e.End = "ABORTED", reporter.End{State: reporter.Cut, Words: "ABORTED"}
	return reportertest.Answer(t, e, q)
}

func noCluster(t *testing.T) reporter.Summary {
	e := reporter.Evidence{Build: buildOf("pull-windows-op-readiness"), End: reporter.End{State: reporter.FailedJob, Words: "FAILURE"}}
	e.Build.Result = "FAILURE"
	e.Log = []reporter.Warning{{Message: "no results: no junit*.xml was uploaded; the log of the build ends like this"}}
	for _, line := range []string{
		"Creating resource group capz-conf-x1y2z3", "Waiting for the control plane to come up", "error: timed out waiting for the condition on clusters/capz-conf-x1y2z3",
		"make: *** [Makefile:71: prow-run] Error 1", "/close this is what a log may say to @contributor",
	} {
		e.Log = append(e.Log, reporter.Warning{File: "build-log.txt", Message: line})
	}
	return reportertest.Answer(t, e, reportertest.Question(t, "v1.36.3"))
}

// TestCommentHead holds what tells that results are not the head's, and that nothing is said of what is not known.
func TestCommentHead(t *testing.T) {
	t.Parallel()
	job := oneNewFailure(t)
	part := everyTest(t, "pull-windows-op-readiness-core-storage", "v1.36.3")
	part.Whole, part.Categories = false, part.Categories[1:2]
	for name, test := range map[string]struct {
		jobs, older []reporter.Summary
		want        []string
		never       []string
	}{
		"nothing at the head": {older: []reporter.Summary{job},
			want:  []string{"no results yet", "at commit `9c1f0e3`", "Results of older commits, which do not count here: 1", "❌ not ready"},
			never: []string{"What failed", "| Category |", "### ❌"}},
		"one category":   {jobs: []reporter.Summary{part}, want: []string{"### ✅ Windows operational readiness: ready in Core.Storage, the rest was not tested\n"}},
		"that and all":   {jobs: []reporter.Summary{part, everyTest(t, "a", "v1.36.3")}, want: []string{"### ✅ Windows operational readiness: ready\n", "not in this job"}},
		"nothing at all": {want: []string{"no results yet"}, never: []string{"older commits"}},
		"at the head":    {jobs: []reporter.Summary{job}, want: []string{"### ❌", "1 new failure", "`/test pull-windows-op-readiness`"}, never: []string{"older commits"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := comment.Render(test.jobs, test.older, comment.Options{SHA: headSHA})
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
	jobs, older := comment.AtHead([]reporter.Summary{
		build("b", "9", headSHA), build("b", "10", headSHA), build("b", "11", olderSHA), // the newest at the head
		build("a", "1", strings.ToUpper(headSHA)),
		build("c", "2", olderSHA), build("c", "1", olderSHA), // only older ones
		build("", "1", ""), build("", "2", ""), // folders are jobs of their own
		late, build("e", "2", headSHA), // started later counts more than the id
	}, headSHA)
	names := func(list []reporter.Summary) string {
		var names []string
		for _, s := range list {
			names = append(names, s.Build.Source)
		}
		return strings.Join(names, " ")
	}
	if got, want := names(jobs), "/1 /2 a/1 b/10 e/1"; got != want {
		t.Errorf("at the head %q, want %q", got, want)
	}
	if got, want := names(older), "c/2"; got != want {
		t.Errorf("older %q, want %q", got, want)
	}
}

// TestShortest holds that a comment for which there is hardly any room still has the verdict, and says what is left out.
func TestShortest(t *testing.T) {
	t.Parallel()
	var jobs []reporter.Summary
	for i := range 10 {
		job := oneNewFailure(t)
		job.Build.Job = fmt.Sprintf("pull-%d-%s", i, strings.Repeat("x", 250))
		jobs = append(jobs, job)
	}
	o := comment.Options{SHA: headSHA, Limit: 10_000}
	if text := comment.Render(jobs, nil, o); len(text) > o.Limit || !strings.Contains(text, "| Category |") || !strings.Contains(text, "Shortened") {
		t.Errorf("with room for a table:\n%s", text)
	}
	o.Limit = 1000
	text := comment.Render(jobs, nil, o)
	if len(text) > o.Limit || strings.Contains(text, "| Category |") {
		t.Errorf("%d bytes of %d:\n%s", len(text), o.Limit, text)
	}
	for _, want := range []string{comment.Marker + "\n### ❌ Windows operational readiness: not ready\n", "**1 new failure**", "Shortened to what fits"} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
}
