package reporter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestFacts holds what is said of a build, and that nothing is said of what is not known.
func TestFacts(t *testing.T) {
	t.Parallel()
	none := reporter.Summary{End: reporter.End{State: reporter.NoJob}}
	if got := none.Facts(); len(got) > 0 {
		t.Errorf("of nothing: %v", got)
	}
	start := time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC)
	s := reporter.Summary{
		Build:             reporter.Build{Job: "job", ID: "1940000000000000003", Pull: 7, SHA: "0123456789abcdef", Started: start, Finished: start.Add(time.Hour), Platform: "ltsc2019"},
		End:               reporter.End{State: reporter.Cut, Words: "ABORTED"},
		KubernetesVersion: "1.38", Assumed: true, Provider: "azure", Declared: "windows", Tool: "v1.0.0", Spec: specs.Identity{Embedded: true, Digest: "sha256:0123456789abcdef"},
		Nodes: []record.Node{
			{OS: "windows", Build: "10.0.26100.1", Runtime: "containerd://2.0.5"}, {OS: "windows", Build: "10.0.20348.2700", Runtime: "containerd://2.0.5"},
			{OS: "windows", Build: "10.0.20348.2700"}, {OS: "linux", Build: "6.8.0", Runtime: "cri-o://1"},
		},
	}
	var got []string
	for _, f := range s.Facts() {
		got = append(got, fmt.Sprintf("%s: %s", f.Kind, f.Text))
	}
	want := []string{
		"Job: job", "Build: 1940000000000000003", "Pull request: #7", "Commit: 0123456789ab", "Started: 2026-07-01 06:00 UTC", "Duration: 1h0m0s",
		"End: cut short (ABORTED)", "Kubernetes: 1.38 (which tests it has is assumed from the nearest version that is known)",
		"Windows: 10.0.20348.2700 (ltsc2022), 10.0.26100.1 (ltsc2025)", "Runtime: containerd 2.0.5", "Nodes: 3 Windows and 1 Linux", "Provider: azure",
		"Placement: placement of pods on windows declared, not shown", "Judged by: KEP-2578 (sha256:0123456789ab)", "Run by: op-readiness v1.0.0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	s.Nodes = nil
	if got := s.Windows() + s.Runtime(); got != "ltsc2019" {
		t.Errorf("without nodes it ran on %q", got)
	}
	s.Categories = []reporter.Category{{Abilities: []reporter.Ability{{Ran: []reporter.Place{
		{OS: "linux", Build: "6.8.0", Runtime: "cri-o://1", Nodes: []string{"a"}}, {OS: "windows", Build: "10.0.20348.1", Runtime: "containerd://1", Nodes: []string{"b", "c"}},
	}}}}}
	if got := s.Windows() + " " + s.Runtime(); got != "10.0.20348.1 (ltsc2022) containerd 1" {
		t.Errorf("by its pods it ran on %q", got)
	}
	if got := s.Categories[0].Abilities[0].Where(); got != "2 nodes, 10.0.20348.1, containerd 1; 1 Linux node, 6.8.0, cri-o 1" {
		t.Errorf("the ability ran on %q", got)
	}
}

// TestAbsurdTimes holds that no time is told that cannot be.
func TestAbsurdTimes(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC)
	for took, want := range map[time.Duration]string{-time.Hour: "", 0: "", time.Hour: "1h0m0s", 400 * 24 * time.Hour: ""} {
		b := reporter.Build{Started: start, Finished: start.Add(took)}
		if got := b.Took(); got != want {
			t.Errorf("a build of %s takes %q", took, got)
		}
		if got := (reporter.Test{Duration: took}).Took(); (got > 0) != (want != "") {
			t.Errorf("a test of %s takes %s", took, got)
		}
		if got := (reporter.Test{Duration: took}).Place(); strings.Contains(got, "after") != (want != "") {
			t.Errorf("a test of %s: %s", took, got)
		}
	}
	if got := (reporter.Build{Finished: start}).Took(); got != "" {
		t.Errorf("a build that began at no time takes %s", got)
	}
}

