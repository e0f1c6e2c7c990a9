//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// ownGroup gives a program a process group of its own, so that whatever it starts can be ended with it.
func ownGroup(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

func killGroup(p *os.Process) {
	_ = syscall.Kill(-p.Pid, syscall.SIGKILL) // a group that is gone needs none
}

// isBusy tells whether a file cannot be written since it is a program that runs.
func isBusy(err error) bool { return errors.Is(err, syscall.ETXTBSY) }
