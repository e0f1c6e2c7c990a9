package sonobuoy_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// TestProgressOf holds how the ends of tests and of calls add up.
func TestProgressOf(t *testing.T) {
	t.Parallel()
	run := record.Run{Plan: record.Plan{
		Abilities:   []record.Ability{{ID: "a", Category: "C", Tests: []string{"one", "two"}}, {ID: "b", Category: "C", Tests: []string{"two"}}},
		Invocations: []record.Invocation{{Number: 2, Tests: []string{"one", "two", "skips"}}, {Number: 3, Tests: []string{"three"}}},
	}}
	event := func(number int, test string, s record.State) record.Event {
		return record.Event{Invocation: number, Test: test, State: s}
	}
	done := func(ending string) record.Run {
		r := run
		r.Calls = []record.Call{{Number: 2, Ending: ending}}
		return r
	}
	failure := []string{"C a, C b: two"}
	for name, test := range map[string]struct {
		run    record.Run
		events []record.Event
		want   sonobuoy.Progress
	}{
		"nothing":         {run, nil, sonobuoy.Progress{Message: "0 of 4 tests ended, 0 failed", Total: 4}},
		"of a run before": {run, []record.Event{event(1, "one", record.Failed)}, sonobuoy.Progress{Message: "0 of 4 tests ended, 0 failed", Total: 4}},
		"one":             {run, []record.Event{event(2, "one", record.Passed)}, sonobuoy.Progress{Message: "1 of 4 tests ended, 0 failed; the last: one", Total: 4, Completed: 1}},
		"a failure": {run, []record.Event{event(2, "one", record.Passed), event(2, "two", record.Failed)},
			sonobuoy.Progress{Message: "2 of 4 tests ended, 1 failed; the last: two", Total: 4, Completed: 1, Failures: failure}},
		"two failures": {run, []record.Event{event(2, "two", record.Failed), event(2, "one", record.Failed), event(3, "three", record.Failed)},
			sonobuoy.Progress{Message: "3 of 4 tests ended, 3 failed; the last: three", Total: 4, Failures: []string{"C a, C b: two", "C a: one", "three"}}},
		"a skip that is told": {run, []record.Event{event(2, "skips", record.Skipped)}, sonobuoy.Progress{Message: "1 of 4 tests ended, 0 failed; the last: skips", Total: 4, Completed: 1}},
		"a skip that is not": {done(record.Completed), []record.Event{event(2, "one", record.Passed), event(2, "two", record.Failed)},
			sonobuoy.Progress{Message: "3 of 4 tests ended, 1 failed; the last: two", Total: 4, Completed: 2, Failures: failure}},
		"a call that died":           {done(record.Died), []record.Event{event(2, "one", record.Passed)}, sonobuoy.Progress{Message: "1 of 4 tests ended, 0 failed; the last: one", Total: 4, Completed: 1}},
		"a test that nobody planned": {run, []record.Event{event(2, "other", record.Failed)}, sonobuoy.Progress{Message: "0 of 4 tests ended, 0 failed", Total: 4}},
	} {
		for range 20 { // tests come in another order each time
			if diff := cmp.Diff(test.want, sonobuoy.ProgressOf(test.run, test.events)); diff != "" {
				t.Fatalf("%s (-want +got):\n%s", name, diff)
			}
		}
	}
}

// TestPost holds what is posted, and that a refusal is told.
func TestPost(t *testing.T) {
	t.Parallel()
	var got map[string]any
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/progress" || r.Method != http.MethodPost {
			http.NotFound(w, r)
			return
		}
		if err := json.NewDecoder(r.Body).Decode(&got); err != nil || r.Header.Get("Content-Type") != "application/json" {
			t.Error(r.Header, err)
		}
	}))
	defer server.Close()
	p := sonobuoy.Progress{Message: "m", Total: 3, Completed: 1, Failures: []string{"f"}}
	if err := p.Post(t.Context(), server.URL+"/progress"); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff(map[string]any{"msg": "m", "total": 3.0, "completed": 1.0, "failures": []any{"f"}}, got); diff != "" {
		t.Error(diff)
	}
	for _, address := range []string{server.URL + "/", "http://127.0.0.1:1/progress", ":"} {
		if err := p.Post(t.Context(), address); err == nil {
			t.Errorf("%s: no error", address)
		}
	}
}
