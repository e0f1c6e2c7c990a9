package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/runner/pin"
)

type cleanOptions struct {
	kubeconfig string
	context    string
	dryRun     bool
	live       bool
}

const cleanLong = `Clean removes from a cluster what runs left that were killed before they could: the policies by which they send pods to
Windows, their taints of Linux nodes, and the namespaces of their tests, which bear the mark of the run. A run itself
removes, before it begins, what earlier ones made, but no namespaces of tests.

What a run has that seems to be under way stays, and is told: it said so in the last five minutes, and is not a process of
this machine that has ended. Namespaces of a run without --pin bear no mark; the run names them at its end.

Exit code: 0 nothing is left but what belongs to runs under way, 2 it could not be removed.`

const cleanExamples = `  # what would be removed
  op-readiness clean --dry-run

  # remove it
  op-readiness clean --kubeconfig $HOME/.kube/config`

func newCleanCommand(s streams) *cobra.Command {
	var o cleanOptions
	cmd := &cobra.Command{
		Use:     "clean",
		Short:   "Remove from a cluster what killed runs left",
		Long:    cleanLong,
		Example: cleanExamples,
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	f := cmd.Flags()
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "path of the kubeconfig (default: those of $KUBECONFIG, the pod's own cluster, ~/.kube/config)")
	f.StringVar(&o.context, "context", "", "context of the kubeconfig (default: its current one)")
	f.BoolVar(&o.dryRun, "dry-run", false, "tell what would be removed, and remove nothing")
	f.BoolVar(&o.live, "live", false, "remove also what runs have that seem to be under way")
	return cmd
}

func (o cleanOptions) run(ctx context.Context, s streams) error {
	access, err := readiness.FindAccess(o.kubeconfig, o.context)
	if err != nil {
		return err
	}
	cleaned, err := readiness.Clean(ctx, readiness.CleanOptions{Access: access, Live: o.live, DryRun: o.dryRun})
	verb := "removed"
	if o.dryRun {
		verb = "would be removed"
	}
	for _, l := range cleaned.Removed {
		if printErr := printLines(s.out, []string{verb + ": " + safetext.Line(l.String())}); printErr != nil {
			return printErr
		}
	}
	for _, run := range runsOf(cleaned.Live) {
		fmt.Fprintf(s.err, "run %s seems to be under way: what it has stays; --live removes that too\n", safetext.Line(run))
	}
	if err == nil && len(cleaned.Removed) == 0 {
		fmt.Fprintln(s.err, "nothing was left")
	}
	return err
}

// runsOf are the ids of runs, sorted, each once.
func runsOf(list []pin.Left) []string {
	var runs []string
	for _, l := range list {
		runs = append(runs, l.Run)
	}
	slices.Sort(runs)
	return slices.Compact(runs)
}
