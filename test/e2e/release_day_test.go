//go:build e2e

package e2e

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	testnames "sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// TestReleaseDay follows docs/releases.md with a release that is the newest one but for the name of one test: the list of
// what is left shrinks with each thing that is done, and is empty after the commit.
func TestReleaseDay(t *testing.T) {
	t.Parallel()
	repository := copyRepository(t)
	e2e := renamedRelease(t, "should provide Internet connection and DNS for Windows containers", "should reach the Internet from Windows containers")
	releaseDay := func(want int) string {
		t.Helper()
		cmd := exec.Command("hack/release-day.sh", "v1.99.0")
		cmd.Dir = repository
		cmd.Env = append(os.Environ(), "E2E_TEST="+e2e, "RELEASE_DATE=2039-01-01", "RETIRE="+oldest(t, repository))
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != want {
			t.Fatalf("exit code %d, want %d:\n%s", got, want, out)
		}
		return string(out)
	}

	out := releaseDay(1)
	for _, want := range []string{"Core.Network external-dns: missing on v1.99.0", "specs: tests were renamed.", "generate: it refuses"} {
		if !strings.Contains(out, want) {
			t.Errorf("the first day does not say %q:\n%s", want, out)
		}
	}
	cases := read(t, filepath.Join(repository, "bin/test-cases.yaml"))
	if n := strings.Count(cases, "- id: "); n != 1 || !strings.Contains(cases, `kubernetesVersions: ["1.99"]`) {
		t.Fatalf("%d test cases to paste:\n%s", n, cases)
	}
	spec := filepath.Join(repository, "specs/core-network.yaml")
	if err := os.WriteFile(spec, []byte(read(t, spec)+cases), 0o644); err != nil {
		t.Fatal(err)
	}

	out = releaseDay(1)
	if strings.Contains(out, "renamed.") || strings.Contains(out, "generate:") || !strings.Contains(out, "one commit of") {
		t.Errorf("the test case is there, and the list says:\n%s", out)
	}
	if jobs := read(t, filepath.Join(repository, "config/jobs/kubernetes-sigs/windows-operational-readiness/windows-op-readiness-periodics-1-99.yaml")); jobs == "" {
		t.Error("no jobs for the new version")
	}
	git(t, repository, "add", "-A")
	git(t, repository, "commit", "-qm", "1.99")
	if out = releaseDay(0); !strings.Contains(out, "Nothing.") {
		t.Errorf("all is done, and the list says:\n%s", out)
	}
}

// copyRepository copies what git knows of to a repository of its own.
func copyRepository(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name := range strings.SplitSeq(strings.TrimSuffix(output(t, "git", "-C", "../..", "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00"), "\x00") {
		info, err := os.Stat(filepath.Join("../..", name))
		if errors.Is(err, os.ErrNotExist) {
			continue // deleted, and not committed
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(read(t, filepath.Join("../..", name))), info.Mode()); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "-q")
	git(t, dir, "add", "-A")
	git(t, dir, "commit", "-qm", "before")
	return dir
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	output(t, "git", slices.Concat([]string{"-C", dir, "-c", "user.name=test", "-c", "user.email=test@example.com"}, args)...)
}

// renamedRelease writes an e2e.test that lists the tests of the newest release, but for a part of their names.
func renamedRelease(t *testing.T, from, to string) string {
	t.Helper()
	catalogs, err := testnames.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var script bytes.Buffer
	fmt.Fprint(&script, "#!/bin/sh\n[ \"$1\" = --version ] && echo v1.99.0 && exit\ncat <<'END'\nThe following spec names can be used with 'ginkgo run --focus/skip':\n")
	for _, name := range catalogs[len(catalogs)-1].Names {
		fmt.Fprintf(&script, "    test.go:1: %s\n", strings.Replace(name, from, to, 1))
	}
	fmt.Fprint(&script, "END\n")
	path := filepath.Join(t.TempDir(), "e2e.test")
	if err := os.WriteFile(path, script.Bytes(), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// oldest returns the oldest version in the configuration: the last of the list, which the first run removes.
func oldest(t *testing.T, repository string) string {
	t.Helper()
	found := regexp.MustCompile(`(?m)^- name: "(1\.\d+)"$`).FindAllStringSubmatch(read(t, filepath.Join(repository, "config/op-readiness.yaml")), -1)
	if len(found) < 3 {
		return "" // removed already
	}
	return found[len(found)-1][1]
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
