package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/util/version"
)

// List asks an e2e.test for the names of its tests and for the release that it was built from. The release is "" if the
// program does not know it, which is so for one built without the linker flags of a Kubernetes release.
func List(ctx context.Context, binary string) (names []string, release string, err error) {
	text, err := ask(ctx, binary, "--list-tests")
	if err != nil {
		return nil, "", err
	}
	if names, err = ParseList(text); err != nil {
		return nil, "", fmt.Errorf("%s --list-tests: %w", binary, err)
	}
	if text, err = ask(ctx, binary, "--version"); err != nil {
		return nil, "", err
	}
	return names, parseRelease(text), nil
}

// ask runs the program with one flag and returns what it prints.
func ask(ctx context.Context, binary, flag string) ([]byte, error) {
	path, err := filepath.Abs(binary) // a file, not a name to look for in $PATH
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, path, flag)
	cmd.WaitDelay = 10 * time.Second // a child of the program that keeps the pipe open must not keep us
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return nil, fmt.Errorf("running %s %s: %w: %s", binary, flag, err, bytes.TrimSpace(exit.Stderr))
	}
	if err != nil {
		return nil, fmt.Errorf("running %s %s: %w", binary, flag, err)
	}
	return out, nil
}

// listHead is how the line before the list begins.
const listHead = "The following spec names can be used with"

// listLine is "    path/to/file.go:123: name".
var listLine = regexp.MustCompile(`^\s+\S.*?\.go:\d+: (.*)$`)

// ParseList reads what e2e.test --list-tests prints: a heading, then a line with place and name for each test.
func ParseList(text []byte) ([]string, error) {
	_, rest, ok := strings.Cut("\n"+string(text), "\n"+listHead)
	if !ok {
		return nil, errors.New("the output is no list of tests")
	}
	_, list, _ := strings.Cut(rest, "\n")
	var names []string
	for line := range strings.Lines(list) {
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		m := listLine.FindStringSubmatch(line)
		if m == nil {
			return nil, fmt.Errorf("a line of the list names no test: %q", line)
		}
		names = append(names, strings.TrimSpace(m[1]))
	}
	if len(names) == 0 {
		return nil, errors.New("the list names no test")
	}
	return names, nil
}

// parseRelease finds a release in what e2e.test --version prints. A build without a stamp says v0.0.0 and more.
func parseRelease(text []byte) string {
	for field := range strings.FieldsSeq(string(text)) {
		v, err := version.ParseSemantic(field)
		if err == nil && strings.HasPrefix(field, "v") && v.Major() > 0 {
			return field
		}
	}
	return ""
}
