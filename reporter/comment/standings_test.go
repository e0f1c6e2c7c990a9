package comment_test

import (
	"fmt"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/golden"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// failedIn is a job in which a test failed for each standing, in one ability each, and one for all jobs.
func failedIn(job string, shared reporter.Standing, standings ...reporter.Standing) reporter.Summary {
	s := reporter.Summary{Build: buildOf(job), Verdict: reporter.NotReady, End: reporter.End{State: reporter.FailedJob}, Ledger: reporter.Ledger{Files: 1, Suite: 1}}
	ability := func(id, name string, standing reporter.Standing) reporter.Ability {
		return reporter.Ability{TestCase: specs.TestCase{ID: id, Description: "it " + id}, State: reporter.Failed, Standing: standing, Tests: []reporter.Test{
			{Name: name, State: reporter.Failed, Status: "failed", File: "junit.xml", Line: 1, Message: "alas"},
		}}
	}
	c := reporter.Category{Name: "Core.Network", Required: true, Verdict: reporter.NotReady, Abilities: []reporter.Ability{
		ability("works", "the shared test", shared), ability("works-for-"+job, "the shared test", shared),
	}}
	for i, standing := range standings {
		c.Abilities = append(c.Abilities, ability(fmt.Sprintf("is-%d", i), fmt.Sprintf("test %d", i), standing))
	}
	s.Categories = []reporter.Category{c}
	return s
}

// standings are all that there are, not in the order in which they are shown.
func standings() []reporter.Standing {
	return []reporter.Standing{
		{Kind: reporter.AlsoFailing, Since: "17", Failed: 3, Of: 4}, {Kind: reporter.FlakyThere, Failed: 1, Of: 4}, {}, {Kind: reporter.Unclear, Failed: 1, Of: 1},
		{Kind: reporter.New, Of: 4}, {Kind: reporter.New},
	}
}

// TestStandings holds what is said of failures of each standing, in their order, and of one that several jobs have: once, by the
// standing that most needs a look, with the places of some and the abilities of all.
func TestStandings(t *testing.T) {
	t.Parallel()
	shared := []reporter.Standing{{Kind: reporter.AlsoFailing, Since: "17"}, {Kind: reporter.New, Of: 4}, {Kind: reporter.FlakyThere, Failed: 1, Of: 4}, {}, {}, {}}
	var jobs []reporter.Summary
	for i, standing := range shared {
		var own []reporter.Standing
		if i == 0 {
			own = standings()
		}
		jobs = append(jobs, failedIn(fmt.Sprintf("job-%d", i), standing, own...))
	}
	text := render(jobsOf(jobs...))
	golden.Check(t, "testdata/standings.md", text)
	checkComment(t, text, nil)
	if text := render(jobsOf(jobs[:5]...)); !strings.Contains(text, " and in 1 more job") {
		t.Errorf("it does not say that one more job has it:\n%s", text)
	}
}

// TestHistory holds that a test's row on TestGrid is linked to if its name is not too long for an address.
func TestHistory(t *testing.T) {
	t.Parallel()
	for length, want := range map[int]int{300: 1, 301: 0} {
		job := failedIn("job", reporter.Standing{})
		for i := range job.Categories[0].Abilities {
			job.Categories[0].Abilities[i].Tests[0].Name = strings.Repeat("x", length)
		}
		if text := render(jobsOf(job)); strings.Count(text, "include-filter-by-regex=") != want {
			t.Errorf("a name of %d bytes:\n%s", length, text)
		}
	}
}

// TestMany holds what is said of more than a comment names: jobs, categories, builds that do not count.
func TestMany(t *testing.T) {
	t.Parallel()
	var c comment.Content
	for i := range 7 {
		s := failedIn(fmt.Sprintf("job-%d", i), reporter.Standing{})
		s.End.State, s.Declared = reporter.Cut, "windows"
		s.KubernetesVersion = "v1.36.3"
		category := s.Categories[0]
		for _, name := range []string{"Core.Storage", "Core.Scheduling", "Core.Concurrent", "Extend.Worker"} {
			other := category
			other.Name, other.Required, other.Abilities = name, name != "Extend.Worker", []reporter.Ability{{State: reporter.Exempt}}
			s.Categories = append(s.Categories, other)
		}
		c.Jobs = append(c.Jobs, comment.Job{Summary: s, Earlier: []reporter.EndState{reporter.Succeeded, reporter.Running, reporter.Cut, reporter.FailedJob, reporter.FailedJob, reporter.EndUnknown}})
		c.Refused = append(c.Refused, reporter.Warning{Message: fmt.Sprintf("build %d does not count", i)})
	}
	text := render(c)
	golden.Check(t, "testdata/many.md", text)
	checkComment(t, text, nil)
}
