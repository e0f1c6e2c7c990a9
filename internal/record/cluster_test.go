package record_test

import (
	"testing"

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
