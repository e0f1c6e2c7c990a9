package junit

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRecorded holds what is read of real files against goldens: the counts, and the rows that are not green.
func TestRecorded(t *testing.T) {
	t.Parallel()
	for _, name := range recorded(t) {
		t.Run(goldenOf(name), func(t *testing.T) {
			t.Parallel()
			f, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			file, rows := readAll(t, f, Options{MaxMessage: 300})
			golden := goldenOf(name)
			got := summary(file, rows)
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", golden, diff)
			}
		})
	}
}

// goldenOf is where the golden of a real file is: in testdata, by the name of its run.
func goldenOf(name string) string {
	if run, ok := strings.CutSuffix(filepath.ToSlash(name), "/artifacts/junit_01.xml.gz"); ok {
		return filepath.Join("testdata", filepath.Base(run)+".golden")
	}
	return name + ".golden"
}

func summary(file File, rows []Row) string {
	var b strings.Builder
	fmt.Fprintf(&b, "name %q\n", file.Name)
	fmt.Fprintf(&b, "%d rows, %d unselected, %d passed, %d failed, %d skipped\n",
		file.Rows, file.Unselected, count(rows, Passed), count(rows, Failed), count(rows, Skipped))
	fmt.Fprintf(&b, "incomplete %q, line %d\n", file.Incomplete, file.IncompleteLine)
	for _, w := range file.Warnings {
		fmt.Fprintf(&b, "warning: %v\n", w)
	}
	for _, suite := range file.Suites {
		fmt.Fprintf(&b, "suite %q in %d, line %d, whole %t, timestamp %q, %v s, %d rows\n",
			suite.Name, suite.Outer, suite.Line, suite.Whole, suite.Timestamp, suite.Seconds, suite.Rows)
		for _, name := range slices.Sorted(maps.Keys(suite.Properties)) {
			fmt.Fprintf(&b, "  property %s: %q\n", name, suite.Properties[name])
		}
	}
	for _, row := range rows {
		if row.Outcome != Passed {
			fmt.Fprintf(&b, "line %d, byte %d: %v, status %q, %v s, retries %d\n  %s | %s | %s\n  %q\n",
				row.Line, row.Offset, row.Outcome, row.Status, row.Seconds, row.Retries, row.Suite, row.Class, row.Name, row.Message)
		}
	}
	return b.String()
}

func count(rows []Row, outcome Outcome) int {
	n := 0
	for _, row := range rows {
		if row.Outcome == outcome {
			n++
		}
	}
	return n
}

// TestPlaces holds the line and offset of every row against the file itself.
func TestPlaces(t *testing.T) {
	t.Parallel()
	for _, name := range recorded(t) {
		data := load(t, name)
		_, rows := readAll(t, bytes.NewReader(data), Options{AllRows: true})
		line, at := 1, int64(0)
		for _, row := range rows {
			line += bytes.Count(data[at:row.Offset], []byte("\n"))
			at = row.Offset
			if !bytes.HasPrefix(data[at:], []byte("<testcase ")) || row.Line != line {
				t.Fatalf("%s: row %q at line %d, byte %d; want line %d", name, row.Name, row.Line, row.Offset, line)
			}
		}
	}
}
