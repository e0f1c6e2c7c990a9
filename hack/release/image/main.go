// Command image makes the image of the Dockerfile as an OCI layout, without a container engine and without a registry. What is in
// it was made before, by hack/image-tree.sh, as the Dockerfile's first stage does; the last stage is read from the Dockerfile.
// The same trees and arguments give the same bytes.
//
//	image --dockerfile Dockerfile --tree amd64=FOLDER --tree arm64=FOLDER --arg VERSION=v0.2.0 --arg CREATED=... --name REGISTRY/NAME:TAG --output bin/image
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// options are the flags.
type options struct {
	dockerfile string
	trees      []pair // architecture, folder
	args       map[string]string
	name       string // the whole name of the image, with its tag
	output     string
}

type pair struct{ name, value string }

func main() {
	o := options{args: map[string]string{}}
	flag.StringVar(&o.dockerfile, "dockerfile", "Dockerfile", "whose last stage is made")
	flag.StringVar(&o.name, "name", "", "name of the image, with its tag")
	flag.StringVar(&o.output, "output", "", "folder of the layout; it must not be there")
	flag.Func("tree", "ARCHITECTURE=FOLDER, repeatable", func(text string) error {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return errors.New("expected ARCHITECTURE=FOLDER")
		}
		o.trees = append(o.trees, pair{name, value})
		return nil
	})
	flag.Func("arg", "NAME=VALUE, a build argument, repeatable", func(text string) error {
		name, value, _ := strings.Cut(text, "=")
		o.args[name] = value
		return nil
	})
	flag.Parse()
	digest, err := build(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: making the image:", err)
		os.Exit(2)
	}
	fmt.Println(digest)
}

// build writes the layout, and returns the digest of the image in it.
func build(o options) (v1.Hash, error) {
	if len(o.trees) == 0 || o.name == "" || o.output == "" {
		return v1.Hash{}, errors.New("--tree, --name and --output are needed")
	}
	file, err := os.Open(o.dockerfile)
	if err != nil {
		return v1.Hash{}, err
	}
	defer file.Close()
	r, err := parseRecipe(file, o.args)
	if err != nil {
		return v1.Hash{}, err
	}
	created := time.Unix(0, 0).UTC()
	if text := o.args["CREATED"]; text != "" {
		if created, err = time.Parse(time.RFC3339, text); err != nil {
			return v1.Hash{}, fmt.Errorf("--arg CREATED: %w", err)
		}
	}
	work, err := os.MkdirTemp("", "op-readiness-image-")
	if err != nil {
		return v1.Hash{}, err
	}
	defer os.RemoveAll(work)
	index := mutate.IndexMediaType(v1.ImageIndex(empty.Index), types.OCIImageIndex)
	for _, tree := range o.trees {
		platform := v1.Platform{OS: "linux", Architecture: tree.name}
		layer, err := layerOf(tree.value, filepath.Join(work, tree.name+".tar"), created)
		if err != nil {
			return v1.Hash{}, err
		}
		image, err := imageOf(r, layer, platform, created.UTC())
		if err != nil {
			return v1.Hash{}, err
		}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: image, Descriptor: v1.Descriptor{Platform: &platform}})
	}
	return write(index, o)
}

// imageOf is the image of one platform.
func imageOf(r recipe, layer v1.Layer, platform v1.Platform, created time.Time) (v1.Image, error) {
	image := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	image, err := mutate.Append(image, mutate.Addendum{Layer: layer, History: v1.History{Created: v1.Time{Time: created}, CreatedBy: "COPY --from=build " + r.from + " /"}})
	if err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	config = config.DeepCopy()
	config.Config, config.OS, config.Architecture, config.Created = r.config, platform.OS, platform.Architecture, v1.Time{Time: created}
	return mutate.ConfigFile(image, config)
}

// write writes the layout whole, or nothing.
func write(index v1.ImageIndex, o options) (v1.Hash, error) {
	if _, err := os.Stat(o.output); err == nil {
		return v1.Hash{}, fmt.Errorf("%s is there already", o.output)
	}
	pending := o.output + ".pending"
	defer os.RemoveAll(pending)
	path, err := layout.Write(pending, empty.Index)
	if err != nil {
		return v1.Hash{}, err
	}
	_, tag, _ := strings.Cut(o.name[strings.LastIndex(o.name, "/")+1:], ":")
	annotations := map[string]string{"org.opencontainers.image.ref.name": tag, "io.containerd.image.name": o.name}
	if err := path.AppendIndex(index, layout.WithAnnotations(annotations)); err != nil {
		return v1.Hash{}, err
	}
	digest, err := index.Digest()
	if err != nil {
		return v1.Hash{}, err
	}
	return digest, os.Rename(pending, o.output)
}
