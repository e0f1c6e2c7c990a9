// Package specs holds what is tested: the nine categories of KEP-2578 (Windows Operational Readiness), their abilities,
// and for each ability the e2e tests of Kubernetes that prove it.
//
// Open reads files, Parse turns them into categories and reports every problem with its line, Select picks the test case
// of each ability that holds for one Kubernetes version, and Assign tells which abilities a test belongs to, and which
// part of an ability it can show. The package neither runs tests nor judges results.
//
// Source of the words: https://github.com/kubernetes/enhancements/tree/master/keps/sig-windows/2578-windows-conformance
package specs

import (
	"fmt"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/internal/slug"
)

// Category is one category of KEP-2578 with its abilities.
type Category struct {
	Name     string // such as "Core.Network"
	Required bool   // a cluster is operationally ready only if every required category is; Core.* unless the file says otherwise
	// TestCases in the order of the file. Several with one ID are the same ability for different Kubernetes versions;
	// after Select there is one for each ID.
	TestCases []TestCase
}

// Need returns "required" or "optional".
func (c Category) Need() string {
	if c.Required {
		return "required"
	}
	return "optional"
}

// TestCase is one ability of a category as one Kubernetes version, or several, can show it.
type TestCase struct {
	ID          string // stable slug, unique over all categories; derived from category and description if absent
	Description string // the KEP's words: "Ability to ..."
	// Focus are regular expressions that select the tests; none for an unproven ability. A test belongs to the ability if
	// one of them matches it, and the ability is shown only if each of them is shown, by a test of its own or a common one.
	Focus []string
	// AnyOf are alternatives, each a list like Focus: besides all of Focus every string of one of them must be shown.
	AnyOf              [][]string
	Skip               []string  // regular expressions that leave tests out again
	KubernetesVersions []Version // the versions that it was written for; none: all of them
	SkipProviders      []string  // providers on which the ability is exempt, as in e2e.test's --provider
	Unproven           string    // the reason why no test exists; "" for an ability that has one
	Candidates         []string  // names (regular expressions) of future tests that may prove an unproven ability
	Partial            bool      // the tests show only a part of the ability, unless Evidence shows the rest; Notes say which
	Notes              string    // what the tests do not show, or what they need
	// Placement is where the pods of the tests must run. Parse gives PlacementWindows to tests of which the file says
	// nothing; zero for an unproven ability.
	Placement Placement
	// Seen is the job of SIG Windows that runs all of the tests, SeenParallel or SeenSerial. "": no job runs them all, so
	// nobody knows that they pass on Windows.
	Seen string
	// Evidence is what the record of pods must show besides passed tests for a partial ability to be shown whole: all of
	// it. None: nothing makes it whole.
	Evidence []Condition
	MaxTests int    // the most tests that Focus may select before it counts as too wide; 0: DefaultMaxTests
	Shared   bool   // on purpose another ability of the category has one of the same tests
	File     string // the file that defines it
	Line     int    // the line in File, from 1
}

// The jobs of SIG Windows, after the two calls of capz/run-capz-e2e.sh in kubernetes-sigs/windows-testing.
const (
	SeenParallel = "parallel"
	SeenSerial   = "serial"
)

// Proven tells whether the spec names tests for the ability.
func (t TestCase) Proven() bool { return t.Unproven == "" }

// Proof says how far tests prove the ability: "whole", "partial" or "unproven".
func (t TestCase) Proof() string {
	switch {
	case !t.Proven():
		return "unproven"
	case t.Partial:
		return "partial"
	}
	return "whole"
}

// Expressions returns all strings of Focus and AnyOf, in their order.
func (t TestCase) Expressions() []string {
	return slices.Concat(append([][]string{t.Focus}, t.AnyOf...)...)
}

// Omission is why no test of an ability is run or judged.
type Omission string

// The omissions.
const (
	NotOmitted Omission = ""         // the ability has tests, and they count
	Unproven   Omission = "unproven" // no test exists
	Exempt     Omission = "exempt"   // the spec leaves the ability out on the provider
)

// LeftOut tells whether an ability is left out on a provider, "" for one that is not known, and the reason. An ability
// that no test proves is Unproven wherever it runs, so that the number without a test is the same in the coverage, in a
// plan and in every report; only one that has tests can be Exempt.
func (t TestCase) LeftOut(provider string) (Omission, string) {
	switch {
	case !t.Proven():
		return Unproven, t.Unproven
	case provider != "" && slices.Contains(t.SkipProviders, provider):
		return Exempt, fmt.Sprintf("the spec leaves it out on provider %q", provider)
	}
	return NotOmitted, ""
}

// Names returns the nine category names of KEP-2578 in its order.
func Names() []string {
	return []string{
		"Core.Network", "Core.Storage", "Core.Scheduling", "Core.Concurrent",
		"Extend.HostProcess", "Extend.ActiveDirectory", "Extend.NetworkPolicy", "Extend.Network", "Extend.Worker",
	}
}

// Slug returns the form of a category, version or description that is fit for job names and links: "core-network",
// "1-36".
func Slug(s string) string { return slug.Of(s) }
