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

// askProgress has each e2e.test say where it stands (https://onsi.github.io/ginkgo/#getting-visibility-into-long-running-specs).
// The ginkgo command itself would be ended by the signal.
func (p process) askProgress(child *os.Process) {
	of := []int{child.Pid}
	if p.parallel {
		of = childrenOf(child.Pid)
	}
	for _, pid := range of {
		_ = syscall.Kill(pid, syscall.SIGUSR1) // one that is gone says nothing
	}
}

// guardAttributes keep the signals of a terminal, and those to our own group, from the guard.
func guardAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }
