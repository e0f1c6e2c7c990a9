package reporter

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

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

// WriteHTML shows builds on one page that needs nothing else: one build in full, several as a matrix of abilities and
// builds with the details below. The page reads the same without its script, which only filters.
//
// It may be shown by Deck inside its own origin, so nothing from a build reaches the page but through inert or plain.
func WriteHTML(w io.Writer, summaries []Summary) error {
	if len(summaries) == 0 {
		return errors.New("no build to show")
	}
	t := template.New("page").Funcs(template.FuncMap{"text": inert})
	for _, text := range templates.ReportHTML() {
		if _, err := t.Parse(text); err != nil {
			return fmt.Errorf("parsing the HTML template: %w", err)
		}
	}
	var b bytes.Buffer
	if err := t.Execute(&b, newPage(summaries)); err != nil {
		return fmt.Errorf("filling the HTML template: %w", err)
	}
	_, err := b.WriteTo(w)
	return err
}

// inert escapes text so that it stays text when it is unescaped once more. Deck's html lens puts a page into an
// attribute and escapes its quotes but not its ampersands, so a page's "&lt;b" is read as "<b" there
// (https://github.com/kubernetes-sigs/prow/blob/main/pkg/spyglass/lenses/html/html.go). A <wbr> behind each "<" and "&"
// keeps them from beginning anything, and is no part of the text. It holds between tags only: no text from a build may
// stand in an attribute.
func inert(text string) template.HTML {
	var lines []string
	for _, line := range strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n") {
		lines = append(lines, visible(strings.TrimRight(line, " \r")))
	}
	escaped := template.HTMLEscapeString(strings.Join(lines, "\n"))
	return template.HTML(strings.NewReplacer("&lt;", "&lt;<wbr>", "&amp;", "&amp;<wbr>").Replace(escaped))
}

// plain keeps what has no meaning in HTML at all, for the title: Deck shows it unescaped.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf || strings.ContainsRune("<>&\"'`", r) {
			return -1
		}
		return r
	}, visible(text))
}

// page is what the template shows.
type page struct {
	Title, Description, Policy string
	Style                      template.CSS
	Script                     template.JS
	Class, Word, Subject       string // the verdict over several builds
	Builds                     []buildView
	Several                    bool // more than one build
	Groups                     []matrixGroup
	Filters                    []filterView
}

type filterView struct {
	State State
	Class string
	Count int
}

func newPage(summaries []Summary) page {
	p := page{Several: len(summaries) > 1, Style: template.CSS(templates.ReportCSS()), Script: template.JS(templates.ReportScript())}
	p.Policy = policy(templates.ReportCSS(), templates.ReportScript())
	for i, s := range summaries {
		p.Builds = append(p.Builds, newBuildView(s, i+1, p.Several))
	}
	p.Word, p.Class, p.Subject = judgeBuilds(p.Builds)
	p.Groups = newMatrix(p.Builds)
	p.Filters = filters(p.Groups)
	p.Title = plain("Windows operational readiness: " + p.Word + versions(summaries))
	p.Description = p.Subject
	if !p.Several {
		p.Description = summaries[0].Coverage()
	}
	return p
}

// filters lists the states that occur, with the number of abilities that have them in a build.
func filters(groups []matrixGroup) []filterView {
	var views []filterView
	for _, state := range worstFirst() {
		count := 0
		for _, g := range groups {
			for _, row := range g.Rows {
				if slices.Contains(strings.Fields(row.States), class(state)) {
					count++
				}
			}
		}
		if count > 0 {
			views = append(views, filterView{state, class(state), count})
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

func versions(summaries []Summary) string {
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

// judgeBuilds gives the worst verdict, and how many builds have which.
func judgeBuilds(builds []buildView) (word, class, subject string) {
	var parts []string
	for _, v := range []Verdict{NotReady, Incomplete, Ready} {
		n := 0
		for _, b := range builds {
			if b.Verdict != v {
				continue
			}
			if n++; word == "" {
				word, class = b.Word, b.Class
			}
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return word, class, fmt.Sprintf("%d builds: %s.", len(builds), strings.Join(parts, ", "))
}

// class is the CSS class of a state or verdict.
func class(word fmt.Stringer) string { return specs.Slug(word.String()) }

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
