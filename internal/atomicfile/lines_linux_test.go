package atomicfile_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
)

// TestLinesFull holds that a line for which there is no room leaves nothing, so that a shorter one can follow: here a limit for
// the size of files stands for a full disk.
func TestLinesFull(t *testing.T) { // not parallel: the limit is that of the process
	file := filepath.Join(t.TempDir(), "lines")
	l, err := atomicfile.OpenLines(file)
	if err != nil {
		t.Fatal(err)
	}
	var before unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{Cur: 10, Max: before.Max}); err != nil {
		t.Fatal(err)
	}
	n, full := l.Write([]byte(strings.Repeat("x", 20) + "\n"))
	_, fits := l.Write([]byte("short\n"))
	if err := unix.Setrlimit(unix.RLIMIT_FSIZE, &before); err != nil {
		t.Fatal(err)
	}
	if n != 0 || full == nil || fits != nil {
		t.Errorf("%d, %v; %v", n, full, fits)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if got := content(t, file); got != "short\n" {
		t.Errorf("%q", got)
	}
}
