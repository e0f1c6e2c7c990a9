package reporter

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// commentView is what the template shows: all that is decided.
type commentView struct {
	Marker    string
	Mark      string // of the verdict
	Verdict   string
	Lines     []string // below the verdict; Markdown
	Quiet     bool     // all is well: the rest is folded
	Table     [][]string
	LeftOut   int // jobs without a column
	Failures  []commentFailure
	More      int // failures that are not shown
	Reasons   []commentReason
	Jobs      []commentJob
	Older     []commentOlder
	Shortened bool
}

// commentReason says what stands between a job and a whole proof.
type commentReason struct {
	Job   string
	First string
	Rest  []string
	More  int // lines that are not shown
}

// commentJob is the list of a job's abilities.
type commentJob struct {
	Job    string
	Proven string
	Rows   [][]string // cells of category, ability, state, remarks
	Passed bool       // those that passed are among them
}

// commentOlder is a job without a build at the head.
type commentOlder struct {
	Label  string // Markdown
	Commit string // Markdown, "" if it is not known
	Mark   string
	State  string
	Proven string
	Rerun  string // Markdown
}

func newCommentView(jobs, older []Summary, o CommentOptions, size commentSize) commentView {
	failures := commentFailures(jobs)
	view := commentView{Marker: CommentMarker, Table: commentTable(jobs[:min(size.columns, len(jobs))], o), LeftOut: max(0, len(jobs)-size.columns)}
	view.Mark, view.Verdict = commentVerdict(jobs)
	view.Lines = commentLines(jobs, failures, o)
	view.Quiet = view.Mark == mark(Ready) && len(failures) == 0
	view.Failures = failures[:min(size.failures, len(failures))]
	view.More = len(failures) - len(view.Failures)
	for i, f := range view.Failures {
		f.Test.Message = f.Test.Message[:min(len(f.Test.Message), messageLength)]
		view.Failures[i].Excerpt, _ = f.Test.excerpt(size.excerpt)
	}
	for _, job := range jobs[:min(size.columns, len(jobs))] {
		view.Reasons = append(view.Reasons, commentReasons(job, size.reasons)...)
		if size.abilities && !running(job.Build) && len(job.Categories) > 0 {
			view.Jobs = append(view.Jobs, newCommentJob(job, size.passed))
		}
	}
	for _, job := range older[:min(size.columns, len(older))] {
		view.Older = append(view.Older, newCommentOlder(job))
	}
	return view
}

// messageLength is how much of a failure text is searched for its first lines.
const messageLength = 1 << 16

// sortedByJob returns the summaries in an order that does not depend on how they were found.
func sortedByJob(summaries []Summary) []Summary {
	return slices.SortedStableFunc(slices.Values(summaries), func(a, b Summary) int {
		return cmp.Or(cmp.Compare(jobName(a.Build), jobName(b.Build)), cmp.Compare(a.Build.ID, b.Build.ID), cmp.Compare(a.Build.Source, b.Build.Source))
	})
}

