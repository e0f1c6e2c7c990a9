//go:build !unix

package processdir

// Running tells whether there may be a process of that id. Here nobody can tell.
func Running(int) bool { return true }
