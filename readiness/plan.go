package readiness

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Plan is a run, decided.
type Plan struct {
	Spec     specs.Identity // which spec says what runs
	Version  string         // Kubernetes version whose specs hold
	Tests    runner.Plan    // what runs, in which calls
	Warnings []string       // what a user must know of it before it runs, each a line with its hints below
	options  Options
	facts    Facts
}

// NewPlan decides what runs. Problems of the specs are errors or warnings, as the options have it; a directory that holds
// results of the same tests already is an error.
func NewPlan(o Options, f Facts) (Plan, error) {
	p := Plan{options: o, facts: f}
	var err error
	if p.Version, err = f.version(o); err != nil {
		return p, err
	}
	spec, err := OpenSpec(o.Specs, p.Version, o.Categories)
	if err != nil {
		return p, err
	}
	p.Spec = spec.Identity
	categories, err := chooseAbilities(spec.Categories, o.Abilities)
	if err != nil {
		return p, err
	}
	if p.Tests, err = runner.NewPlan(categories, f.E2E.Tests, planOptions(o, f)); err != nil {
		return p, err
	}
	if p.Warnings, err = p.weigh(); err != nil {
		return p, err
	}
	return p, p.checkEarlier()
}

// weigh makes warnings of the problems of the specs, or an error of those that keep the plan from being carried out.
func (p Plan) weigh() (warnings []string, err error) {
	var refused []error
	var hints []string
	for _, problem := range p.Tests.Problems {
		hint, wrong := p.refuses(problem.Kind)
		if !wrong {
			warnings = append(warnings, problem.String())
			continue
		}
		refused = append(refused, errors.New(problem.String()))
		if !slices.Contains(hints, hint) {
			hints = append(hints, hint)
		}
	}
	if len(refused) == 0 {
		return warnings, nil
	}
	err = fmt.Errorf("the specs do not fit the tests of %s:\n%w", p.facts.E2E.Path, errors.Join(refused...))
	return warnings, usererror.WithHint(err, strings.Join(hints, "; "))
}

// refuses tells whether the options do not let a plan with such a problem go on, and what to do about it then. One that is
// only shown goes on with tests that are too many.
func (p Plan) refuses(kind runner.ProblemKind) (hint string, refused bool) {
	if kind == runner.Missing {
		return "take the e2e.test of the cluster's version; without --strict-specs all else runs", p.options.StrictSpecs
	}
	return "narrow the focus; --allow-broad runs such abilities all the same", !p.options.AllowBroad && p.options.Purpose != ToShow
}

func planOptions(o Options, f Facts) runner.PlanOptions {
	before := f.earlier
	plan := runner.PlanOptions{
		Provider: o.Provider, SkipDisruptive: o.SkipDisruptive, SkipSerial: o.SkipSerial, Isolate: o.Isolate,
		FirstNumber: before.lastNumber + 1, Procs: f.procs(o), Send: f.sends(o),
	}
	if o.Resume {
		plan.Have = before.tasks(func(reporter.Test) bool { return true })
	}
	if o.RerunFailed {
		plan.Only = before.tasks(func(t reporter.Test) bool { return t.State == reporter.Failed })
	}
	return plan
}

// checkEarlier refuses to mix a new run with an older one of the same tests: which of the two results is true, nobody
// could tell.
func (p Plan) checkEarlier() error {
	if p.options.Resume || p.options.RerunFailed || p.options.Purpose != ToRun {
		return nil
	}
	have := p.facts.earlier.tasks(func(reporter.Test) bool { return true })
	for _, inv := range p.Tests.Invocations {
		for _, test := range inv.Tests {
			if have[runner.TaskOf(test, inv.Send)] {
				return usererror.WithHint(fmt.Errorf("report directory %q holds the results of another run, of %q for one", p.facts.Folder, test),
					"name another --report-dir, or go on with that run by --resume or --rerun-failed")
			}
		}
	}
	return nil
}