// jobName is what a build is called: by its job, or by the last part of its source, since the rest of a local path is
// nobody's business.
func jobName(b Build) string {
	return cmp.Or(b.Job, path.Base(strings.ReplaceAll(b.Source, `\`, "/")))
}

// running tells of a build that was started by Prow and has not ended.
func running(b Build) bool {
	return !b.Started.IsZero() && b.Finished.IsZero() && b.Result == ""
}

// commentVerdict is the verdict over all jobs: the worst of those that have ended, or that there is none yet.
func commentVerdict(jobs []Summary) (sign, words string) {
	ended := slices.DeleteFunc(slices.Clone(jobs), func(s Summary) bool { return running(s.Build) })
	has := func(v Verdict) bool {
		return slices.ContainsFunc(ended, func(s Summary) bool { return s.Verdict == v })
	}
	switch {
	case has(NotReady):
		return mark(NotReady), NotReady.String()
	case has(Incomplete):
		return mark(Incomplete), Incomplete.String()
	case len(jobs) == 0:
		return "⏳", "no results yet"
	case len(ended) < len(jobs):
		return "⏳", "running"
	}
	return mark(Ready), readyWords(ended)
}

// readyWords says of what the jobs have shown that it is ready: of the cluster only if one of them judged every required
// category.
func readyWords(jobs []Summary) string {
	if slices.ContainsFunc(jobs, func(s Summary) bool { return s.Whole }) {
		return Ready.String()
	}
	names := categoryNames(jobs)
	if len(names) > 3 {
		return fmt.Sprintf("%s in the %d categories that were tested", Ready, len(names))
	}
	return fmt.Sprintf("%s in %s, the rest was not tested", Ready, commentPlain(strings.Join(names, ", ")))
}

// commentLines are the sentences below the verdict.
func commentLines(jobs []Summary, failures []commentFailure, o CommentOptions) []string {
	var lines []string
	if len(failures) > 0 {
		lines = append(lines, "**"+countFailures(failures)+"**.")
	}
	at := ""
	if sha := shortSHA(o.SHA); sha != "" {
		at = " at commit `" + sha + "`"
	}
	active := 0
	for _, job := range jobs {
		if running(job.Build) {
			active++
		}
	}
	switch {
	case len(jobs) == 0:
		return append(lines, fmt.Sprintf("No op-readiness job has results%s.", at))
	case active > 0:
		lines = append(lines, fmt.Sprintf("%s%s, %d still running.", plural(len(jobs), "job"), at, active))
	default:
		lines = append(lines, fmt.Sprintf("%s%s.", plural(len(jobs), "job"), at))
	}
	return append(lines, commentProven(jobs))
}

// commentProven says how much was shown, in each job if they are few: readiness is not to be mistaken for coverage.
func commentProven(jobs []Summary) string {
	ended := slices.DeleteFunc(slices.Clone(jobs), func(s Summary) bool { return running(s.Build) })
	if len(ended) == 1 {
		return ended[0].Coverage()
	}
	if len(ended) == 0 {
		return ""
	}
	byProven := func(a, b Summary) int { return cmp.Compare(a.Counts().Proven(), b.Counts().Proven()) }
	least, most := slices.MinFunc(ended, byProven).proven(), slices.MaxFunc(ended, byProven).proven()
	if least == most {
		return least + " abilities proven in each job."
	}
	return fmt.Sprintf("%s to %s abilities proven in a job.", least, most)
}

func (s Summary) proven() string {
	counts := s.Counts()
	return fmt.Sprintf("%d of %d", counts.Proven(), counts.All())
}

// commentReasons says why a job's proof is not whole. A job that is ready has none to speak of.
func commentReasons(job Summary, limit int) []commentReason {
	if limit == 0 || running(job.Build) || job.Verdict == Ready && len(job.Incomplete) == 0 {
		return nil
	}
	lines := slices.Concat(setupLines(job.Setup), job.whyIncomplete())
	if len(lines) == 0 {
		return nil
	}
	shown := lines[:min(limit, len(lines))]
	return []commentReason{{Job: jobName(job.Build), First: shown[0], Rest: shown[1:], More: len(lines) - len(shown)}}
}

func newCommentJob(job Summary, passed bool) commentJob {
	list := commentJob{Job: jobName(job.Build), Proven: job.proven(), Passed: passed}
	for _, c := range job.Categories {
		for _, a := range c.Abilities {
			if a.State == Passed && !passed {
				continue
			}
			list.Rows = append(list.Rows, []string{
				commentPlain(c.Name), commentPlain(a.Description), a.State.String(), commentRemark(a),
			})
		}
	}
	return list
}

// noteLength is how much is shown of what an ability's tests do not show.
const noteLength = 140

// commentRemark says why an ability has its state. Why a test was skipped is the test's word, the others are the spec's.
func commentRemark(a Ability) string {
	switch {
	case a.State == Skipped && a.Reason != "":
		return commentCell(a.Reason)
	case a.State == Flaky:
		return "failed, and then passed in the same run"
	case a.State == Passed && a.Partial:
		return "in part: " + commentPlain(seen(a.Notes, noteLength))
	}
	return commentPlain(a.Reason)
}

func newCommentOlder(job Summary) commentOlder {
	row := commentOlder{Label: commentLink(commentCode(jobName(job.Build)), job.Build.URL), Rerun: commentRerun(job.Build)}
	if sha := shortSHA(job.Build.SHA); sha != "" {
		row.Commit = "`" + sha + "`"
	}
	row.Mark, row.State = mark(job.Verdict), job.Verdict.String()
	if running(job.Build) {
		row.Mark, row.State = "⏳", "running"
		return row
	}
	row.Proven = job.proven()
	return row
}

// categoryNames are the categories of all jobs, in the order of KEP-2578.
func categoryNames(jobs []Summary) []string {
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
