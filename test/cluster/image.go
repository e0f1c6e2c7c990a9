package cluster

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// LoadProgram gives every node an image that holds one program and nothing else, /program, which it starts. The program must
// need no C library (CGO_ENABLED=0). A pod finds the image by its name, such as example.com/name:v1: the tag must not be
// latest, which a kubelet would try to pull.
func (c *Cluster) LoadProgram(ctx context.Context, image, program string) error {
	data, err := os.ReadFile(program)
	if err != nil {
		return fmt.Errorf("making the image %q: %w", image, err)
	}
	archive, err := archiveOf(image, data)
	if err != nil {
		return fmt.Errorf("making the image %q: %w", image, err)
	}
	dir, err := os.MkdirTemp("", "image-")
	if err != nil {
		return fmt.Errorf("making the image %q: %w", image, err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "image.tar")
	if err := os.WriteFile(file, archive, 0o600); err != nil {
		return fmt.Errorf("making the image %q: %w", image, err)
	}
	return c.LoadImage(ctx, file)
}

// archiveOf is a docker archive (https://github.com/moby/docker-image-spec) of an image of one layer with one program.
func archiveOf(image string, program []byte) ([]byte, error) {
	layer, err := archive(file{"program", 0o755, program})
	if err != nil {
		return nil, err
	}
	config, err := json.Marshal(map[string]any{
		"architecture": runtime.GOARCH, "os": "linux",
		"config": map[string]any{"Entrypoint": []string{"/program"}},
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
