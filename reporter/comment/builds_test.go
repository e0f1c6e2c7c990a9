package comment_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

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
	e.Suites[0].Failures, e.Suites[0].Succeeded, e.Run.Calls[0].ExitCode = 1, "false", 1
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
