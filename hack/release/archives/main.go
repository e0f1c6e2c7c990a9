// Command archives makes the files of a release: for each platform an archive with the program, its completions, manual pages and
// licence; a bill of materials for each; their checksums; and of these a formula for Homebrew and a manifest for krew. The same
// commit and the same Go give the same bytes on every machine.
//
//	archives --root CHECKOUT --output dist [--only linux_amd64]
package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the flags.
type options struct {
	root   string
	output string
	only   []string // platforms; none: all
}

func main() {
	var o options
	flag.StringVar(&o.root, "root", "../..", "checkout whose program is built")
	flag.StringVar(&o.output, "output", "", "folder of the files; it must not be there")
	flag.Func("only", "build only this platform, such as linux_amd64 (repeatable; no manifests are made then)", func(name string) error {
		if !slices.ContainsFunc(targets(), func(t target) bool { return t.String() == name }) {
			return fmt.Errorf("unknown platform; known are %v", targets())
		}
		o.only = append(o.only, name)
		return nil
	})
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := distribute(ctx, o); err != nil {
		fmt.Fprintln(os.Stderr, "error: making a release:", err)
		os.Exit(2)
	}
}

// distribute builds everything, and puts it in its place when all of it is there.
func distribute(ctx context.Context, o options) error {
	if o.output == "" {
		return fmt.Errorf("--output is needed")
	}
	if _, err := os.Stat(o.output); err == nil {
		return fmt.Errorf("%s is there already", o.output)
	}
	pending := o.output + ".pending"
	if err := os.MkdirAll(filepath.Dir(pending), 0o755); err != nil {
		return err
	}
	if err := os.Mkdir(pending, 0o755); err != nil {
		return err
	}
	defer os.RemoveAll(pending)
	work, err := os.MkdirTemp("", "op-readiness-dist-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	stamp, err := output(ctx, filepath.Join(o.root, "hack/version.sh"))
	if err != nil {
		return err
	}
	words := strings.Fields(string(stamp))
	if len(words) != 3 {
		return fmt.Errorf("%s is no clone: there is no version", o.root)
	}
	created, err := time.Parse(time.RFC3339, words[2])
	if err != nil {
		return err
	}
	b := builder{root: o.root, stamp: strings.Join(words, " "), work: work}
	r, err := b.archives(ctx, o, words[0], created.UTC(), pending)
	if err != nil {
		return err
	}
	if err := r.describe(pending, len(o.only) == 0); err != nil {
		return err
	}
	return os.Rename(pending, o.output)
}

// archives writes an archive and a bill of materials for each platform.
func (b builder) archives(ctx context.Context, o options, version string, created time.Time, to string) (release, error) {
	r := release{Version: version}
	here, err := b.build(ctx, target{runtime.GOOS, runtime.GOARCH})
	if err != nil {
		return r, err
	}
	beside, err := b.beside(ctx, here)
	if err != nil {
		return r, err
	}
	for _, t := range targets() {
		if len(o.only) > 0 && !slices.Contains(o.only, t.String()) {
			continue
		}
		program, err := b.build(ctx, t)
		if err != nil {
			return r, err
		}
		data, err := os.ReadFile(program)
		if err != nil {
			return r, err
		}
		packed, err := pack(t, append([]file{{t.program(), 0o755, data}}, beside...), created)
		if err != nil {
			return r, err
		}
		stem := "op-readiness_" + version + "_" + t.String()
		bill, err := output(ctx, "go", "-C", filepath.Join(o.root, "hack/release"), "run", "./sbom", "--name", stem, "--version", version, "--created", created.Format(time.RFC3339), absolute(program))
		if err != nil {
			return r, err
		}
		a := archive{target: t, Name: stem + ending(t)}
		if a.SHA256, err = put(to, a.Name, packed); err != nil {
			return r, err
		}
		if _, err := put(to, stem+".spdx.json", bill); err != nil {
			return r, err
		}
		r.Archives = append(r.Archives, a)
		fmt.Fprintf(os.Stderr, "%s: %d MB\n", a.Name, len(packed)>>20)
	}
	return r, nil
}

func absolute(name string) string {
	if path, err := filepath.Abs(name); err == nil {
		return path
	}
	return name
}

func ending(t target) string {
	if t.os == "windows" {
		return ".zip"
	}
	return ".tar.gz"
}

// put writes a file, and returns its checksum.
func put(folder, name string, data []byte) (string, error) {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), os.WriteFile(filepath.Join(folder, name), data, 0o644)
}

// describe writes what is made of the archives: the manifests, which name all of them, and the checksums of all files, in the
// form of sha256sum.
func (r release) describe(folder string, whole bool) error {
	if whole {
		for file, name := range map[string]string{"op-readiness.rb.tmpl": "op-readiness.rb", "krew.yaml.tmpl": "op-readiness.yaml"} {
			data, err := r.render(file)
			if err != nil {
				return err
			}
			if _, err := put(folder, name, data); err != nil {
				return err
			}
		}
	}
	entries, err := os.ReadDir(folder)
	if err != nil {
		return err
	}
	var sums strings.Builder
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(folder, e.Name()))
		if err != nil {
			return err
		}
		fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256(data), e.Name())
	}
	_, err = put(folder, "checksums.txt", []byte(sums.String()))
	return err
}
