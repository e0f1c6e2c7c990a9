package comment

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// linesOf are the sentences below the verdict.
func linesOf(c Content, failures []failure, o Options) []string {
	var lines []string
	if len(failures) > 0 {
		lines = append(lines, "**"+countFailures(failures)+"**.")
	}
	at := ""
	if sha := shortSHA(o.SHA); sha != "" {
		at = " at commit `" + sha + "`"
	}
	switch active := c.running(); {
	case c.Over != "":
		lines = append(lines, fmt.Sprintf("What the bucket holds of this pull request is not readable within its bounds: %s.", safetext.Code(c.Over)))
	case len(c.Jobs) == 0:
		lines = append(lines, fmt.Sprintf("No op-readiness job has results%s.", at))
	case len(active) > 0:
		lines = append(lines, fmt.Sprintf("%s%s, %d still running: %s.", plural(len(c.Jobs), "job"), at, len(active), names(active)))
	default:
		lines = append(lines, fmt.Sprintf("%s%s.", plural(len(c.Jobs), "job"), at))
	}
	lines = append(lines, shownLine(c.ended()), cutLine(c.Jobs), declaredLine(c.Jobs), pretendedLine(c.Jobs))
	for _, job := range c.Jobs {
		lines = append(lines, earlierLine(job))
	}
	for _, refused := range c.Refused[:min(len(c.Refused), mostNames)] {
		lines = append(lines, "Left out: "+safetext.Code(refused.String())+".")
	}
	if more := len(c.Refused) - mostNames; more > 0 {
		lines = append(lines, fmt.Sprintf("Left out besides: %s.", plural(more, "build")))
	}
	return slices.DeleteFunc(lines, func(line string) bool { return line == "" })
}

// earlierLine says how earlier builds of a job at the same commit ended, "" if there are none: a pass behind failures is not a
// pass at the first try.
func earlierLine(job Job) string {
	said := earlierWords(job)
	if said == "" {
		return ""
	}
	return fmt.Sprintf("Before this build of %s, at the same commit: %s.", safetext.Code(jobName(job.Build)), said)
}

func earlierWords(job Job) string {
	var parts []string
	for _, state := range []reporter.EndState{reporter.FailedJob, reporter.Cut, reporter.EndUnknown, reporter.Running, reporter.Succeeded} {
		n := 0
		for _, earlier := range job.Earlier {
			if earlier == state {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, state))
		}
	}
	return strings.Join(parts, ", ")
}

// cutLine names the jobs that did not come to an end of their own, "" if all did.
func cutLine(jobs []Job) string {
	var told []string
	for _, job := range jobs {
		if job.End.State == reporter.Cut || job.End.State == reporter.EndUnknown {
			told = append(told, safetext.Code(jobName(job.Build))+" ("+job.End.State.String()+")")
		}
	}
	if len(told) == 0 {
		return ""
	}
	return "Without an end of its own: " + some(told) + "."
}

// declaredLine names the jobs of which a user said where pods ran, "" if there are none.
func declaredLine(jobs []Job) string {
	return namesLine("Placement of pods declared by the user, not shown", jobs, func(j Job) bool { return j.Declared != "" })
}

// pretendedLine names the jobs whose nodes pretended to be Windows, "" if there are none.
func pretendedLine(jobs []Job) string {
	return namesLine("Nodes that only pretended to be Windows, so that nothing is shown of it", jobs, func(j Job) bool { return j.Pretended })
}

// namesLine names the jobs of which something must be said, "" if there are none.
func namesLine(what string, jobs []Job, is func(Job) bool) string {
	said := slices.DeleteFunc(slices.Clone(jobs), func(j Job) bool { return !is(j) })
	if len(said) == 0 {
		return ""
	}
	return what + ": " + names(said) + "."
}

// mostNames is how many jobs a sentence names.
const mostNames = 5

func names(jobs []Job) string {
	var list []string
	for _, job := range jobs {
		list = append(list, safetext.Code(jobName(job.Build)))
	}
	return some(list)
}

func some(list []string) string {
	text := strings.Join(list[:min(len(list), mostNames)], ", ")
	if more := len(list) - mostNames; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// shownLine says how much was shown, in one job: of several their rows do. Readiness is not to be mistaken for coverage.
func shownLine(ended []Job) string {
	if len(ended) != 1 {
		return ""
	}
	return ended[0].Coverage()
}
