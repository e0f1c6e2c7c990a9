package checkout

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// needs are commands of the documents that a newcomer cannot run right away, by how they begin, and what they need.
func needs() map[string]string {
	return map[string]string{
		"op-readiness images":         "an e2e.test",
		"op-readiness status":         "a run",
		"make test":                   "nothing, and this test is a part of it",
		"make e2e.test":               "a release of Kubernetes to download",
		"op-readiness --e2e-binary":   "a cluster and an e2e.test",
		"op-readiness run":            "a cluster and an e2e.test",
		"./capz/run-capz-e2e.sh":      "a checkout of windows-testing, and Azure",
		"op-readiness report --post":  "a token of GitHub",
		"op-readiness report ./artif": "results of one's own",
		"op-readiness report $tarbal": "a tarball of Sonobuoy",
		"op-readiness report 2026112": "a tarball of Sonobuoy",
		"make sonobuoy":               "a cluster and Sonobuoy",
		"sonobuoy ":                   "a cluster and Sonobuoy",
		"tarball=$(sonobuoy":          "a cluster and Sonobuoy",
	}
}

// command is one line of a document, with the exit code that its comment tells; 0 if it tells none.
type command struct {
	text string
	file string
	line int
	exit int
}

func (c command) String() string { return fmt.Sprintf("%s:%d: %s", c.file, c.line, c.text) }

// TestDocuments runs every command of the README and of docs, as written and in their order, in a fresh clone with a plain
// PATH, and holds each to the exit code that stands behind it.
func TestDocuments(t *testing.T) {
	t.Parallel()
	clone := t.TempDir()
	git(t, clone, "clone", "-q", commitTree(t), ".")
	environment := plainEnvironment(t)
	ran := 0
	for _, c := range documented(t, clone) {
		if lacks(c.text) != "" {
			continue
		}
		ran++
		cmd := exec.CommandContext(t.Context(), "sh", "-c", c.text)
		cmd.Dir, cmd.Env = clone, environment
		out, err := cmd.CombinedOutput()
		got := 0
		var exit *exec.ExitError
		switch {
		case errors.As(err, &exit):
			got = exit.ExitCode()
		case err != nil:
			t.Fatalf("%s: %v", c, err)
		}
		if got != c.exit {
			t.Errorf("%s\nexit code %d, want %d\n%s", c, got, c.exit, out)
		}
	}
	if ran < 12 {
		t.Errorf("the documents have only %d commands that a newcomer can run", ran)
	}
	if changed := git(t, clone, "status", "--porcelain"); changed != "" {
		t.Errorf("the commands changed the clone:\n%s", changed)
	}
}

// TestNeeds holds that every command that is not run stands in a document.
func TestNeeds(t *testing.T) {
	t.Parallel()
	root := filepath.Join("..", "..")
	for prefix := range needs() {
		if !slices.ContainsFunc(documented(t, root), func(c command) bool { return strings.HasPrefix(c.text, prefix) }) {
			t.Errorf("no document has a command %q", prefix)
		}
	}
}

// lacks says what a command needs that a newcomer has not, "" for nothing.
func lacks(text string) string {
	for prefix, need := range needs() {
		if strings.HasPrefix(text, prefix) {
			return need
		}
	}
	return ""
}

// plainEnvironment has a PATH of Go, of the folder that make install fills and of the system, and a home of its own. Go
// keeps what it has built and fetched before.
func plainEnvironment(t *testing.T) []string {
	t.Helper()
	home := t.TempDir()
	goroot := strings.TrimSpace(run(t, home, "go", "env", "GOROOT"))
	bin := filepath.Join(home, "bin")
	environment := []string{
		"HOME=" + home, "GOBIN=" + bin, "LANG=C.UTF-8",
		"PATH=" + strings.Join([]string{bin, filepath.Join(goroot, "bin"), "/usr/bin", "/bin"}, string(filepath.ListSeparator)),
	}
	for _, key := range []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOFLAGS", "GONOSUMDB", "GOTOOLCHAIN"} {
		environment = append(environment, key+"="+strings.TrimSpace(run(t, home, "go", "env", key)))
	}
	return environment
}

var exitCode = regexp.MustCompile(`exit code (\d+)`)

// documented returns the commands of the blocks that are marked as "sh". A backslash at the end of a line joins it to the
// next.
func documented(t *testing.T, root string) []command {
	t.Helper()
	docs, err := filepath.Glob(filepath.Join(root, "docs", "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	var commands []command
	for _, file := range append([]string{filepath.Join(root, "README.md")}, docs...) {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name, err := filepath.Rel(root, file)
		if err != nil {
			t.Fatal(err)
		}
		commands = append(commands, commandsOf(name, string(data))...)
	}
	return commands
}

func commandsOf(file, document string) []command {
	var commands []command
	inside, joined := false, ""
	for i, line := range strings.Split(document, "\n") {
		line = strings.TrimSpace(line)
		if fence, ok := strings.CutPrefix(line, "```"); ok {
			inside = !inside && fence == "sh"
			continue
		}
		if !inside {
			continue
		}
		if part, more := strings.CutSuffix(line, `\`); more {
			joined += part
			continue
		}
		text, comment, _ := strings.Cut(joined+line, " #")
		joined = ""
		if text = strings.TrimSpace(text); text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		c := command{text: text, file: file, line: i + 1}
		if m := exitCode.FindStringSubmatch(comment); m != nil {
			c.exit, _ = strconv.Atoi(m[1]) // digits
		}
		commands = append(commands, c)
	}
	return commands
}
