// Package page shows summaries as a page of HTML that needs nothing else, and reads the same without its script, which only
// filters.
//
// Write takes two steps: newPage decides all that the page says, as values; the templates lay it out. The page may be shown
// by Deck inside its own origin, so nothing from a build reaches it but through safetext.HTML or safetext.Title.
package page

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"html/template"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// Write shows builds on one page: one build in full, several as a matrix of abilities and builds with the details below.
// Its links to dashboards are made of the addresses.
func Write(w io.Writer, summaries []reporter.Summary, to coordinates.Addresses) error {
	if len(summaries) == 0 {
		return errors.New("no build to show")
	}
	t := template.New("page").Funcs(template.FuncMap{"text": safetext.HTML})
	for _, text := range templates.ReportHTML() {
		if _, err := t.Parse(text); err != nil {
			return fmt.Errorf("parsing the HTML template: %w", err)
		}
	}
	var b bytes.Buffer
	if err := t.Execute(&b, newPage(summaries, to)); err != nil {
		return fmt.Errorf("filling the HTML template: %w", err)
	}
	_, err := b.WriteTo(w)
	return err
}

// page is what the template shows.
type page struct {
	Title, Description, Policy string
	Style                      template.CSS
	Script                     template.JS
	Class, Word, Subject       string // the verdict over several builds
	Builds                     []buildView
	Several                    bool // more than one build
	Many                       bool // so many that the cells of the matrix are marks
	Groups                     []matrixGroup
	Filters                    []filterView
	Part                       *filterView // what passed in part, if there is any
}

type filterView struct {
	State reporter.State
	Class string
	Count int
}

// mostWords is how many builds the cells of the matrix have words for.
const mostWords = 4

func newPage(summaries []reporter.Summary, to coordinates.Addresses) page {
	p := page{Several: len(summaries) > 1, Style: template.CSS(templates.ReportCSS()), Script: template.JS(templates.ReportScript())}
	p.Many = len(summaries) > mostWords
	p.Policy = policy(templates.ReportCSS(), templates.ReportScript())
	for i, s := range summaries {
		p.Builds = append(p.Builds, newBuildView(s, to, i+1, p.Several))
	}
	worst := worstOf(p.Builds)
	p.Word, p.Class, p.Subject = worst.Word, worst.Class, fmt.Sprintf("%d builds: %s.", len(summaries), reporter.Answers(summaries))
	p.Groups = newMatrix(p.Builds)
	p.Filters = filters(p.Groups)
	if slices.ContainsFunc(summaries, func(s reporter.Summary) bool { return s.Counts().InPart > 0 }) {
		p.Part = &filterView{State: reporter.Passed, Class: reporter.Passed.Words().Class()}
	}
	p.Title = safetext.Title("Windows operational readiness: " + p.Word + worst.Pretence() + versions(summaries))
	p.Description = p.Subject
	if !p.Several {
		p.Description = summaries[0].Coverage()
	}
	return p
}

// filters lists the states that occur, with the number of abilities that have them in a build.
func filters(groups []matrixGroup) []filterView {
	var views []filterView
	for _, state := range reporter.WorstFirst() {
		count := 0
		for _, g := range groups {
			for _, row := range g.Rows {
				if slices.Contains(strings.Fields(row.States), state.Words().Class()) {
					count++
				}
			}
		}
		if count > 0 {
			views = append(views, filterView{state, state.Words().Class(), count})
		}
	}
	return views
}

// policy allows the page its own style and script and nothing else.
func policy(style, script string) string {
	hash := func(text string) string {
		sum := sha256.Sum256([]byte(text))
		return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; img-src data:; base-uri 'none'; form-action 'none'", hash(style), hash(script))
}

func versions(summaries []reporter.Summary) string {
	var names []string
	for _, s := range summaries {
		names = append(names, s.KubernetesVersion)
	}
	if names = nonEmpty(names...); len(names) == 0 {
		return ""
	}
	return ", Kubernetes " + strings.Join(slices.Compact(names), ", ")
}

func nonEmpty(texts ...string) []string {
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

// worstOf is the build that speaks for all: the first with the worst verdict. Of bad ones one on Windows comes first, of good
// ones one whose nodes pretended.
func worstOf(builds []buildView) buildView {
	type answer struct {
		verdict   reporter.Verdict
		pretended bool
	}
	for _, a := range []answer{
		{reporter.NotReady, false}, {reporter.NotReady, true}, {reporter.Incomplete, false}, {reporter.Incomplete, true}, {reporter.Ready, true}, {reporter.Ready, false},
	} {
		if i := slices.IndexFunc(builds, func(b buildView) bool { return (answer{b.Verdict, b.Pretended}) == a }); i >= 0 {
			return builds[i]
		}
	}
	return buildView{}
}

// boundedLines and boundedBytes are how much of a failure text the page shows.
const (
	boundedLines = 200
	boundedBytes = 32 << 10
)

// bounded cuts a failure text in two: what is shown, and what is left out.
func bounded(text string) (shown, rest string) {
	end, lines := min(len(text), boundedBytes), 0
	for i := range end {
		if text[i] != '\n' {
			continue
		}
		if lines++; lines == boundedLines {
			end = i + 1
			break
		}
	}
	for end > 0 && end < len(text) && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end], text[end:]
}
