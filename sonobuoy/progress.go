package sonobuoy

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// Progress is how far a run is, in the form of Sonobuoy's worker. Sonobuoy shows the number of failures, and what is left of
// the total without those and the completed ones.
type Progress struct {
	Message   string   `json:"msg"`
	Total     int      `json:"total"`              // tests of all calls
	Completed int      `json:"completed"`          // of these, that ended without a failure, skipped ones among them
	Failures  []string `json:"failures,omitempty"` // those that failed, each with its abilities
}

// ProgressOf is how far a run is by its record and its journal. Of a call that ended by itself all tests count as completed
// that did not fail: not every test that is skipped is told as it ends. It is no judgement.
func ProgressOf(run record.Run, journal []record.Event) Progress {
	state, tests, last := map[string]record.State{}, map[string]bool{}, ""
	for _, inv := range run.Plan.Invocations {
		over := slices.ContainsFunc(run.Calls, func(c record.Call) bool { return c.Number == inv.Number && c.Ending == record.Completed })
		for _, test := range inv.Tests {
			if tests[test] = true; over {
				state[test] = record.Skipped
			}
		}
	}
	for _, e := range journal {
		if tests[e.Test] && planned(run, e) {
			state[e.Test], last = e.State, e.Test
		}
	}
	p := Progress{Total: len(tests)}
	for test, s := range state {
		if s == record.Failed {
			p.Failures = append(p.Failures, strings.Join(append(abilities(run.Plan, test), test), ": "))
		} else {
			p.Completed++
		}
	}
	slices.Sort(p.Failures)
	p.Message = fmt.Sprintf("%d of %d tests ended, %d failed", len(state), p.Total, len(p.Failures))
	if last != "" {
		p.Message += "; the last: " + text(last, maxName)
	}
	return p
}

// planned tells whether an event is of a call of the present plan.
func planned(run record.Run, e record.Event) bool {
	return slices.ContainsFunc(run.Plan.Invocations, func(i record.Invocation) bool { return i.Number == e.Invocation })
}

// abilities names those that a test is for.
func abilities(plan record.Plan, test string) []string {
	var names []string
	for _, a := range plan.Abilities {
		if slices.Contains(a.Tests, test) {
			names = append(names, a.Category+" "+a.ID)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []string{strings.Join(names, ", ")}
}

// Post tells Sonobuoy's worker, at an address such as http://localhost:8099/progress.
func (p Progress) Post(ctx context.Context, address string) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("telling progress: %w", err)
	}
	request.Header.Set("Content-Type", "application/json")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return fmt.Errorf("telling progress: %w", err)
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20)) // so that the connection can be used again
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("telling progress: %s answers %s", address, answer.Status)
	}
	return nil
}
