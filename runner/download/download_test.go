package download

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
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

func writePart(t *testing.T, s *release, tarball Tarball, o Options, data []byte) {
	t.Helper()
	sum, err := parseChecksum([]byte(s.sum))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(o.Cache, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(o.Cache, tarball.part(sum)), data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestGetFails holds that a failure is told, and leaves nothing behind but a part that is of use.
func TestGetFails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		files    []tar.Header
		change   func(s *release)
		want     string // in the message
		requests int
		part     bool
	}{
		"wrong checksum": {
			change:   func(s *release) { s.sum = strings.Repeat("ab", 64) + "  kubernetes-test-linux-amd64.tar.gz\n" },
			want:     "the published one abababababab...",
			requests: 1,
		},
		"no checksum": {
			change: func(s *release) { s.sum = "<html>please log in</html>" },
			want:   `it is no SHA-512: "<html>please"`,
		},
		"damaged part": {
			change: func(s *release) {
				s.answer = func(n int, w http.ResponseWriter, r *http.Request) bool {
					s.tarball[20_000]++
					return false
				}
			},
			want:     "the tarball is damaged",
			requests: 1,
		},
		"no e2e.test": {
			files:    []tar.Header{regular("kubernetes/test/bin/ginkgo"), regular("other/kubernetes/test/bin/e2e.test")},
			want:     "the tarball has no kubernetes/test/bin/e2e.test",
			requests: 1,
		},
		"a link": {
			files:    []tar.Header{regular("kubernetes/test/bin/ginkgo"), {Name: "kubernetes/test/bin/e2e.test", Typeflag: tar.TypeSymlink, Linkname: "/etc/passwd"}},
			want:     "is no program: type '2'",
			requests: 1,
		},
		"no tarball": {
			change: func(s *release) {
				s.answer = func(_ int, w http.ResponseWriter, r *http.Request) bool { http.NotFound(w, r); return true }
			},
			want:     `the server answers "404 Not Found": not found`,
			requests: 1,
		},
		"forbidden": {
			change: func(s *release) {
				s.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(403); return true }
			},
			want:     `the server answers "403 Forbidden"`,
			requests: 1,
		},
		"always busy": {
			change: func(s *release) {
				s.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(503); return true }
			},
			want:     `the server answers "503 Service Unavailable"`,
			requests: attempts,
		},
		"never more than half": {
			change: func(s *release) {
				s.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool { s.some(w, 0, len(s.tarball)/2); return true }
			},
			want:     "unexpected EOF",
			requests: attempts,
			part:     true,
		},
		"endless": {
			change: func(s *release) {
				s.answer = func(_ int, w http.ResponseWriter, _ *http.Request) bool {
					w.Header().Set("Content-Length", itoa(tarballLimit+1))
					return true
				}
			},
			want:     "more than a test tarball ever had",
			requests: 1,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.files == nil {
				test.files = programs()
			}
			s := newRelease(t, test.files...)
			if test.change != nil {
				test.change(s)
			}
			tarball, o := s.setup(t)
			paths, err := Get(t.Context(), tarball, o)
			if err == nil || !strings.Contains(err.Error(), test.want) || paths != nil {
				t.Fatalf("got %v, %v; want an error with %q", paths, err, test.want)
			}
			if _, err := os.Stat(filepath.Dir(o.Dir)); !os.IsNotExist(err) {
				t.Errorf("the folder was made: %v", err)
			}
			if got := files(t, o.Cache); (got != "") != test.part {
				t.Errorf("in the cache: %q", got)
			}
			if len(s.ranges) != test.requests {
				t.Errorf("ranges asked for: %q", s.ranges)
			}
		})
	}
}

// TestGetNotFound holds that a release that is not there can be told from other failures.
func TestGetNotFound(t *testing.T) {
	t.Parallel()
	tarball, o := newRelease(t, programs()...).setup(t)
	tarball.Version = "v1.99.0"
	if _, err := Get(t.Context(), tarball, o); !errors.Is(err, ErrNotFound) {
		t.Errorf("got %v", err)
	}
}

// TestGetUnreachable holds that each attempt is told, with pauses that double, and that the last failure is returned.
func TestGetUnreachable(t *testing.T) {
	t.Parallel()
	tarball, o := newRelease(t, programs()...).setup(t)
	tarball.BaseURL = "http://127.0.0.1:1"
	o.Pause = time.Nanosecond
	var pauses []time.Duration
	o.Retrying = func(_ error, pause time.Duration) { pauses = append(pauses, pause) }
	if _, err := Get(t.Context(), tarball, o); err == nil || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff([]time.Duration{1, 2, 4, 8}, pauses); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}
}

// TestGetInterrupted holds that what was had when the caller ended it all is used the next time.
func TestGetInterrupted(t *testing.T) {
	t.Parallel()
	s := newRelease(t, programs()...)
	s.answer = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n == 1 {
			w.Header().Set("Content-Length", itoa(len(s.tarball)))
			_, _ = w.Write(s.tarball[:1000])
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}
		return n == 1
	}
	tarball, o := s.setup(t)
	o.Pause = time.Hour // which nobody must wait for
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(p Progress) {
		if p.Done == 1000 {
			cancel()
		}
	}
	if _, err := Get(ctx, tarball, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if _, err := os.Stat(o.Dir); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
	var first Progress
	o.Progress = func(p Progress) {
		if first == (Progress{}) {
			first = p
		}
	}
	paths, err := Get(t.Context(), tarball, o)
	if err != nil {
		t.Fatal(err)
	}
	checkPrograms(t, o, paths)
	if diff := cmp.Diff([]string{"", "bytes=1000-"}, s.ranges); diff != "" {
		t.Errorf("ranges (-want +got):\n%s", diff)
	}
	if want := (Progress{Done: 1000, Total: int64(len(s.tarball))}); first != want {
		t.Errorf("progress begins with %+v, want %+v", first, want)
	}
}

// TestGetInterruptedPause holds that a pause ends with its caller.
func TestGetInterruptedPause(t *testing.T) {
	t.Parallel()
	tarball, o := newRelease(t, programs()...).setup(t)
	tarball.BaseURL = "http://127.0.0.1:1"
	ctx, cancel := context.WithCancel(t.Context())
	o.Pause = time.Hour
	o.Retrying = func(error, time.Duration) { cancel() }
	if _, err := Get(ctx, tarball, o); err == nil {
		t.Error("no error")
	}
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
