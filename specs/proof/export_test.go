package proof

import "testing"

// SeenIn returns the job of SIG Windows that runs all of some tests, or "".
func SeenIn(t testing.TB, tests []string) string {
	t.Helper()
	jobs, err := newJobMatchers()
	if err != nil {
		t.Fatal(err)
	}
	return runnerOf(tests, jobs)
}
