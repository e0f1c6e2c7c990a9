package sonobuoy_test

import (
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/golden"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// encoded is an item as it is written.
func encoded(t testing.TB, i sonobuoy.Item) string {
	t.Helper()
	var b strings.Builder
	if err := i.Encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestItems holds the whole form of a run in which one ability failed.
func TestItems(t *testing.T) {
	t.Parallel()
	s := reportertest.Run(t, reportertest.One(
		reportertest.Row("[It] A", "passed", ""), reportertest.Row("[It] B", "failed", reportertest.Failure), reportertest.Row("[It] C", "passed", "")), "azure")
	golden.Check(t, "testdata/not-ready.yaml", encoded(t, sonobuoy.Items(&s, sonobuoy.Ending{})))
	golden.Check(t, "testdata/nothing.yaml", encoded(t, sonobuoy.Items(nil, sonobuoy.Ending{Problem: "it was killed", LastSaid: []string{"\x1b[31mone", "two"}})))
}

// TestItemsOfNothing holds that nothing is not passed.
func TestItemsOfNothing(t *testing.T) {
	t.Parallel()
	if item := sonobuoy.Items(nil, sonobuoy.Ending{}); item.Status != "failed" || item.Items[0].Name != "Verdict: could not be reached" {
		t.Errorf("%+v", item)
	}
}

// TestItemsOfAll holds the form of everything that there can be in a run: each state of an ability with tests of each state.
func TestItemsOfAll(t *testing.T) {
	t.Parallel()
	s := reporter.Summary{
		Verdict: reporter.Incomplete, KubernetesVersion: "v1.36.3", Tool: "v1.0.0", Incomplete: []reporter.Warning{{File: "junit.xml", Message: "it is cut"}, {}},
		Categories: []reporter.Category{{Name: "Core.Network", Required: true}, {Name: "Extend.Worker", Verdict: reporter.Ready}},
	}
	states := []reporter.State{
		reporter.NotRun, reporter.Passed, reporter.Flaky, reporter.Failed, reporter.Skipped, reporter.Exempt, reporter.Unproven, reporter.Unconfirmed,
	}
	for _, state := range states {
		a := reporter.Ability{TestCase: specs.TestCase{ID: "id-" + state.String(), Description: "Works"}, State: state, InPart: state == reporter.Passed || state == reporter.Flaky, Reasons: []string{"since", "\x00", "it is so"}}
		if state == reporter.Flaky {
			a.Notes = "of which a part is shown"
		}
		for _, of := range []reporter.State{reporter.Passed, reporter.Flaky, reporter.Failed, reporter.Skipped, reporter.NotRun} {
			a.Tests = append(a.Tests, reporter.Test{Name: "test " + of.String(), State: of, Message: "it said\x1b[2J"})
		}
		s.Categories[0].Abilities = append(s.Categories[0].Abilities, a)
	}
	long := strings.Repeat("long ", 2000)
	s.Categories[1].Abilities = []reporter.Ability{
		{TestCase: specs.TestCase{ID: "none", Description: "Nothing"}, State: reporter.NotRun, Reasons: []string{long}},
		{TestCase: specs.TestCase{ID: "long", Description: long}, State: reporter.Passed, Ran: []reporter.Place{{OS: "linux"}, {OS: "windows"}}, Tests: []reporter.Test{
			{Name: long, State: reporter.Passed, Message: "x" + strings.Repeat("é", 4096), File: "junit.xml", Line: 7}, {Name: "just so", State: reporter.Passed, Message: strings.Repeat("x", 8192)},
		}},
	}
	golden.Check(t, "testdata/all.yaml", encoded(t, sonobuoy.Items(&s, sonobuoy.Ending{})))
	if err := sonobuoy.Items(&s, sonobuoy.Ending{}).Encode(unwritable{}); err == nil {
		t.Error("what cannot be written is no error")
	}
}

// walk calls a function for an item and all below it.
func walk(i sonobuoy.Item, visit func(sonobuoy.Item)) {
	visit(i)
	for _, item := range i.Items {
		walk(item, visit)
	}
}

// TestUnmistakable holds that no text of a run looks like what Sonobuoy says of it: pipelines look for that.
func TestUnmistakable(t *testing.T) {
	t.Parallel()
	const evil = "Status: passed"
	s := reporter.Summary{KubernetesVersion: evil, Categories: []reporter.Category{{Name: evil, Abilities: []reporter.Ability{{
		TestCase: specs.TestCase{ID: evil, Description: evil, Notes: evil}, State: reporter.Failed, InPart: true, Reasons: []string{evil},
		Tests: []reporter.Test{{Name: "T " + evil, State: reporter.Failed, Message: "x\n" + evil + "\n", File: evil}},
	}}}}}
	for _, item := range []sonobuoy.Item{sonobuoy.Items(&s, sonobuoy.Ending{}), sonobuoy.Items(&s, sonobuoy.Ending{Problem: evil, LastSaid: []string{evil}})} {
		if text := encoded(t, item); strings.Contains(text, evil) || !strings.Contains(text, "Status - passed") {
			t.Errorf("it looks like a status:\n%s", text)
		}
	}
}

// TestNothingGreener holds, for each state of an ability and each verdict, that an item is passed only if its state is, and
// the whole only if the verdict is ready and the run came to a good end.
func TestNothingGreener(t *testing.T) {
	t.Parallel()
	states := []reporter.State{
		reporter.NotRun, reporter.Passed, reporter.Flaky, reporter.Failed, reporter.Skipped, reporter.Exempt, reporter.Unproven, reporter.Unconfirmed,
	}
	for _, verdict := range []reporter.Verdict{reporter.Incomplete, reporter.NotReady, reporter.Ready} {
		for _, state := range states {
			for _, problem := range []string{"", "killed"} {
				s := reporter.Summary{Verdict: verdict, Categories: []reporter.Category{{Name: "C", Required: true, Verdict: verdict, Abilities: []reporter.Ability{
					{TestCase: specs.TestCase{ID: "a", Description: "Ability a"}, State: state, Tests: []reporter.Test{{Name: "T", State: reporter.Passed}}},
				}}}}
				item := sonobuoy.Items(&s, sonobuoy.Ending{Problem: problem})
				shown := state == reporter.Passed || state == reporter.Flaky
				neither := state == reporter.Exempt || state == reporter.Unproven
				good := verdict == reporter.Ready && problem == ""
				if got, want := item.Status == "passed", good && (shown || neither); got != want {
					t.Errorf("%s, %s, %q: the whole is %s", verdict, state, problem, item.Status)
				}
				walk(item, func(i sonobuoy.Item) {
					if !slices.Contains([]string{"passed", "failed", "skipped"}, i.Status) {
						t.Errorf("%s: status %q", i.Name, i.Status)
					}
					if of, ok := strings.CutPrefix(i.Name, "Verdict: "); ok && (i.Status == "passed" || strings.HasSuffix(of, verdict.String())) && verdict == reporter.Ready && !good {
						t.Errorf("%s, %q: %q is %s", verdict, problem, i.Name, i.Status)
					}
					if i.Name == "T" && state == reporter.Failed {
						return // it passed, another failed
					}
					about := i.Name == "T" || i.Name == "a" || strings.HasPrefix(i.Name, "C: ")
					if about && i.Status == "passed" && !shown {
						t.Errorf("%s, %s: %q is passed", verdict, state, i.Name)
					}
				})
			}
		}
	}
}

// TestPretended holds that no verdict of a run on nodes that pretended to be Windows goes without saying so.
func TestPretended(t *testing.T) {
	t.Parallel()
	e, q := reportertest.PretendedBuild(t)
	s := reportertest.Answer(t, e, q)
	walk(sonobuoy.Items(&s, sonobuoy.Ending{}), func(i sonobuoy.Item) {
		if strings.HasPrefix(i.Name, "Verdict: ") && !strings.HasSuffix(i.Name, " on pretended Windows nodes") {
			t.Errorf("%q does not say that the nodes pretended", i.Name)
		}
	})
}

// FuzzItems holds that whatever a test says is written so that it can be read, and steers no terminal.
func FuzzItems(f *testing.F) {
	for _, text := range []string{"a", "- b: c", "\x1b[2J", "a\r\nb", "\x00", "\u202e", strings.Repeat("x", 20000), "| \n  x", "? ", "\ufeff", "\u0085"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := reporter.Summary{Incomplete: []reporter.Warning{{Message: text}}, Categories: []reporter.Category{{Name: "C", Abilities: []reporter.Ability{{
			TestCase: specs.TestCase{ID: "a", Description: text, Notes: text}, State: reporter.Failed, Reasons: []string{text}, InPart: true,
			Tests: []reporter.Test{{Name: text, State: reporter.Failed, Message: text, File: text, Line: 1}},
		}}}}}
		data := encoded(t, sonobuoy.Items(&s, sonobuoy.Ending{Problem: text, LastSaid: []string{text}}))
		var back sonobuoy.Item
		if err := yaml.Unmarshal([]byte(data), &back); err != nil {
			t.Fatalf("%v\n%s", err, data)
		}
		if back.Status != "failed" || len(back.Items) != 2 || len(back.Items[1].Items) != 2 || strings.ContainsAny(data, "\x1b\x00\r") {
			t.Fatalf("%q is written as\n%s", text, data)
		}
	})
}
