package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestWorkflowRelease runs the action with the program of a release, and holds that none runs but that of the checksum which the workflow
// names.
func TestWorkflowRelease(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the action runs on Linux")
	}
	archive := releaseArchive(t, "#!/bin/sh\necho \"the release: $*\"\n")
	sum := fmt.Sprintf("%x", sha256.Sum256(archive))
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		const folder = "/kubernetes-sigs/windows-operational-readiness/releases/download/v0.2.0/"
		switch r.URL.Path {
		case folder + "op-readiness_v0.2.0_linux_amd64.tar.gz", folder + "op-readiness_v0.2.0_linux_arm64.tar.gz":
			_, _ = w.Write(archive)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(site.Close)
	for name, test := range map[string]struct {
		version, checksum, arch, want string
	}{
		"right":             {"v0.2.0", sum, "", "the release: report --post kubernetes-sigs/windows-testing"},
		"on ARM":            {"v0.2.0", sum, "ARM64", "the release: report --post kubernetes-sigs/windows-testing"},
		"another checksum":  {"v0.2.0", strings.Repeat("0", 64), "", "error: op-readiness report: op-readiness_v0.2.0_linux_amd64.tar.gz has another checksum than 0000"},
		"no checksum":       {"v0.2.0", "", "", "error: op-readiness report: checksum \"\" is no SHA-256"},
		"no version":        {"", sum, "", "error: op-readiness report: a checksum is that of a release"},
		"no such release":   {"v0.3.0", sum, "", "404"},
		"no version at all": {"v0.2.0/../../x", sum, "", "error: op-readiness report: version \"v0.2.0/../../x\" is none"},
		"another machine":   {"v0.2.0", sum, "X86", "error: op-readiness report: runs on Linux, X64 or ARM64, and not on Linux, X86"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newWorkflowRunner(t)
			r.site, r.arch = site.URL, test.arch
			said, err := r.try("schedule", "{}", map[string]string{"version": test.version, "checksum": test.checksum})
			if right := strings.HasPrefix(test.want, "the release"); right != (err == nil) || !strings.Contains(said, test.want) || !right && strings.Contains(said, "the release:") {
				t.Errorf("%v, %s", err, said)
			}
			if left, err := filepath.Glob(filepath.Join(r.temp, "release.*")); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}

// releaseArchive is an archive as a release has it.
func releaseArchive(t *testing.T, program string) []byte {
	t.Helper()
	var b bytes.Buffer
	packed := gzip.NewWriter(&b)
	w := tar.NewWriter(packed)
	for name, text := range map[string]string{"op-readiness": program, "LICENSE": "a licence"} {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := packed.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
