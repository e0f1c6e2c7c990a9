package download

import (
	"archive/tar"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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
		"no archive": {
			change:   func(s *release) { s.publish([]byte("<html>please log in</html>")) },
			want:     "reading the tarball: gzip: invalid header",
			requests: 1,
		},
		"an archive that ends early": {
			files:    []tar.Header{regular("kubernetes/test/bin/ginkgo")},
			change:   func(s *release) { s.publish(s.tarball[:len(s.tarball)/2]) },
			want:     "kubernetes/test/bin/ginkgo: unexpected EOF",
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
					w.Header().Set("Content-Length", "5368709121")
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
