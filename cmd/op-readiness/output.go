package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/internal/yamlfile"
)

// form is one form of a result, by its name for -o.
type form[T any] struct {
	name  string
	write func(io.Writer, T) error
}

// dataForms are the two forms of any result for a script.
func dataForms[T any]() []form[T] {
	return []form[T]{
		{"json", func(w io.Writer, value T) error { return writeJSON(w, value) }},
		{"yaml", func(w io.Writer, value T) error { return yamlfile.Write(w, value) }},
	}
}

// pickForm returns the form of that name; an unknown one is an error of usage that lists the known ones.
func pickForm[T any](name string, forms []form[T]) (form[T], error) {
	at := slices.IndexFunc(forms, func(v form[T]) bool { return v.name == name })
	if at < 0 {
		return form[T]{}, unknownForm(name, formNames(forms))
	}
	return forms[at], nil
}

func formNames[T any](forms []form[T]) []string {
	names := make([]string, len(forms))
	for i, v := range forms {
		names[i] = v.name
	}
	return names
}

// addOutputFlag adds -o, which has the first form for its default.
func addOutputFlag[T any](cmd *cobra.Command, output *string, forms []form[T]) {
	names := formNames(forms)
	cmd.Flags().StringVarP(output, "output", "o", names[0], formUsage(names))
	complete(cmd, "output", func() []string { return names })
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

func formUsage(names []string) string { return "form of the output: " + strings.Join(names, ", ") }

// unknownForm lists the known forms. What looks like the name of a file is told how a file is written: by report, or by the
// shell.
func unknownForm(name string, known []string) error {
	err := fmt.Errorf("unknown output form %q%s; known are %s", name, nearest.Hint(name, known), strings.Join(known, ", "))
	if filepath.Ext(name) != "" || strings.ContainsAny(name, `/\`) {
		err = usererror.WithHint(err, fmt.Sprintf("-o is the form; to write to a file: --output-file %s, or > %[1]s", name))
	}
	return usererror.Usage(err)
}
