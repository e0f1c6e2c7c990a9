package atomicfile_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	for _, text := range []string{"first, and longer than the second", "second"} {
		if err := atomicfile.Write(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := content(t, name); got != text {
			t.Errorf("it holds %q, want %q", got, text)
		}
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o644 {
		t.Errorf("its mode is %v, %v", info.Mode(), err)
	}
	alone(t, name)
}

// TestFailure holds that a failure leaves the old file, and nothing beside it.
func TestFailure(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "file")
	if err := atomicfile.Write(name, []byte("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("it broke")
	halfway := func(w io.Writer) error {
		_, _ = io.WriteString(w, "half of the new one")
		return broken
	}
	if err := atomicfile.Render(name, halfway); !errors.Is(err, broken) || err.Error() != fmt.Sprintf("writing %q: it broke", name) {
		t.Errorf("Render: %v", err)
	}
	if pending, err := atomicfile.Create(name, 0o644, halfway); !errors.Is(err, broken) || pending != nil {
		t.Errorf("Create: %v", err)
	}
	folder := filepath.Join(filepath.Dir(name), "folder")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := atomicfile.Write(folder, []byte("new")); err == nil {
		t.Error("a folder was replaced by a file")
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if got := content(t, name); got != "old" {
		t.Errorf("it holds %q, want the old content", got)
	}
	alone(t, name)
}

func TestPending(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "program")
	write := func(w io.Writer) error {
		_, err := io.WriteString(w, "new")
		return err
	}
	discarded, err := atomicfile.Create(name, 0o755, write)
	if err != nil {
		t.Fatal(err)
	}
	if err := discarded.Discard(); err != nil {
		t.Fatal(err)
	}
	if err := discarded.Discard(); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("discarded again: %v", err)
	}
	if _, err := os.Stat(name); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a discarded file is in place: %v", err)
	}
	kept, err := atomicfile.Create(name, 0o755, write)
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.Commit(); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm() != 0o755 || content(t, name) != "new" {
		t.Errorf("%v, %v", info, err)
	}
	alone(t, name)
}

func TestMakeFolders(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	want := []string{filepath.Join(root, "a"), filepath.Join(root, "a", "b")}
	made, err := atomicfile.MakeFolders(want[1])
	if err != nil || !slices.Equal(made, want) {
		t.Errorf("made %q, %v; want %q", made, err, want)
	}
	if made, err := atomicfile.MakeFolders(want[1]); err != nil || len(made) > 0 {
		t.Errorf("made again: %q, %v", made, err)
	}
	file := filepath.Join(root, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if made, err := atomicfile.MakeFolders(filepath.Join(file, "below")); err == nil {
		t.Errorf("made %q below a file", made)
	}
	for _, folder := range want {
		if info, err := os.Stat(folder); err != nil || info.Mode().Perm()&0o700 != 0o700 {
			t.Errorf("%v, %v", info, err)
		}
	}
	long := filepath.Join(root, "c", strings.Repeat("x", 300)) // no folder may have so long a name
	if made, err := atomicfile.MakeFolders(long); err == nil || !slices.Equal(made, []string{filepath.Join(root, "c")}) {
		t.Errorf("made %q before it failed: %v", made, err)
	}
	long = filepath.Join(root, "d", filepath.Base(long), "below")
	if made, err := atomicfile.MakeFolders(long); err == nil || !slices.Equal(made, []string{filepath.Join(root, "d")}) {
		t.Errorf("made %q below what could not be made: %v", made, err)
	}
	if made, err := atomicfile.MakeFolders(file); err == nil {
		t.Errorf("made %q where a file is", made)
	}
}

func content(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// alone holds that nothing but the file is in its folder.
func alone(t *testing.T, name string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside the file: %v, %v", entries, err)
	}
}
