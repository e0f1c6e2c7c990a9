// Package atomicfile replaces files whole or not at all: whoever reads one sees the old content or the new, and a write
// that fails leaves the old one and nothing else.
//
// Write and Render do that for one file. For several that belong together, Create puts each under a temporary name beside
// its target, where a full disk or a missing right shows; Pending.Commit then puts it in place.
package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write makes data the content of the file name, with mode 0644. The folder must be there.
func Write(name string, data []byte) error {
	return about(name, replace(name, bytes.NewReader(data)))
}

// Render makes what render writes the content of the file name, with mode 0644. If render fails, nothing is written.
func Render(name string, render func(io.Writer) error) error {
	var text bytes.Buffer // so that a render that fails half-way does not touch the disk
	err := render(&text)
	if err == nil {
		err = replace(name, &text)
	}
	return about(name, err)
}

// about says of which file an error is.
func about(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("writing %q: %w", name, err)
}

func replace(name string, content io.WriterTo) error {
	pending, err := Create(name, 0o644, func(w io.Writer) error {
		_, err := content.WriteTo(w)
		return err
	})
	if err != nil {
		return err
	}
	if err := pending.Commit(); err != nil {
		return errors.Join(err, pending.Discard())
	}
	return nil
}

// Pending is a file under a temporary name beside its target. One of Commit and Discard ends it.
type Pending struct{ temp, target string }

// Create writes the content of the file name under a temporary name. After an error nothing is left.
func Create(name string, mode fs.FileMode, write func(io.Writer) error) (*Pending, error) {
	file, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return nil, err
	}
	err = write(file)
	err = errors.Join(err, file.Chmod(mode), file.Sync(), file.Close())
	if err != nil {
		return nil, errors.Join(err, os.Remove(file.Name()))
	}
	return &Pending{temp: file.Name(), target: name}, nil
}

// Commit puts the file in place of whatever has its name.
func (p *Pending) Commit() error { return os.Rename(p.temp, p.target) }

// Discard removes the temporary file.
func (p *Pending) Discard() error { return os.Remove(p.temp) }

// MakeFolders makes a folder and those above it that are not there, and returns the ones that it made, outer ones first:
// what is to be removed again, in the other order, if what they were made for fails.
func MakeFolders(name string) (made []string, err error) {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil, nil
	}
	if parent := filepath.Dir(name); parent != name {
		if made, err = MakeFolders(parent); err != nil {
			return made, err
		}
	}
	if err := os.Mkdir(name, 0o755); err != nil {
		return made, err
	}
	return append(made, name), nil
}
