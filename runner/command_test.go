package runner

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestCommand holds the arguments of e2e.test, all of them, since what they mean is its business.
func TestCommand(t *testing.T) {
	t.Parallel()
	inv := Invocation{Number: 7, Tests: []string{"[sig-a] one", "[sig-a] two"}}
	plain := []string{
		"--provider=local", "--report-dir=/report", "--report-prefix=e2e-007_", "--node-os-distro=windows",
		"--non-blocking-taints=os,node-role.kubernetes.io/master,node-role.kubernetes.io/control-plane",
		"--progress-report-url=http://127.0.0.1:1/progress", "--ginkgo.no-color", "--ginkgo.v", "--ginkgo.timeout=1h30m0s",
	}
	focus := `--ginkgo.focus=^Kubernetes e2e suite (?:\[sig-a\] one|\[sig-a\] two)$`
	all := func(lists ...[]string) []string {
		var args []string
		for _, list := range lists {
			args = append(args, list...)
		}
		return args
	}
	base := Settings{Binary: "/bin/e2e.test", Ginkgo: "/bin/ginkgo", Provider: "local", ReportDir: "/report"}
	more := base
	more.Kubeconfig, more.FlakeAttempts, more.Verbose, more.ExtraArgs = "/kubeconfig", 3, true, []string{"--more", "--ginkgo.timeout=1s"}
	dry, several, known := base, base, base
	dry.DryRun = true
	several.Nodes = 3
	known.Nodes, known.Prepull, known.RepoList, known.Kubeconfig, known.Context = 3, true, "/list.yaml", "/kubeconfig", "c"
	sent, one := known, base
	sent.Sent, one.Nodes = map[specs.OS]string{specs.Windows: "/of-windows"}, 1
	sent.Taints, sent.Prepull, sent.RepoList, sent.Nodes = nil, false, "", 0
	known.Taints = []string{"a", "os", "b"}
	tainted := slices.Clone(plain)
	tainted[4] = "--non-blocking-taints=os,node-role.kubernetes.io/master,node-role.kubernetes.io/control-plane,a,b"
	for name, test := range map[string]struct {
		settings Settings
		procs    int
		want     []string
	}{
		"one node":           {one, 0, all([]string{"/bin/e2e.test"}, plain, []string{"--ginkgo.flake-attempts=1", "--num-nodes=1", focus})},
		"pods that are sent": {sent, 0, all([]string{"/bin/e2e.test"}, plain, []string{"--ginkgo.flake-attempts=1", "--kubeconfig=/of-windows", focus})},
		"as few as can be":   {base, 0, all([]string{"/bin/e2e.test"}, plain, []string{"--ginkgo.flake-attempts=1", focus})},
		"as many as can be":  {more, 0, all([]string{"/bin/e2e.test"}, plain, []string{"--ginkgo.flake-attempts=3", "--kubeconfig=/kubeconfig", "--ginkgo.trace", focus, "--more", "--ginkgo.timeout=1s"})},
		"a dry run":          {dry, 4, all([]string{"/bin/e2e.test"}, plain, []string{"--ginkgo.flake-attempts=1", "--ginkgo.dry-run", focus})},
		"one process":        {base, 1, all([]string{"/bin/e2e.test"}, plain, []string{"--ginkgo.flake-attempts=1", focus})},
		"two processes":      {base, 2, all([]string{"/bin/ginkgo", "-v", "--procs=2", "--timeout=1h30m0s", "--no-color", "/bin/e2e.test", "--"}, plain, []string{"--ginkgo.flake-attempts=1", focus})},
		"several processes":  {several, 4, all([]string{"/bin/ginkgo", "-v", "--procs=4", "--timeout=1h30m0s", "--no-color", "/bin/e2e.test", "--"}, plain, []string{"--ginkgo.flake-attempts=1", "--num-nodes=3", focus})},
		"a known cluster": {known, 0, all([]string{"/bin/e2e.test"}, tainted, []string{"--ginkgo.flake-attempts=1", "--num-nodes=3", "--prepull-images",
			"--kube-test-repo-list=/list.yaml", "--context=c", "--kubeconfig=/kubeconfig", focus})},
	} {
		inv.Procs = test.procs
		if inv.Send = ""; test.settings.Sent != nil {
			inv.Send = specs.Windows
		}
		got := test.settings.command(inv, 90*time.Minute+300*time.Millisecond, "http://127.0.0.1:1/progress")
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
