package reporter_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
)

// green tells whether a state says of an ability that it was shown.
func green(s reporter.State) bool { return s == reporter.Passed || s == reporter.Flaky }

// TestReadyBuild holds that the build to which faults are done has none, and is of every kind.
func TestReadyBuild(t *testing.T) {
	t.Parallel()
	e, q := reportertest.ReadyBuild(t)
	s := reportertest.Answer(t, e, q)
	if s.Verdict != reporter.Ready || !s.Whole || len(s.Incomplete) > 0 {
		t.Errorf("%s, whole %t, incomplete %q", s.Verdict, s.Whole, reporter.Lines(s.Incomplete))
	}
	counts := s.Counts()
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			switch want := map[string]reporter.State{"untested": reporter.Unproven, "elsewhere": reporter.Exempt, "rerun": reporter.Flaky, "retried": reporter.Flaky}[a.ID]; {
			case want == reporter.NotRun && a.State != reporter.Passed, want != reporter.NotRun && a.State != want:
				t.Errorf("%s is %s: %q", a.ID, a.State, a.Reasons)
			case a.State != reporter.Unproven && a.State != reporter.Exempt && a.InPart != (a.ID == "in-part"):
				t.Errorf("%s in part: %t", a.ID, a.InPart)
			}
		}
	}
	if counts.InPart != 1 || counts.Whole != counts.All()-3 {
		t.Errorf("%s", counts.Share())
	}
}

// TestFaults holds that with each single fault nothing that it touches is green.
func TestFaults(t *testing.T) {
	t.Parallel()
	faults, names := reportertest.Faults(), map[string]bool{}
	if len(faults) < 45 {
		t.Errorf("%d faults", len(faults))
	}
	for _, f := range faults {
		if names[f.Name] {
			t.Errorf("two faults %q", f.Name)
		}
		names[f.Name] = true
		checkFaults(t, f)
	}
}

// TestPairsOfFaults holds the same of two faults at once.
func TestPairsOfFaults(t *testing.T) {
	t.Parallel()
	faults, random := reportertest.Faults(), rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		checkFaults(t, faults[random.IntN(len(faults))], faults[random.IntN(len(faults))])
	}
}

// checkFaults does faults to the ready build and holds that nothing which one of them touches is green, and that each such
// thing says why.
func checkFaults(t *testing.T, faults ...reportertest.Fault) {
	t.Helper()
	var names []string
	e, q := reportertest.ReadyBuild(t)
	for _, f := range faults {
		f.Do(&e, &q)
		names = append(names, f.Name)
	}
	name := strings.Join(names, ", and ")
	touched := func(id string) bool {
		return faults[0].Touches(id) || faults[len(faults)-1].Touches(id)
	}
	s := reportertest.Answer(t, e, q)
	required := false
	for _, c := range s.Categories {
		dark := false
		for _, a := range c.Abilities {
			if a.State == reporter.Unproven || a.State == reporter.Exempt || !touched(a.ID) {
				continue
			}
			dark, required = true, required || c.Required
			if green(a.State) {
				t.Errorf("%s: %s is %s", name, a.ID, a.State)
			}
			if len(a.Reasons) == 0 && len(a.Missing) == 0 && a.State != reporter.Failed {
				t.Errorf("%s: %s is %s, and nothing says why", name, a.ID, a.State)
			}
		}
		if dark && c.Verdict == reporter.Ready {
			t.Errorf("%s: %s is ready", name, c.Name)
		}
	}
	if required && s.Verdict == reporter.Ready {
		t.Errorf("%s: the verdict is ready", name)
	}
}
