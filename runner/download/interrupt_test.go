package download

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

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

// TestExtractInterrupted holds that an interrupt while the tarball is read leaves the tarball and nothing else.
func TestExtractInterrupted(t *testing.T) {
	t.Parallel()
	s := newRelease(t, programs()...)
	tarball, o := s.setup(t)
	part := writePart(t, s, tarball, o, s.tarball)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := extract(ctx, part, tarball.members(), o.Dir); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if diff := cmp.Diff(filepath.Base(part), files(t, filepath.Dir(o.Cache))); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}
