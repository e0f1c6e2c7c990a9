package runner_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/runner"
)

// writeE2E writes a program at path that lists one test, as if it had been built at that time.
func writeE2E(t *testing.T, path, test string, built time.Time) {
	t.Helper()
	script := fmt.Sprintf("#!/bin/sh\n"+
		"[ \"$1\" != --version ] || exec echo v1.36.3\n"+
		"echo 'The following spec names can be used with --focus:'\n"+
		"echo '    test/e2e/a.go:1: %s'\n", test)
	if err := os.WriteFile(path, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, built, built); err != nil {
		t.Fatal(err)
	}
}

// TestListKept holds that a program is asked again if it may be another one: built at another time, though of the same
// size, of another size, or elsewhere. Only one that is the same in all of that is not. It is not parallel: a program that
// was just written must not be open in another process when it is started.
func TestListKept(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	dir, cache := t.TempDir(), filepath.Join(t.TempDir(), "a", "cache")
	path, built := filepath.Join(dir, "e2e.test"), time.Unix(1_700_000_000, 0)
	list := func(path, cache, want string) {
		t.Helper()
		b, err := runner.List(t.Context(), path, cache)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(runner.Binary{Path: path, Release: "v1.36.3", Tests: []string{want}}, b); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	writeE2E(t, path, "[sig-a] one", built)
	list(path, cache, "[sig-a] one")
	writeE2E(t, path, "[sig-a] two", built)
	list(path, cache, "[sig-a] one") // same place, size and time: it was not asked
	list(path, "", "[sig-a] two")    // nothing is kept

	writeE2E(t, path, "[sig-a] two", built.Add(time.Nanosecond))
	list(path, cache, "[sig-a] two")
	writeE2E(t, path, "[sig-a] three", built.Add(time.Nanosecond))
	list(path, cache, "[sig-a] three")
	other := filepath.Join(t.TempDir(), "e2e.test")
	writeE2E(t, other, "[sig-a] seven", built.Add(time.Nanosecond))
	list(other, cache, "[sig-a] seven")
	writeE2E(t, path, "[sig-a] eight", built.Add(time.Nanosecond)) // each place has an answer of its own
	list(path, cache, "[sig-a] three")
}

// TestListUnkept holds that nothing is written where nothing is to be kept, nor left where it cannot be.
func TestListUnkept(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	path := filepath.Join(t.TempDir(), "e2e.test")
	writeE2E(t, path, "[sig-a] one", time.Unix(1_700_000_000, 0))
	dir := t.TempDir()
	t.Chdir(dir)
	list := func(cache string, want int) {
		t.Helper()
		if b, err := runner.List(t.Context(), path, cache); err != nil || len(b.Tests) != 1 {
			t.Errorf("%+v, %v", b, err)
		}
		if files, err := filepath.Glob("*"); err != nil || len(files) != want {
			t.Errorf("files %q, %v", files, err)
		}
	}
	list("", 0)
	list(dir, 1)
	kept, err := filepath.Glob("*")
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept %q, %v", kept, err)
	}
	if err := os.Remove(kept[0]); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(kept[0], "in the way"), 0o755); err != nil {
		t.Fatal(err)
	}
	list(dir, 1)
	list(filepath.Join(path, "no folder"), 1)
}

// TestListDamaged holds that what was kept is of no use if it is damaged, empty, or of another program.
func TestListDamaged(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the program is a shell script")
	}
	path, cache := filepath.Join(t.TempDir(), "e2e.test"), t.TempDir()
	writeE2E(t, path, "[sig-a] one", time.Unix(1_700_000_000, 0))
	for _, damaged := range []string{
		"", "{", `{"path": "` + path + `", "tests": []}`, `{"path": "/other/e2e.test", "tests": ["[sig-a] other"]}`,
	} {
		if _, err := runner.List(t.Context(), path, cache); err != nil {
			t.Fatal(err)
		}
		kept, err := filepath.Glob(filepath.Join(cache, "*"))
		if err != nil || len(kept) != 1 {
			t.Fatalf("kept: %q, %v", kept, err)
		}
		if err := os.WriteFile(kept[0], []byte(damaged), 0o644); err != nil {
			t.Fatal(err)
		}
		b, err := runner.List(t.Context(), path, cache)
		if err != nil || len(b.Tests) != 1 || b.Tests[0] != "[sig-a] one" {
			t.Errorf("%q: %q, %v", damaged, b.Tests, err)
		}
	}
}

// TestListFails holds that a program that is not there, or lists nothing, is an error, and that nothing is kept of it.
func TestListFails(t *testing.T) {
	cache := t.TempDir()
	silent := filepath.Join(t.TempDir(), "silent")
	if err := os.WriteFile(silent, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "e2e.test"), silent} {
		if b, err := runner.List(t.Context(), path, cache); err == nil || b.Path != "" {
			t.Errorf("%s: %+v, no error", path, b)
		}
	}
	if kept, err := filepath.Glob(filepath.Join(cache, "*")); err != nil || len(kept) > 0 {
		t.Errorf("kept: %q, %v", kept, err)
	}
}
