package junit

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html/charset"
)

// TestChunks reads files as they come from slow readers.
func TestChunks(t *testing.T) {
	t.Parallel()
	for _, name := range recorded(t) {
		data := load(t, name)
		if len(data) > 1<<20 {
			data = data[len(data)-300<<10:] // which begins in the middle of something
			data = append([]byte("<testsuite>"), data[bytes.IndexByte(data, '>')+1:]...)
		}
		checkChunks(t, data)
	}
	// Tags are read ahead of, so what is to come in pieces must be far from them.
	far := strings.Repeat("x", 200)
	for _, end := range []string{"\r\n\r", "&amp;&nbsp;&#xA;&", "é\xff中", "]]>]", "< b <", " \n \t"} {
		text := far + end + far + end
		checkChunks(t, []byte(suiteOf(`<testcase name="n"><failure> `+text+` <![CDATA[`+text+`]]]]>`+text+`</failure></testcase>`)))
		checkChunks(t, []byte(`<!-- `+text+` --->`+suiteOf(`<testcase name="`+text+`"><skipped>`+text+`</skipped><?x `+text+`?></testcase>`)))
	}
}

// checkChunks holds that a file says the same in whatever pieces it comes.
func checkChunks(t *testing.T, data []byte) {
	t.Helper()
	opt := Options{AllRows: true, MaxMessage: 200}
	file, rows := readAll(t, bytes.NewReader(data), opt)
	for name, r := range map[string]io.Reader{
		"one byte":         iotest.OneByteReader(bytes.NewReader(data)),
		"half":             iotest.HalfReader(bytes.NewReader(data)),
		"data with error":  iotest.DataErrReader(bytes.NewReader(data)),
		"nothing for once": &stutter{r: bytes.NewReader(data)},
	} {
		gotFile, gotRows := readAll(t, r, opt)
		if diff := cmp.Diff(file, gotFile); diff != "" {
			t.Errorf("%s (-at once +in pieces):\n%s", name, diff)
		}
		if diff := cmp.Diff(rows, gotRows); diff != "" {
			t.Errorf("%s (-at once +in pieces):\n%s", name, diff)
		}
	}
}

// stutter gives nothing every other time, and otherwise up to 1,000 bytes.
type stutter struct {
	r     io.Reader
	calls int
}

func (s *stutter) Read(p []byte) (int, error) {
	s.calls++
	if s.calls%2 == 1 {
		return 0, nil
	}
	return s.r.Read(p[:min(len(p), 1000)])
}

