//go:build unix

package runner

import (
	"os"
	"syscall"
)

func signalGroup(child *os.Process, s os.Signal) {
	if number, ok := s.(syscall.Signal); ok {
		_ = syscall.Kill(-child.Pid, number) // a group that is gone needs no signal
	}
}

func killGroup(child *os.Process) { signalGroup(child, syscall.SIGKILL) }
