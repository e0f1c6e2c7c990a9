package download

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// release is a server of one tarball.
type release struct {
	tarball []byte
	sum     string // what it publishes as checksum

	// answer answers the n-th request for the tarball, from 1 on; nil, or where it returns false: as servers do.
	answer func(n int, w http.ResponseWriter, r *http.Request) bool

	mu     sync.Mutex
	ranges []string // of the requests for the tarball
}

// newRelease serves a tarball with those files.
func newRelease(t *testing.T, files ...tar.Header) *release {
	t.Helper()
	s := &release{}
	s.publish(pack(t, files))
	return s
}

// publish serves a tarball with its checksum.
func (s *release) publish(tarball []byte) {
	sum := sha512.Sum512(tarball)
	s.tarball, s.sum = tarball, hex.EncodeToString(sum[:])+"\n"
}

// pack makes a tarball. The content of each regular file is that of content.
func pack(t *testing.T, files []tar.Header) []byte {
	t.Helper()
	var buf bytes.Buffer
	zipped := gzip.NewWriter(&buf)
	w := tar.NewWriter(zipped)
	for _, header := range files {
		data := []byte{}
		if header.Typeflag == tar.TypeReg {
			data = content(header.Name)
		}
		header.Size, header.Mode = int64(len(data)), 0o644
		if err := w.WriteHeader(&header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := zipped.Close(); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

// content is 100 kB that cannot be compressed, other ones for each name.
func content(name string) []byte {
	seed := sha512.Sum512_256([]byte(name))
	data := make([]byte, 100_000)
	_, _ = rand.NewChaCha8(seed).Read(data)
	return data
}

func regular(name string) tar.Header { return tar.Header{Name: name, Typeflag: tar.TypeReg} }

// programs are the files of a true tarball: the two programs, and others that nobody wants.
func programs() []tar.Header {
	return []tar.Header{
		{Name: "kubernetes/test/bin/", Typeflag: tar.TypeDir},
		regular("kubernetes/README"),
		regular("kubernetes/test/bin/ginkgo"),
		regular("../e2e.test"),
		regular("kubernetes/test/bin/e2e.test"),
		regular("kubernetes/test/bin/e2e_node.test"),
	}
}

func (s *release) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch name := strings.TrimPrefix(r.URL.Path, "/release/v1.36.3/"); name {
	case "kubernetes-test-linux-amd64.tar.gz.sha512":
		_, _ = w.Write([]byte(s.sum))
	case "kubernetes-test-linux-amd64.tar.gz":
		s.mu.Lock()
		s.ranges = append(s.ranges, r.Header.Get("Range"))
		n := len(s.ranges)
		s.mu.Unlock()
		if s.answer == nil || !s.answer(n, w, r) {
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(s.tarball))
		}
	default:
		http.NotFound(w, r)
	}
}

// some answers with the bytes from a place on, but cuts the connection at another.
func (s *release) some(w http.ResponseWriter, from, to int) {
	w.Header().Set("Content-Length", itoa(len(s.tarball)-from))
	if from > 0 {
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, len(s.tarball)-1, len(s.tarball)))
		w.WriteHeader(http.StatusPartialContent)
	}
	_, _ = w.Write(s.tarball[from:to])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// setup starts the server and returns what Get needs: no pause, and folders of the test.
func (s *release) setup(t *testing.T) (Tarball, Options) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	root := t.TempDir()
	return Tarball{BaseURL: server.URL + "/release/", Version: "v1.36.3", Platform: "linux/amd64"},
		Options{Client: server.Client(), Cache: filepath.Join(root, "cache"), Dir: filepath.Join(root, "a", "b")}
}

// files returns the files below a folder, "" at the end for none.
func files(t *testing.T, dir string) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, d.Name())
		}
		return err
	})
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}
