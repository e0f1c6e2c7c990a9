package comment

import (
	"regexp"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// wordsLength is more characters than words of a spec have: what they say in the end, such as what is not shown, counts.
const wordsLength = 4000

// plain shows words of the spec as they are.
func plain(text string) string { return safetext.Words(text, wordsLength) }

// commandable are the names of jobs that a person can be told to write into a comment of their own.
var commandable = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)

// rerun is the comment that makes Prow run a job again, "" if there is none.
func rerun(b reporter.Build) string {
	if b.Job == "" || !commandable.MatchString(b.Job) {
		return ""
	}
	return "`/test " + b.Job + "`"
}

var commit = regexp.MustCompile(`^[0-9a-f]{7,64}$`)

// shortSHA is a commit as people read it, "" if the text is none.
func shortSHA(sha string) string {
	if !commit.MatchString(sha) {
		return ""
	}
	return sha[:7]
}
