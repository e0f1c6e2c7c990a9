package testinfra

import (
	"slices"
	"testing"
)

func TestAllowsDashboard(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"sig-windows-op-readiness":     true,
		"cluster-api-provider-azure-x": true,
		"conformance":                  true,
		"sigwindows":                   false,
		"windows-op-readiness":         false,
		"":                             false,
	}
	for name, want := range tests {
		if got := AllowsDashboard(name); got != want {
			t.Errorf("%q: got %v, want %v", name, got, want)
		}
	}
}

// TestClustersAreApart holds that no cluster is both for everybody's jobs and for those with credentials.
func TestClustersAreApart(t *testing.T) {
	t.Parallel()
	for _, cluster := range TrustedClusters() {
		if slices.Contains(BuildClusters(), cluster) {
			t.Errorf("%s runs both", cluster)
		}
	}
}