func TestGzip(t *testing.T) {
	t.Parallel()
	zip := func(text string) []byte {
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	text := suiteOf(strings.Repeat(`<testcase name="n"/>`, 3))
	whole := zip(text)
	broken := bytes.Clone(whole)
	broken[len(broken)-5] ^= 1 // in the checksum or the size
	tests := []struct {
		name string
		data []byte
		want string
	}{
		{"whole", whole, `s/n passed, s/n passed, s/n passed`},
		{"in members", append(zip(text[:50]), zip(text[50:])...), `s/n passed, s/n passed, s/n passed`},
		{"empty", zip(""), `; incomplete, line 1: the file is empty`},
		{"cut in the header", whole[:5], `; incomplete, line 1: the file is cut off`},
		{"cut in the data", whole[:11], `; incomplete, line 1: the file is cut off`},
		{"cut in the checksum", whole[:len(whole)-3], `s/n passed, s/n passed, s/n passed; incomplete, line 1: the file is cut off`},
		{"wrong checksum", broken, `s/n passed, s/n passed, s/n passed; incomplete, line 1: gzip: invalid checksum`},
		{"wrong header", []byte("\x1f\x8bno such thing"), `; incomplete, line 1: gzip: invalid header`},
		{"charset inside", zip("\xff\xfe<\x00t\x00e\x00s\x00t\x00s\x00u\x00i\x00t\x00e\x00/\x00>\x00"), ``},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := describe(readAll(t, bytes.NewReader(tt.data), Options{})); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestCharsets also holds that places are those in the file, not in what it was decoded to.
func TestCharsets(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, encoding, declared, before, text string }{
		{"ISO 8859-1", "iso-8859-1", "ISO-8859-1", "", "Grüße"},
		{"Windows", "windows-1252", "windows-1252", "", "“€”"},
		{"ASCII", "us-ascii", "us-ascii", "", "a"},
		{"not so ASCII", "windows-1252", "US-ASCII", "", "é"},
		{"Shift JIS", "shift_jis", "Shift_JIS", "", "表示ソ"},
		{"GB 18030", "gb18030", "GB18030", "", "中文😀"},
		{"UTF-16 with mark, little", "utf-16le", "UTF-16", "\xff\xfe", "é中😀"},
		{"UTF-16 with mark, big", "utf-16be", "utf-16", "\xfe\xff", "é中😀"},
		{"UTF-16, little", "utf-16le", "UTF-16", "", "é中😀"},
		{"UTF-16, big", "utf-16be", "UTF-16", "", "é中😀"},
		{"UTF-8", "utf-8", "utf8", "", "é中😀"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			encoding, _ := charset.Lookup(tt.encoding)
			encode := func(text string) []byte {
				b, err := encoding.NewEncoder().Bytes([]byte(text))
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			const n = 3000
			text := `<?xml version="1.0" encoding="` + tt.declared + `"?>` + "\n" + suiteOf(strings.Repeat(`<testcase name="`+tt.text+`" time="x"/>`+"\n", n))
			data := append([]byte(tt.before), encode(text)...)
			file, rows := readAll(t, bytes.NewReader(data), Options{})
			if len(rows) != n || file.Incomplete != "" {
				t.Fatalf("%d rows, want %d, incomplete %q", len(rows), n, file.Incomplete)
			}
			for i, row := range rows {
				if row.Name != tt.text || row.Line != i+2 || !bytes.HasPrefix(data[row.Offset:], encode("<testcase")) {
					t.Fatalf("row %d: %q at line %d, byte %d: %q", i, row.Name, row.Line, row.Offset, data[row.Offset:][:20])
				}
			}
			if file.Warnings[1].Offset != rows[1].Offset {
				t.Errorf("warning at byte %d, row at %d", file.Warnings[1].Offset, rows[1].Offset)
			}
		})
	}
}

func TestCharsetsThatAreNot(t *testing.T) {
	t.Parallel()
	const rest = `"?><testsuite><testcase name="é"/></testsuite>`
	for text, want := range map[string]string{
		`<?xml encoding="UTF-16` + rest:                           `/é passed; line 1, byte 0: declared to be "UTF-16", but it is not`,
		`<?xml encoding="nonsense` + rest:                         `/é passed; line 1, byte 0: unknown charset "nonsense", read as UTF-8`,
		`<?xml encoding="hz-gb-2312` + rest:                       `/é passed; line 1, byte 0: unknown charset "hz-gb-2312", read as UTF-8`,
		`<?xml encoding=` + rest[1:]:                              `/é passed`,
		`<?xml encoding="iso-8859-1"?><testsuite name="a"/>` + "": ``,
	} {
		if got := describe(readString(t, text, Options{})); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestReaderFails tells a failure of the reader from a file that is cut off.
func TestReaderFails(t *testing.T) {
	t.Parallel()
	failure := errors.New("connection reset")
	text := suiteOf(`<testcase name="n"/>`)
	tests := []struct {
		name    string
		r       io.Reader
		wantErr error
		want    string
	}{
		{"at once", iotest.ErrReader(failure), failure, `; incomplete, line 1: reading JUnit: connection reset`},
		{"in the middle", io.MultiReader(strings.NewReader(text[:60]), iotest.ErrReader(failure)), failure, `s/n passed; incomplete, line 1: reading JUnit: connection reset`},
		{"at the end", io.MultiReader(strings.NewReader(text), iotest.ErrReader(failure)), failure, `s/n passed; incomplete, line 1: reading JUnit: connection reset`},
		{"in gzip", io.MultiReader(strings.NewReader("\x1f\x8b\x08"), iotest.ErrReader(failure)), failure, `; incomplete, line 1: reading JUnit: connection reset`},
		{"never ends", io.MultiReader(strings.NewReader(text), idle{}), io.ErrNoProgress, `s/n passed; incomplete, line 1: reading JUnit: multiple Read calls return no data or error`},
		{"cut body", io.MultiReader(strings.NewReader(text[:60]), iotest.ErrReader(io.ErrUnexpectedEOF)), nil, `s/n passed; incomplete, line 1: the file is cut off in a tag inside of <testsuite>`},
		{"cut behind the root", io.MultiReader(strings.NewReader(text), iotest.ErrReader(io.ErrUnexpectedEOF)), nil, `s/n passed; incomplete, line 1: the file is cut off`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var rows []Row
			file, err := Read(tt.r, Options{}, func(row *Row) error {
				rows = append(rows, *row)
				return nil
			})
			if !errors.Is(err, tt.wantErr) {
				t.Errorf("error %v, want %v", err, tt.wantErr)
			}
			if got := describe(file, rows); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

// TestCallerStops holds that the caller gets its own error back, also for a row of a file that is cut off.
func TestCallerStops(t *testing.T) {
	t.Parallel()
	stop := errors.New("enough")
	for _, text := range []string{suiteOf(`<testcase/><testcase/>`), `<testsuite><testcase><failure/>`} {
		calls := 0
		file, err := Read(strings.NewReader(text), Options{}, func(*Row) error { calls++; return stop })
		if !errors.Is(err, stop) || calls != 1 || file.Incomplete == "" {
			t.Errorf("%s: error %v, %d calls, incomplete %q", text, err, calls, file.Incomplete)
		}
	}
}
