package main

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

func newSpecsCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "specs",
		Short: "Look at the categories and abilities that are tested",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSpecsListCommand(s), newSpecsVerifyCommand(s), newSpecsCoverageCommand(s), newSpecsDiffCommand(s),
		newSpecsFocusCommand(s), newSpecsCatalogCommand(s))
	return cmd
}

type specsListOptions struct {
	directory  string
	version    string
	categories []string
	output     string
}

func newSpecsListCommand(s streams) *cobra.Command {
	var o specsListOptions
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List categories and abilities, and which of them tests can prove",
		Example: `  # all 46 abilities of KEP-2578, as the newest Kubernetes can show them
  op-readiness specs list

  # one category on Kubernetes 1.34, for a script
  op-readiness specs list --category Core.Network --kubernetes-version 1.34 -o json

  # specifications of your own
  op-readiness specs list --test-directory ./specifications`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return o.run(s) },
	}
	addSpecFlags(cmd, &o.directory, &o.version)
	cmd.Flags().StringArrayVar(&o.categories, "category", nil, "only this category, such as Core.Network (repeatable)")
	cmd.Flags().StringVarP(&o.output, "output", "o", "table", "table, json or yaml")
	completeCategories(cmd)
	return cmd
}

func (o specsListOptions) run(s streams) error {
	categories, err := readiness.SelectSpecs(o.directory, o.version, o.categories)
	if err != nil {
		return err
	}
	switch o.output {
	case "table":
		return listTable(s.out, categories)
	case "json":
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(listed(categories))
	case "yaml":
		encoder := yaml.NewEncoder(s.out)
		encoder.SetIndent(2)
		return encoder.Encode(listed(categories))
	}
	return usererror.Usage(fmt.Errorf("unknown output %q; known are table, json, yaml", o.output))
}

// listedCategory and listedAbility are the JSON and YAML form of a category as one Kubernetes version shows it.
type listedCategory struct {
	Category  string          `json:"category" yaml:"category"`
	Required  bool            `json:"required" yaml:"required"`
	Proven    int             `json:"proven" yaml:"proven"`
	Abilities []listedAbility `json:"abilities" yaml:"abilities"`
}

type listedAbility struct {
	ID            string   `json:"id" yaml:"id"`
	Description   string   `json:"description" yaml:"description"`
	Proof         string   `json:"proof" yaml:"proof"` // proven, partial or unproven
	Reason        string   `json:"reason,omitempty" yaml:"reason,omitempty"`
	Notes         string   `json:"notes,omitempty" yaml:"notes,omitempty"`
	Focus         []string `json:"focus,omitempty" yaml:"focus,omitempty"`
	Skip          []string `json:"skip,omitempty" yaml:"skip,omitempty"`
	SkipProviders []string `json:"skipProviders,omitempty" yaml:"skipProviders,omitempty"`
}

func listed(categories []specs.Category) []listedCategory {
	list := make([]listedCategory, 0, len(categories))
	for _, c := range categories {
		item := listedCategory{Category: c.Name, Required: c.Required, Abilities: []listedAbility{}}
		for _, tc := range c.TestCases {
			if tc.Proven() {
				item.Proven++
			}
			item.Abilities = append(item.Abilities, listedAbility{
				ID: tc.ID, Description: tc.Description, Proof: tc.Proof(), Reason: tc.Unproven, Notes: tc.Notes,
				Focus: tc.Focus, Skip: tc.Skip, SkipProviders: tc.SkipProviders,
			})
		}
		list = append(list, item)
	}
	return list
}

func listTable(w io.Writer, categories []specs.Category) error {
	var text strings.Builder
	list := listed(categories)
	width, all, proven := idWidth(list), 0, 0
	for _, c := range list {
		need := "optional"
		if c.Required {
			need = "required"
		}
		fmt.Fprintf(&text, "%s (%s): %d of %d with a test\n", c.Category, need, c.Proven, len(c.Abilities))
		for _, a := range c.Abilities {
			fmt.Fprintf(&text, "  %-*s  %-8s  %s\n", width, a.ID, a.Proof, a.Description)
		}
		fmt.Fprintln(&text)
		all += len(c.Abilities)
		proven += c.Proven
	}
	fmt.Fprintf(&text, "%d of %d abilities have a test that proves them, at least in part.\n", proven, all)
	_, err := io.WriteString(w, text.String())
	return err
}

func idWidth(list []listedCategory) int {
	width := 0
	for _, c := range list {
		for _, a := range c.Abilities {
			width = max(width, len(a.ID))
		}
	}
	return width
}
