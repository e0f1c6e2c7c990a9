package generator

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/diff"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

// Changes is what must be done to a folder so that it holds the generated files.
type Changes struct {
	Folder  string
	Files   []Change // sorted by path
	Present int      // how many generated files the folder holds, changed or not
	Strays  []string // temporary files that a generate left that was killed, below the folder
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

// Compare holds the files against those in folder, whatever line ends the checkout gave these, and wherever they were moved to. A
// file that stands in the way and was not generated is an error, but for one that is written only once; a generated one that is no
// longer wanted is a change that removes it.
func Compare(files []File, folder string, profile config.Profile) (Changes, error) {
	changes := Changes{Folder: folder}
	found, err := find(folder, profile)
	if err != nil {
		return changes, err
	}
	changes.Strays = found.strays
	if files, err = found.place(files); err != nil {
		return changes, err
	}
	wanted := map[string]bool{}
	var errs []error
	for _, f := range files {
		wanted[f.Path] = true
		old, err := readOwn(folder, f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changes.Files = append(changes.Files, Change{Path: f.Path, New: f.Data})
		case f.Once:
		case err != nil:
			errs = append(errs, err)
		default:
			changes.Present++
			if !bytes.Equal(textfile.LF(old), f.Data) {
				changes.Files = append(changes.Files, Change{Path: f.Path, Old: old, New: f.Data})
			}
		}
	}
	left, err := found.leftOver(folder, wanted)
	changes.Present += len(left)
	changes.Files = append(changes.Files, left...)
	slices.SortFunc(changes.Files, func(a, b Change) int { return strings.Compare(a.Path, b.Path) })
	return changes, errors.Join(append(errs, err)...)
}

// WriteDiff prints, for each file, what is wrong with it and a unified diff from what is there to what is wanted.
func (c Changes) WriteDiff(w io.Writer) error {
	for _, name := range c.Strays {
		if _, err := fmt.Fprintf(w, "left over: %s, of a generate that was killed\n", path.Join(filepath.ToSlash(c.Folder), name)); err != nil {
			return err
		}
	}
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
