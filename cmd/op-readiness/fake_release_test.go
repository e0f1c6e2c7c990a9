package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"sigs.k8s.io/windows-operational-readiness/runner/download"
)

// setupReleases gives a script a server of Kubernetes releases in $RELEASES, the same for every platform: v1.36.3, whose
// e2e.test says so, v1.36.4, whose checksum is wrong, and v1.36.5, whose tarball has no programs.
func setupReleases(env *testscript.Env) error {
	server := httptest.NewServer(fakeReleases())
	env.Defer(server.Close)
	env.Setenv("RELEASES", server.URL)
	return nil
}

func fakeReleases() http.Handler {
	e2e, ginkgo := "#!/bin/sh\necho v1.36.3\n", "ginkgo\n"
	good := fakeTarball("e2e_node.test", "unwanted", "e2e.test", e2e, "e2e.test.exe", e2e, "ginkgo", ginkgo, "ginkgo.exe", ginkgo)
	bare := fakeTarball("e2e_node.test", "unwanted")
	mux := http.NewServeMux()
	serveRelease(mux, "v1.36.3", good, good)
	serveRelease(mux, "v1.36.4", good, bare)
	serveRelease(mux, "v1.36.5", bare, bare)
	return mux
}

// serveRelease serves a tarball with the checksum of another, for every platform.
func serveRelease(mux *http.ServeMux, version string, tarball, summed []byte) {
	mux.HandleFunc("GET /"+version+"/{name}", func(w http.ResponseWriter, r *http.Request) {
		name := r.PathValue("name")
		switch {
		case strings.HasSuffix(name, ".tar.gz"):
			http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(tarball))
		case strings.HasSuffix(name, ".tar.gz.sha512"):
			fmt.Fprintf(w, "%x  %s\n", sha512.Sum512(summed), strings.TrimSuffix(name, ".sha512"))
		default:
			http.NotFound(w, r)
		}
	})
}

// fakeTarball holds programs: names and contents in turn.
func fakeTarball(programs ...string) []byte {
	var buf bytes.Buffer
	zipped := gzip.NewWriter(&buf)
	w := tar.NewWriter(zipped)
	for program := range slices.Chunk(programs, 2) {
		header := tar.Header{Name: "kubernetes/test/bin/" + program[0], Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(program[1]))}
		check(w.WriteHeader(&header))
		_, err := w.Write([]byte(program[1]))
		check(err)
	}
	check(w.Close())
	check(zipped.Close())
	return buf.Bytes()
}

// TestDownloadInterrupted holds that an interrupt says that what was fetched is kept, and leaves no folder behind.
func TestDownloadInterrupted(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, ".cache"))
	ctx, cancel := context.WithCancel(t.Context())
	releases := fakeReleases()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, ".sha512") {
			releases.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Length", "1000")
		_ = http.NewResponseController(w).Flush()
		cancel()
		<-r.Context().Done()
	}))
	defer server.Close()
	var out, talk bytes.Buffer
	dir := filepath.Join(home, "bin")
	args := []string{"download", "--kubernetes-version", "v1.36.3", "--base-url", server.URL, "--output-dir", dir}
	if code := run(ctx, args, streams{out: &out, err: &talk}); code != codeError || out.Len() > 0 {
		t.Errorf("exit code %d, output %q", code, &out)
	}
	for _, want := range []string{"error: interrupted: ", "hint: what was fetched is kept in " + filepath.Join(home, ".cache")} {
		if !strings.Contains(talk.String(), want) {
			t.Errorf("%q lacks %q", &talk, want)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder was made: %v", err)
	}
}

// TestMeter holds what is shown of a download where there is no terminal, and on one.
func TestMeter(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		terminal bool
		total    int64
		want     string
	}{
		"lines":         {total: 345_000_000, want: "x:   0 %, 0 bytes of 345.0 MB\nx:  10 %, 36.0 MB of 345.0 MB\n! cut\nx:  30 %, 105.0 MB of 345.0 MB\n"},
		"terminal":      {terminal: true, total: 345_000_000, want: "\r\x1b[Kx:   0 %, 0 bytes of 345.0 MB\r\x1b[Kx:  10 %, 36.0 MB of 345.0 MB\n! cut\n\r\x1b[Kx:  30 %, 105.0 MB of 345.0 MB\n"},
		"size not told": {total: -1, want: "x: 0 bytes\n! cut\nx: 105.0 MB\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var buf bytes.Buffer
			m := newMeter(&buf, "x")
			m.terminal = test.terminal
			for _, done := range []int64{0, 36_000_000, 36_000_001} {
				m.show(download.Progress{Done: done, Total: test.total})
			}
			m.say("! cut")
			m.show(download.Progress{Done: 105_000_000, Total: test.total})
			m.end()
			m.end()
			if diff := cmp.Diff(test.want, buf.String()); diff != "" {
				t.Errorf("shown (-want +got):\n%s", diff)
			}
		})
	}
}
