package junit

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
)

// TestBinary holds that an archive that is named as a JUnit file is refused, though there are whole JUnit files in it.
func TestBinary(t *testing.T) {
	t.Parallel()
	text := []byte(strings.Repeat(`<testsuite name="s"><testcase name="n"/></testsuite>`+"\n", 5000))
	for name, data := range map[string][]byte{
		"tar": tarOf(t, text), "zip": zipOf(t, text), "gzip in gzip": gzipOf(t, gzipOf(t, text)), "tar in gzip": gzipOf(t, tarOf(t, text)),
		"bytes that are no text": append([]byte("BZh9\xff\xfe\xfd"), text...),
	} {
		in := &counted{r: bytes.NewReader(data)}
		file, rows := readAll(t, in, Options{AllRows: true})
		if len(rows) != 0 || !strings.HasPrefix(file.Incomplete, "no JUnit file, but binary data: ") {
			t.Errorf("%s: %d rows, incomplete %q", name, len(rows), file.Incomplete)
		}
		if in.n > windowSize {
			t.Errorf("%s: %d of %d bytes were read", name, in.n, len(data))
		}
	}
	cut := strings.Repeat("a", maxQuote-1) + "中<testsuite/>" // the rune goes over the end of what is looked at
	if file, _ := readString(t, cut, Options{}); file.Incomplete != "" {
		t.Errorf("text before the root element: %s", file.Incomplete)
	}
}

// counted counts what was read.
type counted struct {
	r io.Reader
	n int
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func tarOf(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: "artifacts/junit_01.xml", Mode: 0o644, Size: int64(len(data))}); err != nil {
		t.Fatal(err)
	}
	write(t, w, data)
	return b.Bytes()
}

func zipOf(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "junit_01.xml", Method: zip.Store})
	if err == nil {
		_, err = w.Write(data)
	}
	if err = errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	write(t, gzip.NewWriter(&b), data)
	return b.Bytes()
}

func write(t *testing.T, w io.WriteCloser, data []byte) {
	t.Helper()
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
}

// TestUnpacked holds that all of a file is told of, decompressed, and that the caller may end it.
func TestUnpacked(t *testing.T) {
	t.Parallel()
	text := []byte(suiteOf(strings.Repeat(`<testcase name="n"/>`, 20_000)))
	utf16 := []byte("\xff\xfe")
	for _, c := range text { // each character takes two bytes in the file, and one here
		utf16 = append(utf16, c, 0)
	}
	for name, data := range map[string][]byte{"plain": text, "gzip": gzipOf(t, text), "UTF-16": utf16} {
		told := 0
		file, rows := readAll(t, bytes.NewReader(data), Options{Unpacked: func(n int) error { told += n; return nil }})
		if file.Incomplete != "" || len(rows) != 20_000 || told != len(text) {
			t.Errorf("%s: %d rows, incomplete %q, told of %d bytes of %d", name, len(rows), file.Incomplete, told, len(text))
		}
		enough := errors.New("enough")
		for _, most := range []int{-1, 100_000} {
			told, rows := 0, 0
			_, err := Read(bytes.NewReader(data), Options{Unpacked: func(n int) error {
				if told += n; told > most {
					return enough
				}
				return nil
			}}, func(*Row) error { rows++; return nil })
			if !errors.Is(err, enough) || rows >= 20_000 || told > max(most, 0)+2*windowSize {
				t.Errorf("%s, at most %d: %d rows, told of %d bytes, %v", name, most, rows, told, err)
			}
		}
	}
}

// TestSuiteText holds that suites inside of one with a long name do not multiply it.
func TestSuiteText(t *testing.T) {
	t.Parallel()
	text := `<testsuite name="` + strings.Repeat("n", 1<<20-1) + `">` + strings.Repeat("<testsuite></testsuite>", 100) + `</testsuite>`
	file, _ := readString(t, text, Options{})
	if want := "the names of suites are longer than 4194304 bytes"; file.Incomplete != want || len(file.Suites) != 4 {
		t.Errorf("%d suites, incomplete %q", len(file.Suites), file.Incomplete)
	}
}
