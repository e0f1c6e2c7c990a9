//go:build !linux

package main

import "github.com/rogpeppe/go-internal/testscript"

// killed is a script command of Linux.
func killed(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("not on this system") }

// sessionKilled is a script command of Linux.
func sessionKilled(ts *testscript.TestScript, _ bool, _ []string) { ts.Fatalf("not on this system") }