// TestReasonsOnce holds that each reason stands once, with what it is about, and those of the build first.
func TestReasonsOnce(t *testing.T) {
	t.Parallel()
	unconfirmed := func(reasons ...string) reporter.Ability {
		return reporter.Ability{State: reporter.Unconfirmed, Reasons: reasons}
	}
	s := reporter.Summary{
		Setup:      []reporter.Test{{Name: "BeforeSuite", State: reporter.Failed, Message: "boom\nmore", File: "junit.xml", Line: 3}},
		Incomplete: []reporter.Warning{{Message: "the job was cut short: ABORTED"}},
		Ledger:     reporter.Ledger{Files: 1, Rows: 808},
		Others:     []reporter.Failure{{Suite: "kubetest2", Test: reporter.Test{Name: "Up", State: reporter.Failed, Message: "no quota", File: "junit_runner.xml"}}},
		Categories: []reporter.Category{{Abilities: []reporter.Ability{
			unconfirmed("the job was cut short: ABORTED", `place not shown: nothing shows it ("test (a) \"b\"")`),
			unconfirmed(`place not shown: nothing shows it ("test c")`, `no result of "test d"`, `a focus "with" quotes`),
			unconfirmed(`no result of "test e"`, "the job was cut short: ABORTED"), unconfirmed(`no result of "test e"`),
			{State: reporter.Skipped, Reasons: []string{"no GMSA here"}}, {State: reporter.NotRun}, {State: reporter.Passed, Reasons: []string{"never said"}},
			{State: reporter.Unproven, Reasons: []string{"never said"}},
		}}},
	}
	want := []string{
		"BeforeSuite: junit.xml:3: failed: boom", "the job was cut short: ABORTED",
		`no result of 2 tests (3 abilities), such as "test d"`, `place not shown: nothing shows it: 2 tests (2 abilities), such as "test (a) \"b\""`,
		`a focus "with" quotes`, "skipped: no GMSA here", "808 rows were read, none is of Kubernetes' e2e suite",
	}
	if diff := cmp.Diff(want, s.Why()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := strings.Join(s.OtherFailures(), "; "); got != "kubetest2: Up: junit_runner.xml: failed: no quota" {
		t.Errorf("other failures: %s", got)
	}
}

// TestFailedTests holds that a test stands once, with all that it counts against, required or not, those that failed first.
func TestFailedTests(t *testing.T) {
	t.Parallel()
	shared, flaky := reporter.Test{Name: "shared", State: reporter.Failed}, reporter.Test{Name: "flaky", State: reporter.Flaky}
	s := reporter.Summary{Categories: []reporter.Category{
		{Name: "C", Abilities: []reporter.Ability{
			{TestCase: specs.TestCase{ID: "k", Description: "Ability k"}, State: reporter.Flaky, Tests: []reporter.Test{flaky}},
			{TestCase: specs.TestCase{ID: "a", Description: "Ability a"}, State: reporter.Failed, Tests: []reporter.Test{shared, flaky, {Name: "good", State: reporter.Passed}},
				Standing: reporter.Standing{Kind: reporter.AlsoFailing, Since: "1"}},
		}},
		{Name: "D", Abilities: []reporter.Ability{
			{TestCase: specs.TestCase{ID: "b", Description: "Ability b"}, State: reporter.Failed, Tests: []reporter.Test{shared}, Standing: reporter.Standing{Kind: reporter.New}},
			{TestCase: specs.TestCase{ID: "x", Description: "Ability x"}, State: reporter.Exempt, Tests: []reporter.Test{{Name: "exempt", State: reporter.Failed}}},
		}},
	}}
	var got []string
	for _, f := range s.FailedTests() {
		got = append(got, fmt.Sprintf("%s %s %v %s", f.Name, f.State, f.Against, f.Standing.Kind))
	}
	want := []string{"shared failed [C: Ability a D: Ability b] new", "flaky flaky [C: Ability k C: Ability a] "}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestExcerpt holds that lines of which nothing is to be seen do not stand for the beginning of a failure text.
func TestExcerpt(t *testing.T) {
	t.Parallel()
	lines, more := reporter.Test{Message: "\x1b[0m\n \t\r\n  first\x1b[1m\n\nsecond\nthird\n"}.Excerpt(2)
	if got := fmt.Sprintf("%q %d", lines, more); got != `["  first\x1b[1m" "second"] 1` {
		t.Error(got)
	}
}

// TestCoverage holds that the parts of the sentence add up to the whole.
func TestCoverage(t *testing.T) {
	t.Parallel()
	s := reportertest.Mixed(t)
	const want = "9 shown whole, 11 in part, 1 failed, 3 not shown, 1 without a test, of 25 required; " +
		"1 shown whole, 4 in part, 2 failed, 2 not shown, 12 without a test, of 21 optional."
	if got := s.Coverage(); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
