package comment

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// AtHead picks what a comment shows: of each job the newest build at the head of the pull request, and, of jobs that have
// none, the newest of an older commit. A build that does not tell its commit, such as a folder of one's own, counts for
// the head. Without a head all builds do.
func AtHead(builds []reporter.Summary, head string) (jobs, older []reporter.Summary) {
	newest := map[string]reporter.Summary{}
	newestOlder := map[string]reporter.Summary{}
	for _, b := range builds {
		into := newestOlder
		if head == "" || b.Build.SHA == "" || strings.EqualFold(b.Build.SHA, head) {
			into = newest
		}
		key := cmp.Or(b.Build.Job, b.Build.Source)
		if known, ok := into[key]; !ok || newer(b.Build, known.Build) {
			into[key] = b
		}
	}
	maps.DeleteFunc(newestOlder, func(key string, _ reporter.Summary) bool {
		_, ok := newest[key]
		return ok
	})
	return sortedByJob(slices.Collect(maps.Values(newest))), sortedByJob(slices.Collect(maps.Values(newestOlder)))
}

// newer tells which of two builds of a job was started later. Prow's build ids grow, and are numbers.
func newer(a, b reporter.Build) bool {
	return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source)) > 0
}
