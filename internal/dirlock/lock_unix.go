//go:build unix

package dirlock

import (
	"errors"
	"os"
	"syscall"
)

// errReadOnly is of a disk that takes no writes.
const errReadOnly = syscall.EROFS

// tryLock takes the lock of a file, unless another has it.
func tryLock(file *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		default:
			return err == nil, err
		}
	}
}
