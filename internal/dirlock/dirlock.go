// Package dirlock lets one process at a time work in a folder, and tells which. The lock is the kernel's own, on a file in the
// folder: it ends with its process, however that ends. A lock of another machine on a shared disk is seen only as far as that
// disk tells of it.
package dirlock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// Holder is the process that works in a folder.
type Holder struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
}

// String names the process and since when.
func (h Holder) String() string {
	if h.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("process %d on %s since %s", h.PID, h.Host, h.Since.UTC().Format(time.RFC3339))
}

// HeldError says that another process works in the folder.
type HeldError struct {
	Dir    string
	Holder Holder
}

func (e HeldError) Error() string { return fmt.Sprintf("%q is in use by %s", e.Dir, e.Holder) }

// Lock is a folder that this process works in.
type Lock struct{ file *os.File }

// Take takes the lock of a folder, which must be there. If another process has it the error is a HeldError.
func Take(dir string, now time.Time) (*Lock, error) {
	name := filepath.Join(dir, reportdir.Lock)
	for {
		file, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		taken, err := tryLock(file)
		switch {
		case err != nil:
			return nil, errors.Join(fmt.Errorf("locking %q: %w", dir, err), file.Close())
		case !taken:
			return nil, errors.Join(HeldError{Dir: dir, Holder: read(file)}, file.Close())
		case !isStill(file, name): // whoever had it took the file away as it went
			if err := file.Close(); err != nil {
				return nil, err
			}
			continue
		}
		l := &Lock{file: file}
		if err := l.sign(now); err != nil {
			return nil, errors.Join(fmt.Errorf("locking %q: %w", dir, err), l.Release())
		}
		return l, nil
	}
}

// isStill tells whether a file is still what its name leads to.
func isStill(file *os.File, name string) bool {
	open, err := file.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(name)
	return err == nil && os.SameFile(open, named)
}

// sign writes who has the lock. A disk that is full keeps nobody from working: the lock holds without a name.
func (l *Lock) sign(now time.Time) error {
	host, err := os.Hostname()
	if err != nil {
		host = "this machine"
	}
	data, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Since: now.UTC()})
	if err != nil {
		return err
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, _ = l.file.WriteAt(data, 0)
	return nil
}

// Release gives the lock back, and takes its file away.
func (l *Lock) Release() error {
	err := os.Remove(l.file.Name()) // first: whoever opens it from now on gets one of its own
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, l.file.Close())
}

// HolderOf tells which process works in a folder; ok is false if none does. It changes nothing.
func HolderOf(dir string) (h Holder, ok bool, err error) {
	file, err := os.OpenFile(filepath.Join(dir, reportdir.Lock), os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return Holder{}, false, nil
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, errReadOnly) {
		return Holder{}, false, nil // what nobody can write into, nobody works in that we could wait for
	}
	if err != nil {
		return Holder{}, false, err
	}
	defer file.Close() // and with it the lock, if it was free
	free, err := tryLock(file)
	if err != nil || free {
		return Holder{}, false, err
	}
	return read(file), true, nil
}

// read is who the file names, nobody if it does not say.
func read(file *os.File) Holder {
	var h Holder
	data, err := io.ReadAll(io.NewSectionReader(file, 0, 4<<10))
	if err != nil || json.Unmarshal(data, &h) != nil {
		return Holder{}
	}
	return h
}
