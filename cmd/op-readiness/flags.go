package main

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// form is the flag -o of a command: the form of what it prints.
type form struct {
	name  string
	known []string // the first is the default
}

// addFormFlag adds -o with the forms that a command knows, the default first.
func addFormFlag(cmd *cobra.Command, f *form, known ...string) {
	f.known = known
	cmd.Flags().StringVarP(&f.name, "output", "o", known[0], "form of the output: "+strings.Join(known, ", "))
	complete(cmd, "output", func() []string { return known })
}

// check refuses an unknown form. What looks like a file is told how a file is written, if the command can do that.
func (f form) check(cmd *cobra.Command) error {
	if slices.Contains(f.known, f.name) {
		return nil
	}
	err := fmt.Errorf("unknown output form %q%s; known are %s", f.name, nearest.Hint(f.name, f.known), strings.Join(f.known, ", "))
	if (filepath.Ext(f.name) != "" || strings.ContainsAny(f.name, `/\`)) && cmd.Flags().Lookup("output-file") != nil {
		return usererror.Usage(usererror.WithHint(err, "-o is the form; to write to a file: --output-file "+f.name))
	}
	return usererror.Usage(err)
}

// addSpecFlags adds the flags of every command that reads specs.
func addSpecFlags(cmd *cobra.Command, directory, version *string) {
	cmd.Flags().StringVar(directory, "test-directory", "", "folder or file with specs (default: the nine categories of KEP-2578)")
	cmd.Flags().StringVar(version, "kubernetes-version", "", "Kubernetes version, such as 1.36 or v1.36.3 (default: the newest)")
	complete(cmd, "kubernetes-version", knownVersions)
}

// addCategoryFlag adds --category, which may be repeated.
func addCategoryFlag(cmd *cobra.Command, categories *[]string, usage string) {
	cmd.Flags().StringArrayVar(categories, "category", nil, usage+", such as Core.Network (repeatable)")
	completeCategories(cmd)
}

// completeCategories lets the shell complete --category.
func completeCategories(cmd *cobra.Command) { complete(cmd, "category", specs.Names) }

// knownVersions are the Kubernetes versions that the program has a catalog of, and master.
func knownVersions() []string {
	catalogs, err := catalog.Embedded()
	if err != nil {
		return nil // nothing to offer
	}
	versions := []string{specs.Master().String()}
	for _, c := range catalogs {
		versions = append(versions, c.Minor.String())
	}
	return versions
}

// knownAbilities are the ids of the abilities of KEP-2578.
func knownAbilities() []string {
	categories, err := readiness.SelectSpecs("", "", nil)
	if err != nil {
		return nil // nothing to offer
	}
	var ids []string
	for _, c := range categories {
		for _, tc := range c.TestCases {
			ids = append(ids, tc.ID)
		}
	}
	return ids
}

// providers are those that e2e.test knows (kubernetes' test/e2e/framework/provider.go and its providers).
func providers() []string {
	return []string{"aws", "azure", "gce", "kubemark", "local", "openstack", "skeleton", "vsphere"}
}

// complete lets the shell complete a flag.
func complete(cmd *cobra.Command, flag string, words func() []string) {
	offer := func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return words(), cobra.ShellCompDirectiveNoFileComp
	}
	if err := cmd.RegisterFlagCompletionFunc(flag, offer); err != nil {
		panic(err) // the flag is not there: a mistake in this program
	}
}
