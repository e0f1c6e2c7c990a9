package reporter_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// rows is a result file of that many rows of the same text, which takes no memory. Each row has a name of its own.
func rows(count int, name, text string) io.Reader {
	return io.MultiReader(strings.NewReader(`<testsuites><testsuite name="Kubernetes e2e suite">`),
		&repeated{count: count, row: `<testcase name="%s %d" classname="Kubernetes e2e suite" status="failed" time="1"><failure>` + text + "</failure></testcase>\n", name: name},
		strings.NewReader(`</testsuite></testsuites>`))
}

type repeated struct {
	row, name string
	count, at int
	rest      string
}

func (r *repeated) Read(p []byte) (int, error) {
	if r.rest == "" {
		if r.at == r.count {
			return 0, io.EOF
		}
		r.at++
		r.rest = fmt.Sprintf(r.row, r.name, r.at)
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// peak is the most heap that is in use while c reads, beyond what was before. It looks each 16 MiB.
func peak(t *testing.T, c *reporter.Collector, r io.Reader) uint64 {
	t.Helper()
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	before, most, seen := stats.HeapAlloc, uint64(0), 0
	c.Unpacked = func(n int) error {
		if seen += n; seen > 16<<20 {
			seen = 0
			runtime.GC() // else it depends on when Go collects
			runtime.ReadMemStats(&stats)
			most = max(most, stats.HeapAlloc-min(before, stats.HeapAlloc))
		}
		return nil
	}
	if err := c.Add("junit.xml", r); err != nil {
		t.Fatal(err)
	}
	return most
}

// TestUnselectedRows holds that rows which no ability selects are counted and take no memory, however much text they have.
// Not parallel: it looks at the heap.
func TestUnselectedRows(t *testing.T) {
	q := reportertest.Ask(t, reportertest.Abilities, "A", "B", "C")
	names, err := reporter.NewNames(q.Spec.Categories, q.Tests)
	if err != nil {
		t.Fatal(err)
	}
	c := reporter.Collector{Names: names}
	const count = 5000
	most := peak(t, &c, rows(count, "n", strings.Repeat("B", 60_000)))
	e := c.Evidence()
	if e.Rows != count || len(e.Suites) != 1 || e.Suites[0].Failures != count || len(e.Suites[0].Results) != 0 {
		t.Errorf("%d rows, %d suites", e.Rows, len(e.Suites))
	}
	if most > 32<<20 {
		t.Errorf("%d MiB of heap, want at most 32", most>>20)
	}
}

// TestKept holds that whoever reads knows what is kept, and can end it.
func TestKept(t *testing.T) {
	t.Parallel()
	enough := errors.New("enough")
	for what, r := range map[string]io.Reader{
		"failures":        rows(1000, "A", strings.Repeat("x", 1000)),
		"failed nodes":    strings.NewReader(reportertest.Suite(strings.Repeat(reportertest.Row("[BeforeSuite]", "failed", reportertest.Failure), 1000))),
		"suites":          strings.NewReader("<testsuites>" + strings.Repeat(`<testsuite name="Kubernetes e2e suite"></testsuite>`, 1000) + "</testsuites>"),
		"passed, by name": strings.NewReader(reportertest.Suite(strings.Repeat(reportertest.Row(strings.Repeat("A", 1000), "passed", ""), 1000))),
	} {
		kept := 0
		c := reporter.Collector{Kept: func(n int) error {
			if kept += n; kept > 100_000 {
				return enough
			}
			return nil
		}}
		if err := c.Add("junit.xml", r); !errors.Is(err, enough) || !strings.Contains(err.Error(), "junit.xml") {
			t.Errorf("%s: %v after %d bytes", what, err, kept)
		}
		if e := c.Evidence(); e.Files != 0 || len(e.Suites) != 0 {
			t.Errorf("%s: %d suites of a file that was given up", what, len(e.Suites))
		}
	}
}
