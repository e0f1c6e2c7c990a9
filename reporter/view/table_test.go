package view_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

// TestTableFits holds that the table of a recorded run is less than a screen or two, and fits a terminal.
func TestTableFits(t *testing.T) {
	t.Parallel()
	sample := reportertest.Recorded(t, "..", "simulated-cluster", "v1.36.3")
	if n := strings.Count(render(t, "table", view.Options{}, sample), "\n"); n >= 60 {
		t.Errorf("the sample run takes %d lines", n)
	}
	mixed := reportertest.Mixed(t)
	for _, o := range []view.Options{{}, {Details: true}, {Width: 132}, {Width: 132, Details: true}} {
		for _, summaries := range [][]reporter.Summary{{sample}, {mixed}, {readyBuild(t)}, {sample, mixed}, slices.Repeat([]reporter.Summary{mixed}, 30)} {
			for line := range strings.Lines(render(t, "table", o, summaries...)) {
				if line = strings.TrimSuffix(line, "\n"); termtext.Width(line) > max(o.Width, 80) && !strings.HasPrefix(line, "op-readiness report ") {
					t.Errorf("%d columns, not %d: %q", termtext.Width(line), max(o.Width, 80), line)
				}
			}
		}
	}
}

// TestAnswerFirstAndLast holds that a reader finds the verdict without scrolling, wherever a long table stands still.
func TestAnswerFirstAndLast(t *testing.T) {
	t.Parallel()
	s := reportertest.Mixed(t)
	for _, details := range []bool{false, true} {
		lines := strings.Split(strings.TrimSpace(render(t, "table", view.Options{Details: details}, s)), "\n")
		for place, part := range map[string][]string{"first": lines[:10], "last": lines[len(lines)-6:]} {
			if !slices.Contains(part, s.Headline()) {
				t.Errorf("details %t: the verdict is not among the %s lines:\n%s", details, place, strings.Join(part, "\n"))
			}
		}
	}
	short := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "passed", "")), "")
	if n := strings.Count(render(t, "table", view.Options{}, short), short.Headline()); n != 1 {
		t.Errorf("a short table has the verdict %d times", n)
	}
}

// TestTableOnce holds that what failed and why a proof is not whole stand there once, however many abilities they concern,
// and that the table counts what it leaves out.
func TestTableOnce(t *testing.T) {
	t.Parallel()
	s := reportertest.Mixed(t)
	c := &s.Categories[0]
	for i := range 20 {
		a := c.Abilities[0]
		a.ID, a.State = fmt.Sprintf("a%d", i), reporter.Failed
		a.Tests = []reporter.Test{{Name: "the test that all share", State: reporter.Failed}, {Name: fmt.Sprintf("test %d", i), State: reporter.Failed}}
		b := a
		b.State, b.Tests, b.Reasons = reporter.Unconfirmed, nil, []string{`place not shown: nowhere ("test X")`, fmt.Sprintf("reason %d", i), fmt.Sprintf("no result of %q", fmt.Sprint("test ", i))}
		c.Abilities = append(c.Abilities, a, b)
	}
	table, details := render(t, "table", view.Options{}, s), render(t, "table", view.Options{Details: true}, s)
	whole := strings.Join(strings.Fields(table), " ")
	for text, want := range map[string]int{
		"- the test that all share": 1, "- test 3 ": 1, "- test 4 ": 0, "… 20 more with --details": 2, "Core.Network a0, Core.Network a1, Core.Network a2 and 17 more abilities": 1, `place not shown: nowhere: "test X" (20 abilities)`: 1,
		`no result of 21 tests (21 abilities), such as`: 1,
	} {
		if got := strings.Count(whole, text); got != want {
			t.Errorf("the table has %q %d times, want %d:\n%s", text, got, want, table)
		}
	}
	for _, text := range []string{"- test 19\n", "- reason 19\n"} {
		if !strings.Contains(details, text) {
			t.Errorf("the details lack %q", text)
		}
	}
}

// TestNextCommand holds that what a reader is told to type is what a shell takes.
func TestNextCommand(t *testing.T) {
	t.Parallel()
	s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "passed", "")), "")
	for source, want := range map[string]string{
		"./results": "op-readiness report ./results --details", "gs://b/logs/job/1": "op-readiness report gs://b/logs/job/1 --output-file report.html",
		"C:\\my results": `op-readiness report 'C:\my results' --details`, "it's; rm -rf $HOME": `op-readiness report 'it'\''s; rm -rf $HOME' --details`,
		"\x1b[2Ja\nb": "op-readiness report 'a b' --details",
	} {
		if table := render(t, "table", view.Options{Source: source}, s); !strings.Contains(table, "\n"+want+"\n") {
			t.Errorf("of %q the table lacks %q:\n%s", source, want, table)
		}
	}
	if table := render(t, "table", view.Options{}, s); strings.Contains(table, "op-readiness report") {
		t.Errorf("the table tells to report on nothing:\n%s", table)
	}
}

// TestEscapesAndTimes holds that no form passes on what steers a terminal, nor a time that cannot be.
func TestEscapesAndTimes(t *testing.T) {
	t.Parallel()
	const message = "\x1b[31mit broke\x1b[0m \x1b]8;;https://example.com\x1b\\here\x1b]8;;\x1b\\ \u009b1mbold \ufffd[0m"
	s := reportertest.Run(t, reportertest.One(reportertest.Row("[It] A", "failed", reportertest.Failure), reportertest.Row("[It] C", "failed", "")), "")
	for i, took := range []time.Duration{-5 * time.Second, 1 << 62} {
		test := &s.Categories[0].Abilities[i].Tests[0]
		test.Message, test.Duration = message, took
	}
	s.Build.ID, s.Incomplete = "17", []reporter.Warning{{Message: message}}
	for _, form := range view.Formats() {
		text := render(t, form, view.Options{}, s)
		for _, bad := range []string{"[31m", "[0m", "1mbold", "8;;", "\x1b", "\u009b", "-5", "4611686018", "1281023h"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q", form, bad)
			}
		}
		if !strings.Contains(text, "it broke here bold") && form != "table" {
			t.Errorf("%s lacks what the test said:\n%s", form, text)
		}
	}
}
