package runner

import (
	"os"
	"os/exec"
	"strconv"
	"syscall"
)

// attributes keep the console's Ctrl-C from the child: the runner passes it on.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// signalGroup ends the child at once: Windows has no signal that asks a process without a window to stop.
func signalGroup(child *os.Process, _ os.Signal) { killGroup(child) }

// killGroup ends the child and what it started.
func killGroup(child *os.Process) {
	_ = exec.Command("taskkill", "/T", "/F", "/PID", strconv.Itoa(child.Pid)).Run() // a tree that is gone needs no kill
}

// askProgress does nothing: e2e.test knows no such signal here.
func (process) askProgress(*os.Process) {}

// guardAttributes keep the console's Ctrl-C from the guard.
func guardAttributes() *syscall.SysProcAttr { return attributes() }
