package capi

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

// TestMetrics holds what is measured of a Cluster, and that nothing is once it does not ask.
func TestMetrics(t *testing.T) {
	t.Parallel()
	s := available()
	s.cluster.Annotations[HoldAnnotation] = "true"
	w := newWorld(t, s)
	w.look(t)
	registry := prometheus.NewRegistry()
	registry.MustRegister(newMetrics(w.Controller))
	measured := func() []string {
		families, err := registry.Gather()
		if err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, f := range families {
			for _, m := range f.GetMetric() {
				line := f.GetName()
				for _, l := range m.GetLabel() {
					line += " " + l.GetValue()
				}
				lines = append(lines, fmt.Sprintf("%s %g", line, m.GetGauge().GetValue()+m.GetCounter().GetValue()))
			}
		}
		return lines
	}
	want := []string{"op_readiness_cluster_condition one team Running Unknown 1", "op_readiness_cluster_upgrade_held one team 1", "op_readiness_runs_started_total 1"}
	if got := measured(); !slices.Equal(got, want) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
	c := w.cluster(t)
	delete(c.Annotations, CategoriesAnnotation)
	if err := w.Client.Update(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := measured(); !slices.Equal(got, want[2:]) {
		t.Errorf("%s", strings.Join(got, "\n"))
	}
}
