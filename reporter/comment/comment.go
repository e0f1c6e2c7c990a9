// Package comment writes what a pull request is told of its op-readiness jobs: one comment in GitHub Flavored Markdown.
//
// AtHead picks the builds that it shows; Render decides what is said of them (a view), and lets the template lay it out,
// shorter and shorter until it fits. Of what builds say nothing reaches the comment but through package safetext: it can
// neither mention, link, close nor command anything.
package comment

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"text/template"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// Marker is the first line of every comment, which readers do not see.
const Marker = "<!-- op-readiness: summary -->"

// MaxBytes is how many bytes a comment has at most. GitHub says that it takes 65,536 characters, and has been seen to
// count characters in one place and to take 262,144 bytes in another (https://github.com/dead-claudia/github-limits).
// This many bytes are fewer than 65,536 of anything, even with a carriage return added to every line.
const MaxBytes = 64_000

// Options are what a comment shows besides results.
type Options struct {
	SHA      string            // head of the pull request; "" if it is not known
	TestGrid map[string]string // the address of each job's tab, by the job's name; jobs without one have no link
	Limit    int               // bytes that the comment may have; 0: MaxBytes
}

// Render shows the newest build of each op-readiness job at the head of a pull request, in GitHub Flavored Markdown;
// older are builds of an older commit, of jobs that have none at the head. It depends on nothing else, so that two who
// see the same results write the same comment.
//
// What is too long for a comment is left out in steps: failure texts, abilities that passed, the abilities of each job,
// failures, the table. The verdict is always there, and no step cuts Markdown apart.
func Render(jobs, older []reporter.Summary, o Options) string {
	t := template.Must(template.New("comment").Funcs(functions()).Parse(templates.Comment()))
	limit := o.Limit
	if limit == 0 {
		limit = MaxBytes
	}
	var text string
	for i, step := range sizes() {
		v := newView(sortedByJob(jobs), sortedByJob(older), o, step)
		v.Shortened = i > 0
		if text = fill(t, v); len(text) <= limit {
			break
		}
	}
	return text
}

func functions() template.FuncMap {
	return template.FuncMap{
		"code": safetext.Code, "html": safetext.CodeElement, "fence": safetext.Fence, "plain": plain,
	}
}

// fill fills in the template. It can fail only if the template does not fit the view, which every test shows.
func fill(t *template.Template, v view) string {
	var b bytes.Buffer
	if err := t.Execute(&b, v); err != nil {
		panic(fmt.Sprintf("rendering a comment: %v", err))
	}
	return blankLines.ReplaceAllString(strings.TrimSpace(b.String()), "\n\n") + "\n"
}

// blankLines are more blank lines than one. No text of input has any.
var blankLines = regexp.MustCompile(`\n{3,}`)

// size says how much a comment shows.
type size struct {
	excerpt   int  // lines of each failure text
	passed    bool // abilities that passed, in the list of each job
	abilities bool // the list of each job's abilities
	failures  int  // failures
	reasons   int  // lines of what stands against a job
	columns   int  // jobs, and older builds; 0: no table
}

// sizes are the steps, the longest first.
func sizes() []size {
	const all = 1000
	return []size{
		{excerpt: 15, passed: true, abilities: true, failures: all, reasons: 20, columns: 50},
		{excerpt: 6, passed: true, abilities: true, failures: all, reasons: 20, columns: 50},
		{excerpt: 2, passed: true, abilities: true, failures: all, reasons: 20, columns: 50},
		{passed: true, abilities: true, failures: all, reasons: 20, columns: 50},
		{abilities: true, failures: all, reasons: 10, columns: 50},
		{failures: all, reasons: 10, columns: 50},
		{failures: 100, reasons: 5, columns: 50},
		{failures: 20, reasons: 2, columns: 20},
		{failures: 5, reasons: 1, columns: 10},
		{columns: 10},
		{},
	}
}
