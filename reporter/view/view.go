// Package view shows summaries in every form but the comment: as text for a terminal, Markdown, a page, and as data.
//
// Render writes any of the forms that Formats names; FormatOf tells the form of a file by its ending. A form shows what
// package reporter judged and judges nothing. What comes from test output goes through package safetext.
//
// # JUnit
//
// JUnit has no word for what is neither good nor bad. TestGrid shows <skipped> as green, unless it gives no reason, and then
// drops the row; Spyglass folds it away; Sonobuoy counts a plugin whose tests were all skipped as passed. Of an <error>
// Spyglass does not show what it says. So all that was to be shown and was not is a <failure>, whose type is the state or
// verdict and whose message begins with it:
//
//	passed, ready                        nothing inside: passed
//	flaky                                stands twice, failed and passed: flaky with TestGrid and Spyglass, failed with Sonobuoy
//	failed, unconfirmed, not run,        <failure>, with the failure texts or the reasons
//	skipped, not ready, incomplete
//	exempt, unproven, and an optional    no row, since no run of that cluster can change it: a property of the suite of
//	category of these alone              verdicts counts them
//
// The module test/readers holds this with the three readers themselves.
package view

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/page"
)

// Options say how a form is shown. The zero value is right for a file.
type Options struct {
	Width     int                   // of the table: columns of the terminal; 0: 80
	Color     bool                  // of the table: mark states with colours (ECMA-48)
	Details   bool                  // of the table: all abilities with all notes and reasons, and all that failed
	Source    string                // of the table: what to report on again for more; "": the source of the build, if it has one
	Addresses coordinates.Addresses // of the page: where its links to dashboards lead
}

// format is one form of a report.
type format struct {
	name   string
	ending string // of files; "": no file has it by its ending
	write  func(io.Writer, []reporter.Summary, Options) error
}

func formats() []format {
	return []format{
		{"table", ".txt", writeText},
		{"markdown", ".md", writeMarkdown},
		{"lens", "", writeLens},
		{"html", ".html", writePage},
		{"json", ".json", writeJSON},
		{"yaml", ".yaml", writeYAML},
		{"csv", ".csv", func(w io.Writer, summaries []reporter.Summary, _ Options) error { return writeCSV(w, summaries) }},
		{"junit", ".xml", writeOneJUnit},
	}
}

// Formats returns the names of all forms, the one for a terminal first.
func Formats() []string {
	var names []string
	for _, f := range formats() {
		names = append(names, f.name)
	}
	return names
}

// Endings returns how the names of files end by which FormatOf tells their form.
func Endings() []string {
	var endings []string
	for _, f := range formats() {
		if f.ending != "" {
			endings = append(endings, f.ending)
		}
	}
	return endings
}

// FormatOf returns the form of a file, by the ending of its name.
func FormatOf(file string) (name string, ok bool) {
	for _, f := range formats() {
		if f.ending != "" && f.ending == filepath.Ext(file) {
			return f.name, true
		}
	}
	return "", false
}

// ErrOneBuild means that a form is of one build, and there are several.
var ErrOneBuild = errors.New("the junit form is of one build")

// Render writes the summaries, of which there is one at least, in the form of that name.
func Render(w io.Writer, name string, summaries []reporter.Summary, o Options) error {
	all := formats()
	i := slices.IndexFunc(all, func(f format) bool { return f.name == name })
	if i < 0 {
		return fmt.Errorf("unknown form %q; known are %s", name, strings.Join(Formats(), ", "))
	}
	return all[i].write(w, summaries, o)
}

// writeText writes the table of one build, or several builds beside each other.
func writeText(w io.Writer, summaries []reporter.Summary, o Options) error {
	if len(summaries) == 1 {
		return writeTable(w, summaries[0], o)
	}
	return writeMatrix(w, summaries, o)
}

func writePage(w io.Writer, summaries []reporter.Summary, o Options) error {
	return page.Write(w, summaries, o.Addresses)
}

func writeOneJUnit(w io.Writer, summaries []reporter.Summary, _ Options) error {
	if len(summaries) != 1 {
		return ErrOneBuild
	}
	return writeJUnit(w, summaries[0])
}

// document is what the forms for programs hold: one summary, or a list of them.
func document(summaries []reporter.Summary) any {
	if len(summaries) == 1 {
		return NewJSON(summaries[0])
	}
	list := []JSON{}
	for _, s := range summaries {
		list = append(list, NewJSON(s))
	}
	return list
}

func writeJSON(w io.Writer, summaries []reporter.Summary, _ Options) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(document(summaries))
}

// writeYAML writes what writeJSON does, its keys in the same order.
func writeYAML(w io.Writer, summaries []reporter.Summary, _ Options) error {
	return yamlfile.Write(w, document(summaries))
}
