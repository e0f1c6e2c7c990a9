// Package comment writes what a pull request is told of its op-readiness jobs: one comment in GitHub Flavored Markdown.
//
// AtHead picks the builds that it shows; Render decides what is said of them (a view), and lets the template lay it out,
// shorter and shorter until it fits. Of what builds say nothing reaches the comment but through package safetext: it can
// neither mention, link, close nor command anything.
package comment

import (
	"bytes"
	"fmt"
	"strings"
	"text/template"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
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
	SHA       string                // head of the pull request; "" if it is not known
	Addresses coordinates.Addresses // links lead to these hosts and nowhere else
	TestGrid  map[string]string     // the address of each job's tab, by the job's name; jobs without one have no link
	Limit     int                   // bytes that the comment may have; 0: MaxBytes
}

// page is the address of a build's page, "" if it is not on the configured host.
func (o Options) page(b reporter.Build) string { return within(o.Addresses.Prow, b.URL) }

// tab is the address of a job's tab, "" if it is not on the configured host.
func (o Options) tab(job string) string { return within(o.Addresses.TestGrid, o.TestGrid[job]) }

func within(host, address string) string {
	if host == "" || !strings.HasPrefix(address, host+"/") {
		return ""
	}
	return address
}

// Render shows the newest build of each op-readiness job at the head of a pull request, in GitHub Flavored Markdown: what failed
// first, then why a proof is not whole, then a row for each job. It depends on nothing else, so that two who see the same
// results write the same comment.
//
// What is too long for a comment is left out in steps: what passed and the tables first, failures last. The verdict is always
// there, and no step cuts Markdown apart.
func Render(c Content, o Options) string {
	t := template.Must(template.New("comment").Funcs(functions()).Parse(templates.Comment()))
	limit := o.Limit
	if limit == 0 {
		limit = MaxBytes
	}
	c = c.inOrder()
	var text string
	for i, step := range sizes() {
		v := newView(c, o, step)
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
	return strings.TrimSpace(b.String()) + "\n"
}

// size says how much a comment shows.
type size struct {
	open          int  // failures that are not folded
	excerpt       int  // lines of the text of each
	folded        int  // failures that are
	foldedExcerpt int  // lines of the text of each
	reasons       int  // lines of what stands against a job
	rows          int  // jobs in the table; 0: no table
	readyRows     bool // those that are ready are among them
	older         int  // jobs with results of an older commit
}

// mostOpen is how many failures a reader sees without a click.
const mostOpen = 10

// sizes are the steps, the longest first.
func sizes() []size {
	const all = 1000
	return []size{
		{open: mostOpen, excerpt: 10, folded: all, foldedExcerpt: 6, reasons: 20, rows: all, readyRows: true, older: all},
		{open: mostOpen, excerpt: 10, folded: all, foldedExcerpt: 2, reasons: 20, rows: all, older: 5},
		{open: mostOpen, excerpt: 10, folded: all, reasons: 5, rows: all},
		{open: mostOpen, excerpt: 10, folded: 100, reasons: 2, rows: 20},
		{open: mostOpen, excerpt: 6, folded: 50, reasons: 1, rows: 5},
		{open: mostOpen, excerpt: 4, folded: 20, reasons: 1},
		{open: mostOpen, excerpt: 3},
		{open: 5, excerpt: 2},
		{open: 3},
		{},
	}
}
