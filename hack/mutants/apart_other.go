//go:build !linux

package main

import "os/exec"

// prelude fails: processes cannot be kept apart here.
const prelude = "echo only Linux keeps processes apart; false && "

// apart does what it can.
func apart(cmd *exec.Cmd) { ownGroup(cmd) }
