package catalog_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

const listed = `The following spec names can be used with 'ginkgo run --focus/skip':
    ../../k8s.io/kubernetes@v1.36.3/test/e2e/apimachinery/watchlist.go:258: [sig-b] reads x.go:12: twice
    test/e2e/windows/reboot_node.go:55: [sig-a] reboots

`

func TestParseList(t *testing.T) {
	t.Parallel()
	want := []string{"[sig-b] reads x.go:12: twice", "[sig-a] reboots"}
	for _, text := range []string{listed, "I0722 a line of a log\n" + listed, strings.ReplaceAll(listed, "\n", "\r\n")} {
		names, err := catalog.ParseList([]byte(text))
		if diff := cmp.Diff(want, names); err != nil || diff != "" {
			t.Errorf("%q: %v\n%s", text, err, diff)
		}
	}
	for text, want := range map[string]string{
		"":                                   "the output is no list of tests",
		"PASS\n":                             "the output is no list of tests",
		listed[:strings.Index(listed, "\n")]: "the list names no test",
		listed + "second line of a name\n":   `a line of the list names no test: "second line of a name"`,
	} {
		if _, err := catalog.ParseList([]byte(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestList asks true programs, which print what e2e.test prints.
func TestList(t *testing.T) {
	t.Parallel()
	program := func(version, exit string) string {
		name := filepath.Join(t.TempDir(), "e2e.test")
		script := "#!/bin/sh\n[ $1 = --version ] && { echo '" + version + "'; exit; }\ncat <<'EOF'\n" + listed + "EOF\necho a word >&2; " + exit + "\n"
		if err := os.WriteFile(name, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for version, want := range map[string]string{
		"v1.36.3": "v1.36.3", "Kubernetes v1.37.0-alpha.2.15+abc": "v1.37.0-alpha.2.15+abc", "v0.0.0-master+$Format:%H$": "", "": "",
	} {
		names, release, err := catalog.List(context.Background(), program(version, "exit 0"))
		if err != nil || len(names) != 2 || release != want {
			t.Errorf("%q: %q %q %v", version, names, release, err)
		}
	}
	if _, _, err := catalog.List(context.Background(), program("", "exit 3")); err == nil || !strings.HasSuffix(err.Error(), "exit status 3: a word") {
		t.Errorf("a program that fails: %v", err)
	}
	if _, _, err := catalog.List(context.Background(), filepath.Join(t.TempDir(), "nowhere")); err == nil {
		t.Error("a program that is not there: no error")
	}
}

func FuzzParseList(f *testing.F) {
	f.Add([]byte(listed))
	f.Add([]byte("The following spec names can be used with\n    a.go:1: a\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		names, err := catalog.ParseList(text)
		if (err == nil) == (len(names) == 0) {
			t.Errorf("%q: %q, %v", text, names, err)
		}
	})
}
