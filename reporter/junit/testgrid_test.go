package junit

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"io"
	"math"
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
	Failed, Skipped            bool // has such an element
}

// TestSameAsTestGrid holds the rows of the real files that are whole against those of TestGrid's parser.
func TestSameAsTestGrid(t *testing.T) {
	t.Parallel()
	compared := 0
	for _, name := range recorded(t) {
		if compareWithTestGrid(t, load(t, name)) {
			compared++
		}
	}
	if want := 6; compared != want {
		t.Errorf("compared %d files, want %d", compared, want)
	}
}

// compareWithTestGrid tells whether the file is one that both parsers must understand alike.
func compareWithTestGrid(t *testing.T, data []byte) bool {
	t.Helper()
	if !plainJUnit(data) {
		return false
	}
	theirs, err := testgrid.Parse(data)
	if err != nil {
		return false
	}
	file, rows := readAll(t, bytes.NewReader(data), Options{AllRows: true})
	if file.Incomplete != "" {
		t.Fatalf("incomplete: line %d: %s", file.IncompleteLine, file.Incomplete)
	}
	var want, got []judged
	for _, s := range theirs.Suites {
		want = flatten(want, "", s)
	}
	for _, row := range rows {
		got = append(got, judge(row))
	}
	// Their tree does not tell in which order the test cases and suites of a suite come.
	slices.SortStableFunc(want, byName)
	slices.SortStableFunc(got, byName)
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Fatalf("(-TestGrid +ours):\n%s", diff)
	}
	return true
}

func byName(a, b judged) int {
	return cmp.Or(strings.Compare(a.Suite, b.Suite), strings.Compare(a.Name, b.Name), strings.Compare(a.Class, b.Class),
		strings.Compare(a.Status, b.Status), cmp.Compare(a.Seconds, b.Seconds), boolCompare(a.Failed, b.Failed), boolCompare(a.Skipped, b.Skipped))
}

func boolCompare(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	default:
		return 1
	}
}

func flatten(rows []judged, path string, s testgrid.Suite) []judged {
	if path != "" && s.Name != "" {
		path += "."
	}
	path += s.Name
	for _, r := range s.Results {
		j := judged{Suite: path, Name: r.Name, Class: r.ClassName, Status: r.Status, Seconds: r.Time}
		if math.IsNaN(j.Seconds) || math.IsInf(j.Seconds, 0) || j.Seconds < 0 {
			j.Seconds = 0
		}
		said := saidBy([]byte(r.Status))
		j.Failed = r.Failure != nil || r.Errored != nil || said == saidFailed || said == saidNothing && r.Skipped == nil
		j.Skipped = !j.Failed && (r.Skipped != nil || said == saidSkipped || said == saidPending)
		rows = append(rows, j)
	}
	for _, inner := range s.Suites {
		rows = flatten(rows, path, inner)
	}
	return rows
}

func judge(row Row) judged {
	return judged{
		Suite: row.Suite, Name: row.Name, Class: row.Class, Status: row.Status, Seconds: row.Seconds,
		Failed: row.Outcome == Failed, Skipped: row.Outcome == Skipped || row.Outcome == Unselected,
	}
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
			if len(stack) >= maxDepth || len(token.Name.Local) > maxName || !inPlace(stack, token.Name.Local) || oddAttributes(token.Attr) {
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
	switch kindOf([]byte(name)) {
	case testcase:
		return parent == "testsuite"
	case suites:
		return parent == ""
	case suite:
		return parent == "" || parent == "testsuite" || parent == "testsuites"
	case failed, skipped:
		return parent == "testcase"
	default:
		return parent != "" && parent == strings.TrimSpace(parent)
	}
}

func oddAttributes(attributes []xml.Attr) bool {
	seen := map[string]bool{}
	for _, a := range attributes {
		if a.Name.Space != "" || seen[a.Name.Local] || len(a.Value) > maxAttribute {
			return true
		}
		seen[a.Name.Local] = true
	}
	return false
}
