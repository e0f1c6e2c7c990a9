package runner

import "strings"

// lastWord listens to what Ginkgo says of a whole suite as it ends (its reporters/default_reporter.go):
//
//	FAIL! -- 2 Passed | 1 Failed | 0 Pending | 7499 Skipped
//	FAIL! - Suite Timeout Elapsed -- 1 Passed | 1 Failed | 0 Pending | 7577 Skipped
//
// Whatever starts e2e.test for us may lose its exit code, and not this.
type lastWord struct {
	lines  lineReader
	failed bool
}

// Write takes output in any portions. It never fails.
func (w *lastWord) Write(output []byte) (int, error) {
	w.lines.read = func(line string) { w.failed = w.failed || strings.HasPrefix(line, "FAIL! -") }
	return w.lines.Write(output)
}
