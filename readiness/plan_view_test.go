package readiness

import (
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// TestPlanText shows the plan of the shipped spec for each release: no line is wider than a terminal, and every test,
// placement and reason is there. What names tests cannot move the cursor.
func TestPlanText(t *testing.T) {
	t.Parallel()
	catalogs, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range catalogs {
		plan, err := NewPlan(Options{Purpose: ToShow}, Facts{E2E: runner.Binary{Release: c.Version, Tests: c.Names}})
		if err != nil {
			t.Fatal(err)
		}
		text := plan.String()
		for line := range strings.Lines(text) {
			if width := termtext.Width(strings.TrimSuffix(line, "\n")); width > 80 {
				t.Errorf("%s: a line of %d columns: %s", c.Version, width, line)
			}
		}
		joined := strings.Join(strings.Fields(text), " ")
		for _, a := range plan.Tests.Abilities {
			want := []string{a.Category + " " + a.ID + ": " + a.NotRun}
			if a.NotRun == "" {
				want = append(a.Tests, a.ID+": "+count(len(a.Tests), "test")+", placement: "+a.Placement.String())
			}
			for _, part := range want {
				if !strings.Contains(joined, part) {
					t.Errorf("%s: the plan does not have %q", c.Version, part)
				}
			}
		}
		if want := "by " + plan.Spec.String(); !strings.Contains(joined, want) || !plan.Spec.Embedded {
			t.Errorf("%s: the plan does not say %q", c.Version, want)
		}
	}
	hostile := Plan{Tests: runner.Plan{
		Abilities:   []runner.Ability{{ID: "a", Category: "Core.Network", Tests: []string{"up\x1b[2Jand\rdown"}}},
		Invocations: []runner.Invocation{{Number: 1, Tests: []string{"up\x1b[2Jand\rdown"}}},
	}}
	if text := hostile.String(); strings.ContainsAny(text, "\x1b\r") || !strings.Contains(text, "upand down") {
		t.Errorf("a hostile name is shown as %q", text)
	}
}
