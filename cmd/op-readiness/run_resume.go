package main

import (
	"slices"
	"strings"

	"github.com/spf13/pflag"
)

// resuming is the command that goes on with a run into a folder: on the same cluster, with the same flags.
func resuming(flags *pflag.FlagSet, folder string) string {
	words := []string{programName, "run", "--resume", "--report-dir", shellQuoted(folder)}
	flags.Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, several := f.Value.(pflag.SliceValue); several {
			values = list.GetSlice()
		}
		for _, value := range values {
			switch {
			case slices.Contains([]string{"resume", "rerun-failed", "report-dir"}, f.Name):
			case f.Value.Type() == "bool" && value == "true":
				words = append(words, "--"+f.Name)
			default:
				words = append(words, "--"+f.Name+"="+shellQuoted(value))
			}
		}
	})
	return strings.Join(words, " ")
}

// shellQuoted is a word as a shell takes it.
func shellQuoted(word string) string {
	if !strings.ContainsAny(word, " \t\n'\"\\$&;|<>()*?[]`~#!{}") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
