package junit

import (
	"bytes"
	"compress/gzip"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// readAll reads a file and keeps its rows.
func readAll(tb testing.TB, r io.Reader, opt Options) (File, []Row) {
	tb.Helper()
	var rows []Row
	file, err := Read(r, opt, func(row *Row) error {
		rows = append(rows, *row)
		return nil
	})
	if err != nil {
		tb.Fatalf("Read: %v", err)
	}
	return file, rows
}

func readString(tb testing.TB, text string, opt Options) (File, []Row) {
	tb.Helper()
	return readAll(tb, strings.NewReader(text), opt)
}

// recorded returns the names of the real files: those of runs that the reporter is tested with, and odd ones.
func recorded(tb testing.TB) []string {
	tb.Helper()
	plain, err := filepath.Glob("testdata/*.xml")
	if err != nil {
		tb.Fatal(err)
	}
	zipped, err := filepath.Glob("../testdata/*/artifacts/junit_01.xml.gz")
	if err != nil || len(plain) == 0 || len(zipped) == 0 {
		tb.Fatalf("no testdata: %v", err)
	}
	return append(plain, zipped...)
}

// load returns a file of testdata, decompressed.
func load(tb testing.TB, name string) []byte {
	tb.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		tb.Fatal(err)
	}
	if !strings.HasSuffix(name, ".gz") {
		return data
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		tb.Fatal(err)
	}
	data, err = io.ReadAll(z)
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// suiteOf puts test cases into a file.
func suiteOf(testcases string) string {
	return `<testsuites><testsuite name="s">` + testcases + `</testsuite></testsuites>`
}
