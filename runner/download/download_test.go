package download

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func itoa(n int) string { return strconv.Itoa(n) }

// checkPrograms holds that the two programs are there, and nothing else anywhere.
func checkPrograms(t *testing.T, o Options, paths []string) {
	t.Helper()
	want := []string{filepath.Join(o.Dir, "e2e.test"), filepath.Join(o.Dir, "ginkgo")}
	if diff := cmp.Diff(want, paths); diff != "" {
		t.Fatalf("paths (-want +got):\n%s", diff)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(data, content("kubernetes/test/bin/"+filepath.Base(path))) {
			t.Errorf("%s is not that of the tarball", path)
		}
		if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode() != 0o755 {
			t.Errorf("%s: mode %v, %v", path, info.Mode(), err)
		}
	}
	if diff := cmp.Diff("e2e.test ginkgo", files(t, filepath.Dir(o.Cache))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestGet holds that Get comes to its end with servers and networks of all kinds, and how often it asks for the tarball.
func TestGet(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer   func(s *release, n int, w http.ResponseWriter, r *http.Request) bool
		requests int
		resumes  bool // the last request is for a range
		stall    time.Duration
	}{
		"at once": {
			answer:   func(*release, int, http.ResponseWriter, *http.Request) bool { return false },
			requests: 1,
		},
		"connection cut at half": {
			answer: func(s *release, n int, w http.ResponseWriter, _ *http.Request) bool {
				if n == 1 {
					s.some(w, 0, len(s.tarball)/2)
				}
				return false
			},
			requests: 2, resumes: true,
		},
		"connection cut at half, server without ranges": {
			answer: func(s *release, n int, w http.ResponseWriter, r *http.Request) bool {
				if n == 1 {
					s.some(w, 0, len(s.tarball)/2)
				}
				r.Header.Del("Range")
				return false
			},
			requests: 2, resumes: true,
		},
		"connection cut at half, then another range than asked for": {
			answer: func(s *release, n int, w http.ResponseWriter, r *http.Request) bool {
				if n == 1 {
					s.some(w, 0, len(s.tarball)/2)
				}
				if n == 2 {
					r.Header.Set("Range", "bytes=1-")
				}
				return false
			},
			requests: 3,
		},
		"size not told": {
			answer: func(s *release, _ int, w http.ResponseWriter, _ *http.Request) bool {
				for part := range slices.Chunk(s.tarball, 10_000) {
					_, _ = w.Write(part)
				}
				return true
			},
			requests: 1,
		},
		"busy at first": {
			answer: func(_ *release, n int, w http.ResponseWriter, _ *http.Request) bool {
				codes := []int{http.StatusServiceUnavailable, http.StatusTooManyRequests, http.StatusBadGateway}
				if n <= len(codes) {
					w.WriteHeader(codes[n-1])
				}
				return n <= len(codes)
			},
			requests: 4,
		},
		"connection cut at every eighth": {
			answer: func(s *release, n int, w http.ResponseWriter, _ *http.Request) bool {
				eighth := len(s.tarball) / 8
				if n < 8 {
					s.some(w, (n-1)*eighth, n*eighth)
				}
				return false
			},
			requests: 8, resumes: true,
		},
		"silent at first": {
			answer: func(s *release, n int, w http.ResponseWriter, r *http.Request) bool {
				if n == 1 {
					w.Header().Set("Content-Length", itoa(len(s.tarball)))
					_, _ = w.Write(s.tarball[:1000])
					_ = http.NewResponseController(w).Flush()
					<-r.Context().Done()
				}
				return n == 1
			},
			requests: 2, resumes: true, stall: time.Second,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRelease(t, programs()...)
			s.answer = func(n int, w http.ResponseWriter, r *http.Request) bool { return test.answer(s, n, w, r) }
			tarball, o := s.setup(t)
			o.Stall = test.stall
			paths, err := Get(t.Context(), tarball, o)
			if err != nil {
				t.Fatal(err)
			}
			checkPrograms(t, o, paths)
			if len(s.ranges) != test.requests || (s.ranges[len(s.ranges)-1] != "") != test.resumes {
				t.Errorf("ranges asked for: %q", s.ranges)
			}
		})
	}
}

// TestGetParts holds what Get makes of parts that it finds.
func TestGetParts(t *testing.T) {
	t.Parallel()
	for name, part := range map[string]func(tarball []byte) []byte{
		"a part":   func(tarball []byte) []byte { return tarball[:10_000] },
		"complete": func(tarball []byte) []byte { return tarball },
		"too long": func(tarball []byte) []byte { return append(bytes.Clone(tarball), 'x') },
		"empty":    func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newRelease(t, programs()...)
			tarball, o := s.setup(t)
			writePart(t, s, tarball, o, part(s.tarball))
			paths, err := Get(t.Context(), tarball, o)
			if err != nil {
				t.Fatal(err)
			}
			checkPrograms(t, o, paths)
		})
	}
}

func writePart(t *testing.T, s *release, tarball Tarball, o Options, data []byte) string {
	t.Helper()
	sum, err := parseChecksum([]byte(s.sum))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(o.Cache, tarball.part(sum))
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	return name
}

// TestGetReplaces holds that programs that are there are replaced by a success, and kept by a failure.
func TestGetReplaces(t *testing.T) {
	t.Parallel()
	s := newRelease(t, programs()...)
	tarball, o := s.setup(t)
	old := filepath.Join(o.Dir, "e2e.test")
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(old, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	right := s.sum
	s.sum = strings.Repeat("00", 64)
	if _, err := Get(t.Context(), tarball, o); err == nil {
		t.Fatal("no error")
	}
	if data, err := os.ReadFile(old); err != nil || string(data) != "old" {
		t.Fatalf("a failure changed the program: %q, %v", data, err)
	}
	s.sum = right
	paths, err := Get(t.Context(), tarball, o)
	if err != nil {
		t.Fatal(err)
	}
	checkPrograms(t, o, paths)
}
