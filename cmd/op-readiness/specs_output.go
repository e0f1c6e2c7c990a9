package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"
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
		{"yaml", func(w io.Writer, value T) error { return writeYAML(w, value) }},
	}
}

// pickForm returns the form of that name; an unknown one is a usageError that lists the known ones.
func pickForm[T any](name string, forms []form[T]) (form[T], error) {
	at := slices.IndexFunc(forms, func(v form[T]) bool { return v.name == name })
	if at < 0 {
		return form[T]{}, usageError{fmt.Errorf("unknown output %q; known are %s", name, strings.Join(formNames(forms), ", "))}
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
	cmd.Flags().StringVarP(output, "output", "o", names[0], strings.Join(names[:len(names)-1], ", ")+" or "+names[len(names)-1])
	completeFlag(cmd, "output", names)
}

// completeFlag lets the shell complete a flag.
func completeFlag(cmd *cobra.Command, flag string, values []string) {
	complete := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values, cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // the flag is not there: a mistake in this program
	}
}

func writeJSON(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(value)
}

// writeYAML writes what writeJSON does, in the same order, as YAML.
func writeYAML(w io.Writer, value any) error {
	data, err := json.Marshal(value)
	if err != nil {
		return err
	}
	var node yaml.Node // JSON is YAML
	if err := yaml.Unmarshal(data, &node); err != nil {
		return err
	}
	plain(&node)
	encoder := yaml.NewEncoder(w)
	encoder.SetIndent(2)
	if err := encoder.Encode(&node); err != nil {
		return err
	}
	return encoder.Close()
}

// plain drops the quotes and brackets that JSON needs.
func plain(node *yaml.Node) {
	node.Style = 0
	for _, child := range node.Content {
		plain(child)
	}
}
