package main

import "syscall"

// askedForProgress is a signal that nobody sends: Windows has none of the kind.
const askedForProgress = syscall.SIGTRAP

// startChild does nothing: the scripts that want it are not for Windows.
func startChild(string) {}
