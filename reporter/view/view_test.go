package view_test

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"

	"sigs.k8s.io/windows-operational-readiness/internal/golden"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

// TestGolden shows real runs in the forms for people, and one of them in those for programs.
func TestGolden(t *testing.T) {
	t.Parallel()
	for folder, version := range map[string]string{
		"ginkgo1": "1.20", "conformance": "1.30", "conformance-one-failed": "1.30",
		"nothing-selected": "v1.36.3", "simulated-cluster": "v1.36.3",
	} {
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			summary := reportertest.Recorded(t, "..", folder, version)
			if summary.Verdict == reporter.Ready {
				t.Error("ready, but none of these runs tested everything that is required")
			}
			forms := []string{"table", "markdown"}
			if folder == "simulated-cluster" {
				forms = []string{"table", "markdown", "json", "yaml", "junit", "csv"}
				check(t, "table", filepath.Join(folder, "matrix"), summary, summary)
			}
			for _, form := range forms {
				check(t, form, filepath.Join(folder, form), summary)
			}
		})
	}
}

// TestGoldenBuilds shows builds of a job: one of which all is shown, one with every state, and many beside each other.
func TestGoldenBuilds(t *testing.T) {
	t.Parallel()
	ready, mixed := readyBuild(t), reportertest.Mixed(t)
	for _, form := range []string{"table", "markdown", "lens", "json", "junit", "csv"} {
		check(t, form, filepath.Join("ready", form), ready)
		check(t, form, filepath.Join("mixed", form), mixed)
	}
	golden.Check(t, filepath.Join("testdata", "mixed", "details.golden"), render(t, "table", view.Options{Details: true}, mixed))
	check(t, "table", filepath.Join("mixed", "matrix"), mixed, ready, mixed)
}

// TestLens holds that Spyglass's markdown lens, whose goldmark leaves HTML out, shows all of the form for it, and that it is
// short whatever the build says.
func TestLens(t *testing.T) {
	t.Parallel()
	long := reportertest.Mixed(t)
	for i := range 200 {
		a := long.Categories[0].Abilities[0]
		a.State, a.Reasons = reporter.Failed, []string{strings.Repeat("<details> ", i*i)}
		a.Tests = []reporter.Test{{Name: fmt.Sprintf("<b>test %d", i), State: reporter.Failed, Message: strings.Repeat("it | broke ", 5000)}}
		b := a
		b.State = reporter.Unconfirmed
		long.Categories[0].Abilities = append(long.Categories[0].Abilities, a, b)
	}
	for _, s := range []reporter.Summary{reportertest.Mixed(t), readyBuild(t), long} {
		text := render(t, "lens", view.Options{}, s)
		if n := strings.Count(text, "\n"); n > 60 || len(text) > 12_000 {
			t.Errorf("%d lines, %d bytes", n, len(text))
		}
		var page bytes.Buffer
		if err := goldmark.New(goldmark.WithExtensions(extension.GFM)).Convert([]byte(text), &page); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(page.String(), "raw HTML omitted") || strings.Contains(text, "<") && !strings.Contains(text, "`") {
			t.Errorf("it has HTML:\n%s", text)
		}
		if rows := strings.Count(page.String(), "<tr>"); rows != 1+len(s.Categories) {
			t.Errorf("the table has %d rows of %d categories", rows, len(s.Categories))
		}
		if !strings.Contains(page.String(), s.Verdict.Words().Sign+" "+strings.ToUpper(s.Verdict.String())) {
			t.Errorf("it lacks the verdict:\n%s", page.String())
		}
	}
}

// readyBuild is a build of which all is shown.
func readyBuild(t *testing.T) reporter.Summary {
	t.Helper()
	q := reportertest.Question(t, "v1.36.3")
	s := reportertest.Answer(t, reportertest.Proved(t, reportertest.Job("1940000000000000002", "v1.36.3"), q), q)
	if s.Verdict != reporter.Ready || !s.Whole {
		t.Fatalf("it is %s", s.Headline())
	}
	return s
}

func check(t *testing.T, form, file string, summaries ...reporter.Summary) {
	t.Helper()
	golden.Check(t, filepath.Join("testdata", file+".golden"), render(t, form, view.Options{}, summaries...))
}

func render(t *testing.T, form string, o view.Options, summaries ...reporter.Summary) string {
	t.Helper()
	var text strings.Builder
	if err := view.Render(&text, form, summaries, o); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestHostileText holds that what a test says can neither drive the terminal nor speak Markdown.
func TestHostileText(t *testing.T) {
	t.Parallel()
	const hostile = "\u202e@someone fixes #1 | x <img src=x> [a](http://b) ``` \x1b[2J **bold** &#64;other"
	s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "passed", ""), reportertest.Row("[It] C", "failed", "")), "")
	s.Categories[0].Abilities[1].Tests[0].Message = hostile
	s.Categories[0].Abilities[1].Tests[0].Name = hostile
	s.Categories[0].Abilities[0].Description = hostile
	s.Incomplete = []reporter.Warning{{Message: hostile}, {Message: "1. a list"}, {Message: "- a list"}}
	var table, markdown strings.Builder
	if err := view.Render(&table, "table", []reporter.Summary{s}, view.Options{Color: true}); err != nil {
		t.Fatal(err)
	}
	if err := view.Render(&markdown, "markdown", []reporter.Summary{s}, view.Options{}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(table.String(), "\x1b[2J") || strings.Contains(table.String(), "\u202e") {
		t.Error("the table passes control characters on")
	}
	fenced := false
	for line := range strings.Lines(markdown.String()) {
		if strings.HasPrefix(line, "````") {
			continue // the name, a code span: what begins with a fence and has a backtick later begins no block
		}
		if strings.HasPrefix(line, "```") {
			if fenced = !fenced; !fenced && line != "```\n" {
				t.Errorf("the text ends its own fence: %s", line)
			}
			continue
		}
		if fenced {
			continue // code, where nothing is read as syntax
		}
		for _, bad := range []string{"@someone", "&#64;someone", "#1 ", "&#35;1", "<img", "[a]", "http://", "**bold**", "&#64;other", "\x1b", "\u202e"} {
			if strings.Contains(line, bad) {
				t.Errorf("Markdown passes %q on: %s", bad, line)
			}
		}
	}
	if fenced {
		t.Error("a fence is not closed")
	}
	for _, form := range []string{"markdown", "lens"} {
		var page bytes.Buffer
		if err := goldmark.Convert([]byte(render(t, form, view.Options{}, s)), &page); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(page.String(), "<li>\n<") {
			t.Errorf("%s: a reason is a list of its own:\n%s", form, page.String())
		}
	}
}
