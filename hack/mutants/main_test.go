package main

import (
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// sample runs the command on the sample and returns its exit code and what it says, without times.
func sample(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	t.Chdir("testdata/sample")
	var out, errs strings.Builder
	code = run(t.Context(), append([]string{"-near"}, args...), &out, &errs)
	return code, regexp.MustCompile(`, \d+ s\n`).ReplaceAllString(out.String(), "\n"), errs.String()
}

// TestSample holds what becomes of each change of the sample. Its golden was read line by line when it was written.
func TestSample(t *testing.T) {
	code, got, stderr := sample(t, "-patience=2s", "-v", ".")
	golden := filepath.Join("..", "sample.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("got:\n%s", got)
	}
	if code != 1 || !strings.Contains(stderr, "less than 90 %") || !strings.Contains(stderr, "25 survivors have no reason") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
	if left, err := filepath.Glob("*switch*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

// TestSampleAt holds that one line can be looked at, whatever its percentage, and that nothing is left behind.
func TestSampleAt(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	code, stdout, stderr := sample(t, "-at", "sample.go:67", ".")
	if want := "sample.go:67: `b` is true: survived, no test gets where it would matter\n.: 3 changes, 2 killed (66.7 %), 1 survived (1 unreached, 1 not listed); 0 behind errors that no test provokes\n"; code != 0 || stdout != want || stderr != "" {
		t.Errorf("exit code %d\n%s\n%s", code, stdout, stderr)
	}
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestSampleAccepted holds that all is well with enough killed and a reason for each survivor, and that a reason without a
// survivor is not.
func TestSampleAccepted(t *testing.T) {
	_, stdout, _ := sample(t, "-patience=2s", "-rows", ".")
	name := filepath.Join(t.TempDir(), "doc.md")
	table := "# Doc\n\n" + header + "\n| --- | --- | --- | --- |\n"
	for line := range strings.Lines(stdout) {
		if strings.HasPrefix(line, "| ") {
			table += strings.Replace(line, " | |\n", " | the sample |\n", 1)
		}
	}
	write := func(more string) {
		if err := os.WriteFile(name, []byte(table+more), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("")
	code, stdout, stderr := sampleHere(t, "-patience=2s", "-least=70", "-accepted", name, ".")
	if code != 0 || stderr != "" || strings.Count(stdout, "\n") != 1 || !strings.Contains(stdout, " 25 survived (9 unreached, 0 not listed)") {
		t.Errorf("all listed: exit code %d\n%s\n%s", code, stdout, stderr)
	}
	write("| sample.go | `` return n / 2, nil `` | `` `2` is 3 `` | a test fails |\n| gone.go | x | y | z |\n")
	code, _, stderr = sampleHere(t, "-patience=2s", "-least=70", "-accepted", name, ".")
	for _, says := range []string{"no such change survives in sample.go: `2` is 3", "no such change survives in gone.go: y"} {
		if code != 1 || !strings.Contains(stderr, says) {
			t.Errorf("%s: exit code %d\n%s", says, code, stderr)
		}
	}
	write("| sample.go | x | y | |\n")
	if code, _, stderr = sampleHere(t, "-accepted", name, "."); code != 2 || !strings.Contains(stderr, "want a file, a line, a change and a reason") {
		t.Errorf("without a reason: exit code %d\n%s", code, stderr)
	}
}

func sampleHere(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, errs strings.Builder
	code := run(t.Context(), append([]string{"-near"}, args...), &out, &errs)
	return code, out.String(), errs.String()
}

// TestFails holds that what cannot be examined is told, with an exit code of its own.
func TestFails(t *testing.T) {
	for _, test := range []struct {
		args []string
		says string
	}{
		{nil, "name the packages to examine"},
		{[]string{"./none"}, "none"},
		{[]string{"-at", "sample.go:x", "."}, "is no line of a file"},
		{[]string{"-accepted", "none.md", "."}, "none.md"},
		{[]string{"-nonsense"}, "not defined"},
		{[]string{".,fmt"}, "do not use the package whose code is changed"},
	} {
		t.Run(test.says, func(t *testing.T) {
			if code, stdout, stderr := sample(t, test.args...); code != 2 || stdout != "" || !strings.Contains(stderr, test.says) {
				t.Errorf("exit code %d\n%s\n%s", code, stdout, stderr)
			}
		})
	}
}

// TestHelp holds that asking for help is no error.
func TestHelp(t *testing.T) {
	if code, _, stderr := sampleHere(t, "-h"); code != 0 || !strings.Contains(stderr, "-accepted") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}
