// Command mutants tells how much the tests of a package notice: it changes the package's code in one place at a time,
// and runs the tests that get there. A change that fails no test has survived, and shows a line that nobody holds.
//
//	go run ./hack/mutants ./specs ./runner,./cmd/op-readiness
//
// Each argument is a package whose code is changed, with further packages, behind commas, whose tests are asked too.
//
// It takes these steps. The module is copied, so that a changed program cannot harm it, and its tests are run where they see
// no processes but their own. In the copy all changes of a
// package are written into its code at once, each behind a switch (find.go says which changes there are), so that one
// build serves them all. The tests are run once each, unchanged, to see how long they take and which places they reach.
// Then, for each change, those that reach it are run with its switch on, the quick ones first, until one fails.
//
// At least 90 % of the changes must be noticed, and each survivor must be in the table of docs/reliability.md with the
// reason why it may live. The exit code is 0 if that is so, 1 if not, and 2 if it could not be found out.
//
// Note: testers of others build a program for each change, which takes about a second each, and know fewer changes: none
// of constants, tables, returned values and removed statements.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// errBad is for what the command checks and finds wanting.
var errBad = errors.New("too much goes unnoticed")

// options are the flags and arguments.
type options struct {
	accepted string        // file with the table of survivors; "": none is known
	at       places        // only changes there; none: all
	jobs     int           // tests run at once
	patience time.Duration // with a test, on top of ten times what it takes
	least    float64       // percentage that must be killed
	near     bool          // go on if changed programs cannot be kept apart from other processes
	verbose  bool          // print killed mutants too
	rows     bool          // print the rows of the table that survivors lack
	targets  []target      // what to examine
}

// target is a package whose code is changed, and those whose tests are asked.
type target struct {
	code  string
	tests []string // beginning with code
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	o, err := parse(args, stderr)
	if err == nil {
		err = o.examine(ctx, stdout)
	}
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.Is(err, errBad):
		fmt.Fprintln(stderr, "error:", err)
		return 1
	default:
		fmt.Fprintln(stderr, "error:", err)
		return 2
	}
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	var at string
	flags := flag.NewFlagSet("mutants", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.accepted, "accepted", "", "Markdown `file` with the table of survivors and their reasons")
	flags.StringVar(&at, "at", "", "only changes of this `file[:line]`, or of several behind commas, whatever their percentage")
	flags.IntVar(&o.jobs, "j", runtime.NumCPU(), "how many tests are run at once")
	flags.BoolVar(&o.near, "near", false, "go on where changed programs cannot be kept apart from your other processes, which they may end")
	flags.DurationVar(&o.patience, "patience", 5*time.Second, "how long tests may take, beyond ten times what they take without changes")
	flags.Float64Var(&o.least, "least", 90, "percentage that must be killed in each package")
	flags.BoolVar(&o.verbose, "v", false, "print the changes that were noticed too")
	flags.BoolVar(&o.rows, "rows", false, "print rows for the table, for reasons to be added, of survivors that are not in it")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	for _, arg := range flags.Args() {
		tests := strings.Split(arg, ",")
		o.targets = append(o.targets, target{code: tests[0], tests: tests})
	}
	if len(o.targets) == 0 {
		return options{}, errors.New("name the packages to examine, such as ./specs")
	}
	var err error
	o.at, err = parsePlaces(at)
	return o, err
}

// examine examines the targets one after another, in a copy of the module.
func (o options) examine(ctx context.Context, stdout io.Writer) error {
	known, err := loadAccepted(o.accepted)
	if err != nil {
		return err
	}
	m, err := copyModule(ctx)
	if err != nil {
		return err
	}
	defer os.RemoveAll(m.temp)
	if err := m.keepApart(o.near); err != nil {
		return err
	}
	var bad []string
	for _, t := range o.targets {
		start := time.Now()
		found, err := m.examine(ctx, t, o, func(r *result) {
			r.listed = r.survived() && known.take(r.mutant)
			o.print(stdout, *r)
		})
		if err != nil {
			return fmt.Errorf("%s: %w", t.code, err)
		}
		s := sum(found)
		fmt.Fprintf(stdout, "%s: %s, %.0f s\n", t.code, s, time.Since(start).Seconds())
		for _, text := range found.notices {
			fmt.Fprintln(stdout, "notice:", text)
		}
		for _, m := range s.unlisted {
			if o.rows {
				fmt.Fprintln(stdout, row(m))
			}
		}
		if len(o.at) == 0 {
			bad = append(bad, s.problems(t.code, o.least)...)
			bad = append(bad, known.left(m.root, found.files)...)
		}
	}
	if len(bad) > 0 {
		return fmt.Errorf("%w:\n\t%s", errBad, strings.Join(bad, "\n\t"))
	}
	return nil
}

// print prints what became of a mutant, unless nobody needs to look at it.
func (o options) print(w io.Writer, r result) {
	switch {
	case r.unprovoked():
		if o.verbose {
			fmt.Fprintf(w, "%s: no test provokes the error\n", r.mutant)
		}
	case r.listed:
		if o.verbose {
			fmt.Fprintf(w, "%s: survived, as docs/reliability.md says\n", r.mutant)
		}
	case r.killer == "":
		fmt.Fprintf(w, "%s: survived%s\n", r.mutant, r.reached())
	case o.verbose:
		fmt.Fprintf(w, "%s: killed by %s\n", r.mutant, r.killer)
	}
}
