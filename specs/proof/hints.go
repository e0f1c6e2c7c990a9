package proof

import "sigs.k8s.io/windows-operational-readiness/specs"

// Hints returns what the expressions of a test case that select none of these tests may have meant, each as a question. The
// first call for a list of tests takes some milliseconds.
func Hints(tc specs.TestCase, tests []string) []string {
	return didYouMean(tc.Expressions(), newLexicon(tests))
}
