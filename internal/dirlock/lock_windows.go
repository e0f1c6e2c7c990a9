package dirlock

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// errReadOnly is of a disk that takes no writes.
const errReadOnly = windows.ERROR_WRITE_PROTECT

// lockAt is a byte far behind what the file holds, so that others can read that.
const lockAt = 1 << 30

// tryLock takes the lock of a file, unless another has it.
func tryLock(file *os.File) (bool, error) {
	at := windows.Overlapped{Offset: lockAt}
	err := windows.LockFileEx(windows.Handle(file.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return false, nil
	}
	return err == nil, err
}
