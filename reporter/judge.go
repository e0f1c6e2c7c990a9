package reporter

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Question is what a build is judged for.
type Question struct {
	Spec     specs.Spec // selected for the Kubernetes version (specs.Select), and for the categories that are asked for
	Version  string     // of Kubernetes that the specs were selected for
	Tests    []string   // names of the tests that an e2e.test of the version has
	Assumed  bool       // Tests are those of the nearest version
	Provider string     // as in e2e.test's --provider, for the abilities that are exempt there; "": unknown
	Chosen   bool       // the categories were chosen: all of them count
	Picked   []string   // ids of the abilities that were chosen by name, and are all that the spec holds; none: it holds whole categories
	Declared string     // "windows": the user says that pods which choose no operating system ran on Windows; "": nothing
}

// Judge says what the evidence shows of the abilities that are asked for. It reads nothing but its arguments. The error is
// about the specs: a focus that does not compile.
func Judge(e Evidence, q Question) (Summary, error) {
	s, err := judgeAs(e, q)
	if err != nil || s.Verdict != Ready || !e.explained() {
		return s, err
	}
	e.Run = new(*e.Run) // what failed the job by its own word is not seen any more: its word explains nothing
	e.Run.Summary = nil
	return judgeAs(e, q)
}

// judgeAs is Judge, by the word of a run for why its job failed.
func judgeAs(e Evidence, q Question) (Summary, error) {
	version := q.Version
	if q.Assumed {
		version = ""
	}
	j := judge{
		evidence: e, question: q, doubts: e.doubts(version), pods: podsByTest(e.Pods), closed: linuxClosed(e.cluster()), endings: record.Told(e.Journal),
		shut: windowsClosed(e.windowsNodes()), pretended: e.pretended(),
	}
	j.results = j.gather()
	s := Summary{
		Build: e.Build, End: e.End, KubernetesVersion: q.Version, Assumed: q.Assumed, Provider: q.Provider, Declared: q.Declared, Spec: q.Spec.Identity,
		Chosen: q.Chosen, Picked: q.Picked, Whole: q.Spec.MayCallReady(), Incomplete: j.incomplete(), Others: e.Others, Warnings: e.Warnings, Ledger: j.ledger(),
	}
	s.Nodes, s.Pretended = e.Nodes, len(j.pretended) > 0
	if e.Run != nil {
		s.Tool, s.Pretended = e.Run.Tool, e.Run.Pretended || s.Pretended
		s.Warnings = slices.Concat(s.Warnings, j.unplanned())
		s.Incomplete = append(s.Incomplete, j.outages()...)
	}
	if c := e.cluster(); c != nil {
		s.Nodes = c.Nodes
		s.Shortage = shortage(*c, q.Spec.Categories)
	}
	for _, suite := range e.Suites {
		s.Setup = append(s.Setup, suite.Around...)
	}
	if e.Files == 0 {
		s.Incomplete = append(s.Incomplete, e.Log...)
	}
	for _, c := range q.Spec.Categories {
		category, err := j.category(c, &s.Ledger)
		if err != nil {
			return Summary{}, fmt.Errorf("category %q: %w", c.Name, err)
		}
		s.Categories = append(s.Categories, category)
	}
	s.Verdict = judgeAll(s.Categories, q.Chosen)
	return s, nil
}

// judge is one judgement on its way.
type judge struct {
	evidence  Evidence
	question  Question
	doubts    []string                        // against every result of the build
	results   map[string][]outcome            // of each test, one for each suite
	pods      map[string][]record.TestPods    // by test
	closed    bool                            // no Linux node could take a pod
	shut      bool                            // no Windows node could
	endings   map[int]map[string]record.State // what each call told of its tests
	pretended []string                        // names of the nodes that pretend to be Windows, sorted
}

