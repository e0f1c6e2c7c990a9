package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

const dockerfile = "../../../Dockerfile"

// tree is a tree such as hack/image-tree.sh makes.
func tree(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, mode := range map[string]fs.FileMode{"app/op-readiness": 0o755, "app/e2e.test": 0o755, "app/sbom.spdx.json": 0o644, "etc/passwd": 0o644} {
		name = filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(name[len(dir):]), mode)); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(os.Symlink("op-readiness", filepath.Join(dir, "app/run.sh")), os.Mkdir(filepath.Join(dir, "tmp"), 0o700), os.Chmod(filepath.Join(dir, "tmp"), 0o777|fs.ModeSticky)); err != nil {
		t.Fatal(err)
	}
	return dir
}

func optionsFor(t *testing.T) options {
	return options{
		dockerfile: dockerfile, name: "registry.example.com/op-readiness:v1.36.3", output: filepath.Join(t.TempDir(), "layout"),
		trees: []pair{{"amd64", tree(t)}, {"arm64", tree(t)}},
		args:  map[string]string{"KUBERNETES_VERSION": "v1.36.3", "VERSION": "v0.2.0", "REVISION": "0123", "CREATED": "2026-07-01T08:00:00+02:00"},
	}
}

// content is every file of a folder.
func content(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		files[strings.TrimPrefix(name, dir)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// images builds, and returns what a reader of the layout finds: an image for each architecture.
func images(t *testing.T, o options) []v1.Image {
	t.Helper()
	digest, err := build(o)
	if err != nil {
		t.Fatal(err)
	}
	outer, err := layout.ImageIndexFromPath(o.output)
	if err != nil {
		t.Fatal(err)
	}
	index, err := outer.ImageIndex(digest)
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var list []v1.Image
	for i, d := range manifest.Manifests {
		if d.Platform.OS != "linux" || d.Platform.Architecture != o.trees[i].name {
			t.Errorf("image %d is for %s", i, d.Platform)
		}
		image, err := index.Image(d.Digest)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, image)
	}
	return list
}

func TestReproducible(t *testing.T) {
	a, b := optionsFor(t), optionsFor(t)
	for _, o := range []options{a, b} {
		if _, err := build(o); err != nil {
			t.Fatal(err)
		}
	}
	one, other := content(t, a.output), content(t, b.output)
	if len(one) < 7 {
		t.Errorf("only %d files", len(one))
	}
	for name := range one {
		if one[name] != other[name] {
			t.Errorf("%s differs from build to build", name)
		}
	}
	if len(one) != len(other) {
		t.Errorf("%d files, and then %d", len(one), len(other))
	}
}

// headers are the files of an image's layers.
func headers(t *testing.T, image v1.Image) map[string]tar.Header {
	t.Helper()
	layers, err := image.Layers()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]tar.Header{}
	for _, layer := range layers {
		r, err := layer.Uncompressed()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		for files := tar.NewReader(r); ; {
			h, err := files.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			all["/"+strings.TrimSuffix(h.Name, "/")] = *h
		}
	}
	return all
}

