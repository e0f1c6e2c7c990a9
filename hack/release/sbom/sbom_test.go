package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/spdxlib"
)

// TestDocument lists what this command itself is made of, and lets SPDX's own library read and check it.
func TestDocument(t *testing.T) {
	file := filepath.Join(t.TempDir(), "sbom")
	if out, err := exec.Command("go", "build", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var a, b bytes.Buffer
	for _, w := range []*bytes.Buffer{&a, &b} {
		if err := write(w, options{name: "test", created: "2026-07-01T08:00:00+02:00", version: "v0.2.0"}, []string{file}); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("it differs from time to time")
	}
	doc, err := spdxjson.Read(&a)
	if err != nil {
		t.Fatal(err)
	}
	if err := spdxlib.ValidateDocument(doc); err != nil {
		t.Error(err)
	}
	if created := doc.CreationInfo.Created; created != "2026-07-01T06:00:00Z" {
		t.Errorf("it was created at %s", created)
	}
	found := map[string]*spdx.Package{}
	for _, p := range doc.Packages {
		if found[p.PackageName] != nil {
			t.Errorf("%s is listed twice", p.PackageName)
		}
		found[p.PackageName] = p
	}
	if p := found["github.com/spdx/tools-golang"]; p == nil || p.PackageVersion == "" || len(p.PackageChecksums) != 1 || !strings.HasPrefix(p.PackageExternalReferences[0].Locator, "pkg:golang/github.com/spdx/tools-golang@v") {
		t.Errorf("the module that it uses is %+v", p)
	}
	own := "sigs.k8s.io/windows-operational-readiness/hack/release"
	if p := found[own]; p == nil || p.PackageExternalReferences[0].Locator != "pkg:golang/"+own+"@v0.2.0" {
		t.Errorf("its own module is %+v", p)
	}
	if p := found["sbom"]; p == nil || p.PackageVersion != "v0.2.0" || len(p.PackageChecksums) != 1 || len(p.PackageChecksums[0].Value) != 64 {
		t.Errorf("the program is %+v", p)
	}
	if found["std"] == nil || found["github.com/moby/buildkit"] != nil {
		t.Error("it lacks the standard library, or has a module of go.mod that is not in the program")
	}
	if len(doc.Relationships) != len(doc.Packages) {
		t.Errorf("%d packages, and %d say what they are part of", len(doc.Packages), len(doc.Relationships))
	}
}

func TestNoProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "text")
	if err := os.WriteFile(file, []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := write(&bytes.Buffer{}, options{created: "yesterday"}, nil); err == nil || !strings.Contains(err.Error(), "yesterday") {
		t.Errorf("%v", err)
	}
	if err := write(&bytes.Buffer{}, options{name: "test"}, []string{file}); err == nil || !strings.Contains(err.Error(), "is no program of Go") {
		t.Errorf("%v", err)
	}
}
