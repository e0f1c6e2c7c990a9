package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/rogpeppe/go-internal/diff"

	"sigs.k8s.io/windows-operational-readiness/internal/testinfra"
	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

// Changes is what must be done to a folder so that it holds the generated files.
type Changes struct {
	Folder  string
	Files   []Change // sorted by path
	Present int      // how many generated files the folder holds, changed or not
}

// Change is one file that is to be written or removed.
type Change struct {
	Path string // below the folder, with slashes
	Old  []byte // nil if the file is missing
	New  []byte // nil if the file is left over
}

// Kind says what is wrong with the file as it is: "stale", "missing" or "left over".
func (c Change) Kind() string {
	switch {
	case c.Old == nil:
		return "missing"
	case c.New == nil:
		return "left over"
	}
	return "stale"
}

// Compare holds the files against those in folder, whatever line ends the checkout gave these. A file that stands in the way and was not generated is an error; a
// generated one that is no longer wanted is a change that removes it.
func Compare(files []File, folder string) (Changes, error) {
	changes := Changes{Folder: folder}
	wanted := map[string]bool{}
	var errs []error
	for _, f := range files {
		wanted[f.Path] = true
		old, err := readOwn(folder, f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changes.Files = append(changes.Files, Change{Path: f.Path, New: f.Data})
		case err != nil:
			errs = append(errs, err)
		default:
			changes.Present++
			if !bytes.Equal(textfile.LF(old), f.Data) {
				changes.Files = append(changes.Files, Change{Path: f.Path, Old: old, New: f.Data})
			}
		}
	}
	for _, sub := range []string{jobsFolder, testinfra.TrustedFolder, testinfra.TestGridFolder} {
		left, err := leftOver(folder, sub, wanted)
		changes.Present += len(left)
		changes.Files = append(changes.Files, left...)
		errs = append(errs, err)
	}
	slices.SortFunc(changes.Files, func(a, b Change) int { return bytes.Compare([]byte(a.Path), []byte(b.Path)) })
	return changes, errors.Join(errs...)
}

// readOwn reads a generated file.
func readOwn(folder, name string) ([]byte, error) {
	full := filepath.Join(folder, filepath.FromSlash(name))
	data, err := os.ReadFile(full)
	if err != nil {
		return nil, err
	}
	if !own(data) {
		return nil, fmt.Errorf("%s: not written by op-readiness generate (its first line is not %q): it is left alone", full, headerLine)
	}
	return data, nil
}

func own(data []byte) bool { return bytes.HasPrefix(textfile.LF(data), []byte(headerLine+"\n")) }

// leftOver returns the generated files of a sub-folder that are not wanted.
func leftOver(folder, sub string, wanted map[string]bool) ([]Change, error) {
	entries, err := os.ReadDir(filepath.Join(folder, filepath.FromSlash(sub)))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var left []Change
	for _, e := range entries {
		name := path.Join(sub, e.Name())
		if wanted[name] || !e.Type().IsRegular() || path.Ext(name) != ".yaml" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(name)))
		if err != nil {
			return nil, err
		}
		if own(data) {
			left = append(left, Change{Path: name, Old: data})
		}
	}
	return left, nil
}

// WriteDiff prints, for each file, what is wrong with it and a unified diff from what is there to what is wanted.
func (c Changes) WriteDiff(w io.Writer) error {
	for _, f := range c.Files {
		name := path.Join(filepath.ToSlash(c.Folder), f.Path)
		before, after := name, name
		if f.Old == nil {
			before = "/dev/null"
		}
		if f.New == nil {
			after = "/dev/null"
		}
		if _, err := fmt.Fprintf(w, "%s: %s\n%s", f.Kind(), name, diff.Diff(before, textfile.LF(f.Old), after, f.New)); err != nil {
			return err
		}
	}
	return nil
}
