//go:build unix

package readiness

import (
	"os"
	"syscall"
)

// resized are the signals that tell of a new size of the terminal.
func resized() []os.Signal { return []os.Signal{syscall.SIGWINCH} }

// movesCursor tells whether the terminal understands how to move its cursor: all do that do not call themselves dumb.
func movesCursor(*os.File) bool { return true }
