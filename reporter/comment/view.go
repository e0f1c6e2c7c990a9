package comment

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
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
	Failures  []failure
	Others    []failure // that are folded
	More      int       // failures that are not shown
	Reasons   []reason
	Table     [][]string
	LeftOut   string // which jobs have no row
	Older     []olderJob
	Shortened bool
}

// reason says what stands between a job and a whole proof.
type reason struct {
	Job   string // Markdown
	Empty bool   // there is no result at all
	First string
	Rest  []string
	More  int // lines that are not shown
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

func newView(c Content, o Options, most size) view {
	failures := failuresOf(c.Jobs, o)
	v := view{Marker: Marker}
	v.Mark, v.Verdict = verdictOf(c)
	v.Lines = linesOf(c, failures, o)
	v.Quiet = v.Mark == reporter.Ready.Words().Sign && len(failures) == 0
	v.Failures = excerpts(failures[:min(most.open, len(failures))], most.excerpt)
	failures = failures[len(v.Failures):]
	v.Others = excerpts(failures[:min(most.folded, len(failures))], most.foldedExcerpt)
	v.More = len(failures) - len(v.Others)
	for _, job := range c.Jobs {
		v.Reasons = append(v.Reasons, reasonsOf(job.Summary, most.reasons, o)...)
	}
	shown, left := rowsFor(c.Jobs, most)
	v.Table, v.LeftOut = tableOf(shown, o), left
	for _, job := range c.Older[:min(most.older, len(c.Older))] {
		v.Older = append(v.Older, newOlderJob(job, o))
	}
	return v
}

// rowsFor are the jobs that have a row, and what is said of the others: those that are ready go first.
func rowsFor(jobs []Job, most size) (shown []Job, left string) {
	shown = jobs
	if !most.readyRows {
		shown = slices.DeleteFunc(slices.Clone(jobs), func(j Job) bool { return j.Verdict == reporter.Ready && !running(j.Summary) })
	}
	ready := len(jobs) - len(shown)
	cut := shown[min(most.rows, len(shown)):]
	shown = shown[:len(shown)-len(cut)]
	switch {
	case ready > 0 && len(cut) > 0:
		return shown, fmt.Sprintf("Not shown: %s that are ready, and %d more.", plural(ready, "job"), len(cut))
	case ready > 0:
		return shown, fmt.Sprintf("Not shown: %s that are ready.", plural(ready, "job"))
	case len(cut) > 0:
		return shown, fmt.Sprintf("Not shown: %s.", plural(len(cut), "job"))
	}
	return shown, ""
}

// messageLength is how much of a failure text is searched for its first lines.
const messageLength = 1 << 16

func excerpts(list []failure, lines int) []failure {
	list = slices.Clone(list)
	for i, f := range list {
		f.Test.Message = f.Test.Message[:min(len(f.Test.Message), messageLength)]
		list[i].Excerpt, _ = f.Test.Excerpt(lines)
	}
	return list
}

// jobName is what a build is called: by its job, or by the last part of its source, since the rest of a local path is
// nobody's business.
func jobName(b reporter.Build) string {
	return cmp.Or(b.Job, path.Base(strings.ReplaceAll(b.Source, `\`, "/")))
}

// verdictOf is the verdict over all jobs: the worst of those that have ended, or that there is none yet.
func verdictOf(c Content) (sign, words string) {
	ended := c.ended()
	has := func(v reporter.Verdict) bool {
		return slices.ContainsFunc(ended, func(j Job) bool { return j.Verdict == v })
	}
	switch {
	case c.Over != "":
		return reporter.Incomplete.Words().Sign, reporter.Incomplete.String()
	case has(reporter.NotReady):
		return reporter.NotReady.Words().Sign, reporter.NotReady.String()
	case has(reporter.Incomplete), c.Unsure && len(ended) > 0:
		return reporter.Incomplete.Words().Sign, reporter.Incomplete.String()
	case len(c.Jobs) == 0:
		return "⏳", "no results at this commit"
	case len(ended) < len(c.Jobs):
		return "⏳", reporter.Running.String()
	}
	return reporter.Ready.Words().Sign, readyWords(ended)
}

// readyWords says of what the jobs have shown that it is ready: of the cluster only if one of them judged every required
// category. A job whose nodes pretended speaks of nothing beside others.
func readyWords(jobs []Job) string {
	onWindows := slices.DeleteFunc(slices.Clone(jobs), func(j Job) bool { return j.Pretended })
	if len(onWindows) == 0 {
		return readyOf(jobs) + jobs[0].Pretence()
	}
	return readyOf(onWindows)
}

func readyOf(jobs []Job) string {
	if slices.ContainsFunc(jobs, func(j Job) bool { return j.Whole }) {
		return reporter.Ready.String()
	}
	names := categoryNames(jobs)
	if len(names) > mostCategories {
		return fmt.Sprintf("%s in the %d categories that were tested", reporter.Ready, len(names))
	}
	return fmt.Sprintf("%s in %s, the rest was not tested", reporter.Ready, plain(strings.Join(names, ", ")))
}

// reasonsOf says why a job's proof is not whole, or why there is none. A job that is ready has none to speak of.
func reasonsOf(job reporter.Summary, limit int, o Options) []reason {
	if limit == 0 || running(job) || job.Verdict == reporter.Ready && len(job.Incomplete) == 0 {
		return nil
	}
	lines := job.Why()
	if len(lines) == 0 {
		return nil
	}
	empty := job.Ledger.Files == 0 || job.Ledger.Suite == 0
	if empty {
		lines = causeFirst(lines)
	}
	shown := lines[:min(limit, len(lines))]
	name := safetext.Link(safetext.Code(jobName(job.Build)), o.page(job.Build))
	return []reason{{Job: name, Empty: empty, First: shown[0], Rest: shown[1:], More: len(lines) - len(shown)}}
}

// cause are the words of a line that says why something ended. That make gave up is said behind each failure, whatever it was.
var cause = regexp.MustCompile(`(?i)could not be cloned|Prow says:|not readable within|could not be read|\b(?:error|fatal|failed|failure|panic|timed out|timeout|denied|unable|evicted|out of memory|quota)\b`)

// causeFirst puts the line first that most likely says why there is no result.
func causeFirst(lines []string) []string {
	tells := func(line string) bool { return cause.MatchString(line) && !strings.Contains(line, "make: ***") }
	i := slices.IndexFunc(lines, tells)
	if i < 1 {
		return lines
	}
	return slices.Concat(lines[i:i+1], lines[:i], lines[i+1:])
}

func newOlderJob(job reporter.Summary, o Options) olderJob {
	row := olderJob{Label: safetext.Link(safetext.Code(jobName(job.Build)), o.page(job.Build)), Rerun: rerun(job.Build)}
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
func categoryNames(jobs []Job) []string {
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
