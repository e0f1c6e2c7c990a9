package runner_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestDisruptive holds which tests run last, on their own: those with the label, and, though they carry none, those that
// reboot a node, shut it down, or fill its memory.
func TestDisruptive(t *testing.T) {
	t.Parallel()
	disruptive := []string{
		"[sig-apps] Daemon set [Disruptive] should retry",
		"[sig-node] Graceful Node Shutdown [Serial] ends pods",
		"[sig-windows] [Feature:Windows] Eviction [Serial] [Slow] should evict a pod when a node experiences memory pressure",
		"[sig-windows] [Feature:Windows] GracefulNodeShutdown [Serial] [Slow] should be able to gracefully shutdown pods",
		"[sig-windows] [Feature:Windows] RebootHost containers [Serial] [Slow] should run as a reboot process on the host/node",
	}
	peaceful := []string{
		"[sig-node] NoExecuteTaintManager Single Pod [Serial] doesn't evict pod with tolerations from tainted nodes",
		"[sig-scheduling] SchedulerPreemption [Serial] validates basic preemption works [Conformance]",
		"[sig-windows] [Feature:Windows] Cpu Resources [Serial] Container limits should not be exceeded after waiting 2 minutes",
		"[sig-windows] [Feature:Windows] Memory Limits [Serial] [Slow] should equal a calculated allocatable memory value",
	}
	categories, err := specs.Parse([]specs.File{{Name: "spec.yaml", Data: []byte("testCases:\n- {category: Core.Network, id: all, description: d, focus: [sig]}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := runner.NewPlan(categories, append(disruptive, peaceful...), runner.PlanOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := []runner.Invocation{
		{Number: 1, Abilities: []string{"all"}, Tests: peaceful},
		{Number: 2, Abilities: []string{"all"}, Tests: disruptive, Disruptive: true},
	}
	if diff := cmp.Diff(want, p.Invocations); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
