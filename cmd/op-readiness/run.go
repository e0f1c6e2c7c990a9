package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

type runOptions struct {
	directory      string
	version        string
	categories     []string
	abilities      []string
	binary         string
	ginkgo         string
	kubeconfig     string
	provider       string
	reportDir      string
	output         string
	dryRun         bool
	verbose        bool
	printPlan      bool
	resume         bool
	rerunFailed    bool
	isolate        bool
	skipDisruptive bool
	skipSerial     bool
	allowUnmatched bool
	flakeAttempts  int
	procs          int
	timeout        time.Duration
	abilityTimeout time.Duration
	grace          time.Duration
	extraArgs      []string
}

const runLong = `Run calls Kubernetes' e2e.test for the abilities of the chosen categories, all of them if none is chosen, and judges
what it wrote. It needs an e2e.test of the cluster's Kubernetes version, kubectl, and a kubeconfig.

Before anything runs, every ability is held against the tests of that very e2e.test, and the cluster is looked at. The
report directory then holds e2e.test's own junit_*.xml, junit_op-readiness.xml with a row for each ability,
op-readiness.json with versions, nodes, plan and verdict, and e2e.log with all that e2e.test said.

Exit code: 0 ready, 1 not ready or incomplete, 2 the tests could not be run.`

const runExamples = `  # what would run, and how many tests
  op-readiness run --category Core.Network --print-plan

  # two categories against a cluster
  op-readiness --provider=local --kubeconfig=$HOME/.kube/config --category=Core.Network --category=Extend.ActiveDirectory

  # go on with a run that was interrupted, then try again what failed
  op-readiness run --report-dir ./report --resume
  op-readiness run --report-dir ./report --rerun-failed`

func newRunCommand(s streams) *cobra.Command {
	var o runOptions
	cmd := &cobra.Command{
		Use:     "run",
		Short:   "Run the tests of the categories against a cluster",
		Long:    runLong,
		Example: runExamples,
		Args:    usageArgs(cobra.NoArgs),
		RunE:    func(cmd *cobra.Command, _ []string) error { return o.run(cmd.Context(), s) },
	}
	o.addFlags(cmd)
	return cmd
}

func (o *runOptions) addFlags(cmd *cobra.Command) {
	addSpecFlags(cmd, &o.directory, &o.version)
	f := cmd.Flags()
	f.Lookup("kubernetes-version").Usage = "Kubernetes version whose specs hold (default: the cluster's, else that of e2e.test)"
	f.StringArrayVar(&o.categories, "category", nil, "run only this category, such as Core.Network (repeatable)")
	f.StringArrayVar(&o.abilities, "ability", nil, "run only this ability, by its id (repeatable); see: op-readiness specs list")
	f.StringVar(&o.binary, "e2e-binary", "./e2e.test", "path of Kubernetes' e2e.test")
	f.StringVar(&o.ginkgo, "ginkgo-binary", "ginkgo", "path of the ginkgo command, for --procs")
	f.StringVar(&o.kubeconfig, "kubeconfig", "", "path of the kubeconfig (default: $KUBECONFIG, the pod's own cluster, ~/.kube/config)")
	f.StringVar(&o.provider, "provider", "local", "provider of the cluster, as e2e.test knows it")
	f.StringVar(&o.reportDir, "report-dir", "", "folder for the results (default: $ARTIFACTS, else op-readiness-report)")
	f.BoolVar(&o.dryRun, "dry-run", false, "let e2e.test select the tests, but run none")
	f.BoolVar(&o.verbose, "verbose", false, "show what e2e.test says as it comes")
	f.BoolVar(&o.printPlan, "print-plan", false, "print what would run, and end")
	f.StringVarP(&o.output, "output", "o", "table", "form of --print-plan: table or json")
	f.BoolVar(&o.resume, "resume", false, "go on with the run in the report directory: run only what has no result")
	f.BoolVar(&o.rerunFailed, "rerun-failed", false, "run again only the tests that failed in the report directory")
	f.BoolVar(&o.isolate, "isolate", false, "one call of e2e.test for each ability, instead of as few as possible")
	f.BoolVar(&o.skipDisruptive, "skip-disruptive", false, "leave out tests that reboot nodes or evict pods")
	f.BoolVar(&o.skipSerial, "skip-serial", false, "leave out tests that need the cluster for themselves")
	f.BoolVar(&o.allowUnmatched, "allow-unmatched", false, "report an ability without a matching test as not run, instead of stopping")
	f.IntVar(&o.flakeAttempts, "flake-attempts", 1, "how often a failing test is tried")
	f.IntVar(&o.procs, "procs", 1, "processes that share the tests, through the ginkgo command")
	f.DurationVar(&o.timeout, "timeout", 24*time.Hour, "when the whole run is ended")
	f.DurationVar(&o.abilityTimeout, "ability-timeout", 0, "when each ability is ended; needs --isolate")
	f.DurationVar(&o.grace, "grace-period", 2*time.Minute, "time for e2e.test to clean up after a signal or timeout")
	f.StringArrayVar(&o.extraArgs, "extra-arg", nil, "further argument of e2e.test, such as --prepull-images (repeatable)")
	completeCategories(cmd)
}

// check holds what flags can mean together.
func (o *runOptions) check() error {
	switch {
	case o.abilityTimeout != 0 && !o.isolate:
		return usageError{errors.New("--ability-timeout needs --isolate: without it all abilities share one call of e2e.test")}
	case o.resume && o.rerunFailed:
		return usageError{errors.New("--resume and --rerun-failed: one at a time")}
	case o.flakeAttempts < 1 || o.procs < 1:
		return usageError{errors.New("--flake-attempts and --procs are at least 1")}
	case o.timeout <= 0 || o.abilityTimeout < 0 || o.grace <= 0:
		return usageError{errors.New("--timeout and --grace-period are longer than nothing, --ability-timeout is not negative")}
	case o.output != "table" && o.output != "json":
		return usageError{fmt.Errorf("unknown output %q; known are table, json", o.output)}
	}
	return nil
}

