// Package specs holds what is tested: the nine categories of KEP-2578 (Windows Operational Readiness), their abilities,
// and for each ability the e2e tests of Kubernetes that prove it.
//
// Load reads files, Parse turns them into categories and reports every problem with its line, Select picks the test case
// of each ability that holds for one Kubernetes version, and NewIndex tells which abilities a test belongs to, by
// Ginkgo's own rule. The package neither runs tests nor judges results.
//
// Source of the words: https://github.com/kubernetes/enhancements/tree/master/keps/sig-windows/2578-windows-conformance
package specs

import "sigs.k8s.io/windows-operational-readiness/internal/slug"

// Category is one category of KEP-2578 with its abilities.
type Category struct {
	Name     string // such as "Core.Network"
	Required bool   // a cluster is operationally ready only if every required category is; Core.* unless the file says otherwise
	// TestCases in the order of the file. Several with one ID are the same ability for different Kubernetes versions;
	// after Select there is one for each ID.
	TestCases []TestCase
}

// TestCase is one ability of a category as one Kubernetes version, or several, can show it.
type TestCase struct {
	ID                 string    // stable slug, unique over all categories; derived from category and description if absent
	Description        string    // the KEP's words: "Ability to ..."
	Focus              []string  // regular expressions that select the tests; none for an unproven ability
	Skip               []string  // regular expressions that leave tests out again
	KubernetesVersions []Version // the versions that it was written for; none: all of them
	SkipProviders      []string  // providers on which the ability is exempt, as in e2e.test's --provider
	Unproven           string    // the reason why no test exists; "" for an ability that has one
	Candidates         []string  // names (regular expressions) of future tests that may prove an unproven ability
	Partial            bool      // the tests show only a part of the ability; Notes say which
	Notes              string    // what the tests do not show, or what they need
	MaxTests           int       // the most tests that Focus may select before it counts as too wide; 0: DefaultMaxTests
	Shared             bool      // on purpose another ability of the category has one of the same tests
	File               string    // the file that defines it
	Line               int       // the line in File, from 1
}

// DefaultMaxTests is how many tests an ability may select unless its test case says otherwise.
const DefaultMaxTests = 4

// Proven tells whether the spec names tests for the ability.
func (t TestCase) Proven() bool { return t.Unproven == "" }

// Proof says how far tests prove the ability: "proven", "partial" or "unproven".
func (t TestCase) Proof() string {
	switch {
	case !t.Proven():
		return "unproven"
	case t.Partial:
		return "partial"
	}
	return "proven"
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
