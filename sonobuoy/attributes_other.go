//go:build !linux

package sonobuoy

import "syscall"

// attributes are none: Sonobuoy's pods are of Linux, and elsewhere no kernel ends a child with its parent.
func attributes() *syscall.SysProcAttr { return nil }
