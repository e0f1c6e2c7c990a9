package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// runOptions are the flags of run, which the command without a subcommand has as well.
type runOptions struct {
	readiness.Options
	dryRun    bool
	procs     string
	printPlan bool
	form      formName
	summary   summaryFile
}

const runLong = `Run calls Kubernetes' e2e.test for the abilities of the chosen categories, all of them if none is chosen, and judges
what it wrote. It needs an e2e.test of the cluster's Kubernetes version, kubectl, and a kubeconfig.

Before anything runs, every ability is held against the tests of that very e2e.test, and the cluster is looked at. What the
e2e.test lacks is not run, all else is, and the nearest names are told. An ability that selects more tests than it may is
refused. The report directory then holds e2e.test's own junit_*.xml, junit_op-readiness.xml with a row for each ability,
op-readiness.json with versions, nodes, plan and verdict, and e2e.log with all that e2e.test said.

Exit code: 0 ready, 1 not ready or incomplete, 2 the tests could not be run.`

const runExamples = `  # what would run, and how many tests
  op-readiness run --category Core.Network --print-plan

  # two categories against a cluster
  op-readiness --provider=local --kubeconfig=$HOME/.kube/config --category=Core.Network --category=Extend.ActiveDirectory

  # go on with a run that was interrupted, then try again what failed
  op-readiness run --report-dir ./report --resume
  op-readiness run --report-dir ./report --rerun-failed`

func newRunCommand(s streams) *cobra.Command { return newRunCommandOf(s, &runOptions{}) }

// newRunCommandOf is the command with its options in o.
func newRunCommandOf(s streams, o *runOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "Run the tests of the categories against a cluster",
		Long:    runLong,
		Example: runExamples,
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd, s) },
	}
	o.addFlags(cmd)
	return cmd
}

func (o *runOptions) addFlags(cmd *cobra.Command) {
	addSpecFlags(cmd, &o.Specs, &o.Version)
	addCategoryFlag(cmd, &o.Categories, "run only this category")
	o.form.addFlag(cmd, "table", "json")
	f := cmd.Flags()
	f.Lookup("kubernetes-version").Usage = "Kubernetes version whose specs hold (default: the cluster's, else that of e2e.test)"
	f.Lookup("output").Usage = "form of --print-plan: table, json"
	addAbilityFlag(cmd, &o.Abilities, "run only this ability")
	f.StringVar(&o.Binary, "e2e-binary", "./e2e.test", "path of Kubernetes' e2e.test")
	f.StringVar(&o.Ginkgo, "ginkgo-binary", "", "path of the ginkgo command, for --procs (default: the one beside e2e.test)")
	f.StringVar(&o.Kubeconfig, "kubeconfig", "", "path of the kubeconfig (default: those of $KUBECONFIG, the pod's own cluster, ~/.kube/config)")
	f.StringVar(&o.Context, "context", "", "context of the kubeconfig (default: its current one)")
	f.StringVar(&o.Pin, "pin", readiness.PinAuto, "where pods go that choose no operating system: auto (to Windows, and to Linux where the spec needs it), windows, linux, off")
	f.BoolVar(&o.TaintLinux, "taint-linux", false, "keep pods from Linux nodes by a taint while the tests run, instead of --pin; all of the cluster feels it")
	f.StringVar(&o.Provider, "provider", "local", "provider of the cluster, as e2e.test knows it")
	f.StringVar(&o.Platform, "platform", "", "Windows version that the nodes must have for the run to be ready, such as ltsc2022 (default: any)")
	f.StringVar(&o.ReportDir, "report-dir", "", "folder for the results (default: $ARTIFACTS, else a new one in op-readiness-report, to which op-readiness-report/latest leads)")
	f.BoolVar(&o.dryRun, "dry-run", false, "let e2e.test select the tests, but run none")
	f.BoolVar(&o.Prepull, "prepull-images", true, "let the nodes pull the images of tests before the first one, where there are Windows nodes")
	f.BoolVar(&o.Verbose, "verbose", false, "show what e2e.test says as it comes")
	f.BoolVar(&o.printPlan, "print-plan", false, "print what would run, and end")
	f.BoolVar(&o.Resume, "resume", false, "go on with the run in the report directory: run only what has no result")
	f.BoolVar(&o.RerunFailed, "rerun-failed", false, "run again only the tests that failed in the report directory")
	f.BoolVar(&o.Isolate, "isolate", false, "one call of e2e.test for each ability, instead of as few as possible")
	f.BoolVar(&o.SkipDisruptive, "skip-disruptive", false, "leave out tests that reboot nodes or evict pods")
	f.BoolVar(&o.SkipSerial, "skip-serial", false, "leave out tests that need the cluster for themselves")
	f.BoolVar(&o.StrictSpecs, "strict-specs", false, "run nothing if e2e.test lacks a test of the specs, instead of all the rest")
	f.BoolVar(&o.AllowBroad, "allow-broad", false, "run also abilities that select more than maxTests tests, or tests for Linux only")
	f.IntVar(&o.FlakeAttempts, "flake-attempts", 1, "how often a failing test is tried")
	f.StringVar(&o.procs, "procs", "auto", "processes that share the tests without [Serial], through the ginkgo command: a number, or auto for two a Windows node")
	f.DurationVar(&o.Timeout, "timeout", 24*time.Hour, "when the whole run is ended")
	f.DurationVar(&o.AbilityTimeout, "ability-timeout", 0, "when each ability is ended; needs --isolate")
	f.DurationVar(&o.Grace, "grace-period", 2*time.Minute, "time for e2e.test to clean up after a signal or timeout")
	f.DurationVar(&o.Stall, "stall-timeout", 30*time.Minute, "when e2e.test is ended that says nothing and whose pods do not change; 0 for never")
	f.StringArrayVar(&o.ExtraArgs, "extra-arg", nil, "further argument of e2e.test, such as --allowed-not-ready-nodes=1 (repeatable)")
	f.StringVar(&o.summary.name, "summary-file", "", "file that gets the verdict in at most 4096 bytes of JSON at the end, such as a container's termination message")
	f.StringVar(&o.summary.generation, "summary-generation", "", "what the summary is of, in the words of whoever reads it")
	complete(cmd, "provider", providers)
	complete(cmd, "pin", readiness.Pins)
}

