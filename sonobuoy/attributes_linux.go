package sonobuoy

import "syscall"

// attributes have the kernel kill the run if the session is killed: nobody would hand over what it comes to.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
