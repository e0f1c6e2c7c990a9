package record_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// TestAppendTo holds that what is appended stands behind whole lines, and that nothing else of a file is lost.
func TestAppendTo(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 100_000)
	for before, want := range map[string]string{
		"": "next\n", "one\n": "one\nnext\n", "one\ntwo": "one\nnext\n", "one": "next\n", "\n": "\nnext\n",
		"one\n" + long: "one\nnext\n", long: "next\n", long + "\n" + long + "\n": long + "\n" + long + "\nnext\n",
	} {
		name := filepath.Join(t.TempDir(), "lines")
		if before != "" {
			if err := os.WriteFile(name, []byte(before), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		file, err := record.AppendTo(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := file.WriteString("next\n"); err != nil || file.Close() != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("behind %d bytes: %d bytes, %v", len(before), len(got), err)
		}
	}
	if _, err := record.AppendTo(t.TempDir()); err == nil {
		t.Error("a folder was opened")
	}
	if file, err := record.AppendTo(os.DevNull); err != nil || file.Close() != nil {
		t.Error(err)
	}
}
