package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var (
	shBlock  = regexp.MustCompile("(?ms)^```sh\n(.*?)^```$")
	exitCode = regexp.MustCompile(`exit code (\d)`)
)

// TestREADME runs every op-readiness command that the README shows, and holds the exit code that stands behind it.
func TestREADME(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("cd %s\n", root)
	commands := 0
	for _, block := range shBlock.FindAllStringSubmatch(string(readme), -1) {
		for line := range strings.Lines(block[1]) {
			command, comment, _ := strings.Cut(strings.TrimSpace(line), "#")
			if !strings.HasPrefix(command, "op-readiness ") {
				continue
			}
			commands++
			script += expect(comment) + "exec " + command + "\nstdout .\n"
		}
	}
	if commands < 5 {
		t.Errorf("the README shows %d commands", commands)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "readme.txtar"), []byte(script), 0o644); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{Dir: dir})
}

// expect returns the prefix under which testscript wants a command to fail, if its comment begins with such a code.
func expect(comment string) string {
	if m := exitCode.FindStringSubmatch(comment); m != nil && strings.HasPrefix(strings.TrimSpace(comment), m[0]) && m[1] != "0" {
		return "! "
	}
	return ""
}
