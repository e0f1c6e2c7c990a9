//go:build unix

package pin

import (
	"errors"
	"syscall"
)

// running tells whether there is a process of that id.
func running(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
