package main

import (
	"fmt"
	"os"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	program "sigs.k8s.io/windows-operational-readiness/internal/version"
)

// newManCommand writes the manual pages, for whoever makes a package of the program. It is not in the help: a user has them, or
// has --help, which says the same.
func newManCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man FOLDER",
		Short:  "Write a manual page for each command into a folder",
		Hidden: true,
		Args:   usageArgs(cobra.ExactArgs(1)),
		RunE:   func(cmd *cobra.Command, args []string) error { return writeManual(cmd.Root(), args[0]) },
	}
}

// writeManual writes pages that are the same for the same version: their date is that of its commit.
func writeManual(root *cobra.Command, folder string) error {
	i := program.Get()
	header := doc.GenManHeader{Section: "1", Source: programName + " " + i.Version, Manual: programName, Date: &time.Time{}}
	if at, err := time.Parse(time.RFC3339, i.Date); err == nil {
		header.Date = &at
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	if err := doc.GenManTree(root, &header, folder); err != nil {
		return fmt.Errorf("writing manual pages: %w", err)
	}
	return nil
}
