package junit

import (
	"bytes"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
)

// truncationBudget is how much of a file in all its lengths a test reads; a file that is cut off costs what is left of it.
const truncationBudget = 200 << 20

// TestTruncated cuts every real file near its end and at random places. A file that lost its end must be known as such,
// and must not say anything better of a test than the whole file does.
func TestTruncated(t *testing.T) {
	t.Parallel()
	for _, name := range recorded(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			data := load(t, name)
			file, rows := readAll(t, bytes.NewReader(data), Options{AllRows: true})
			outcomes := map[int64]Outcome{}
			for _, row := range rows {
				outcomes[row.Offset] = row.Outcome
			}
			end := len(data) + 1 // of the root element
			if file.Incomplete == "" {
				end = bytes.LastIndexByte(data, '>') + 1
			}
			for _, at := range cuts(len(data)) {
				checkTruncated(t, data[:at], outcomes, at >= end)
			}
		})
	}
}

// cuts returns as many lengths as the budget allows: all of the last 4 KiB or every n-th, and up to 1,000 random ones.
func cuts(size int) []int {
	const tail, random = 4 << 10, 1000
	share := min(1, float64(truncationBudget)/float64(size*(tail+random)))
	var lengths []int
	for at := float64(max(0, size-tail)); at < float64(size); at += 1 / share {
		lengths = append(lengths, int(at))
	}
	rng := rand.New(rand.NewPCG(1, uint64(size)))
	for range int(random * share) {
		lengths = append(lengths, rng.IntN(size))
	}
	return lengths
}

func checkTruncated(t *testing.T, data []byte, outcomes map[int64]Outcome, whole bool) {
	t.Helper()
	file, err := Read(bytes.NewReader(data), Options{AllRows: true}, func(row *Row) error {
		if want, there := outcomes[row.Offset]; !there || row.Outcome != want {
			t.Errorf("cut at %d: row at %d is %v, in the whole file %v (%v)", len(data), row.Offset, row.Outcome, want, there)
		}
		return nil
	})
	if err != nil {
		t.Errorf("cut at %d: %v", len(data), err)
	}
	if whole != (file.Incomplete == "") {
		t.Errorf("cut at %d: incomplete %q", len(data), file.Incomplete)
	}
}

// TestCutOffTestCase holds what is said of the test case in which a file ends.
func TestCutOffTestCase(t *testing.T) {
	t.Parallel()
	const start = `<testsuite name="s"><testcase name="a"/><testcase name="b" status="failed" time="2">`
	tests := []struct{ name, text, want string }{
		{"before its end", start, `s/a passed; incomplete, line 1: the file ends inside of <testcase>`},
		{"in its end", start + `</testcase`, `s/a passed; incomplete, line 1: the file ends in a tag inside of <testcase>`},
		{"in a tag", start + `<failure mess`, `s/a passed; incomplete, line 1: the file ends in a tag inside of <testcase>`},
		{"in a bracket", start + `<`, `s/a passed; incomplete, line 1: the file ends in a tag inside of <testcase>`},
		{"in a failure", start + `<failure>x`, `s/a passed; incomplete, line 1: the file ends inside of <failure>`},
		{"in a CDATA section", start + `<failure><![CDATA[x]]`, `s/a passed; incomplete, line 1: the file ends in a CDATA section inside of <failure>`},
		{"in the start of one", start + `<failure><![CD`, `s/a passed; incomplete, line 1: the file ends in a tag inside of <failure>`},
		{"in a comment", start + `<!-- x --`, `s/a passed; incomplete, line 1: the file ends in a comment inside of <testcase>`},
		{"in an instruction", start + `<?x `, `s/a passed; incomplete, line 1: the file ends in an instruction inside of <testcase>`},
		{"in a skip", start + `<skipped message="x">`, `s/a passed; incomplete, line 1: the file ends inside of <skipped>`},
		{"behind a failure", start + `<failure>x</failure>`, `s/a passed, s/b failed "x"; incomplete, line 1: the file ends inside of <testcase>`},
		{"behind an empty failure", start + `<error message="x"/>`, `s/a passed, s/b failed "x"; incomplete, line 1: the file ends inside of <testcase>`},
		{"in an output behind a failure", start + `<failure>x</failure><system-out>` + strings.Repeat("y", 100<<10),
			`s/a passed, s/b failed "x"; incomplete, line 1: the file ends inside of <system-out>`},
		{"in a document type", `<!DOCTYPE x [`, `; line 1, byte 0: a document type; entities that it declares are not expanded; incomplete, line 1: the file ends in a document type`},
		{"behind the root", `<testsuite/><!-- x`, `; incomplete, line 1: the file ends in a comment`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := describe(readString(t, tt.text, Options{})); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
