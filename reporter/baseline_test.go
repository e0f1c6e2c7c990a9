package reporter_test

import (
	"errors"
	"strings"
	"testing"
	"time"

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
		{"f", "not known whether new: it failed in the one build of the base branch that has a result"},
		{"k", "not known whether new: it failed in the one build of the base branch that has a result"},
		{"fn", "not known whether new: it failed in the one build of the base branch that has a result"},
		{"ff", "also failing on the base branch since build b"},
		{"fp", "flaky on the base branch: it failed in 1 of 2 builds"},
		{"fk", "flaky on the base branch: it failed in 2 of 2 builds"},
		{"ffp", "also failing on the base branch since build b"},
		{"fnf", "also failing on the base branch since build c"},
		{"fpf", "flaky on the base branch: it failed in 2 of 3 builds"},
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
		wantAttention := map[bool]string{true: "Need the author's attention: 1 of 1 failures", false: ""}[strings.HasPrefix(test.want, "new") || strings.HasPrefix(test.want, "not known")]
		if test.want != "" && wantAttention == "" {
			wantAttention = "Need the author's attention: 0 of 1 failures"
		}
		if got := s.Attention(); !strings.HasPrefix(got, wantAttention) || (wantAttention == "") != (got == "") {
			t.Errorf("%q: attention %q", test.history, got)
		}
	}
}

// TestCompareInTime holds that a build is compared with what was known when it ran, and that the rest is said.
func TestCompareInTime(t *testing.T) {
	t.Parallel()
	day := func(d int) time.Time { return time.Date(2026, 7, d, 6, 0, 0, 0, time.UTC) }
	at := func(s reporter.Summary, began, ended time.Time) reporter.Summary {
		s.Build.Started, s.Build.Finished = began, ended
		return s
	}
	none := reporter.Summary{Build: reporter.Build{ID: "none"}, Incomplete: []reporter.Warning{{Message: "it is too large"}}}
	now := build(t, "now", 'f')
	for name, test := range map[string]struct {
		of       reporter.Summary
		baseline []reporter.Summary
		builds   int
		standing string
		warning  string
	}{
		"a fix that came later": {at(now, day(3), day(4)), []reporter.Summary{
			at(build(t, "e", 'p'), day(6), day(7)), at(build(t, "d", 'p'), day(4), day(5)), at(build(t, "c", 'f'), day(3), day(5)), at(build(t, "b", 'f'), day(1), day(2)),
		}, 2, "also failing on the base branch since build b", ""},
		"a break that came later": {at(now, day(1), day(2)), []reporter.Summary{at(build(t, "b", 'f'), day(3), day(4)), at(build(t, "a", 'f'), day(3), day(4))}, 0, "", ""},
		"still running":           {at(now, day(1), time.Time{}), []reporter.Summary{at(build(t, "b", 'p'), day(3), day(4))}, 1, "new: it passes on the base branch", ""},
		"without a time":          {at(now, day(1), day(2)), []reporter.Summary{build(t, "b", 'p')}, 0, "", "not compared with build b of the base branch: when it began is not known"},
		"not readable": {now, []reporter.Summary{none, build(t, "b", 'p')}, 1, "new: it passes on the base branch",
			"not compared with build none of the base branch: it is too large"},
	} {
		s := reporter.Compare(test.of, test.baseline)
		if got := s.Categories[0].Abilities[1].Standing.String(); got != test.standing || s.Baseline != test.builds {
			t.Errorf("%s: %q of %d builds, want %q of %d", name, got, s.Baseline, test.standing, test.builds)
		}
		if got := strings.Join(reporter.Lines(s.Warnings), "; "); got != test.warning {
			t.Errorf("%s: warnings %q, want %q", name, got, test.warning)
		}
	}
	s := reporter.NotCompared(now, errors.New("no such job"))
	if got := strings.Join(reporter.Lines(s.Warnings), "; "); got != "not compared with the base branch: no such job" || len(now.Warnings) > 0 {
		t.Errorf("it is not said that nothing was compared: %q", got)
	}
}
