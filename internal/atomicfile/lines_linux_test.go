package atomicfile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
)

// TestFull holds that a line for which there is no room leaves nothing, so that a shorter one can follow, and that a file for which
// there is none is not made: here a limit for the size of files stands for a full disk.
func TestFull(t *testing.T) { // not parallel: the limit is that of the process
	const limit = 64 << 10
	folder := t.TempDir()
	file, other := filepath.Join(folder, "lines"), filepath.Join(folder, "other")
	l, err := atomicfile.OpenLines(file)
	if err != nil {
		t.Fatal(err)
	}
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: limit, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("x", 2*limit) + "\n"
	type wrote struct {
		n  int
		ok bool
	}
	var got []wrote
	first := long[len(long)-limit+8:] // leaves room for eight bytes
	for _, line := range []string{first, long, "123456\n", long, "\n", "x\n"} {
		n, err := l.Write([]byte(line))
		got = append(got, wrote{n, err == nil})
	}
	full := atomicfile.Write(other, []byte(long))
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	for i, want := range []wrote{{len(first), true}, {0, false}, {7, true}, {0, false}, {1, true}, {0, false}} {
		if got[i] != want {
			t.Errorf("line %d: %+v, want %+v", i, got[i], want)
		}
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if content(t, file) != first+"123456\n\n" {
		t.Error("what had no room left something, or took something with it")
	}
	if full == nil {
		t.Error("a file for which there was no room was written")
	}
	alone(t, file)
}
