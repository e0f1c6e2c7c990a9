package runner

import (
	"strconv"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// Settings are what every call of e2e.test has in common. Paths are absolute: with more than one process the ginkgo
// command runs e2e.test in the binary's own folder.
type Settings struct {
	Binary        string   // path of e2e.test
	Ginkgo        string   // path of the ginkgo command; needed for Procs above 1
	Procs         int      // processes that share the tests; 0 and 1: e2e.test alone
	Nodes         int      // schedulable ones of the cluster, for Procs above 1; 0: unknown
	Kubeconfig    string   // "" for the cluster that the runner itself runs in
	Provider      string   // as in e2e.test's --provider
	ReportDir     string   // where e2e.test writes its JUnit
	FlakeAttempts int      // how often a failing test is tried; 0: once
	DryRun        bool     // select, but run nothing
	Verbose       bool     // e2e.test tells where each failure comes from
	ExtraArgs     []string // further arguments of e2e.test, such as "--prepull-images"; they win
}

// command returns the program and arguments of one invocation. Each test is selected by its whole name: what runs is
// what the plan says, whatever else a looser focus would match.
func (s Settings) command(inv Invocation, timeout time.Duration, progressURL string) []string {
	args := []string{
		"--provider=" + s.Provider,
		"--report-dir=" + s.ReportDir,
		"--report-prefix=" + reportdir.Prefix(inv.Number),
		"--node-os-distro=windows",
		"--non-blocking-taints=" + osTaint + ",node-role.kubernetes.io/master,node-role.kubernetes.io/control-plane",
		"--progress-report-url=" + progressURL,
		"--ginkgo.no-color",
		"--ginkgo.v", // names each test, see follower
		"--ginkgo.timeout=" + timeout.Round(time.Second).String(),
		"--ginkgo.flake-attempts=" + strconv.Itoa(max(s.FlakeAttempts, 1)),
	}
	if s.Procs > 1 && s.Nodes > 0 { // e2e.test counts them in its first process only; in others tests that need two would be skipped
		args = append(args, "--num-nodes="+strconv.Itoa(s.Nodes))
	}
	if s.Kubeconfig != "" {
		args = append(args, "--kubeconfig="+s.Kubeconfig)
	}
	if s.DryRun {
		args = append(args, "--ginkgo.dry-run")
	}
	if s.Verbose {
		args = append(args, "--ginkgo.trace")
	}
	for _, focus := range Focus(inv.Tests) {
		args = append(args, "--ginkgo.focus="+focus)
	}
	args = append(args, s.ExtraArgs...)
	if s.Procs <= 1 || s.DryRun {
		return append([]string{s.Binary}, args...)
	}
	ginkgo := []string{s.Ginkgo, "--procs=" + strconv.Itoa(s.Procs), "--timeout=" + timeout.Round(time.Second).String(), "--no-color", s.Binary, "--"}
	return append(ginkgo, args...)
}
