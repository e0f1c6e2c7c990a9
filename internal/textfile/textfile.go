// Package textfile gives text files the same bytes whatever wrote their line ends: git with core.autocrlf, an editor on
// Windows, an archive. What the program embeds and hashes, and what it compares with files on disk, goes through LF, so
// that a program built in one checkout says the same as one built in another.
//
// YAML needs none of it: its own rules say that a line may end either way.
package textfile

import "strings"

// LF returns text with "\n" in place of each "\r\n". A carriage return that ends no line stays.
func LF[T string | []byte](text T) T {
	return T(strings.ReplaceAll(string(text), "\r\n", "\n"))
}
