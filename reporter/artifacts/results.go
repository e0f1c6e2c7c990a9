package artifacts

import (
	"cmp"
	"fmt"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
)

// results says what the build shows, and what stands against it.
func (b *build) results() (reporter.Results, error) {
	if len(b.contents.junit) == 0 && !b.prow() {
		return reporter.Results{}, ErrNoResults
	}
	m := parseMetadata(b.contents, b.files)
	results := b.tests.Results()
	results.Build = describe(b.at, m)
	results.Build.URL = cmp.Or(results.Build.URL, b.page)
	results.KubernetesVersion = version(b.contents, b.files, m)
	results.Incomplete = slices.Concat(b.ending(m, results.Tests), b.noResults(m), b.unread, results.Incomplete)
	results.Warnings = slices.Concat(b.oddities(m), results.Warnings)
	return results, nil
}

// prow tells whether this is a build of Prow's, not just a folder with results in it.
func (b *build) prow() bool {
	return b.contents.isBuild() || !b.at.local() && b.contents.log != ""
}

// ending tells what the end of the job says against the tests: one that died after it had uploaded some of its results
// may have none that failed.
func (b *build) ending(m metadata, tests []reporter.Test) []reporter.Warning {
	_, read := b.files[b.contents.finished]
	switch {
	case b.contents.finished == "" && (b.contents.isBuild() || !b.at.local() && !junit.IsFile(b.at.Path)):
		return []reporter.Warning{{Message: "the build is still running, or was lost: there is no finished.json"}}
	case !read || len(b.contents.junit) == 0 || m.finished.end() != failed || slices.ContainsFunc(tests, isFailed):
		return nil
	}
	return []reporter.Warning{{Message: fmt.Sprintf("the job failed (%s), although no test did", safetext.Line(m.finished.word()))}}
}

func isFailed(t reporter.Test) bool { return t.State == reporter.Failed }

// noResults tells why a build without JUnit likely has none.
func (b *build) noResults(m metadata) []reporter.Warning {
	if len(b.contents.junit) > 0 {
		return nil
	}
	message := "no results: no junit*.xml was uploaded"
	if status := m.prowJob.Status; status.Description != "" && (status.State == "error" || status.State == "aborted") {
		message += "; Prow says: " + safetext.Line(status.Description)
	}
	lines := lastLines(b.files[b.contents.log])
	if len(lines) > 0 {
		message += "; the log of the build ends like this"
	}
	why := []reporter.Warning{{Message: message}}
	for _, line := range lines {
		why = append(why, reporter.Warning{File: b.contents.log, Message: line})
	}
	return why
}

// oddities tells what is not as Prow leaves it.
func (b *build) oddities(m metadata) []reporter.Warning {
	if !b.prow() {
		return nil
	}
	odd := m.odd
	if b.contents.prowJob == "" {
		odd = append(odd, reporter.Warning{Message: "there is no prowjob.json: the job's name is not known"})
	}
	if _, read := b.files[b.contents.finished]; read && m.finished.end() == unknown {
		odd = append(odd, reporter.Warning{File: b.contents.finished, Message: "it does not say whether the job passed"})
	}
	if pulls := m.source().Pulls; len(pulls) > 1 {
		odd = append(odd, reporter.Warning{Message: batch(pulls)})
	}
	return odd
}
