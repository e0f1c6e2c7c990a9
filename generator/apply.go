package generator

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
)

// Apply makes the changes: all of them, or, if one fails, none. It first writes each new file under a temporary name
// beside its target, where a full disk or a missing right shows, and only then puts them in place.
func (c Changes) Apply() error {
	var t transaction
	var errs []error
	for _, name := range c.Strays {
		errs = append(errs, os.Remove(filepath.Join(c.Folder, filepath.FromSlash(name))))
	}
	err := errors.Join(errs...)
	if err == nil {
		err = t.stage(c)
	}
	if err == nil {
		err = t.commit()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("writing to %q: %w", c.Folder, err), t.rollBack())
	}
	return nil
}

// transaction remembers what was done, so that it can be undone.
type transaction struct {
	steps   []step
	folders []string // made by us, outer ones first
}

// step is one file on its way.
type step struct {
	change  Change
	target  string
	pending *atomicfile.Pending // nil for a file to remove, and once it is in place
	done    bool
}

func (t *transaction) stage(c Changes) error {
	for _, change := range c.Files {
		s := step{change: change, target: filepath.Join(c.Folder, filepath.FromSlash(change.Path))}
		if change.New != nil {
			made, err := atomicfile.MakeFolders(filepath.Dir(s.target))
			t.folders = append(t.folders, made...)
			if err != nil {
				return err
			}
			if s.pending, err = atomicfile.Create(s.target, 0o644, content(change.New)); err != nil {
				return err
			}
		}
		t.steps = append(t.steps, s)
	}
	return nil
}

func content(data []byte) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}
}

// commit removes before it puts in place, so that one that is killed on the way leaves a temporary file, by which the next one
// sees it.
func (t *transaction) commit() error {
	slices.SortStableFunc(t.steps, func(a, b step) int { return cmp.Compare(rank(a), rank(b)) })
	for i := range t.steps {
		s := &t.steps[i]
		var err error
		if s.pending == nil {
			err = os.Remove(s.target)
		} else {
			err = s.pending.Commit()
		}
		if err != nil {
			return err
		}
		s.pending, s.done = nil, true
	}
	return nil
}

func rank(s step) int {
	if s.pending == nil {
		return 0
	}
	return 1
}

// rollBack undoes what was done, newest first.
func (t *transaction) rollBack() error {
	var errs []error
	for _, s := range slices.Backward(t.steps) {
		switch {
		case s.done && s.change.Old == nil:
			errs = append(errs, os.Remove(s.target))
		case s.done:
			errs = append(errs, atomicfile.Write(s.target, s.change.Old))
		case s.pending != nil:
			errs = append(errs, s.pending.Discard())
		}
	}
	for _, folder := range slices.Backward(t.folders) {
		errs = append(errs, os.Remove(folder))
	}
	return errors.Join(errs...)
}
