package comment

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// Content is what is known of the op-readiness jobs of a pull request.
type Content struct {
	Jobs    []Job              // the newest build of each at the head
	Older   []reporter.Summary // of jobs that have none there, the newest of an older commit
	Refused []reporter.Warning // what claims to be a build of the pull request, and why it does not count
	Unsure  bool               // one of these is newer than all builds of its job that count: nothing is shown ready
	Over    string             // which bound the pull request is over, so that it was not looked at; "" if it is within all
}

// Job is the newest build of a job at the head.
type Job struct {
	reporter.Summary
	Earlier []reporter.EndState // how builds of the job at the same commit ended, the newest first
}

// AtHead picks what a comment shows: of each job the newest build at the head of the pull request, and, of jobs that have
// none, the newest of an older commit. A build that does not tell its commit, such as a folder of one's own, counts for
// the head. Without a head all builds do.
func AtHead(builds []reporter.Summary, head string) Content {
	atHead, older := map[string][]reporter.Summary{}, map[string][]reporter.Summary{}
	for _, b := range builds {
		key, into := cmp.Or(b.Build.Job, b.Build.Source), older
		if head == "" || b.Build.SHA == "" || strings.EqualFold(b.Build.SHA, head) {
			into = atHead
		}
		into[key] = append(into[key], b)
	}
	var c Content
	for _, key := range slices.Sorted(maps.Keys(atHead)) {
		list := slices.SortedStableFunc(slices.Values(atHead[key]), newestFirst)
		job := Job{Summary: list[0]}
		for _, b := range list[1:] {
			job.Earlier = append(job.Earlier, b.End.State)
		}
		c.Jobs = append(c.Jobs, job)
	}
	for _, key := range slices.Sorted(maps.Keys(older)) {
		if atHead[key] == nil {
			c.Older = append(c.Older, slices.MinFunc(older[key], newestFirst))
		}
	}
	return c
}

// newestFirst orders builds of a job by when they began. Prow's build ids grow, and are numbers.
func newestFirst(x, y reporter.Summary) int {
	a, b := x.Build, y.Build
	return -cmp.Or(a.Started.Compare(b.Started), cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Source, b.Source))
}

// inOrder is the content in an order that does not depend on how it was found.
func (c Content) inOrder() Content {
	byName := func(a, b reporter.Summary) int {
		return cmp.Or(cmp.Compare(jobName(a.Build), jobName(b.Build)), cmp.Compare(a.Build.ID, b.Build.ID), cmp.Compare(a.Build.Source, b.Build.Source))
	}
	c.Jobs = slices.SortedStableFunc(slices.Values(c.Jobs), func(a, b Job) int { return byName(a.Summary, b.Summary) })
	c.Older = slices.SortedStableFunc(slices.Values(c.Older), byName)
	return c
}

// ended are the jobs whose newest build has ended.
func (c Content) ended() []Job {
	return slices.DeleteFunc(slices.Clone(c.Jobs), func(j Job) bool { return running(j.Summary) })
}

// running are the jobs whose newest build has not.
func (c Content) running() []Job {
	return slices.DeleteFunc(slices.Clone(c.Jobs), func(j Job) bool { return !running(j.Summary) })
}

// running tells of a build whose job has not ended.
func running(s reporter.Summary) bool { return s.End.State == reporter.Running }
