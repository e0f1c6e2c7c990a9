//go:build !unix

package pin

// running tells whether there may be a process of that id. Here nobody can tell.
func running(int) bool { return true }
