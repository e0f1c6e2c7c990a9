package reporter

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
)

// WriteCSV writes one row for each ability of each build, below a row of names. The texts of a build come out as text:
// one that a spreadsheet would read as a formula begins with an apostrophe.
func WriteCSV(w io.Writer, summaries []Summary) error {
	rows := [][]string{{
		"category", "required", "id", "description", "state", "partial", "tests", "seconds", "reason", "failure", "build", "kubernetes",
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

func csvRow(s Summary, c Category, a Ability) []string {
	row := []string{
		c.Name, strconv.FormatBool(c.Required), a.ID, a.Description, a.State.String(), strconv.FormatBool(a.Partial),
		strconv.Itoa(len(a.Tests)), strconv.FormatFloat(a.duration().Seconds(), 'f', 3, 64),
		a.Reason, a.firstFailure(), s.Build.ID, s.KubernetesVersion,
	}
	for i, cell := range row {
		row[i] = csvText(cell)
	}
	return row
}

// duration is how long its tests took together.
func (a Ability) duration() time.Duration {
	var sum time.Duration
	for _, test := range a.Tests {
		sum += test.Duration
	}
	return sum
}

// firstFailure is the first line of the first failure text that there is, of a failed test before a flaky one.
func (a Ability) firstFailure() string {
	for _, state := range []State{Failed, Flaky} {
		for _, test := range a.Tests {
			if lines, _ := test.excerpt(1); test.State == state && len(lines) > 0 {
				return lines[0]
			}
		}
	}
	return ""
}

// csvText keeps a cell from being a formula (https://owasp.org/www-community/attacks/CSV_Injection).
func csvText(text string) string {
	text = strings.TrimSpace(visible(text))
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return "'" + text
	}
	return text
}
