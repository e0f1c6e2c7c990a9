package reporter

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter/record"
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
	Declared string     // "windows": the user says that pods which choose no operating system ran on Windows; "": nothing
}

// Judge says what the evidence shows of the abilities that are asked for. It reads nothing but its arguments. The error is
// about the specs: a focus that does not compile.
func Judge(e Evidence, q Question) (Summary, error) {
	j := judge{evidence: e, question: q, doubts: e.doubts(), pods: podsByTest(e.Pods), closed: linuxClosed(e)}
	j.tests = j.gather()
	s := Summary{
		Build: e.Build, End: e.End, KubernetesVersion: q.Version, Assumed: q.Assumed, Provider: q.Provider, Declared: q.Declared, Spec: q.Spec.Identity,
		Chosen: q.Chosen, Whole: whole(q.Spec), Others: e.Others, Warnings: e.Warnings, Ledger: j.ledger(),
	}
	if e.Run != nil {
		s.Tool = e.Run.Tool
		if e.Run.Cluster != nil {
			s.Nodes = e.Run.Cluster.Nodes
		}
	}
	for _, doubt := range j.doubts {
		s.Incomplete = append(s.Incomplete, Warning{Message: doubt})
	}
	for _, suite := range e.Suites {
		s.Setup = append(s.Setup, suite.Around...)
		for _, doubt := range suite.doubts() {
			s.Incomplete = append(s.Incomplete, Warning{Message: doubt})
		}
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

// whole tells whether the required categories of KEP-2578 are all there, as it has them.
func whole(spec specs.Spec) bool {
	if !spec.Identity.MayCallReady() {
		return false
	}
	for _, name := range specs.Names() {
		there := slices.ContainsFunc(spec.Categories, func(c specs.Category) bool { return c.Name == name && c.Required })
		if strings.HasPrefix(name, "Core.") && !there {
			return false
		}
	}
	return true
}

// judge is one judgement on its way.
type judge struct {
	evidence Evidence
	question Question
	doubts   []string                     // against every result of the build
	tests    map[string]account           // what the results of each test come to
	pods     map[string][]record.TestPods // by test
	closed   bool                         // no Linux node could take a pod
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
	for name := range j.tests {
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
		if account, ok := j.tests[names[place]]; ok {
			accounts = append(accounts, account)
			a.Tests = append(a.Tests, account.Test)
		} else {
			a.Missing = append(a.Missing, names[place])
		}
	}
	switch omission, reason := tc.LeftOut(j.question.Provider); {
	case omission == specs.Exempt:
		a.State, a.Reasons = Exempt, []string{reason}
		return a
	case omission == specs.Unproven:
		a.State, a.Reasons = Unproven, []string{reason}
		return a
	}
	has := func(s State) bool {
		return slices.ContainsFunc(accounts, func(c account) bool { return c.State == s })
	}
	switch {
	case has(Failed):
		a.State = Failed
		return a
	case !has(Passed) && !has(Flaky):
		return notShown(a, accounts)
	}
	a.Reasons = j.lacking(tc, assigned, names, accounts, a.Missing)
	a.Ran = placesOf(accounts, j.pods)
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

// notShown is an ability of which nothing passed: skipped if every test of it was, else not run.
func notShown(a Ability, accounts []account) Ability {
	for _, c := range accounts {
		a.Reasons = append(a.Reasons, c.doubts...)
		if c.State == Skipped {
			a.Reasons = append(a.Reasons, orWords(c.Message, "skipped without a reason"))
		}
	}
	skipped := func(c account) bool { return c.State == Skipped }
	if len(accounts) > 0 && len(a.Missing) == 0 && !slices.ContainsFunc(accounts, func(c account) bool { return !skipped(c) }) {
		a.State = Skipped
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

// lacking says what an ability lacks of which tests passed and none failed: none for one that is shown.
func (j judge) lacking(tc specs.TestCase, assigned specs.Assignment, names []string, accounts []account, missing []string) []string {
	var list []string
	for _, name := range missing {
		list = append(list, fmt.Sprintf("no result of %q", name))
	}
	passed := func(place int) bool {
		c := j.tests[names[place]]
		return c.State == Passed || c.State == Flaky
	}
	for _, focus := range assigned.Unshown(passed) {
		if !selectsMissing(assigned, focus, names, missing) {
			list = append(list, fmt.Sprintf("nothing shows %q", focus))
		}
	}
	for _, c := range accounts {
		if c.State == Skipped {
			list = append(list, fmt.Sprintf("skipped: %s (%q)", orWords(c.Message, "without a reason"), c.Name))
		}
		list = append(list, c.doubts...)
		if text := j.unplaced(tc.Placement, c); text != "" {
			list = append(list, text)
		}
	}
	return unique(append(list, j.doubts...))
}

// selectsMissing tells whether a focus string selects a test whose missing result was said already.
func selectsMissing(assigned specs.Assignment, focus string, names, missing []string) bool {
	for _, r := range slices.Concat(append([][]specs.Requirement{assigned.Focus}, assigned.AnyOf...)...) {
		if r.Focus == focus && slices.ContainsFunc(r.Tests, func(place int) bool { return slices.Contains(missing, names[place]) }) {
			return true
		}
	}
	return false
}

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