// incomplete says what stands against every result of the build, of a suite and of a call.
func (j judge) incomplete() []Warning {
	list := slices.Clone(j.doubts)
	for i := range j.evidence.Suites {
		s := &j.evidence.Suites[i]
		number, _ := reportdir.Invocation(s.File)
		list = append(list, s.doubts()...)
		list = append(list, j.callDoubts(s, j.evidence.call(number))...)
	}
	if r := j.evidence.Run; r != nil {
		for i := range r.Calls {
			list = append(list, j.callDoubts(nil, &r.Calls[i])...)
		}
	}
	var warnings []Warning
	for _, text := range unique(list) {
		warnings = append(warnings, Warning{Message: text})
	}
	return warnings
}

func (j judge) ledger() Ledger {
	l := Ledger{Files: j.evidence.Files, Rows: j.evidence.Rows}
	for _, s := range j.evidence.Suites {
		l.Suite += s.Rows
	}
	return l
}

func (j judge) category(c specs.Category, l *Ledger) (Category, error) {
	names := j.expected()
	assigned, err := specs.Assign(c.TestCases, names)
	if err != nil {
		return Category{}, err
	}
	category := Category{Name: c.Name, Required: c.Required}
	for i, tc := range c.TestCases {
		a := j.ability(tc, assigned[i], names)
		if a.State != Exempt && a.State != Unproven {
			l.Selected += len(a.Tests)
			l.Missing += len(a.Missing)
			l.Expected += len(a.Tests) + len(a.Missing)
		}
		category.Abilities = append(category.Abilities, a)
	}
	category.Verdict = judgeCategory(category.Counts())
	return category, nil
}

