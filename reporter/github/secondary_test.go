package github_test

import (
	"encoding/json"
	"os"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter/github/githubtest"
)

// TestSecondaryLimits holds that GitHub's own words about a secondary limit, as people have met them over the years, are
// understood without any header: a minute is waited for, and up to a half more.
func TestSecondaryLimits(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/secondary-limits.json")
	if err != nil {
		t.Fatal(err)
	}
	var answers []struct {
		Source string // where somebody shows it
		Status int
		Body   json.RawMessage
	}
	if err := json.Unmarshal(data, &answers); err != nil || len(answers) < 4 {
		t.Fatalf("%d answers, %v", len(answers), err)
	}
	for _, answer := range answers {
		t.Run(answer.Source, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.Fail(githubtest.Fault{Method: "POST", Times: 1, Status: answer.Status, Body: string(answer.Body)})
			post(t, f.client(t), say("new"))
			f.want(t, said("new"))
			if got := f.total(); got < time.Minute || got > 90*time.Second {
				t.Errorf("waited %s", got)
			}
		})
	}
}
