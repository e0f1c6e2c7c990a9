package junit

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	testgrid "github.com/GoogleCloudPlatform/testgrid/metadata/junit"
	gocmp "github.com/google/go-cmp/cmp"
)

// judged is what TestGrid and this package must say alike of a test case.
type judged struct {
	Suite, Name, Class, Status string
	Seconds                    float64
	Outcome                    string // "passed", "failed", or "skipped", which is unselected too
}

// counts are what a file holds.
type counts struct {
	Suite                   string
	Passed, Failed, Skipped int
	Seconds                 float64  // of all
	Failures                []string // names
}

// TestSameAsTestGrid holds the rows of the real files that are whole against those of TestGrid's parser, and both against
// what is in the files, as an XML library and grep count it.
func TestSameAsTestGrid(t *testing.T) {
	t.Parallel()
	const suite = "Kubernetes e2e suite"
	want := map[string]counts{
		"conformance": {suite, 406, 0, 6795, 6095.928, nil},
		"conformance-one-failed": {suite, 405, 1, 6795, 6095.928, []string{
			"[It] [sig-network] DNS should provide DNS for services [Conformance]",
		}},
		"ginkgo1": {suite, 300, 3, 5181, 7262.504, []string{
			"[sig-apps] Daemon set [Serial] should rollback without unnecessary restarts [Conformance]",
			"[sig-scheduling] SchedulerPreemption [Serial] validates basic preemption works [Conformance]",
			"[sig-scheduling] SchedulerPreemption [Serial] validates lower priority pod preemption by critical pod [Conformance]",
		}},
		"nothing-selected": {suite, 5, 0, 7579, 0, nil},
		"simulated-cluster": {suite, 8, 2, 7576, 359.806, []string{
			"[It] [sig-storage] ConfigMap should be consumable from pods in volume [NodeConformance] [Conformance]",
			"[It] [sig-windows] [Feature:Windows] SecurityContext should be able create pods and run containers with a given username",
		}},
		"31-nextest-flaky": {"oxidized_navigation::parry3d", 2, 1, 0, 2.663, []string{"test_failure"}},
	}
	for _, name := range recorded(t) {
		data := load(t, name)
		if !compareWithTestGrid(t, data) {
			continue
		}
		run := strings.TrimSuffix(filepath.Base(goldenOf(name)), ".golden")
		run = strings.TrimSuffix(run, ".xml")
		theirs, ours := rowsOf(t, data)
		for _, diff := range []string{gocmp.Diff(want[run], countsOf(theirs)), gocmp.Diff(want[run], countsOf(ours))} {
			if diff != "" {
				t.Errorf("%s (-want +got):\n%s", run, diff)
			}
		}
		delete(want, run)
	}
	for run := range want {
		t.Errorf("%s was not compared", run)
	}
}

// countsOf counts rows that are sorted by their names.
func countsOf(rows []judged) counts {
	var c counts
	for _, row := range rows {
		c.Suite = row.Suite
		c.Seconds += row.Seconds
		switch row.Outcome {
		case "passed":
			c.Passed++
		case "skipped":
			c.Skipped++
		default:
			c.Failed++
			c.Failures = append(c.Failures, row.Name)
		}
	}
	c.Seconds = math.Round(c.Seconds*1000) / 1000
	return c
}

// compareWithTestGrid tells whether the file is one that both parsers must understand alike, and holds that they do.
func compareWithTestGrid(t *testing.T, data []byte) bool {
	t.Helper()
	if !plainJUnit(data) {
		return false
	}
	if _, err := testgrid.Parse(data); err != nil {
		return false
	}
	if diff := gocmp.Diff(rowsOf(t, data)); diff != "" {
		t.Fatalf("(-TestGrid +ours):\n%s", diff)
	}
	return true
}

// rowsOf returns the rows of a file as TestGrid's parser reads them, and as this package does, in an order of their own:
// TestGrid's tree does not tell in which order the test cases and suites of a suite come.
func rowsOf(t *testing.T, data []byte) (theirs, ours []judged) {
	t.Helper()
	tree, err := testgrid.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range tree.Suites {
		theirs = flatten(theirs, "", s)
	}
	file, rows := readAll(t, bytes.NewReader(data), Options{AllRows: true})
	if file.Incomplete != "" {
		t.Fatalf("incomplete: line %d: %s", file.IncompleteLine, file.Incomplete)
	}
	for _, row := range rows {
		ours = append(ours, judgedRow(row))
	}
	slices.SortStableFunc(theirs, byName)
	slices.SortStableFunc(ours, byName)
	return theirs, ours
}

