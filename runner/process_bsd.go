//go:build unix && !linux

package runner

import "syscall"

// attributes give the child its own process group.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
