package cluster

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// LoadProgram gives every node an image that holds one program and nothing else, /program, which it starts. The program must
// need no C library (CGO_ENABLED=0). A pod finds the image by its name, such as example.com/name:v1: the tag must not be
// latest, which a kubelet would try to pull.
func (c *Cluster) LoadProgram(ctx context.Context, image, program string) error {
	return c.LoadPrograms(ctx, image, map[string]string{"/program": program})
}

// LoadPrograms does so with several: of each its path in the image and its file on this machine. The image starts the first by
// path.
func (c *Cluster) LoadPrograms(ctx context.Context, image string, programs map[string]string) error {
	var files []file
	for _, path := range slices.Sorted(maps.Keys(programs)) {
		data, err := os.ReadFile(programs[path])
		if err != nil {
			return fmt.Errorf("making the image %q: %w", image, err)
		}
		files = append(files, file{strings.TrimPrefix(path, "/"), 0o755, data})
	}
	archive, err := archiveOf(image, files)
	if err != nil {
		return fmt.Errorf("making the image %q: %w", image, err)
	}
	dir, err := os.MkdirTemp("", "image-")
	if err != nil {
		return fmt.Errorf("making the image %q: %w", image, err)
	}
	defer os.RemoveAll(dir)
	name := filepath.Join(dir, "image.tar")
	if err := os.WriteFile(name, archive, 0o600); err != nil {
		return fmt.Errorf("making the image %q: %w", image, err)
	}
	return c.LoadImage(ctx, name)
}

// archiveOf is a docker archive (https://github.com/moby/docker-image-spec) of an image of one layer with these programs.
func archiveOf(image string, programs []file) ([]byte, error) {
	if len(programs) == 0 {
		return nil, errors.New("no program")
	}
	layer, err := archive(programs...)
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux",
		"config": map[string]any{"Entrypoint": []string{"/" + programs[0].name}, "Env": []string{"PATH=/usr/local/bin:/usr/bin:/bin:/app"}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer))}},
	})
	if err != nil {
		return nil, err
	}
	manifest, err := json.Marshal([]map[string]any{{"Config": "config.json", "RepoTags": []string{image}, "Layers": []string{"layer.tar"}}})
	if err != nil {
		return nil, err
	}
	return archive(file{"manifest.json", 0o644, manifest}, file{"config.json", 0o644, config}, file{"layer.tar", 0o644, layer})
}

type file struct {
	name string
	mode int64
	data []byte
}

func archive(files ...file) ([]byte, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: f.mode, Size: int64(len(f.data))}); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return b.Bytes(), err
}
