package record_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// TestIs holds by what clusters are told apart.
func TestIs(t *testing.T) {
	t.Parallel()
	of := func(id, server string) record.Cluster { return record.Cluster{ID: id, Server: server} }
	for _, test := range []struct {
		a, b record.Cluster
		want bool
	}{
		{of("", "x"), of("", "x"), true},
		{of("", "x"), of("", "y"), false},
		{of("1", "x"), of("1", "y"), true},
		{of("1", "x"), of("2", "x"), false},
		{of("1", "x"), of("", "x"), true},
		{of("1", "x"), of("", "y"), false},
	} {
		if test.a.Is(test.b) != test.want || test.b.Is(test.a) != test.want {
			t.Errorf("%+v and %+v: want %t", test.a, test.b, test.want)
		}
	}
}

// TestAfter holds that what a second run into a folder knows of its cluster goes behind what the first one knew, and that nodes were
// watched only if both did.
func TestAfter(t *testing.T) {
	t.Parallel()
	at := func(second int) time.Time { return time.Date(2026, 1, 2, 3, 4, second, 0, time.UTC) }
	change := func(second int, name string) record.Change {
		return record.Change{Time: at(second), Node: record.Node{Name: name}}
	}
	nodes := func(name string) []record.Node { return []record.Node{{Name: name}} }
	for _, test := range []struct{ before, now, want bool }{{true, true, true}, {true, false, false}, {false, true, false}, {false, false, false}} {
		before := record.Cluster{Server: "x", Nodes: nodes("a"), Changes: append(make([]record.Change, 0, 9), change(1, "b")), Watched: test.before}
		now := record.Cluster{Server: "y", Nodes: nodes("c"), Changes: []record.Change{change(6, "d")}, Watched: test.now}
		want := record.Cluster{Server: "y", Nodes: nodes("a"), Changes: []record.Change{change(1, "b"), change(5, "c"), change(6, "d")}, Watched: test.want}
		if diff := cmp.Diff(want, now.After(&before, at(5))); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", test, diff)
		}
		if got := before.Changes[:2][1]; got.Node.Name != "" {
			t.Errorf("what was known before got %+v", got)
		}
	}
	now := record.Cluster{Nodes: nodes("c"), Watched: true}
	if diff := cmp.Diff(record.Cluster{Nodes: nodes("c")}, now.After(nil, at(5))); diff != "" {
		t.Errorf("nobody looked before (-want +got):\n%s", diff)
	}
}

// TestKnown holds that only what the API server listed is known.
func TestKnown(t *testing.T) {
	t.Parallel()
	unlisted := []record.Unlisted{{What: record.Webhooks, Why: "forbidden"}}
	if record.Known(unlisted, record.Webhooks) || !record.Known(unlisted, record.Policies) || !record.Known(nil, record.Webhooks) {
		t.Error("webhooks were not listed, and policies were")
	}
}