// run runs, and leaves a summary if one is wanted, whatever becomes of the run.
func (o runOptions) run(cmd *cobra.Command, s streams) error {
	if o.summary.name == "" {
		_, err := o.carryOut(cmd, s)
		return err
	}
	if o.printPlan || o.dryRun {
		return usererror.Usage(errors.New("--summary-file is of a run, and nothing runs with --print-plan and --dry-run"))
	}
	if err := o.summary.clear(); err != nil {
		return err
	}
	outcome, err := o.carryOut(cmd, s)
	if unwritten := o.summary.write(outcome, err); unwritten != nil {
		return errors.Join(unwritten, errorText(err))
	}
	return err
}

// carryOut runs what was asked for. Where nothing was run, the outcome is zero.
func (o runOptions) carryOut(cmd *cobra.Command, s streams) (readiness.Outcome, error) {
	ctx := cmd.Context()
	var err error
	if o.Procs, err = parseProcs(o.procs); err != nil {
		return readiness.Outcome{}, err
	}
	if err := errors.Join(o.form.check(), o.Check()); err != nil {
		return readiness.Outcome{}, err
	}
	cfg, err := config.Default()
	if err != nil {
		return readiness.Outcome{}, err
	}
	o.Tool, o.Addresses, o.Session = version(), cfg.Addresses(), os.Getenv(sonobuoy.Variable) != ""
	if o.Guard, err = guardCommand(); err != nil {
		return readiness.Outcome{}, err
	}
	switch {
	case o.printPlan:
		o.Purpose = readiness.ToShow
	case o.dryRun:
		o.Purpose = readiness.ToSelect
	}
	o.chooseFolder(time.Now())
	plan, err := o.plan(ctx, s)
	if err != nil {
		return readiness.Outcome{}, err
	}
	switch o.Purpose {
	case readiness.ToShow:
		return readiness.Outcome{}, o.show(s.out, plan)
	case readiness.ToSelect:
		return readiness.Outcome{}, o.selectOnly(ctx, s, plan)
	}
	outcome, err := execute(ctx, s, plan)
	if outcome.GoOn() && (err == nil || errors.As(err, new(exitError))) {
		fmt.Fprintf(s.err, "%s\ngo on with: %s\n", outcome.Summary.Headline(), resuming(cmd.Flags(), outcome.Folder))
	}
	return outcome, err
}

// parseProcs reads how many processes share the tests; 0 is for auto.
func parseProcs(text string) (int, error) {
	if text == "auto" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, usererror.Usage(fmt.Errorf("--procs %q: it is a number from 1, or auto", text))
	}
	return n, nil
}

// reports is the folder of the reports of runs that name none.
const reports = "op-readiness-report"

// latestReport is the link to the latest folder of those.
func latestReport() string { return filepath.Join(reports, "latest") }

// chooseFolder gives a run that names no folder a new one of its own, or, to go on, the latest.
func (o *runOptions) chooseFolder(now time.Time) {
	latest := latestReport()
	switch o.ReportDir = cmp.Or(o.ReportDir, os.Getenv("ARTIFACTS")); {
	case o.ReportDir != "":
	case o.Resume || o.RerunFailed:
		o.ReportDir = latest
		if target, err := filepath.EvalSymlinks(latest); err == nil {
			o.ReportDir = target
		}
	default:
		o.ReportDir, o.Link = filepath.Join(reports, now.UTC().Format("20060102-150405")), latest
		for name, n := o.ReportDir, 2; isThere(o.ReportDir); n++ { // of a run that began in the same second
			o.ReportDir = fmt.Sprintf("%s-%d", name, n)
		}
	}
}

