// Package checkout clones this repository as git on Windows does, with core.autocrlf, and holds that nothing depends on
// it: the clone has the same bytes, and a program that is built of a clone with other line ends says the same.
package checkout

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/net/html"
)

// program is what was built of a clone, and where that lies.
type program struct{ path, clone string }

func TestCheckout(t *testing.T) {
	t.Parallel()
	source := commitTree(t)
	same := cloneCRLF(t, source)
	for _, name := range tracked(t, source) {
		if !bytes.Equal(readFile(t, source, name), readFile(t, same, name)) {
			t.Errorf("a clone with core.autocrlf changes %s: .gitattributes lets it", name)
		}
	}
	other := cloneCRLF(t, withoutAttributes(t, source))
	if !bytes.Contains(readFile(t, other, "templates/report/report.css"), []byte("\r\n")) {
		t.Fatal("the clone has no other line ends, so this shows nothing")
	}
	a, b := makeBuild(t, same), build(t, other)
	checkVersion(t, a)
	checkGenerated(t, a)
	checkGenerated(t, b)
	if diff := cmp.Diff(a.specs(t), b.specs(t)); diff != "" {
		t.Errorf("the specs depend on line ends (-LF +CRLF):\n%s", diff)
	}
	if diff := cmp.Diff(unnamed(t, b.specs(t)), unnamed(t, b.specs(t, "--test-directory", "specs"))); diff != "" {
		t.Errorf("specs that are read depend on line ends (-carried +read):\n%s", diff)
	}
	page := b.page(t, source)
	checkPolicy(t, page)
	if diff := cmp.Diff(a.page(t, source), page); diff != "" {
		t.Errorf("the report page depends on line ends (-LF +CRLF):\n%s", diff)
	}
}

// makeBuild builds as people and CI do.
func makeBuild(t *testing.T, clone string) program {
	t.Helper()
	run(t, clone, "make", "-s", "build")
	return program{path: filepath.Join(clone, "bin", "op-readiness"), clone: clone}
}

// build builds as go build does: a Makefile with other line ends is none.
func build(t *testing.T, clone string) program {
	t.Helper()
	p := program{path: filepath.Join(t.TempDir(), "op-readiness"), clone: clone}
	run(t, clone, "go", "build", "-trimpath", "-ldflags=-s -w", "-buildvcs=false", "-o", p.path, "./cmd/op-readiness")
	return p
}

// checkVersion holds that what make built says which commit it is of.
func checkVersion(t *testing.T, p program) {
	t.Helper()
	var got struct {
		Client struct{ GitVersion, GitCommit, GitCommitDate string } `json:"clientVersion"`
	}
	if err := json.Unmarshal([]byte(run(t, p.clone, p.path, "version", "-o", "json")), &got); err != nil {
		t.Fatal(err)
	}
	head := strings.Fields(git(t, p.clone, "log", "-1", "--format=%H %cI"))
	version := regexp.MustCompile(`^v0\.0\.0-\d{14}-` + head[0][:12] + `$`)
	if c := got.Client; c.GitCommit != head[0] || c.GitCommitDate != head[1] || !version.MatchString(c.GitVersion) {
		t.Errorf("%+v, but the newest commit is %q", c, head)
	}
}

// checkGenerated holds that the program finds the generated files of its clone up to date.
func checkGenerated(t *testing.T, p program) {
	t.Helper()
	want := "config holds what generate would write\n"
	args := []string{"generate", "--config", "config/op-readiness.yaml", "--templates", "templates", "--output-dir", "config", "--check"}
	if got := run(t, p.clone, p.path, args...); got != want {
		t.Errorf("%q: %q, want %q", args, got, want)
	}
}

// specs is what the program knows of specs, as JSON.
func (p program) specs(t *testing.T, flags ...string) string {
	t.Helper()
	return run(t, p.clone, p.path, append([]string{"specs", "list", "-o", "json"}, flags...)...)
}

// unnamed is a list of specs with the digest of the spec, and without what else says which it is.
func unnamed(t *testing.T, list string) map[string]any {
	t.Helper()
	var all map[string]any
	if err := json.Unmarshal([]byte(list), &all); err != nil {
		t.Fatal(err)
	}
	spec, ok := all["spec"].(map[string]any)
	if !ok {
		t.Fatalf("no spec is named: %s", list)
	}
	all["spec"] = spec["digest"]
	return all
}

// page is the report that the program makes of a recorded run, whose verdict the exit code tells.
func (p program) page(t *testing.T, source string) string {
	t.Helper()
	cmd := exec.Command(p.path, "report", "reporter/testdata/conformance", "--kubernetes-version", "1.30", "-o", "html")
	cmd.Dir = source
	page, err := cmd.Output()
	if len(page) == 0 {
		t.Fatal(err)
	}
	return string(page)
}

// commitTree puts what would be committed here into a repository of its own: what stands in the tree now is tested, with
// no word to the repository that it stands in, and without its history, which a CI may have left out.
func commitTree(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	for _, name := range strings.Split(git(t, root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00") {
		info, err := os.Stat(filepath.Join(root, name))
		if name == "" || os.IsNotExist(err) {
			continue // the end of the list, or a file that was removed and not yet committed
		}
		if err != nil {
			t.Fatal(err)
		}
		target := filepath.Join(copied, name)
		if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(target, readFile(t, root, name), info.Mode().Perm()); err != nil {
			t.Fatal(err)
		}
	}
	git(t, copied, "init", "-q")
	commit(t, copied)
	return copied
}

// withoutAttributes returns a clone of source whose newest commit has no .gitattributes.
func withoutAttributes(t *testing.T, source string) string {
	t.Helper()
	clone := t.TempDir()
	git(t, clone, "clone", "-q", source, ".")
	git(t, clone, "rm", "-q", ".gitattributes")
	commit(t, clone)
	return clone
}

func cloneCRLF(t *testing.T, source string) string {
	t.Helper()
	clone := t.TempDir()
	git(t, clone, "clone", "-q", "-c", "core.autocrlf=true", source, ".")
	return clone
}

func commit(t *testing.T, folder string) {
	t.Helper()
	git(t, folder, "add", "-A")
	git(t, folder, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-q", "-m", "test")
}

func tracked(t *testing.T, folder string) []string {
	t.Helper()
	return strings.Split(strings.TrimSuffix(git(t, folder, "ls-files", "-z"), "\x00"), "\x00")
}

// git runs git as on a machine without settings, and outside of any repository that a hook may have named.
func git(t *testing.T, folder string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = folder
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "GIT_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_SYSTEM="+os.DevNull)
	return output(t, cmd)
}

// run runs a program that must succeed, and returns what it prints.
func run(t *testing.T, folder, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = folder
	return output(t, cmd)
}

func output(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%q: %v\n%s%s", cmd.Args, err, out, said.String())
	}
	return string(out)
}

func readFile(t *testing.T, folder, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, name))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// checkPolicy holds that a browser would let the page have its own style and script.
func checkPolicy(t *testing.T, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for n := range root.Descendants() {
		if n.Data != "style" && n.Data != "script" {
			continue
		}
		checked++
		sum := sha256.Sum256([]byte(n.FirstChild.Data))
		if want := n.Data + "-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"; !strings.Contains(html.UnescapeString(page), want) {
			t.Errorf("the page's policy lacks %s", want)
		}
	}
	if checked != 2 {
		t.Errorf("%d styles and scripts, want one of each", checked)
	}
}
