package proof

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Lack is what a test case asks for and the tests of an e2e.test do not have. An ability with one cannot be shown.
type Lack struct {
	Message string   // such as "its focus matches no test"
	Hints   []string // the tests that may have been meant, a line each
}

// Names are the names of the tests of one e2e.test, among which the nearest to a focus are found.
type Names struct {
	words func() *lexicon
}

// NewNames returns the names. What is asked of them first takes some milliseconds more.
func NewNames(tests []string) Names {
	return Names{words: sync.OnceValue(func() *lexicon { return newLexicon(tests) })}
}

// Lacks returns what the names lack of a test case: a is what specs.Assign made of the two. None: the ability has a test for
// each focus string that it needs.
func (n Names) Lacks(tc specs.TestCase, a specs.Assignment) []Lack {
	return lacks(tc, Unmatched(a), len(a.Tests) > 0, n.words)
}

// Unmatched returns the focus strings that select no test, in the way to show the ability that lacks the fewest.
func Unmatched(a specs.Assignment) []string {
	return a.Unshown(func(int) bool { return true })
}

// lacks returns what is wrong with a test case of which those strings match no test; some tells whether others do.
func lacks(tc specs.TestCase, unmatched []string, some bool, words func() *lexicon) []Lack {
	switch {
	case len(unmatched) == 0:
		return nil
	case !some:
		return []Lack{missing(tc, words())}
	}
	list := make([]Lack, len(unmatched))
	for i, f := range unmatched {
		list[i] = Lack{fmt.Sprintf("one of its focus strings matches no test: %q", f), didYouMean([]string{f}, words())}
	}
	return list
}

// missing says that a test case selects nothing, and what it may have meant.
func missing(tc specs.TestCase, words *lexicon) Lack {
	if all := selected(tc.Expressions(), words.names); len(all) > 0 {
		return Lack{Message: fmt.Sprintf("its skip leaves out %s that its focus matches", allOf(len(all)))}
	}
	return Lack{"its focus matches no test", didYouMean(tc.Expressions(), words)}
}

func allOf(n int) string {
	if n == 1 {
		return "the one test"
	}
	return fmt.Sprintf("all %d tests", n)
}

// selected returns the names that one of some expressions matches.
func selected(focus, names []string) []string {
	m, err := specs.NewMatcher(focus, nil)
	if err != nil {
		return nil // specs.Assign has compiled them before
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !m.Match(name) })
}

// maxHints is how many names a hint offers.
const maxHints = 3

// didYouMean offers the tests whose names come near to a focus, as expressions to put in its place.
func didYouMean(focus []string, words *lexicon) []string {
	var hints []string
	for _, f := range focus {
		for _, name := range words.near(f, max(1, maxHints-len(focus)+1)) {
			hint := fmt.Sprintf("did you mean '%s'?", strings.ReplaceAll(specs.Exactly(name), "'", "''"))
			if !slices.Contains(hints, hint) && len(hints) < maxHints {
				hints = append(hints, hint)
			}
		}
	}
	return hints
}

// lookAt are hints that name the first few tests.
func lookAt(names []string) []string {
	var hints []string
	for _, name := range names[:min(maxHints, len(names))] {
		hints = append(hints, fmt.Sprintf("look at %q", name))
	}
	return hints
}

// ExcessHints returns what to do about tests that are too many, a line each.
func ExcessHints(e specs.Excess) []string {
	hints := lookAt(e.Tests)
	if e.Hint != "" {
		hints = append(hints, e.Hint)
	}
	return hints
}