func (o runOptions) run(ctx context.Context, s streams) error {
	if err := o.check(); err != nil {
		return err
	}
	r, err := o.prepare(ctx, s)
	if err != nil {
		return err
	}
	switch {
	case o.printPlan:
		return r.showPlan(s)
	case o.dryRun:
		return r.selectOnly(ctx, s)
	}
	return r.execute(ctx, s)
}

// readinessRun is a run with all that was found out before it.
type readinessRun struct {
	runOptions
	e2e      runner.Binary
	cluster  *runner.Cluster // nil if it was not looked at
	selected []specs.Category
	earlier  earlierRun
	plan     runner.Plan
}

// prepare finds out and decides; it changes nothing in the report directory but for what --resume puts right.
func (o runOptions) prepare(ctx context.Context, s streams) (readinessRun, error) {
	r := readinessRun{runOptions: o}
	var err error
	if r.reportDir, err = filepath.Abs(cmp.Or(o.reportDir, os.Getenv("ARTIFACTS"), "op-readiness-report")); err != nil {
		return r, err
	}
	if r.earlier, err = readEarlier(r.reportDir, o); err != nil {
		return r, err
	}
	if r.e2e, err = listTests(ctx, o.binary); err != nil {
		return r, err
	}
	if err := r.preflight(ctx, s); err != nil {
		return r, err
	}
	if err := r.selectSpecs(); err != nil {
		return r, err
	}
	if o.procs > 1 {
		if r.ginkgo, err = lookPath(o.ginkgo); err != nil {
			return r, hintError{err, "build it with the ginkgo version of e2e.test, and name it with --ginkgo-binary"}
		}
	}
	r.plan, err = runner.NewPlan(r.chosen(), r.e2e.Tests, r.planOptions())
	if err != nil {
		return r, hintError{fmt.Errorf("%s does not have the tests of the specs:\n%w", r.e2e.Path, err),
			"take the e2e.test of the cluster's version; --allow-unmatched reports such abilities as not run"}
	}
	return r, r.checkEarlier()
}

func listTests(ctx context.Context, path string) (runner.Binary, error) {
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "op-readiness")
	} else {
		cache = "" // a user without a home: nothing is kept
	}
	b, err := runner.List(ctx, path, cache)
	if errors.Is(err, os.ErrNotExist) {
		return b, hintError{fmt.Errorf("there is no e2e.test: %w", err), "get one with `make e2e.test KUBERNETES_VERSION=v1.36.3`, and name it with --e2e-binary"}
	}
	return b, err
}

func lookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// selectSpecs picks the categories and the test cases of the version.
func (r *readinessRun) selectSpecs() error {
	version := cmp.Or(r.version, r.clusterVersion(), r.e2e.Release)
	if version == "" {
		return hintError{errors.New("neither the cluster nor e2e.test tells its Kubernetes version"), "name it with --kubernetes-version, such as 1.36"}
	}
	selected, err := selectSpecs(r.directory, version, r.categories)
	if err != nil {
		return err
	}
	r.version, r.selected = version, selected
	var known []string
	for _, c := range selected {
		for _, tc := range c.TestCases {
			known = append(known, tc.ID)
		}
	}
	for _, id := range r.abilities {
		if !slices.Contains(known, id) {
			return hintError{fmt.Errorf("--ability: unknown ability %q%s", id, nearest.Hint(id, known)), "see op-readiness specs list"}
		}
	}
	return nil
}

// chosen are the categories with the abilities that --ability names, or all.
func (r *readinessRun) chosen() []specs.Category {
	if len(r.abilities) == 0 {
		return r.selected
	}
	var categories []specs.Category
	for _, c := range r.selected {
		var cases []specs.TestCase
		for _, tc := range c.TestCases {
			if slices.Contains(r.abilities, tc.ID) {
				cases = append(cases, tc)
			}
		}
		if c.TestCases = cases; len(cases) > 0 {
			categories = append(categories, c)
		}
	}
	return categories
}

func (r *readinessRun) planOptions() runner.PlanOptions {
	o := runner.PlanOptions{
		Provider: r.provider, SkipDisruptive: r.skipDisruptive, SkipSerial: r.skipSerial, Isolate: r.isolate,
		AllowUnmatched: r.allowUnmatched, FirstNumber: r.earlier.lastNumber + 1,
	}
	if r.resume {
		o.Have = r.earlier.tests(func(reporter.Test) bool { return true })
	}
	if r.rerunFailed {
		o.Only = r.earlier.tests(func(t reporter.Test) bool { return t.State == reporter.Failed })
	}
	return o
}

// settings are what e2e.test is told in every call.
func (r *readinessRun) settings() runner.Settings {
	return runner.Settings{
		Binary: r.e2e.Path, Ginkgo: r.ginkgo, Procs: r.procs, Kubeconfig: r.kubeconfig, Provider: r.provider, ReportDir: r.reportDir,
		FlakeAttempts: r.flakeAttempts, DryRun: r.dryRun, Verbose: r.verbose, ExtraArgs: r.extraArgs,
	}
}

// notify returns a channel of the signals that are passed on to e2e.test.
func notify() (<-chan os.Signal, func()) {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	return signals, func() { signal.Stop(signals) }
}