func isThere(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// plan finds out and decides, and says what a user must know before anything runs.
func (o runOptions) plan(ctx context.Context, s streams) (readiness.Plan, error) {
	facts, err := readiness.Look(ctx, o.Options)
	if facts.Cluster != nil && o.Purpose == readiness.ToRun {
		writeCluster(s.err, *facts.Cluster)
	}
	for _, w := range facts.Warnings {
		fmt.Fprintf(s.err, "warning: %s\n", w)
	}
	if err != nil {
		return readiness.Plan{}, err
	}
	plan, err := readiness.NewPlan(o.Options, facts)
	for _, w := range plan.Warnings {
		fmt.Fprintf(s.err, "warning: %s\n", w)
	}
	return plan, err
}

func (o runOptions) show(w io.Writer, plan readiness.Plan) error {
	if o.form.name == "json" {
		return writeJSON(w, plan.Document())
	}
	_, err := io.WriteString(w, plan.String())
	return err
}

// selectOnly lets e2e.test select the planned tests, and shows the plan and whether the two agree.
func (o runOptions) selectOnly(ctx context.Context, s streams, plan readiness.Plan) error {
	selection, err := plan.DryRun(ctx, s.err)
	if err != nil {
		return err
	}
	for _, call := range selection.Calls {
		if writeProblem(s.err, call); call.Problem != "" {
			return errors.New("e2e.test could not be run")
		}
	}
	if err := o.show(s.out, plan); err != nil {
		return err
	}
	fmt.Fprintf(s.err, "dry run: e2e.test selected %d tests, %d were planned; none ran, so nothing is proven\n", selection.Selected, selection.Planned)
	if len(selection.Differs) > 0 {
		return exitError{code: codeBad, err: fmt.Errorf("e2e.test does not select what was planned (%s)", strings.Join(selection.Differs, ", "))}
	}
	return nil
}

// execute runs the plan and shows what it came to: the verdict, and the command that goes on, come last.
func execute(ctx context.Context, s streams, plan readiness.Plan) (readiness.Outcome, error) {
	outcome, err := plan.Execute(ctx, s.err)
	for _, call := range outcome.Calls {
		writeProblem(s.err, call)
	}
	if err != nil {
		return outcome, err
	}
	if err := view.Render(s.out, "table", []reporter.Summary{outcome.Summary}, terminalOptions(s)); err != nil {
		return outcome, err
	}
	fmt.Fprintf(s.err, "results are in %s\n", outcome.Folder)
	for _, namespace := range outcome.LeftOver {
		how := "kubectl delete namespace " + namespace
		if outcome.Marked {
			how = "op-readiness clean"
		}
		fmt.Fprintf(s.err, "left behind: namespace %s; `%s` removes it\n", namespace, how)
	}
	if outcome.Unwritten != nil {
		return outcome, fmt.Errorf("not all could be written: %w", outcome.Unwritten)
	}
	if !outcome.Worked {
		return outcome, errors.New("e2e.test could not be run")
	}
	if outcome.Summary.Verdict != reporter.Ready {
		return outcome, exitError{code: codeBad}
	}
	return outcome, nil
}

// writeProblem tells of a call that went wrong, with the last that e2e.test said.
func writeProblem(w io.Writer, call runner.Result) {
	if call.Problem == "" {
		return
	}
	fmt.Fprintf(w, "error: invocation %d: %s\n", call.Number, call.Problem)
	for _, line := range call.LastSaid {
		fmt.Fprintf(w, "  | %s\n", safetext.Line(line))
	}
}

// writeCluster shows the nodes in a short table.
func writeCluster(w io.Writer, c runner.Cluster) {
	fmt.Fprintf(w, "cluster %s, Kubernetes %s\n", c.Server, c.Version)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  NODE\tOS\tBUILD\tRUNTIME\tKUBELET\tSTATE")
	for _, n := range c.Nodes {
		state := "ready"
		switch {
		case !n.Ready:
			state = "not ready"
		case !n.Schedulable:
			state = "not schedulable"
		}
		if n.Pretended {
			state += ", pretends to be Windows"
		}
		if len(n.Taints) > 0 {
			state += ", taints " + strings.Join(n.Taints, " ")
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", n.Name, cmp.Or(n.OSImage, n.OS), n.Build, n.Runtime, n.Kubelet, state)
	}
	_ = t.Flush() // talk: what cannot be shown does not stop a run
}
