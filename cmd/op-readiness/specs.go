package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

func newSpecsCommand(s streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "specs",
		Short: "Look at the categories and abilities that are tested",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSpecsListCommand(s), newSpecsShowCommand(s), newSpecsVerifyCommand(s), newSpecsCoverageCommand(s),
		newSpecsDiffCommand(s), newSpecsFocusCommand(s), newSpecsCatalogCommand(s), newSpecsDurationsCommand(s), newSpecsSchemaCommand(s))
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
		Long: `list names the abilities of each category: how far tests prove them, which job of SIG Windows runs the tests, and where
their pods must run. "op-readiness specs show ID" has the rest.`,
		Example: `  # all 46 abilities of KEP-2578, as the newest Kubernetes can show them
  op-readiness specs list

  # one category on Kubernetes 1.36, for a script
  op-readiness specs list --category Core.Network --kubernetes-version 1.36 -o json

  # specifications of your own
  op-readiness specs list --test-directory ./specifications`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error { return o.run(s) },
	}
	addSpecFlags(cmd, &o.directory, &o.version)
	addCategoryFlag(cmd, &o.categories, "only this category")
	addOutputFlag(cmd, &o.output, listForms())
	return cmd
}

// listForms are the forms of the list.
func listForms() []form[specList] {
	return append([]form[specList]{{"table", writeListTable}}, dataForms[specList]()...)
}

func (o specsListOptions) run(s streams) error {
	form, err := pickForm(o.output, listForms())
	if err != nil {
		return err
	}
	spec, err := readiness.OpenSpec(o.directory, o.version, o.categories)
	if err != nil {
		return err
	}
	return form.write(s.out, newSpecList(spec))
}

// specList is what a spec has for one Kubernetes version.
type specList struct {
	Spec       specs.Identity   `json:"spec"`
	Counts     listCounts       `json:"counts"`
	Categories []listedCategory `json:"categories"`
}

// listCounts are numbers of abilities.
type listCounts struct {
	Whole    int `json:"whole"`
	Partial  int `json:"partial"`
	Unproven int `json:"unproven"`
}

type listedCategory struct {
	Category  string          `json:"category"`
	Required  bool            `json:"required"`
	Counts    listCounts      `json:"counts"`
	Abilities []listedAbility `json:"abilities"`
}

type listedAbility struct {
	ID            string            `json:"id"`
	Description   string            `json:"description"`
	Proof         string            `json:"proof"` // whole, partial or unproven
	Placement     specs.Placement   `json:"placement,omitzero"`
	Seen          string            `json:"seen,omitempty"`
	Evidence      []specs.Condition `json:"evidence,omitempty"`
	Reason        string            `json:"reason,omitempty"`
	Notes         string            `json:"notes,omitempty"`
	Focus         []string          `json:"focus,omitempty"`
	AnyOf         [][]string        `json:"anyOf,omitempty"`
	Skip          []string          `json:"skip,omitempty"`
	SkipProviders []string          `json:"skipProviders,omitempty"`
}

func newSpecList(spec specs.Spec) specList {
	list := specList{Spec: spec.Identity, Categories: []listedCategory{}}
	for _, c := range spec.Categories {
		item := listedCategory{Category: c.Name, Required: c.Required, Abilities: []listedAbility{}}
		for _, tc := range c.TestCases {
			item.Counts.count(tc)
			list.Counts.count(tc)
			item.Abilities = append(item.Abilities, listedAbility{
				ID: tc.ID, Description: tc.Description, Proof: tc.Proof(), Placement: tc.Placement, Seen: tc.Seen, Evidence: tc.Evidence,
				Reason: tc.Unproven, Notes: tc.Notes, Focus: tc.Focus, AnyOf: tc.AnyOf, Skip: tc.Skip, SkipProviders: tc.SkipProviders,
			})
		}
		list.Categories = append(list.Categories, item)
	}
	return list
}

func (c *listCounts) count(tc specs.TestCase) {
	switch {
	case !tc.Proven():
		c.Unproven++
	case tc.Partial:
		c.Partial++
	default:
		c.Whole++
	}
}

// String returns "9 whole, 4 in part, 0 without a test".
func (c listCounts) String() string {
	return fmt.Sprintf("%d whole, %d in part, %d without a test", c.Whole, c.Partial, c.Unproven)
}

func writeListTable(w io.Writer, list specList) error {
	id, placement := listWidths(list)
	var text strings.Builder
	for _, c := range list.Categories {
		fmt.Fprintf(&text, "%s (%s): %s\n", c.Category, specs.Category{Required: c.Required}.Need(), c.Counts)
		for _, a := range c.Abilities {
			fmt.Fprintf(&text, "  %-*s  %-14s  %-8s  %-*s  %s\n", id, a.ID, proof.State(a.Proof), a.seen(), placement, a.Placement, a.Description)
		}
		fmt.Fprintln(&text)
	}
	fmt.Fprintf(&text, "%d abilities: %s, by %s.\n", list.Counts.Whole+list.Counts.Partial+list.Counts.Unproven, list.Counts, list.Spec)
	_, err := io.WriteString(w, text.String())
	return err
}

// seen is the job of SIG Windows that runs the tests, or "unseen"; nothing for an ability without tests.
func (a listedAbility) seen() string {
	if a.Proof == string(proof.Unproven) {
		return "-"
	}
	return cmp.Or(a.Seen, "unseen")
}

// listWidths are those of the IDs and of the placements.
func listWidths(list specList) (id, placement int) {
	for _, c := range list.Categories {
		for _, a := range c.Abilities {
			id, placement = max(id, len(a.ID)), max(placement, len(a.Placement.String()))
		}
	}
	return id, placement
}
