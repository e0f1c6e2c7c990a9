package view

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// writeCSV writes one row for each ability of each build, below a row of names; each row has the verdict of its build, so
// that a row that is green in a build that is not tells so. The texts of a build come out as text: one that a spreadsheet
// would read as a formula begins with an apostrophe.
func writeCSV(w io.Writer, summaries []reporter.Summary) error {
	rows := [][]string{{
		"category", "required", "id", "description", "state", "partial", "tests", "seconds", "reason", "failure", "build", "kubernetes",
		"inPart", "categoryVerdict", "verdict", "whole", "end", "declared", "job", "started", "ran", "pretended",
	}}
	for _, s := range summaries {
		for _, c := range s.Categories {
			for _, a := range c.Abilities {
				rows = append(rows, csvRow(s, c, a))
			}
		}
	}
	out := csv.NewWriter(w)
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("writing CSV: %w", err)
	}
	return nil
}

func csvRow(s reporter.Summary, c reporter.Category, a reporter.Ability) []string {
	row := []string{
		c.Name, strconv.FormatBool(c.Required), a.ID, a.Description, a.State.String(), strconv.FormatBool(a.Partial),
		strconv.Itoa(len(a.Tests)), strconv.FormatFloat(seconds(a), 'f', 3, 64),
		a.Reason(), firstFailure(a), s.Build.ID, s.KubernetesVersion,
		strconv.FormatBool(a.InPart), c.Verdict.String(), s.Verdict.String(), strconv.FormatBool(s.Whole), s.End.State.String(), s.Declared,
		s.Build.Job, startedText(s.Build), a.Where(), strconv.FormatBool(s.Pretended),
	}
	for i, cell := range row {
		row[i] = safetext.CSV(cell)
	}
	return row
}

// startedText is when a build began, "" if it is not known.
func startedText(b reporter.Build) string {
	if b.Started.IsZero() {
		return ""
	}
	return b.Started.UTC().Format(time.RFC3339)
}

// seconds is how long the tests of an ability took together.
func seconds(a reporter.Ability) float64 {
	var sum time.Duration
	for _, test := range a.Tests {
		sum += test.Took()
	}
	return sum.Seconds()
}

// firstFailure is the first line of the first failure text that there is, of a failed test before a flaky one.
func firstFailure(a reporter.Ability) string {
	for _, state := range []reporter.State{reporter.Failed, reporter.Flaky} {
		for _, test := range a.Tests {
			if lines, _ := test.Excerpt(1); test.State == state && len(lines) > 0 {
				return lines[0]
			}
		}
	}
	return ""
}