func byName(a, b judged) int {
	return cmp.Or(strings.Compare(a.Suite, b.Suite), strings.Compare(a.Name, b.Name), strings.Compare(a.Class, b.Class),
		strings.Compare(a.Status, b.Status), cmp.Compare(a.Seconds, b.Seconds), strings.Compare(a.Outcome, b.Outcome))
}

func flatten(rows []judged, path string, s testgrid.Suite) []judged {
	if path != "" && s.Name != "" {
		path += "."
	}
	path += s.Name
	for _, r := range s.Results {
		j := judged{Suite: path, Name: r.Name, Class: r.ClassName, Status: r.Status, Seconds: r.Time, Outcome: outcomeOf(r)}
		if math.IsNaN(j.Seconds) || math.IsInf(j.Seconds, 0) || j.Seconds < 0 {
			j.Seconds = 0
		}
		rows = append(rows, j)
	}
	for _, inner := range s.Suites {
		rows = flatten(rows, path, inner)
	}
	return rows
}

// outcomeOf judges what TestGrid's parser read, by rules and words that are written down here once more.
func outcomeOf(r testgrid.Result) string {
	word := strings.ToLower(strings.TrimSpace(r.Status))
	says := func(words string) bool { return slices.Contains(strings.Split(words, "|"), word) }
	switch {
	case r.Failure != nil, r.Errored != nil, says("failed|failure|error|timedout|panicked|interrupted|aborted"):
		return "failed"
	case r.Skipped != nil, says("skipped|disabled|ignored|notrun|pending"):
		return "skipped"
	case says("|passed|success|run|completed"):
		return "passed"
	}
	return "failed" // a word that nobody knows
}

func judgedRow(row Row) judged {
	j := judged{Suite: row.Suite, Name: row.Name, Class: row.Class, Status: row.Status, Seconds: row.Seconds, Outcome: "passed"}
	switch row.Outcome {
	case Failed:
		j.Outcome = "failed"
	case Skipped, Unselected:
		j.Outcome = "skipped"
	}
	return j
}

// plainJUnit tells whether a file is well-formed, has one root, and its elements and attributes are where those of JUnit
// belong. Of others TestGrid's parser reads less or, of repeated and prefixed attributes, something else.
func plainJUnit(data []byte) bool {
	d := xml.NewDecoder(bytes.NewReader(data))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	var stack []string
	roots := 0
	for {
		token, err := d.Token()
		if err != nil {
			return errors.Is(err, io.EOF) && roots == 1
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(stack) == 0 {
				roots++
			}
			if len(stack) >= 100 || len(token.Name.Local) > 1000 || !inPlace(stack, token.Name.Local) || oddAttributes(token.Attr) {
				return false
			}
			stack = append(stack, token.Name.Local)
		case xml.EndElement:
			stack = stack[:len(stack)-1]
		case xml.ProcInst:
			if len(stack) > 0 { // which is text to us if it has a "<" in it
				return false
			}
		case xml.Directive:
			if len(stack) > 0 || !bytes.HasPrefix(token, []byte("DOCTYPE ")) {
				return false
			}
		case xml.CharData:
			if len(stack) == 0 && strings.TrimSpace(string(token)) != "" {
				return false
			}
		}
	}
}

func inPlace(stack []string, name string) bool {
	parent := ""
	if len(stack) > 0 {
		parent = stack[len(stack)-1]
	}
	switch name {
	case "testcase":
		return parent == "testsuite"
	case "testsuites":
		return parent == ""
	case "testsuite":
		return parent == "" || parent == "testsuite" || parent == "testsuites"
	case "failure", "error", "skipped":
		return parent == "testcase"
	default:
		return parent != "" && parent == strings.TrimSpace(parent)
	}
}

func oddAttributes(attributes []xml.Attr) bool {
	seen := map[string]bool{}
	for _, a := range attributes {
		if a.Name.Space != "" || seen[a.Name.Local] || len(a.Value) > 1<<20 {
			return true
		}
		seen[a.Name.Local] = true
	}
	return false
}
