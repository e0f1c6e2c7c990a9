package junit

import (
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"io"
	"os"
	"testing"

	tg "github.com/GoogleCloudPlatform/testgrid/metadata/junit"
)

func load(tb testing.TB, name string) []byte {
	f, err := os.Open("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		tb.Fatal(err)
	}
	b, err := io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func BenchmarkX(b *testing.B) {
	for _, name := range []string{"03-k8s-e2e-ginkgo2-v1.30-conformance.xml.gz", "41-e2e-v1.36.3-simulated-cluster-pass-fail-timeout.xml.gz"} {
		data := load(b, name)
		b.Run(name[:2]+"/read", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				f, err := Read(bytes.NewReader(data), Options{}, func(*Row) error { return nil })
				if err != nil || f.Incomplete != "" || len(f.Warnings) > 0 {
					b.Fatal(err, f.Incomplete, f.Warnings)
				}
			}
		})
		b.Run(name[:2]+"/readall", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			b.ReportAllocs()
			for b.Loop() {
				Read(bytes.NewReader(data), Options{AllRows: true}, func(*Row) error { return nil })
			}
		})
		b.Run(name[:2]+"/raw", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				d := xml.NewDecoder(bytes.NewReader(data))
				for {
					if _, err := d.RawToken(); err != nil {
						break
					}
				}
			}
		})
		b.Run(name[:2]+"/tg", func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				if _, err := tg.Parse(data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
