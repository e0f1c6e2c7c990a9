package atomicfile_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
)

// TestLines holds that lines go behind the whole ones that are there, and that a last one that was cut short does not stay.
func TestLines(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 200<<10)
	for name, test := range map[string]struct{ before, want string }{
		"no file":           {"", "new\n"},
		"whole lines":       {"a\nb\n", "a\nb\nnew\n"},
		"a cut line":        {"a\nb\n{\"c", "a\nb\nnew\n"},
		"one cut line":      {"{\"c", "new\n"},
		"a long cut line":   {"a\n" + long, "a\nnew\n"},
		"a long whole line": {long + "\n", long + "\nnew\n"},
		"nothing but long":  {long, "new\n"},
		"an empty line":     {"\n", "\nnew\n"},
		"a cut line behind": {"\n{\"c", "\nnew\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "lines")
			if test.before != "" {
				if err := os.WriteFile(file, []byte(test.before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			l, err := atomicfile.OpenLines(file)
			if err != nil {
				t.Fatal(err)
			}
			if n, err := l.Write([]byte("new\n")); n != 4 || err != nil {
				t.Error(n, err)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
			if _, err := l.Write([]byte("late\n")); !errors.Is(err, os.ErrClosed) {
				t.Errorf("written when it was closed: %v", err)
			}
			if err := l.Close(); !errors.Is(err, os.ErrClosed) {
				t.Errorf("closed again: %v", err)
			}
			if got := content(t, file); got != test.want {
				t.Errorf("%q", got)
			}
		})
	}
}

// TestLinesElsewhere holds that what is no regular file takes what is written, and that one which cannot be opened is an error.
func TestLinesElsewhere(t *testing.T) {
	t.Parallel()
	if _, err := atomicfile.OpenLines(t.TempDir()); err == nil {
		t.Error("a folder is no file of lines")
	}
	l, err := atomicfile.OpenLines(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Write([]byte("a\n")); err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}
