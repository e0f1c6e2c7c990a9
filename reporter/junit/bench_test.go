package junit

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"testing"
	"time"

	testgrid "github.com/GoogleCloudPlatform/testgrid/metadata/junit"
)

const (
	conformanceFile = "../testdata/conformance/artifacts/junit_01.xml.gz"
	simulatedFile   = "../testdata/simulated-cluster/artifacts/junit_01.xml.gz"
)

// BenchmarkRead reads two real files, and tells how many times as fast it is as TestGrid's parser and as the tokenizer that
// all parsers by encoding/xml are built on. The best of several runs counts for each, since the machine may be doing something else too.
func BenchmarkRead(b *testing.B) {
	for _, file := range []struct{ name, path string }{{"conformance", conformanceFile}, {"simulated", simulatedFile}} {
		data := load(b, file.path)
		for _, rows := range []struct {
			name string
			opt  Options
		}{{"selected", Options{}}, {"all", Options{AllRows: true}}} {
			b.Run(file.name+"/"+rows.name, func(b *testing.B) { benchmarkRead(b, data, rows.opt) })
		}
	}
}

// peerRuns is how often the peers run before and after, which take so much longer.
const peerRuns = 5

func benchmarkRead(b *testing.B, data []byte, opt Options) {
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	var ours, theirs, tokens best
	peers := func() {
		for range peerRuns {
			theirs.run(func() { testGridOnce(b, data) })
			tokens.run(func() { rawTokenOnce(b, data) })
		}
	}
	peers()
	for b.Loop() {
		ours.run(func() { readOnce(b, data, opt) })
	}
	peers()
	b.ReportMetric(float64(theirs)/float64(ours), "x-testgrid")
	b.ReportMetric(float64(tokens)/float64(ours), "x-rawtoken")
}

// best is the shortest time that something took: the one that least else was running in.
type best time.Duration

func (d *best) run(f func()) {
	start := time.Now()
	f()
	if took := best(time.Since(start)); *d == 0 || took < *d {
		*d = took
	}
}

func readOnce(b *testing.B, data []byte, opt Options) {
	file, err := Read(bytes.NewReader(data), opt, func(*Row) error { return nil })
	if err != nil || file.Incomplete != "" || len(file.Warnings) > 0 {
		b.Fatal(err, file.Incomplete, file.Warnings)
	}
}

func testGridOnce(b *testing.B, data []byte) {
	if _, err := testgrid.Parse(data); err != nil {
		b.Fatal(err)
	}
}

func rawTokenOnce(b *testing.B, data []byte) {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		if _, err := d.RawToken(); err != nil {
			if !errors.Is(err, io.EOF) {
				b.Fatal(err)
			}
			return
		}
	}
}

// BenchmarkGigabyte reads a file of 1 GiB that is made on the way, and tells how much heap that took at most.
func BenchmarkGigabyte(b *testing.B) {
	const size = 1 << 30
	for _, file := range []struct {
		name string
		open func() io.Reader
	}{
		{"rows", func() io.Reader { return largeRows(size) }},
		{"one-row", func() io.Reader { return oneFailure(size / 3) }},
	} {
		b.Run(file.name, func(b *testing.B) {
			b.SetBytes(size)
			var most uint64
			for b.Loop() {
				_, _, peak := peakHeap(b, file.open())
				most = max(most, peak)
			}
			b.ReportMetric(float64(most)/(1<<20), "MiB-peak")
			if most > 64<<20 {
				b.Errorf("%d MiB of heap, want at most 64", most>>20)
			}
		})
	}
}
