//go:build !unix

package main

import (
	"os"
	"os/exec"
)

// ownGroup does nothing: the command needs a Unix shell anyway, and is only to compile elsewhere.
func ownGroup(*exec.Cmd) {}

func killGroup(p *os.Process) { _ = p.Kill() }

func isBusy(error) bool { return false }
