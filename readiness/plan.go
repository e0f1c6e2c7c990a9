package readiness

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Plan is a run, decided.
type Plan struct {
	Version string      // Kubernetes version whose specs hold
	Tests   runner.Plan // what runs, in which calls
	options Options
	facts   Facts
}

// NewPlan decides what runs. An ability that no test of e2e.test matches is an error unless the options allow it, and so
// is a directory that holds results of the same tests already.
func NewPlan(o Options, f Facts) (Plan, error) {
	p := Plan{options: o, facts: f}
	var err error
	if p.Version, err = f.version(o); err != nil {
		return p, err
	}
	categories, err := SelectSpecs(o.Specs, p.Version, o.Categories)
	if err != nil {
		return p, err
	}
	if categories, err = chooseAbilities(categories, o.Abilities); err != nil {
		return p, err
	}
	p.Tests, err = runner.NewPlan(categories, f.E2E.Tests, planOptions(o, f.earlier))
	if err != nil {
		return p, usererror.WithHint(fmt.Errorf("%s does not have the tests of the specs:\n%w", f.E2E.Path, err),
			"take the e2e.test of the cluster's version; --allow-unmatched reports such abilities as not run")
	}
	return p, p.checkEarlier()
}

func planOptions(o Options, before earlier) runner.PlanOptions {
	plan := runner.PlanOptions{
		Provider: o.Provider, SkipDisruptive: o.SkipDisruptive, SkipSerial: o.SkipSerial, Isolate: o.Isolate,
		AllowUnmatched: o.AllowUnmatched, FirstNumber: before.lastNumber + 1,
	}
	if o.Resume {
		plan.Have = before.tests(func(reporter.Test) bool { return true })
	}
	if o.RerunFailed {
		plan.Only = before.tests(func(t reporter.Test) bool { return t.State == reporter.Failed })
	}
	return plan
}

// checkEarlier refuses to mix a new run with an older one of the same tests: which of the two results is true, nobody
// could tell.
func (p Plan) checkEarlier() error {
	if p.options.Resume || p.options.RerunFailed || p.options.Purpose != ToRun {
		return nil
	}
	have := p.facts.earlier.tests(func(reporter.Test) bool { return true })
	for _, inv := range p.Tests.Invocations {
		for _, test := range inv.Tests {
			if have[test] {
				return usererror.WithHint(fmt.Errorf("report directory %q holds the results of another run, of %q for one", p.facts.Folder, test),
					"name another --report-dir, or go on with that run by --resume or --rerun-failed")
			}
		}
	}
	return nil
}

// categories are those of all runs into the folder, with all their abilities: what is judged.
func (p Plan) categories(names []string) ([]specs.Category, error) {
	return SelectSpecs(p.options.Specs, p.Version, names)
}

// String shows the plan to a person.
func (p Plan) String() string {
	var text strings.Builder
	e2e := p.facts.E2E
	fmt.Fprintf(&text, "Kubernetes %s, %s with %d tests\n", p.Version, cmp.Or(e2e.Release, "an e2e.test that does not tell its version"), len(e2e.Tests))
	for _, inv := range p.Tests.Invocations {
		kind := ""
		if inv.Disruptive {
			kind = ", disruptive"
		}
		fmt.Fprintf(&text, "\nInvocation %d: %s%s\n", inv.Number, count(len(inv.Tests), "test"), kind)
		t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
		for _, a := range p.Tests.Abilities {
			if n := shared(a.Tests, inv.Tests); n > 0 {
				fmt.Fprintf(t, "  %s\t%s\t%s\n", a.Category, a.ID, count(n, "test"))
			}
		}
		_ = t.Flush() // a strings.Builder does not fail
	}
	heading := "\nNot run:\n"
	for _, a := range p.Tests.Abilities {
		if a.NotRun != "" {
			fmt.Fprintf(&text, "%s  %s %s: %s\n", heading, a.Category, a.ID, a.NotRun)
			heading = ""
		}
	}
	return text.String()
}

// shared counts what two lists, of which the second is sorted, have in common.
func shared(a, b []string) int {
	n := 0
	for _, item := range a {
		if _, found := slices.BinarySearch(b, item); found {
			n++
		}
	}
	return n
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
