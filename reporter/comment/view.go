package comment

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// view is what the template shows: all that is decided.
type view struct {
	Marker    string
	Mark      string // of the verdict
	Verdict   string
	Lines     []string // below the verdict; Markdown
	Quiet     bool     // all is well: the rest is folded
	Table     [][]string
	LeftOut   int // jobs without a column
	Failures  []failure
	More      int // failures that are not shown
	Reasons   []reason
	Jobs      []jobList
	Older     []olderJob
	Shortened bool
}

// reason says what stands between a job and a whole proof.
type reason struct {
	Job   string
	First string
	Rest  []string
	More  int // lines that are not shown
}

// jobList is the list of a job's abilities.
type jobList struct {
	Job    string
	Shown  string
	Rows   [][]string // cells of category, ability, state, remarks
	Passed bool       // those that passed are among them
}

// olderJob is a job without a build at the head.
type olderJob struct {
	Label  string // Markdown
	Commit string // Markdown, "" if it is not known
	Mark   string
	State  string
	Shown  string
	Rerun  string // Markdown
}

func newView(jobs, older []reporter.Summary, o Options, most size) view {
	failures := failuresOf(jobs)
	v := view{Marker: Marker, Table: tableOf(jobs[:min(most.columns, len(jobs))], o), LeftOut: max(0, len(jobs)-most.columns)}
	v.Mark, v.Verdict = verdictOf(jobs)
	v.Lines = linesOf(jobs, failures, o)
	v.Quiet = v.Mark == reporter.Ready.Words().Sign && len(failures) == 0
	v.Failures = failures[:min(most.failures, len(failures))]
	v.More = len(failures) - len(v.Failures)
	for i, f := range v.Failures {
		f.Test.Message = f.Test.Message[:min(len(f.Test.Message), messageLength)]
		v.Failures[i].Excerpt, _ = f.Test.Excerpt(most.excerpt)
	}
	for _, job := range jobs[:min(most.columns, len(jobs))] {
		v.Reasons = append(v.Reasons, reasonsOf(job, most.reasons)...)
		if most.abilities && !running(job) && len(job.Categories) > 0 {
			v.Jobs = append(v.Jobs, newJobList(job, most.passed))
		}
	}
	for _, job := range older[:min(most.columns, len(older))] {
		v.Older = append(v.Older, newOlderJob(job))
	}
	return v
}

// messageLength is how much of a failure text is searched for its first lines.
const messageLength = 1 << 16

// sortedByJob returns the summaries in an order that does not depend on how they were found.
func sortedByJob(summaries []reporter.Summary) []reporter.Summary {
	return slices.SortedStableFunc(slices.Values(summaries), func(a, b reporter.Summary) int {
		return cmp.Or(cmp.Compare(jobName(a.Build), jobName(b.Build)), cmp.Compare(a.Build.ID, b.Build.ID), cmp.Compare(a.Build.Source, b.Build.Source))
	})
}

