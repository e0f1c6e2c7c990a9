//go:build unix

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
)

// askedForProgress is the signal at which Ginkgo says where it stands.
const askedForProgress = syscall.SIGUSR1

// startChild leaves a process behind that has a session of its own, and writes its id.
func startChild(dir string) {
	child := exec.Command("sleep", "1000")
	child.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	check(child.Start())
	check(os.WriteFile(filepath.Join(dir, "child-pid"), fmt.Append(nil, child.Process.Pid), 0o644))
}
