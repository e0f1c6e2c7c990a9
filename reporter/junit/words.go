package junit

import (
	"cmp"
	"path"
	"regexp"
	"strings"
)

// IsFile tells whether a file is one of results by its name: Prow's and TestGrid's rule is junit*.xml, and a compressed one
// is read as well.
func IsFile(name string) bool {
	base := strings.TrimSuffix(path.Base(name), ".gz")
	return strings.HasPrefix(base, "junit") && strings.HasSuffix(base, ".xml")
}

// It stands before the name of a test, as opposed to another node of the suite, in the files that Ginkgo 2 writes
// (ginkgo's reporters/junit_report.go).
const It = "[It] "

// Properties of a suite by which Ginkgo tells how it was run and how it ended.
const (
	DryRun         = "DryRun"                    // "true": tests were selected, and none ran
	SpecialReason  = "SpecialSuiteFailureReason" // why the suite did not run to its end; "" if it did
	SuiteSucceeded = "SuiteSucceeded"            // "true" or "false"
	ParallelTotal  = "ParallelTotal"             // processes that shared the tests
)

// setupNodes are the nodes of Ginkgo that are no tests: in version 2 their type stands in brackets before their text, in
// version 1 they are named by the type alone.
var setupNodes = regexp.MustCompile(
	`^\[((?:Report|Synchronized)?(?:BeforeSuite|AfterSuite)|DeferCleanup \(Suite\))\]|^((?:Synchronized)?(?:BeforeSuite|AfterSuite))$`)

// SetupNode returns the type of the node that a row is named after, such as "SynchronizedBeforeSuite"; ok is false for a
// test.
func SetupNode(name string) (node string, ok bool) {
	m := setupNodes.FindStringSubmatch(name)
	if m == nil {
		return "", false
	}
	return cmp.Or(m[1], m[2]), true
}
