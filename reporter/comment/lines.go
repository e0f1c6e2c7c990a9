package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// linesOf are the sentences below the verdict.
func linesOf(jobs []reporter.Summary, failures []failure, o Options) []string {
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
		if running(job) {
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
	if line := cutLine(jobs); line != "" {
		lines = append(lines, line)
	}
	if line := declaredLine(jobs); line != "" {
		lines = append(lines, line)
	}
	if line := pretendedLine(jobs); line != "" {
		lines = append(lines, line)
	}
	return append(lines, shownLine(jobs))
}

// cutLine names the jobs that did not come to an end of their own, "" if all did.
func cutLine(jobs []reporter.Summary) string {
	var names []string
	for _, job := range jobs {
		if job.End.State == reporter.Cut || job.End.State == reporter.EndUnknown {
			names = append(names, safetext.Code(jobName(job.Build))+" ("+job.End.State.String()+")")
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "Without an end of its own: " + strings.Join(names[:min(len(names), mostNames)], ", ") + andMore(len(names)) + "."
}

// declaredLine names the jobs of which a user said where pods ran, "" if there are none.
func declaredLine(jobs []reporter.Summary) string {
	return namesLine("Placement of pods declared by the user, not shown", jobs, func(s reporter.Summary) bool { return s.Declared != "" })
}

// pretendedLine names the jobs whose nodes pretended to be Windows, "" if there are none.
func pretendedLine(jobs []reporter.Summary) string {
	return namesLine("Nodes that only pretended to be Windows, so that nothing is shown of it", jobs, func(s reporter.Summary) bool { return s.Pretended })
}

// namesLine names the jobs of which something must be said, "" if there are none.
func namesLine(what string, jobs []reporter.Summary, is func(reporter.Summary) bool) string {
	var names []string
	for _, job := range jobs {
		if is(job) {
			names = append(names, safetext.Code(jobName(job.Build)))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return what + ": " + strings.Join(names[:min(len(names), mostNames)], ", ") + andMore(len(names)) + "."
}

// mostNames is how many jobs a sentence names.
const mostNames = 5

func andMore(n int) string {
	if n <= mostNames {
		return ""
	}
	return fmt.Sprintf(" and %d more", n-mostNames)
}

// shownLine says how much was shown, in each job if they are few: readiness is not to be mistaken for coverage.
func shownLine(jobs []reporter.Summary) string {
	ended := slices.DeleteFunc(slices.Clone(jobs), func(s reporter.Summary) bool { return running(s) })
	if len(ended) == 1 {
		return ended[0].Coverage()
	}
	if len(ended) == 0 {
		return ""
	}
	byShown := func(a, b reporter.Summary) int { return cmp.Compare(a.Counts().Shown(), b.Counts().Shown()) }
	least, most := slices.MinFunc(ended, byShown).Counts().Share(), slices.MaxFunc(ended, byShown).Counts().Share()
	if least == most {
		return least + " abilities in each job."
	}
	return fmt.Sprintf("From %s abilities in one job to %s in another.", least, most)
}
