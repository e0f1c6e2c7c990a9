package main

import (
	"os"
	"os/exec"
	"syscall"
)

// capSysAdmin is the capability by which a process mounts (linux/capability.h).
const capSysAdmin = 21

// prelude is what the shell does first in namespaces of its own: its /proc shows no other processes.
const prelude = "mount -t proc proc /proc && "

// apart gives a program namespaces of its own for processes and mounts, so that it sees no process but those that it starts:
// a changed number can make "this group" of "every process" in a call of kill. With the program ends all that it started.
// Who is not root needs a namespace for users besides, in which he stays who he is and may mount.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Cloneflags: syscall.CLONE_NEWPID, Unshareflags: syscall.CLONE_NEWNS}
	if uid, gid := os.Getuid(), os.Getgid(); uid != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}}
		cmd.SysProcAttr.AmbientCaps = []uintptr{capSysAdmin}
	}
}
