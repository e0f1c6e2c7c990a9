package main

import (
	"archive/tar"
	"compress/gzip"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// layerOf is a tree of files as a layer: in the order of their names, of root, and as old as the sources are. File is where
// the layer is kept until it was used.
func layerOf(tree, file string, at time.Time) (v1.Layer, error) {
	out, err := os.Create(file)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	if err := pack(out, tree, at); err != nil {
		return nil, fmt.Errorf("packing %s: %w", tree, err)
	}
	if err := out.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromFile(file, tarball.WithCompressionLevel(gzip.BestSpeed), tarball.WithMediaType(types.OCILayer))
}

func pack(out io.Writer, tree string, at time.Time) error {
	w := tar.NewWriter(out)
	err := filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
		if err != nil || name == tree {
			return err
		}
		rel, err := filepath.Rel(tree, name)
		if err != nil {
			return err
		}
		return add(w, name, filepath.ToSlash(rel), d, at)
	})
	if err != nil {
		return err
	}
	return w.Close()
}

func add(w *tar.Writer, name, rel string, d fs.DirEntry, at time.Time) error {
	info, err := d.Info()
	if err != nil {
		return err
	}
	link := ""
	if info.Mode()&fs.ModeSymlink != 0 {
		if link, err = os.Readlink(name); err != nil {
			return err
		}
	} else if !info.IsDir() && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is no file, folder or link", name)
	}
	header, err := tar.FileInfoHeader(info, link)
	if err != nil {
		return err
	}
	// Nothing but name, mode and content: owner and times are of whoever builds.
	plain := tar.Header{Typeflag: header.Typeflag, Name: rel, Linkname: header.Linkname, Size: header.Size, Mode: header.Mode, ModTime: at, Format: tar.FormatPAX}
	if info.IsDir() {
		plain.Name += "/"
	}
	if link != "" {
		plain.Mode = 0o777
	}
	if err := w.WriteHeader(&plain); err != nil || !info.Mode().IsRegular() {
		return err
	}
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	_, err = io.Copy(w, file)
	return err
}
