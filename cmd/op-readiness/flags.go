package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// formName is the flag -o of a command that prints by the name of a form, and not by one of a list of forms.
type formName struct {
	name  string
	known []string // the first is the default
}

func (f *formName) addFlag(cmd *cobra.Command, known ...string) {
	f.known = known
	cmd.Flags().StringVarP(&f.name, "output", "o", known[0], formUsage(known))
	complete(cmd, "output", func() []string { return known })
}

func (f formName) check() error {
	if slices.Contains(f.known, f.name) {
		return nil
	}
	return unknownForm(f.name, f.known)
}

// addSpecFlags adds the flags of every command that reads specs.
func addSpecFlags(cmd *cobra.Command, directory, version *string) {
	cmd.Flags().StringVar(directory, "test-directory", "", "folder or file with specs (default: the nine categories of KEP-2578)")
	cmd.Flags().StringVar(version, "kubernetes-version", "", "Kubernetes version, such as 1.36 or v1.36.3 (default: the newest)")
	complete(cmd, "kubernetes-version", knownVersions)
}

// addCategoryFlag adds --category.
func addCategoryFlag(cmd *cobra.Command, categories *[]string, usage string) {
	cmd.Flags().Var(names{categories}, "category", usage+", such as Core.Network (repeatable, or joined by commas)")
	completeCategories(cmd)
}

// addAbilityFlag adds --ability.
func addAbilityFlag(cmd *cobra.Command, abilities *[]string, usage string) {
	cmd.Flags().Var(names{abilities}, "ability", usage+", by its id (repeatable, or joined by commas); see: op-readiness specs list")
	complete(cmd, "ability", knownAbilities)
}

// names is the value of a flag that takes names: it may be repeated, and each time be several joined by commas, as kubectl takes
// them. An empty name stays one, and is refused as any that is not known: no name at all would choose everything.
type names struct{ list *[]string }

func (n names) Set(text string) error {
	for name := range strings.SplitSeq(text, ",") {
		*n.list = append(*n.list, strings.TrimSpace(name))
	}
	return nil
}

func (n names) String() string {
	if n.list == nil {
		return "" // pflag asks the zero value for its default
	}
	return strings.Join(*n.list, ",")
}

func (n names) Type() string { return "strings" }

// GetSlice, Append and Replace make it a pflag.SliceValue.
func (n names) GetSlice() []string           { return *n.list }
func (n names) Append(name string) error     { return n.Set(name) }
func (n names) Replace(names []string) error { *n.list = names; return nil }

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

// loadConfig reads the config that a user names, or, of "", the project's own.
func loadConfig(name string) (config.Config, error) {
	if name == "" {
		return config.Default()
	}
	return config.Load(name)
}
