package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// target is a platform that the program is built for.
type target struct{ os, arch string }

// targets are those of a release.
func targets() []target {
	var all []target
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, arch := range []string{"amd64", "arm64"} {
			all = append(all, target{system, arch})
		}
	}
	return all
}

func (t target) String() string { return t.os + "_" + t.arch }

// program is the name of the program's file there.
func (t target) program() string {
	if t.os == "windows" {
		return "op-readiness.exe"
	}
	return "op-readiness"
}

// builder builds the program of a checkout.
type builder struct {
	root  string // of the checkout
	stamp string // what hack/version.sh prints
	work  string // a folder of its own
}

// build builds the program for a platform, static and without paths of this machine, and returns where it is.
func (b builder) build(ctx context.Context, t target) (string, error) {
	file := filepath.Join(b.work, t.String(), t.program())
	ldflags := "-s -w -X 'sigs.k8s.io/windows-operational-readiness/internal/version.stamp=" + b.stamp + "'"
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-ldflags", ldflags, "-o", file, "./cmd/op-readiness")
	cmd.Dir, cmd.Stderr = b.root, os.Stderr
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=", "GOOS="+t.os, "GOARCH="+t.arch)
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("building for %s: %w", t, err)
	}
	return file, nil
}

// beside are the files that lie beside the program in each archive: licence, README, completions, manual pages. They are what
// the program says, of the platform of this machine.
func (b builder) beside(ctx context.Context, program string) ([]file, error) {
	var files []file
	for _, name := range []string{"LICENSE", "README.md", "CHANGELOG.md"} {
		data, err := os.ReadFile(filepath.Join(b.root, name))
		if err != nil {
			return nil, err
		}
		files = append(files, file{name, 0o644, data})
	}
	for shell, name := range map[string]string{"bash": "op-readiness.bash", "zsh": "_op-readiness", "fish": "op-readiness.fish", "powershell": "op-readiness.ps1"} {
		data, err := output(ctx, program, "completion", shell)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"completions/" + name, 0o644, data})
	}
	manual := filepath.Join(b.work, "man")
	if _, err := output(ctx, program, "man", manual); err != nil {
		return nil, err
	}
	pages, err := filepath.Glob(filepath.Join(manual, "*.1"))
	if err != nil {
		return nil, err
	}
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			return nil, err
		}
		files = append(files, file{"man/man1/" + filepath.Base(page), 0o644, data})
	}
	slices.SortFunc(files, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return files, nil
}

// output is what a command prints, run as a user without settings.
func output(ctx context.Context, name string, args ...string) ([]byte, error) {
	var out, said bytes.Buffer
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", filepath.Base(name), strings.Join(args, " "), err, said.String())
	}
	return out.Bytes(), nil
}
