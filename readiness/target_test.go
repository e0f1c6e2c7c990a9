package readiness_test

import (
	"testing"

	"sigs.k8s.io/windows-operational-readiness/readiness"
)

// TestTargets holds that what names a pull request in one place does so in the other.
func TestTargets(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]readiness.Target{
		"kubernetes-sigs/windows-testing#500": {Org: "kubernetes-sigs", Repo: "windows-testing", Number: 500},
		"o/r.go_x-1#9999999999":               {Org: "o", Repo: "r.go_x-1", Number: 9999999999},
		"o/r":                                 {Org: "o", Repo: "r"},
		"o/r#0":                               {}, "o/r#01": {}, "o/r#": {}, "o/r#-1": {}, "o/r#1x": {}, "o/..#1": {}, "o/.": {}, "o": {}, "": {}, "-o/r": {},
		"o/r/x#1": {}, "o/r#99999999999": {}, " o/r#1": {}, "https://github.com/o/r/pull/1": {},
	} {
		got, err := readiness.ParseTarget(text)
		if got != want || (err == nil) != (want.Org != "") {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
		pull, err := readiness.ParsePull(text)
		if (err == nil) != (want.Number != 0) || err == nil && pull != want {
			t.Errorf("%q as a pull request: %+v, %v", text, pull, err)
		}
		if err == nil && pull.String() != text {
			t.Errorf("%q is shown as %q", text, pull)
		}
	}
}
