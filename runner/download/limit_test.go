package download

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fiveGiB is the most that a tarball may have.
const fiveGiB = 5 * 1024 * 1024 * 1024

// TestSizeLimit holds how large a tarball may be whose size the server tells, whether it sends all or the rest.
func TestSizeLimit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		response http.Response
		refused  bool
	}{
		{"all, as large as can be", http.Response{StatusCode: 200, ContentLength: fiveGiB}, false},
		{"all, too large", http.Response{StatusCode: 200, ContentLength: fiveGiB + 1}, true},
		{"all, of no known size", http.Response{StatusCode: 200, ContentLength: -1}, false},
		{"the rest, as large as can be", http.Response{StatusCode: 206, Header: http.Header{"Content-Range": {"bytes 10-19/5368709120"}}}, false},
		{"the rest, too large", http.Response{StatusCode: 206, Header: http.Header{"Content-Range": {"bytes 10-19/5368709121"}}}, true},
		{"the rest, of no known size", http.Response{StatusCode: 206, Header: http.Header{"Content-Range": {"bytes 10-19/*"}}}, false},
	} {
		if d := decide(&test.response, 10); (d.err != nil) != test.refused {
			t.Errorf("%s: %v", test.name, d.err)
		}
	}
}

// TestReceiveLimit holds that a server which does not tell the size and never ends does not fill the disk.
func TestReceiveLimit(t *testing.T) {
	t.Parallel()
	for from, want := range map[int64]int64{fiveGiB - 1000: 1000, fiveGiB: 0, 0: 1 << 20} {
		file, err := os.Create(filepath.Join(t.TempDir(), "part"))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		size, err := Options{}.withDefaults().receive(strings.NewReader(strings.Repeat("x", 1<<20)), file, decision{from: from, total: -1})
		if err != nil || size != from+want {
			t.Errorf("from %d: size %d, %v; want %d", from, size, err, from+want)
		}
		if info, err := file.Stat(); err != nil || info.Size() != want {
			t.Errorf("from %d: wrote %d bytes, %v; want %d", from, info.Size(), err, want)
		}
	}
}
