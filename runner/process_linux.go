package runner

import "syscall"

// attributes give the child its own process group, and end it if the runner is killed.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
