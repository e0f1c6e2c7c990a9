// Command sbom prints a software bill of materials, in SPDX 2.3 as JSON, of programs that Go built: of each program its modules
// with their versions and checksums, as the toolchain wrote them into it. Nothing is taken from go.mod, which says what might be
// in a program.
//
//	sbom --name op-readiness-v0.2.0 --version v0.2.0 --created 2026-07-01T06:00:00Z FILE...
package main

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/base64"
	"encoding/hex"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	spdxjson "github.com/spdx/tools-golang/json"
	"github.com/spdx/tools-golang/spdx"
	"github.com/spdx/tools-golang/spdx/v2/common"
)

// options are the flags.
type options struct {
	name    string // of the document
	created string // when, RFC 3339
	version string // of this project's own modules; "": as the toolchain wrote it
}

func main() {
	var o options
	flag.StringVar(&o.name, "name", "", "name of the document")
	flag.StringVar(&o.created, "created", "", "when, RFC 3339: of the sources, so that it is the same each time (default: the beginning of 1970)")
	flag.StringVar(&o.version, "version", "", "version of this project, for which the toolchain writes (devel)")
	flag.Parse()
	if err := write(os.Stdout, o, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "error: writing a bill of materials:", err)
		os.Exit(2)
	}
}

func write(w io.Writer, o options, files []string) error {
	created, err := utc(cmp.Or(o.created, "1970-01-01T00:00:00Z"))
	if err != nil {
		return err
	}
	var programs []program
	for _, file := range files {
		p, err := read(file)
		if err != nil {
			return err
		}
		if o.version != "" && strings.HasPrefix(p.info.Main.Path+"/", project+"/") {
			p.info.Main.Version = o.version
		}
		programs = append(programs, p)
	}
	return spdxjson.Write(documentOf(o.name, created, programs), w, spdxjson.Indent("  "))
}

// utc is a time in the one form that SPDX knows: that of Git has the time zone of whoever committed.
func utc(at string) (string, error) {
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		return "", err
	}
	return t.UTC().Format(time.RFC3339), nil
}

// project begins the paths of this project's modules.
const project = "sigs.k8s.io/windows-operational-readiness"

// program is what one file is, and what the toolchain wrote into it.
type program struct {
	name   string // of the file
	sha256 string
	info   *debug.BuildInfo
}

func read(file string) (program, error) {
	info, err := buildinfo.ReadFile(file)
	if err != nil {
		return program{}, fmt.Errorf("%q is no program of Go: %w", file, err)
	}
	opened, err := os.Open(file)
	if err != nil {
		return program{}, err
	}
	defer opened.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, opened); err != nil {
		return program{}, fmt.Errorf("reading %q: %w", file, err)
	}
	return program{name: filepath.Base(file), sha256: hex.EncodeToString(sum.Sum(nil)), info: info}, nil
}

const unknown = "NOASSERTION"

// documentOf lists each program, and each module once. It depends on nothing but its arguments.
func documentOf(name, created string, programs []program) *spdx.Document {
	space := sha256.New()
	doc := &spdx.Document{
		SPDXVersion: spdx.Version, DataLicense: spdx.DataLicense, SPDXIdentifier: "DOCUMENT", DocumentName: name,
		CreationInfo: &spdx.CreationInfo{
			Created:  created,
			Creators: []common.Creator{{CreatorType: "Tool", Creator: "op-readiness-sbom"}},
		},
	}
	known := map[common.ElementID]bool{}
	for _, p := range programs {
		fmt.Fprintln(space, p.name, p.sha256)
		of := common.ElementID("Program-" + p.name)
		doc.Packages = append(doc.Packages, programOf(p, of))
		doc.Relationships = append(doc.Relationships, relation("DOCUMENT", "DESCRIBES", of))
		for _, m := range modules(p.info) {
			id := idOf(m)
			if !known[id] {
				known[id] = true
				doc.Packages = append(doc.Packages, moduleOf(m, id))
			}
			doc.Relationships = append(doc.Relationships, relation(of, "CONTAINS", id))
		}
	}
	doc.DocumentNamespace = "https://github.com/kubernetes-sigs/windows-operational-readiness/spdx/" + name + "-" + hex.EncodeToString(space.Sum(nil)[:16])
	return doc
}

// modules are those of a program, its own and the standard library among them, each as it was built: a replacement instead of
// what it replaces.
func modules(info *debug.BuildInfo) []debug.Module {
	list := []debug.Module{{Path: "std", Version: strings.TrimPrefix(info.GoVersion, "go")}}
	for _, m := range append([]*debug.Module{&info.Main}, info.Deps...) {
		if m.Replace != nil {
			m = m.Replace
		}
		if m.Path != "" {
			list = append(list, *m)
		}
	}
	slices.SortFunc(list, func(a, b debug.Module) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Version, b.Version))
	})
	return list
}

func idOf(m debug.Module) common.ElementID {
	allowed := func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '-'
	}
	sum := sha256.Sum256([]byte(m.Path + "@" + m.Version))
	return common.ElementID("Module-" + strings.Map(allowed, m.Path) + "-" + hex.EncodeToString(sum[:4]))
}

func programOf(p program, id common.ElementID) *spdx.Package {
	return &spdx.Package{
		PackageName: p.name, PackageSPDXIdentifier: id, PackageVersion: p.info.Main.Version, PackageDownloadLocation: unknown,
		PackageLicenseConcluded: unknown, PackageLicenseDeclared: unknown, PackageCopyrightText: unknown, PrimaryPackagePurpose: "APPLICATION",
		PackageChecksums: []common.Checksum{{Algorithm: common.SHA256, Value: p.sha256}},
	}
}

func moduleOf(m debug.Module, id common.ElementID) *spdx.Package {
	return &spdx.Package{
		PackageName: m.Path, PackageSPDXIdentifier: id, PackageVersion: m.Version, PackageDownloadLocation: unknown,
		PackageLicenseConcluded: unknown, PackageLicenseDeclared: unknown, PackageCopyrightText: unknown, PrimaryPackagePurpose: "LIBRARY",
		PackageChecksums:          checksums(m.Sum),
		PackageExternalReferences: []*spdx.PackageExternalReference{{Category: "PACKAGE-MANAGER", RefType: "purl", Locator: purl(m)}},
	}
}

// checksums are those of go.sum, "h1:" and base64 of a SHA-256 over the files of a module; "" for the main module and std.
func checksums(sum string) []common.Checksum {
	data, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(sum, "h1:"))
	if err != nil || len(data) != sha256.Size {
		return nil
	}
	return []common.Checksum{{Algorithm: common.SHA256, Value: hex.EncodeToString(data)}}
}

// purl is the module's name to scanners (https://github.com/package-url/purl-spec).
func purl(m debug.Module) string {
	if m.Version == "" || m.Version == "(devel)" {
		return "pkg:golang/" + m.Path
	}
	return "pkg:golang/" + m.Path + "@" + m.Version
}

func relation(from common.ElementID, how string, to common.ElementID) *spdx.Relationship {
	return &spdx.Relationship{RefA: common.MakeDocElementID("", string(from)), RefB: common.MakeDocElementID("", string(to)), Relationship: how}
}
