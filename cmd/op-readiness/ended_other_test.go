//go:build !linux

package main

import "github.com/rogpeppe/go-internal/testscript"

// ended is for Linux alone, where the kernel tells of the end of a process that is not a child.
func ended(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("ended: only on Linux") }
