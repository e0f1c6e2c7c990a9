package reporter_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// build is a run in which test C, of ability b, ended so: p passed, f failed, k flaky, n not run.
func build(t *testing.T, id string, end rune) reporter.Summary {
	t.Helper()
	rows := map[rune][]string{
		'p': {reportertest.Row("C", "", "")}, 'f': {reportertest.Row("C", "", reportertest.Failure)}, 'k': {reportertest.Row("C", "", reportertest.Failure), reportertest.Row("C", "", "")}, 'n': nil,
	}[end]
	s := reportertest.Run(t, reportertest.One(append(rows, reportertest.Row("A", "", ""))...), "")
	s.Build.ID = id
	return s
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ history, want string }{ // the newest build first
		{"", ""},
		{"p", "new: it passes on the base branch"},
		{"n", "new: no result on the base branch"},
		{"ppn", "new: it passes on the base branch"},
		{"f", "also failing on the base branch since build a"},
		{"ffp", "also failing on the base branch since build b"},
		{"fnf", "also failing on the base branch since build c"},
		{"fpf", "also failing on the base branch since build a"},
		{"pfp", "flaky on the base branch: it failed in 1 of 3 builds"},
		{"kpn", "flaky on the base branch: it failed in 1 of 2 builds"},
	} {
		var baseline []reporter.Summary
		for i, end := range test.history {
			baseline = append(baseline, build(t, string(rune('a'+i)), end))
		}
		before := build(t, "now", 'f')
		s := reporter.Compare(before, baseline)
		if got := s.Categories[0].Abilities[1].Standing.String(); got != test.want {
			t.Errorf("%q: %q, want %q", test.history, got, test.want)
		}
		if s.Verdict != reporter.NotReady || s.Categories[0].Abilities[0].Standing.Kind != reporter.Uncompared {
			t.Errorf("%q: a comparison changes a verdict or compares what passed", test.history)
		}
		if before.Categories[0].Abilities[1].Standing.Kind != reporter.Uncompared {
			t.Errorf("%q: the summary that was compared is changed", test.history)
		}
		wantAttention := map[bool]string{true: "Need the author's attention: 1 of 1 failures", false: ""}[strings.HasPrefix(test.want, "new")]
		if test.want != "" && wantAttention == "" {
			wantAttention = "Need the author's attention: 0 of 1 failures"
		}
		if got := s.Attention(); !strings.HasPrefix(got, wantAttention) || (wantAttention == "") != (got == "") {
			t.Errorf("%q: attention %q", test.history, got)
		}
	}
}