// TestFiles holds that the image has the files of the Dockerfile and no others. What the Dockerfile copies is read here without
// the code that builds.
func TestFiles(t *testing.T) {
	o := optionsFor(t)
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	stages := strings.Split(string(text), "\nFROM ")
	copies := regexp.MustCompile(`(?m)^(COPY|ADD)\b.*$`).FindAllString(stages[len(stages)-1], -1)
	made := regexp.MustCompile(`(?m)^RUN hack/image-tree\.sh "\$KUBERNETES_VERSION" "\$TARGETARCH" (\S+)$`).FindStringSubmatch(string(text))
	if made == nil || len(copies) != 1 || copies[0] != "COPY --from=build "+made[1]+"/ /" {
		t.Fatalf("the image copies %q of the tree that is made in %q", copies, made)
	}
	want := []string{"/app", "/app/e2e.test", "/app/op-readiness", "/app/run.sh", "/app/sbom.spdx.json", "/etc", "/etc/passwd", "/tmp"}
	for _, image := range images(t, o) {
		all := headers(t, image)
		var got []string
		for name, h := range all {
			got = append(got, name)
			if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || h.ModTime.UTC().Format("2006-01-02T15:04") != "2026-07-01T06:00" {
				t.Errorf("%s is of %d:%d %q, %s", name, h.Uid, h.Gid, h.Uname, h.ModTime)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("it has %q", got)
		}
		if h := all["/app/run.sh"]; h.Typeflag != tar.TypeSymlink || h.Linkname != "op-readiness" {
			t.Errorf("run.sh is %+v", h)
		}
		if all["/tmp"].Mode != 0o1777 || all["/app/e2e.test"].Mode != 0o755 || all["/etc/passwd"].Mode != 0o644 {
			t.Errorf("modes: %o, %o, %o", all["/tmp"].Mode, all["/app/e2e.test"].Mode, all["/etc/passwd"].Mode)
		}
	}
}

// TestConfig holds what the image says of itself, and that it does not run as root.
func TestConfig(t *testing.T) {
	for _, image := range images(t, optionsFor(t)) {
		config, err := image.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		c := config.Config
		if c.User != "65532:65532" || !slices.Equal(c.Entrypoint, []string{"/app/op-readiness"}) || !slices.Equal(c.Env, []string{"PATH=/app", "HOME=/tmp"}) || c.WorkingDir != "/tmp" || len(c.Cmd) > 0 {
			t.Errorf("%+v", c)
		}
		for name, want := range map[string]string{"version": "v0.2.0", "revision": "0123", "created": "2026-07-01T08:00:00+02:00", "title": "op-readiness", "licenses": "Apache-2.0"} {
			if got := c.Labels["org.opencontainers.image."+name]; got != want {
				t.Errorf("label %s is %q", name, got)
			}
		}
		if got := c.Labels["org.opencontainers.image.description"]; !strings.HasSuffix(got, "with e2e.test of Kubernetes v1.36.3") {
			t.Errorf("description %q", got)
		}
	}
}

// TestRefused holds that an instruction which only an engine can carry out is refused, and not left out.
func TestRefused(t *testing.T) {
	text, err := os.ReadFile(dockerfile)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"RUN true", "COPY --from=build /image/ /", "COPY LICENSE /", "ADD x /", "VOLUME /tmp", "EXPOSE 80", "CMD x", "ENTRYPOINT op-readiness",
		"HEALTHCHECK NONE", "STOPSIGNAL 9", "USER a b", "ONBUILD RUN x", "SHELL [\"x\"]", "WORKDIR tmp", "FROM debian", "FROM scratch",
	} {
		if _, err := parseRecipe(bytes.NewReader(append(bytes.Clone(text), line+"\n"...)), nil); err == nil {
			t.Errorf("%q goes unnoticed", line)
		}
	}
	other := bytes.Replace(text, []byte("COPY --from=build /image/ /"), []byte("COPY --chown=1 --from=build /image/ /"), 1)
	if _, err := parseRecipe(bytes.NewReader(other), nil); err == nil || !strings.Contains(err.Error(), "of the Dockerfile: ") {
		t.Errorf("--chown goes unnoticed: %v", err)
	}
}

// TestWhole holds that a build that fails leaves nothing, and that one never writes over another.
func TestWhole(t *testing.T) {
	o := optionsFor(t)
	o.trees[1].value = filepath.Join(t.TempDir(), "none")
	if _, err := build(o); err == nil {
		t.Error("a tree that is missing goes unnoticed")
	}
	if _, err := os.Stat(o.output); err == nil {
		t.Error("half an image was left")
	}
	o = optionsFor(t)
	if _, err := build(o); err != nil {
		t.Fatal(err)
	}
	if _, err := build(o); err == nil {
		t.Error("a second build wrote over the first")
	}
}
