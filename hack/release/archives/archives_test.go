package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var at = time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC)

// sample is a release whose archives have made-up checksums.
func sample() release {
	r := release{Version: "v0.2.0"}
	for i, t := range targets() {
		sum := sha256.Sum256([]byte{byte(i)})
		r.Archives = append(r.Archives, archive{target: t, Name: "op-readiness_v0.2.0_" + t.String() + ending(t), SHA256: hex.EncodeToString(sum[:])})
	}
	return r
}

// TestFormula holds that Homebrew gets the archive of its platform, with its checksum. Ruby reads it where there is one.
func TestFormula(t *testing.T) {
	data, err := sample().render("op-readiness.rb.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for _, a := range sample().Archives {
		want := fmt.Sprintf("on_%s do\n      url \"https://github.com/kubernetes-sigs/windows-operational-readiness/releases/download/v0.2.0/%s\"\n      sha256 \"%s\"\n", a.Homebrew(), a.Name, a.SHA256)
		if strings.Count(text, want) != 1 && a.os != "windows" || a.os == "windows" && strings.Contains(text, a.Name) {
			t.Errorf("%s stands in it otherwise:\n%s", a.Name, text)
		}
	}
	if mac, linux, ok := strings.Cut(text, "on_linux do"); !ok || strings.Contains(mac, "_linux_") || strings.Contains(linux, "_darwin_") {
		t.Errorf("archives stand under another system:\n%s", text)
	}
	if !strings.Contains(text, `version "0.2.0"`) {
		t.Error("it has no version")
	}
	ruby, err := exec.LookPath("ruby")
	if err != nil {
		t.Skip("there is no ruby here to read the formula")
	}
	name := filepath.Join(t.TempDir(), "op-readiness.rb")
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(ruby, "-wc", name).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestKrew lets krew's own validator read the manifest.
func TestKrew(t *testing.T) {
	data, err := sample().render("krew.yaml.tmpl")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(t.TempDir(), "op-readiness.yaml")
	if err := os.WriteFile(name, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("go", "tool", "validate-krew-manifest", "-manifest", name, "-skip-install").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s\n%s", err, out, data)
	}
	for _, a := range sample().Archives {
		if want := fmt.Sprintf("{os: %s, arch: %s}}\n    uri: https://github.com/kubernetes-sigs/windows-operational-readiness/releases/download/v0.2.0/%s\n    sha256: %s\n    bin: %s\n", a.os, a.arch, a.Name, a.SHA256, a.program()); !strings.Contains(string(data), want) {
			t.Errorf("%s stands in it otherwise:\n%s", a.Name, data)
		}
	}
}

// unpack reads an archive.
func unpack(t *testing.T, name string) map[string]file {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]file{}
	if strings.HasSuffix(name, ".zip") {
		r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range r.File {
			opened, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, err := io.ReadAll(opened)
			if err != nil {
				t.Fatal(err)
			}
			files[f.Name] = file{f.Name, f.Mode(), content}
		}
		return files
	}
	packed, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	for r := tar.NewReader(packed); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[h.Name] = file{h.Name, h.FileInfo().Mode(), content}
	}
}

func TestPack(t *testing.T) {
	want := []file{{"op-readiness", 0o755, []byte("program")}, {"LICENSE", 0o644, []byte("licence")}}
	for _, to := range []target{{"linux", "amd64"}, {"windows", "arm64"}} {
		a, err := pack(to, want, at)
		if err != nil {
			t.Fatal(err)
		}
		b, err := pack(to, want, at)
		if err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s: it differs from time to time, %v", to, err)
		}
		name := filepath.Join(t.TempDir(), "archive"+ending(to))
		if err := os.WriteFile(name, a, 0o644); err != nil {
			t.Fatal(err)
		}
		got := unpack(t, name)
		for _, f := range want {
			if g := got[f.name]; g.mode != f.mode || !bytes.Equal(g.data, f.data) {
				t.Errorf("%s: %s is %o %q", to, f.name, g.mode, g.data)
			}
		}
		if len(got) != len(want) {
			t.Errorf("%s: %d files", to, len(got))
		}
	}
}

// TestRelease builds a release for this machine twice, in two folders: the same bytes, a program that says its version, all that
// belongs beside it, and checksums that hold.
func TestRelease(t *testing.T) {
	var folders []string
	for range 2 {
		o := options{root: "../../..", output: filepath.Join(t.TempDir(), "dist"), only: []string{"linux_amd64"}}
		if err := distribute(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		folders = append(folders, o.output)
	}
	names, err := filepath.Glob(folders[0] + "/*")
	if err != nil || len(names) != 3 {
		t.Fatalf("%q, %v", names, err)
	}
	for _, name := range names {
		a, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(filepath.Join(folders[1], filepath.Base(name))); err != nil || !bytes.Equal(a, b) {
			t.Errorf("%s differs from build to build: %v", filepath.Base(name), err)
		}
	}
	check := exec.Command("sha256sum", "--check", "--strict", "checksums.txt")
	check.Dir = folders[0]
	if out, err := check.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	archives, err := filepath.Glob(folders[0] + "/*.tar.gz")
	if err != nil || len(archives) != 1 {
		t.Fatalf("%q, %v", archives, err)
	}
	files := unpack(t, archives[0])
	for _, name := range []string{"LICENSE", "README.md", "completions/_op-readiness", "completions/op-readiness.bash", "completions/op-readiness.fish", "completions/op-readiness.ps1", "man/man1/op-readiness.1", "man/man1/op-readiness-sonobuoy-run.1"} {
		if len(files[name].data) == 0 {
			t.Errorf("%s is missing, or empty", name)
		}
	}
	program := filepath.Join(t.TempDir(), "op-readiness")
	if err := os.WriteFile(program, files["op-readiness"].data, 0o755); err != nil {
		t.Fatal(err)
	}
	out, err := output(t.Context(), program, "version")
	if version := strings.Split(filepath.Base(archives[0]), "_")[1]; err != nil || !strings.HasPrefix(string(out), "op-readiness "+version+" ") {
		t.Errorf("it says %q, %v", out, err)
	}
	if err := distribute(t.Context(), options{root: "../../..", output: folders[0]}); err == nil {
		t.Error("it wrote over what was there")
	}
}
