package comment_test

import (
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// TestPretended holds that a comment says of each job whose nodes pretended to be Windows that they did, and that such a job
// makes no other look more ready.
func TestPretended(t *testing.T) {
	t.Parallel()
	const mark, line = "on pretended Windows nodes", "Nodes that only pretended to be Windows, so that nothing is shown of it: `pretends`."
	e, q := reportertest.PretendedBuild(t)
	e.Build.Job = "pretends"
	pretends := reportertest.Answer(t, e, q)
	e, q = reportertest.ReadyBuild(t)
	e.Build.Job = "windows"
	windows := reportertest.Answer(t, e, q)
	q.Spec.Categories = q.Spec.Categories[:1]
	part := reportertest.Answer(t, e, q)
	bad := pretends
	bad.Verdict = reporter.NotReady
	for name, test := range map[string]struct {
		jobs []reporter.Summary
		want []string
	}{
		"alone":             {[]reporter.Summary{pretends}, []string{"readiness: ready " + mark + "\n", "| **Verdict** | ✅ ready " + mark + " |", line}},
		"beside Windows":    {[]reporter.Summary{pretends, windows}, []string{"readiness: ready\n", "| **Verdict** | ✅ ready " + mark + " | ✅ ready |", line}},
		"beside a part":     {[]reporter.Summary{pretends, part}, []string{"readiness: ready in Core.Network, the rest was not tested\n", line}},
		"not ready, beside": {[]reporter.Summary{bad, windows}, []string{"readiness: not ready\n", "| ❌ not ready " + mark + " | ✅ ready |", line}},
	} {
		text := comment.Render(test.jobs, []reporter.Summary{pretends}, comment.Options{})
		for _, want := range append(test.want, "`pretends`: ✅ ready "+mark+", ") {
			if !strings.Contains(text, want) {
				t.Errorf("%s: it lacks %q:\n%s", name, want, text)
			}
		}
	}
	if text := comment.Render([]reporter.Summary{windows}, nil, comment.Options{}); strings.Contains(text, "pretend") {
		t.Errorf("it speaks of pretence on Windows:\n%s", text)
	}
}
