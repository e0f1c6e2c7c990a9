package runner

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Settings are what every call of e2e.test has in common. Paths are absolute: with more than one process the ginkgo
// command runs e2e.test in the binary's own folder.
type Settings struct {
	Binary        string              // path of e2e.test
	Ginkgo        string              // path of the ginkgo command; needed for invocations of several processes
	Nodes         int                 // schedulable ones of the cluster; 0: unknown
	Taints        []string            // keys of taints for whose nodes e2e.test need not wait, besides the usual ones
	Prepull       bool                // the nodes pull the images of tests before the first one; a Run has them do so once
	RepoList      string              // file or address of a list of registries that stand for those of tests; "": none
	Kubeconfig    string              // "" for the cluster that the runner itself runs in
	Context       string              // of the kubeconfig; "": its current one
	Sent          map[specs.OS]string // kubeconfigs for invocations that send pods somewhere, instead of the other; none for such as need none
	Provider      string              // as in e2e.test's --provider
	ReportDir     string              // where e2e.test writes its JUnit
	FlakeAttempts int                 // how often a failing test is tried; 0: once
	DryRun        bool                // select, but run nothing
	Verbose       bool                // e2e.test tells where each failure comes from
	ExtraArgs     []string            // further arguments of e2e.test, such as "--allowed-not-ready-nodes=1"; they win
}

// usualTaints are the keys of taints for which e2e.test need not wait on any cluster: those of control planes, and the one by
// which clusters of two operating systems keep pods apart.
func usualTaints() []string {
	return []string{"os", "node-role.kubernetes.io/master", "node-role.kubernetes.io/control-plane"}
}

// nonBlocking are the usual taints and those of the cluster, each once.
func (s Settings) nonBlocking() string {
	keys := usualTaints()
	for _, key := range s.Taints {
		if !slices.Contains(keys, key) {
			keys = append(keys, key)
		}
	}
	return strings.Join(keys, ",")
}

// command returns the program and arguments of one invocation. Each test is selected by its whole name: what runs is
// what the plan says, whatever else a looser focus would match.
func (s Settings) command(inv Invocation, timeout time.Duration, progressURL string) []string {
	args := []string{
		"--provider=" + s.Provider,
		"--report-dir=" + s.ReportDir,
		"--report-prefix=" + reportdir.Prefix(inv.Number),
		"--node-os-distro=windows",
		"--non-blocking-taints=" + s.nonBlocking(),
		"--progress-report-url=" + progressURL,
		"--ginkgo.no-color",
		"--ginkgo.v", // names each test, see follower
		"--ginkgo.timeout=" + timeout.Round(time.Second).String(),
		"--ginkgo.flake-attempts=" + strconv.Itoa(max(s.FlakeAttempts, 1)),
	}
	if s.Nodes > 0 { // e2e.test counts them in the first of several processes only; in others tests that need two would be skipped
		args = append(args, "--num-nodes="+strconv.Itoa(s.Nodes))
	}
	if s.Prepull {
		args = append(args, "--prepull-images")
	}
	if s.RepoList != "" {
		args = append(args, "--kube-test-repo-list="+s.RepoList)
	}
	kubeconfig, kubeContext := s.Kubeconfig, s.Context
	if path, sent := s.Sent[inv.Send]; sent {
		kubeconfig, kubeContext = path, ""
	}
	if kubeContext != "" {
		args = append(args, "--context="+kubeContext)
	}
	if kubeconfig != "" {
		args = append(args, "--kubeconfig="+kubeconfig)
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
	if !s.parallel(inv) {
		return append([]string{s.Binary}, args...)
	}
	ginkgo := []string{s.Ginkgo, "-v", "--procs=" + strconv.Itoa(inv.Procs), "--timeout=" + timeout.Round(time.Second).String(), "--no-color", s.Binary, "--"}
	return append(ginkgo, args...)
}

// parallel tells whether several processes share the tests of an invocation. In none of them e2e.test is alone.
func (s Settings) parallel(inv Invocation) bool { return inv.Procs > 1 && !s.DryRun }
