package generator

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// Apply makes the changes: all of them, or, if one fails, none. It first writes each new file under a temporary name
// beside its target, where a full disk or a missing right shows, and only then puts them in place.
func (c Changes) Apply() error {
	var t transaction
	err := t.stage(c)
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
	change Change
	target string
	temp   string // "" for a file to remove, and once it is in place
	done   bool
}

func (t *transaction) stage(c Changes) error {
	for _, change := range c.Files {
		s := step{change: change, target: filepath.Join(c.Folder, filepath.FromSlash(change.Path))}
		if change.New != nil {
			if err := t.makeFolder(filepath.Dir(s.target)); err != nil {
				return err
			}
			temp, err := writeTemp(s.target, change.New)
			if err != nil {
				return err
			}
			s.temp = temp
		}
		t.steps = append(t.steps, s)
	}
	return nil
}

// makeFolder makes a folder and those above it, and remembers which were not there.
func (t *transaction) makeFolder(name string) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return nil
	}
	if parent := filepath.Dir(name); parent != name {
		if err := t.makeFolder(parent); err != nil {
			return err
		}
	}
	if err := os.Mkdir(name, 0o755); err != nil {
		return err
	}
	t.folders = append(t.folders, name)
	return nil
}

// writeTemp writes data beside target and returns the name.
func writeTemp(target string, data []byte) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*")
	if err != nil {
		return "", err
	}
	_, err = file.Write(data)
	err = errors.Join(err, file.Chmod(0o644), file.Sync(), file.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

func (t *transaction) commit() error {
	for i := range t.steps {
		s := &t.steps[i]
		var err error
		if s.temp == "" {
			err = os.Remove(s.target)
		} else {
			err = os.Rename(s.temp, s.target)
		}
		if err != nil {
			return err
		}
		s.temp, s.done = "", true
	}
	return nil
}

// rollBack undoes what was done, newest first.
func (t *transaction) rollBack() error {
	var errs []error
	for _, s := range slices.Backward(t.steps) {
		switch {
		case s.done && s.change.Old == nil:
			errs = append(errs, os.Remove(s.target))
		case s.done:
			errs = append(errs, restore(s))
		case s.temp != "":
			errs = append(errs, os.Remove(s.temp))
		}
	}
	for _, folder := range slices.Backward(t.folders) {
		errs = append(errs, os.Remove(folder))
	}
	return errors.Join(errs...)
}

func restore(s step) error {
	temp, err := writeTemp(s.target, s.change.Old)
	if err != nil {
		return err
	}
	return os.Rename(temp, s.target)
}
