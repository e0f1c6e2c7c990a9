package junit

import (
	"io"
	"runtime"
	"strings"
	"testing"
)

// endless is a file of any size that takes no memory: a head, a body that is repeated, a tail.
type endless struct {
	head, body, tail string
	left             int64 // bytes of bodies
	at               string
	done             bool
}

// newEndless returns a file of about size bytes.
func newEndless(size int64, head, body, tail string) *endless {
	return &endless{head: head, body: body, tail: tail, left: size, at: head}
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if e.at == "" && !e.next() {
			break
		}
		k := copy(p[n:], e.at)
		n, e.at = n+k, e.at[k:]
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (e *endless) next() bool {
	switch {
	case e.left > 0:
		e.left -= int64(len(e.body))
		e.at = e.body
	case !e.done:
		e.done, e.at = true, e.tail
	default:
		return false
	}
	return true
}

// largeRows is a file of rows as Ginkgo writes them: 24 not selected, one that failed with much text.
func largeRows(size int64) io.Reader {
	const unselected = "          <testcase name=\"[It] [sig-storage] In-tree Volumes [Driver: local] subPath should support r/w\" classname=\"Kubernetes e2e suite\" status=\"skipped\" time=\"0\">\n              <skipped message=\"skipped\"></skipped>\n          </testcase>\n"
	const failure = "<testcase name=\"n\" status=\"failed\" time=\"1\"><failure message=\"\">"
	text := strings.Repeat("STEP: Creating a pod &#34;p&#34;&#xA;", 2000)
	body := strings.Repeat(unselected, 24) + failure + text + "</failure><system-err>" + strings.Repeat(text, 4) + "</system-err></testcase>\n"
	return newEndless(size, `<testsuites><testsuite name="s">`, body, `</testsuite></testsuites>`)
}

// oneFailure is a file of a single row with a text and an output, each of the given size.
func oneFailure(size int64) io.Reader {
	const line = "a line of log, with &lt;references&gt; and &#xA; all\n"
	return io.MultiReader(
		newEndless(size, `<testsuite><testcase name="n"><system-out>`, line, `</system-out>`),
		newEndless(size, `<failure>`, line, `</failure><system-err><![CDATA[`),
		newEndless(size, ``, line, `]]></system-err></testcase></testsuite>`),
	)
}

// peakHeap returns the most heap that was in use, beyond what was before, when rows were read.
func peakHeap(tb testing.TB, r io.Reader) (file File, rows int, peak uint64) {
	tb.Helper()
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	before := stats.HeapAlloc
	watched := &watch{r: r, every: 16 << 20, look: func() {
		runtime.ReadMemStats(&stats)
		if stats.HeapAlloc > before {
			peak = max(peak, stats.HeapAlloc-before)
		}
	}}
	file, err := Read(watched, Options{}, func(*Row) error { rows++; return nil })
	if err != nil {
		tb.Fatal(err)
	}
	return file, rows, peak
}

// watch looks at something each so many bytes.
type watch struct {
	r           io.Reader
	every, left int
	look        func()
}

func (w *watch) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if w.left -= n; w.left <= 0 || err != nil {
		w.left = w.every
		w.look()
	}
	return n, err
}

// TestLarge reads files of 64 MiB and more in little memory. Not parallel: it looks at the heap.
func TestLarge(t *testing.T) {
	const size = 64 << 20
	for name, r := range map[string]io.Reader{
		"many rows":   largeRows(size),
		"one failure": oneFailure(size / 2),
	} {
		file, rows, peak := peakHeap(t, r)
		if file.Incomplete != "" || rows == 0 {
			t.Errorf("%s: %d rows, incomplete %q", name, rows, file.Incomplete)
		}
		if peak > 16<<20 {
			t.Errorf("%s: %d MiB of heap, want at most 16", name, peak>>20)
		}
	}
}