// expected are the names of all tests that are known: those of the version, those that the run had planned, and those that
// have a result, sorted.
func (j judge) expected() []string {
	names := slices.Clone(j.question.Tests)
	if j.evidence.Run != nil {
		names = append(names, j.evidence.Run.Expected...)
	}
	for name := range j.results {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ability judges one ability by the accounts of its tests.
func (j judge) ability(tc specs.TestCase, assigned specs.Assignment, names []string) Ability {
	a := Ability{TestCase: tc, InPart: tc.Partial}
	var accounts []account
	for _, place := range assigned.Tests {
		if account, ok := j.account(names[place], tc.Placement); ok {
			accounts = append(accounts, account)
			a.Tests = append(a.Tests, account.Test)
		} else {
			a.Missing = append(a.Missing, names[place])
		}
	}
	switch omission, reason := tc.LeftOut(j.question.Provider); omission {
	case specs.Exempt:
		a.State, a.Reasons = Exempt, []string{reason}
		return a
	case specs.Unproven:
		a.State, a.Reasons = Unproven, []string{reason}
		return a
	}
	has := func(s State) bool {
		return slices.ContainsFunc(accounts, func(c account) bool { return c.State == s })
	}
	switch {
	case has(Failed):
		a.State = Failed
		for _, c := range accounts {
			if text := j.whileAway(c); text != "" {
				a.Reasons = append(a.Reasons, text)
			}
		}
		return a
	case !has(Passed) && !has(Flaky):
		return j.notShown(a, accounts, assigned)
	}
	a.Reasons = j.lacking(tc.Placement, assigned, names)
	a.Ran = j.placesOf(accounts)
	switch {
	case len(a.Reasons) > 0:
		a.State = Unconfirmed
	case has(Flaky):
		a.State = Flaky
	default:
		a.State = Passed
	}
	if a.State != Unconfirmed && tc.Partial && j.met(tc, accounts) {
		a.InPart = false
	}
	return a
}

// notShown is an ability of which no result passed: skipped if every test of it was, unconfirmed if a call told of one that it
// passed, as those do that ran in a process which died later, else not run.
func (j judge) notShown(a Ability, accounts []account, assigned specs.Assignment) Ability {
	for _, focus := range assigned.Unshown(func(int) bool { return true }) {
		if len(j.question.Tests) > 0 {
			a.Reasons = append(a.Reasons, j.selectsNothing(focus))
		}
	}
	if len(a.Expressions()) == 0 {
		a.Reasons = append(a.Reasons, "the spec names no test")
	}
	for _, c := range accounts {
		a.Reasons = append(a.Reasons, c.doubts...)
		if c.State == Skipped {
			a.Reasons = append(a.Reasons, orWords(c.Message, "skipped without a reason"))
		}
	}
	skipped := func(c account) bool { return c.State == Skipped }
	if len(accounts) > 0 && len(a.Missing) == 0 && !slices.ContainsFunc(accounts, func(c account) bool { return !skipped(c) }) {
		a.State = Skipped
	} else if slices.ContainsFunc(accounts, func(c account) bool { return c.told }) {
		a.State = Unconfirmed
	}
	a.Reasons = unique(a.Reasons)
	return a
}

func orWords(text, otherwise string) string {
	if strings.TrimSpace(text) == "" {
		return otherwise
	}
	return text
}

// lacking says what an ability lacks of which tests passed and none failed, in the way to show it that lacks the least: none
// for one that is shown.
func (j judge) lacking(p specs.Placement, assigned specs.Assignment, names []string) []string {
	var least []string
	for i, way := range assigned.Ways() {
		list := unique(append(j.absent(p, way, names), j.against(p, way, names)...))
		if i == 0 || len(list) < len(least) {
			least = list
		}
	}
	return unique(append(least, j.doubts...))
}

// absent says which focus strings of a way select nothing, and which tests have no result.
func (j judge) absent(p specs.Placement, way []specs.Requirement, names []string) []string {
	var list []string
	for _, focus := range way {
		if len(focus.Tests) == 0 {
			list = append(list, j.selectsNothing(focus.Focus))
		}
		for _, place := range focus.Tests {
			if c, there := j.account(names[place], p); !there || c.State == NotRun {
				list = append(list, append(slices.Clone(c.doubts), fmt.Sprintf("no result of %q", names[place]))...)
			}
		}
	}
	return list
}

// against says what stands against the results of the tests of a way.
func (j judge) against(p specs.Placement, way []specs.Requirement, names []string) []string {
	var list []string
	for _, focus := range way {
		for _, place := range focus.Tests {
			c, _ := j.account(names[place], p) // without one: not run
			switch c.State {
			case NotRun:
				continue
			case Skipped:
				list = append(list, fmt.Sprintf("skipped: %s (%q)", orWords(c.Message, "without a reason"), c.Name))
			}
			list = append(list, c.doubts...)
			if text := j.unplaced(p, c); text != "" {
				list = append(list, text)
			}
		}
	}
	return list
}

// selectsNothing says that a focus string selects no test. Where nobody knows which tests there are, all that is known is that
// no result shows it.
func (j judge) selectsNothing(focus string) string {
	if len(j.question.Tests) == 0 {
		return fmt.Sprintf("nothing shows %q", focus)
	}
	return fmt.Sprintf("no test is selected by %q", focus)
}

// unique returns the texts of a list, each once.
func unique(list []string) []string {
	var kept []string
	for _, item := range list {
		if !slices.Contains(kept, item) {
			kept = append(kept, item)
		}
	}
	return kept
}

// judgeCategory gives a category its verdict.
func judgeCategory(counts Counts) Verdict {
	switch {
	case counts.Of(Failed) > 0:
		return NotReady
	case counts.Of(Skipped)+counts.Of(NotRun)+counts.Of(Unconfirmed) > 0 || counts.Shown() == 0:
		return Incomplete
	}
	return Ready
}

// judgeAll gives the verdict over the categories that were chosen, else over the required ones, or, if there are none among
// them, over all.
func judgeAll(categories []Category, chosen bool) Verdict {
	required := slices.DeleteFunc(slices.Clone(categories), func(c Category) bool { return !c.Required })
	if len(required) > 0 && !chosen {
		categories = required
	}
	has := func(v Verdict) bool {
		return slices.ContainsFunc(categories, func(c Category) bool { return c.Verdict == v })
	}
	switch {
	case has(NotReady):
		return NotReady
	case has(Incomplete) || len(categories) == 0:
		return Incomplete
	}
	return Ready
}
