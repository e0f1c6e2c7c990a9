package readiness

import (
	"os"

	"golang.org/x/sys/windows"
)

// resized are the signals that tell of a new size of the terminal: none.
func resized() []os.Signal { return nil }

// movesCursor lets the console understand how to move its cursor, which earlier versions of Windows do not.
func movesCursor(console *os.File) bool {
	handle := windows.Handle(console.Fd())
	var mode uint32
	if windows.GetConsoleMode(handle, &mode) != nil {
		return false
	}
	return windows.SetConsoleMode(handle, mode|windows.ENABLE_VIRTUAL_TERMINAL_PROCESSING) == nil
}
