//go:build unix

package processdir

import (
	"errors"
	"syscall"
)

// Running tells whether there is a process of that id.
func Running(pid int) bool { return !errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