// jobName is what a build is called: by its job, or by the last part of its source, since the rest of a local path is
// nobody's business.
func jobName(b reporter.Build) string {
	return cmp.Or(b.Job, path.Base(strings.ReplaceAll(b.Source, `\`, "/")))
}

// running tells of a build whose job has not ended.
func running(s reporter.Summary) bool { return s.End.State == reporter.Running }

// verdictOf is the verdict over all jobs: the worst of those that have ended, or that there is none yet.
func verdictOf(jobs []reporter.Summary) (sign, words string) {
	ended := slices.DeleteFunc(slices.Clone(jobs), func(s reporter.Summary) bool { return running(s) })
	has := func(v reporter.Verdict) bool {
		return slices.ContainsFunc(ended, func(s reporter.Summary) bool { return s.Verdict == v })
	}
	switch {
	case has(reporter.NotReady):
		return reporter.NotReady.Words().Sign, reporter.NotReady.String()
	case has(reporter.Incomplete):
		return reporter.Incomplete.Words().Sign, reporter.Incomplete.String()
	case len(jobs) == 0:
		return "⏳", "no results yet"
	case len(ended) < len(jobs):
		return "⏳", reporter.Running.String()
	}
	return reporter.Ready.Words().Sign, readyWords(ended)
}

// readyWords says of what the jobs have shown that it is ready: of the cluster only if one of them judged every required
// category. A job whose nodes pretended speaks of nothing beside others.
func readyWords(jobs []reporter.Summary) string {
	onWindows := slices.DeleteFunc(slices.Clone(jobs), func(s reporter.Summary) bool { return s.Pretended })
	if len(onWindows) == 0 {
		return readyOf(jobs) + jobs[0].Pretence()
	}
	return readyOf(onWindows)
}

func readyOf(jobs []reporter.Summary) string {
	if slices.ContainsFunc(jobs, func(s reporter.Summary) bool { return s.Whole }) {
		return reporter.Ready.String()
	}
	names := categoryNames(jobs)
	if len(names) > 3 {
		return fmt.Sprintf("%s in the %d categories that were tested", reporter.Ready, len(names))
	}
	return fmt.Sprintf("%s in %s, the rest was not tested", reporter.Ready, plain(strings.Join(names, ", ")))
}

// reasonsOf says why a job's proof is not whole. A job that is ready has none to speak of.
func reasonsOf(job reporter.Summary, limit int) []reason {
	if limit == 0 || running(job) || job.Verdict == reporter.Ready && len(job.Incomplete) == 0 {
		return nil
	}
	lines := job.Why()
	if len(lines) == 0 {
		return nil
	}
	shown := lines[:min(limit, len(lines))]
	return []reason{{Job: jobName(job.Build), First: shown[0], Rest: shown[1:], More: len(lines) - len(shown)}}
}

func newJobList(job reporter.Summary, passed bool) jobList {
	list := jobList{Job: jobName(job.Build), Shown: job.Counts().Share(), Passed: passed}
	for _, c := range job.Categories {
		for _, a := range c.Abilities {
			if a.State == reporter.Passed && !passed {
				continue
			}
			list.Rows = append(list.Rows, []string{
				plain(c.Name), plain(a.Description), stateOf(a), remarkOf(job, a),
			})
		}
	}
	return list
}

// mostRemarks is how many reasons stand behind an ability. The others are in those of its job, or on the build's page.
const mostRemarks = 3

// remarkOf says why an ability has its state, and what of it was not shown.
func remarkOf(job reporter.Summary, a reporter.Ability) string {
	switch a.State {
	case reporter.Passed, reporter.Flaky:
		var parts []string
		if a.State == reporter.Flaky {
			parts = append(parts, "failed, and then passed in the same run")
		}
		if a.InPart {
			parts = append(parts, "in part: "+plain(a.Notes))
		}
		return strings.Join(parts, "; ")
	case reporter.Exempt, reporter.Unproven:
		return plain(a.Reason())
	}
	reasons := job.ReasonsOf(a)
	var parts []string
	for _, reason := range reasons[:min(len(reasons), mostRemarks)] {
		if reason == reporter.SharedReason {
			parts = append(parts, reason)
		} else {
			parts = append(parts, safetext.Cell(reason))
		}
	}
	if more := len(reasons) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("%d more", more))
	}
	return strings.Join(parts, ", ")
}

// stateOf is the state of an ability, with the word that it was shown in part.
func stateOf(a reporter.Ability) string {
	if a.InPart && (a.State == reporter.Passed || a.State == reporter.Flaky) {
		return a.State.String() + " in part"
	}
	return a.State.String()
}

func newOlderJob(job reporter.Summary) olderJob {
	row := olderJob{Label: safetext.Link(safetext.Code(jobName(job.Build)), job.Build.URL), Rerun: rerun(job.Build)}
	if sha := shortSHA(job.Build.SHA); sha != "" {
		row.Commit = "`" + sha + "`"
	}
	row.Mark, row.State = job.Verdict.Words().Sign, job.Answer()
	if running(job) {
		row.Mark, row.State = "⏳", reporter.Running.String()
		return row
	}
	row.Shown = job.Counts().Share()
	return row
}

// categoryNames are the categories of all jobs, in the order of KEP-2578.
func categoryNames(jobs []reporter.Summary) []string {
	var names []string
	for _, job := range jobs {
		for _, c := range job.Categories {
			if !slices.Contains(names, c.Name) {
				names = append(names, c.Name)
			}
		}
	}
	order := specs.Names()
	slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(slices.Index(order, a), slices.Index(order, b)) })
	return names
}
