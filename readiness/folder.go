package readiness

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"sigs.k8s.io/windows-operational-readiness/internal/dirlock"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
)

// inUse gives an error that another run is in the folder its hint.
func inUse(err error) error {
	var held dirlock.HeldError
	if errors.As(err, &held) {
		return usererror.WithHint(fmt.Errorf("report directory %w", err), "wait until it ends, or name another --report-dir")
	}
	return err
}

// checkFree refuses a folder in which another run works.
func checkFree(folder string) error {
	holder, held, err := dirlock.HolderOf(folder)
	if err != nil {
		return err
	}
	if held {
		return inUse(dirlock.HeldError{Dir: folder, Holder: holder})
	}
	return nil
}

// link makes a symbolic link to a folder, in place of one that is there. What is there and is no link stays.
func link(folder, name string) error {
	target, err := filepath.Rel(filepath.Dir(name), folder)
	if err != nil {
		target = folder
	}
	temporary := fmt.Sprintf("%s.%d", name, os.Getpid())
	if err := os.Symlink(target, temporary); err != nil {
		return fmt.Errorf("linking the latest results: %w", err)
	}
	if err := os.Rename(temporary, name); err != nil {
		return errors.Join(fmt.Errorf("linking the latest results: %w", err), os.Remove(temporary))
	}
	return nil
}

// supersede puts by what was handed over to Sonobuoy of an earlier run: this one is no session of Sonobuoy's, and from here on its
// record says what holds. That has no end yet, so that a run which is killed now is not green for want of what was put by.
func (p Plan) supersede(folder string) error {
	if p.options.Session {
		return nil
	}
	err := os.Rename(filepath.Join(folder, reportdir.Items), filepath.Join(folder, reportdir.Cut(reportdir.Items)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
