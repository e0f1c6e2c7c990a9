package main

import (
	"bytes"
	"embed"
	"fmt"
	"slices"
	"strings"
	"text/template"
)

const home = "https://github.com/kubernetes-sigs/windows-operational-readiness"

// archive is one archive of a release.
type archive struct {
	target
	Name   string
	SHA256 string
}

// What templates show of an archive.

// OS is the operating system as Go names it.
func (a archive) OS() string { return a.os }

// Arch is the architecture as Go names it.
func (a archive) Arch() string { return a.arch }

// Program is the name of the program in it.
func (a archive) Program() string { return a.program() }

// Homebrew is the architecture as Homebrew names it.
func (a archive) Homebrew() string {
	if a.arch == "arm64" {
		return "arm"
	}
	return "intel"
}

// system are the archives of one operating system.
type system struct {
	Homebrew string
	Archives []archive
}

// release is what the manifests are made of.
type release struct {
	Version  string // such as v0.2.0
	Archives []archive
}

// Number is the version without its v.
func (r release) Number() string { return strings.TrimPrefix(r.Version, "v") }

// Home is the address of the project.
func (release) Home() string { return home }

// Download is the folder that the archives of the release are downloaded from.
func (r release) Download() string { return home + "/releases/download/" + r.Version }

// Systems are those that Homebrew runs on.
func (r release) Systems() []system {
	var systems []system
	for _, s := range []system{{Homebrew: "macos"}, {Homebrew: "linux"}} {
		s.Archives = slices.DeleteFunc(slices.Clone(r.Archives), func(a archive) bool { return strings.Replace(a.os, "darwin", "macos", 1) != s.Homebrew })
		systems = append(systems, s)
	}
	return systems
}

//go:embed templates
var templates embed.FS

// render fills in the template of a manifest.
func (r release) render(name string) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").ParseFS(templates, "templates/"+name)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	if err := t.Execute(&b, r); err != nil {
		return nil, fmt.Errorf("filling in %s: %w", name, err)
	}
	return b.Bytes(), nil
}
