package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestRun holds that a mistake shows on the platform that has it, be it in a test, and on no other.
func TestRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":            "module example.com/m\n\ngo 1.26\n",
		"m.go":              "package m\n\nimport \"os\"\n\nvar Name = os.Args[0]\n",
		"m_windows.go":      "package m\n\nvar Count int = Name\n",
		"m_windows_test.go": "package m\n\nvar Other int = Name\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{folder, "darwin"}, 0, nil},
		{[]string{folder, "darwin", "windows"}, 1, []string{"windows: ", "m_windows.go:3:", "m_windows_test.go:3:", "string"}},
		{[]string{folder}, 2, nil},
		{[]string{filepath.Join(folder, "none"), "windows"}, 2, nil},
	} {
		var out, talk strings.Builder
		if code := run(test.args, &out, &talk); code != test.code {
			t.Errorf("%q: exit code %d, want %d: %s%s", test.args, code, test.code, out.String(), talk.String())
		}
		for _, want := range test.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%q does not say %q but:\n%s", test.args, want, out.String())
			}
		}
		if strings.Contains(out.String(), "darwin") {
			t.Errorf("%q finds something on darwin:\n%s", test.args, out.String())
		}
	}
}
