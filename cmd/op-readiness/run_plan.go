package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

func compareTests(a, b reporter.Test) int { return cmp.Compare(a.Name, b.Name) }

// preflight looks at the cluster, shows it, and refuses one on which nothing can be proven. A plan or a dry run asks only
// a cluster that the user named, for its version, and does without it.
func (r *readinessRun) preflight(ctx context.Context, s streams) error {
	named := r.kubeconfig != "" || os.Getenv("KUBECONFIG") != ""
	nothingRuns := r.printPlan || r.dryRun
	if nothingRuns && (r.version != "" || !named) {
		return nil
	}
	cluster, err := r.inspect(ctx)
	if nothingRuns {
		if err != nil {
			fmt.Fprintf(s.err, "warning: the cluster was not asked for its version: %v\n", err)
			return nil
		}
		r.cluster = &cluster
		return nil
	}
	if err != nil {
		return err
	}
	r.cluster = &cluster
	writeCluster(s.err, cluster)
	warnings, err := cluster.Check()
	for _, w := range append(warnings, r.toolWarnings()...) {
		fmt.Fprintf(s.err, "warning: %s\n", w)
	}
	return err
}

// toolWarnings holds e2e.test against the cluster, and looks for kubectl, which many tests call.
func (r *readinessRun) toolWarnings() []string {
	var warnings []string
	binary, binaryErr := specs.ParseVersion(r.e2e.Release)
	cluster, clusterErr := specs.ParseVersion(r.cluster.Version)
	if binaryErr == nil && clusterErr == nil && binary != cluster {
		warnings = append(warnings, fmt.Sprintf("e2e.test is of Kubernetes %s, the cluster of %s: tests may fail for that alone", r.e2e.Release, r.cluster.Version))
	}
	named := slices.ContainsFunc(r.extraArgs, func(arg string) bool { return strings.HasPrefix(arg, "--kubectl-path") })
	if _, err := exec.LookPath("kubectl"); err != nil && !named {
		warnings = append(warnings, "kubectl is not on the PATH: tests that call it will fail; name it with --extra-arg=--kubectl-path=FILE")
	}
	return warnings
}

func (r *readinessRun) inspect(ctx context.Context) (runner.Cluster, error) {
	path, err := findKubeconfig(r.kubeconfig)
	if err != nil {
		return runner.Cluster{}, err
	}
	r.kubeconfig = path
	config, err := runner.Connect(path)
	if err != nil {
		return runner.Cluster{}, err
	}
	return runner.Inspect(ctx, config)
}

func (r *readinessRun) clusterVersion() string {
	if r.cluster == nil {
		return ""
	}
	return r.cluster.Version
}

// findKubeconfig returns the absolute path of the kubeconfig, or "" for the cluster that the program runs in: the one
// named, $KUBECONFIG, the pod's own, ~/.kube/config.
func findKubeconfig(named string) (string, error) {
	path := named
	if path == "" {
		path = filepath.SplitList(os.Getenv("KUBECONFIG") + string(filepath.ListSeparator))[0]
	}
	if path == "" && os.Getenv("KUBERNETES_SERVICE_HOST") != "" {
		return "", nil
	}
	if home, err := os.UserHomeDir(); path == "" && err == nil {
		if path = filepath.Join(home, ".kube", "config"); !exists(path) {
			path = ""
		}
	}
	if path == "" {
		return "", hintError{errors.New("there is no cluster to test"), "name it with --kubeconfig or KUBECONFIG"}
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if !exists(path) {
		return "", fmt.Errorf("kubeconfig %q is not there", path)
	}
	return path, nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// writeCluster shows the nodes in a short table.
func writeCluster(w io.Writer, c runner.Cluster) {
	fmt.Fprintf(w, "cluster %s, Kubernetes %s\n", c.Server, c.Version)
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  NODE\tOS\tBUILD\tRUNTIME\tKUBELET\tSTATE")
	for _, n := range c.Nodes {
		state := "ready"
		switch {
		case !n.Ready:
			state = "not ready"
		case !n.Schedulable:
			state = "not schedulable"
		}
		if len(n.Taints) > 0 {
			state += ", taints " + strings.Join(n.Taints, " ")
		}
		fmt.Fprintf(t, "  %s\t%s\t%s\t%s\t%s\t%s\n", n.Name, cmp.Or(n.OSImage, n.OS), n.Build, n.Runtime, n.Kubelet, state)
	}
	_ = t.Flush() // talk: what cannot be shown does not stop a run
}

// printPlan shows what would run.
func (r *readinessRun) showPlan(s streams) error {
	if r.output == "json" {
		encoder := json.NewEncoder(s.out)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r.plan)
	}
	_, err := io.WriteString(s.out, r.planTable())
	return err
}

func (r *readinessRun) planTable() string {
	var text strings.Builder
	fmt.Fprintf(&text, "Kubernetes %s, %s with %d tests\n", r.version, cmp.Or(r.e2e.Release, "an e2e.test that does not tell its version"), len(r.e2e.Tests))
	for _, inv := range r.plan.Invocations {
		kind := ""
		if inv.Disruptive {
			kind = ", disruptive"
		}
		fmt.Fprintf(&text, "\nInvocation %d: %s%s\n", inv.Number, count(len(inv.Tests), "test"), kind)
		t := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
		for _, a := range r.plan.Abilities {
			if n := overlap(a.Tests, inv.Tests); n > 0 {
				fmt.Fprintf(t, "  %s\t%s\t%s\n", a.Category, a.ID, count(n, "test"))
			}
		}
		_ = t.Flush() // a strings.Builder does not fail
	}
	heading := "\nNot run:\n"
	for _, a := range r.plan.Abilities {
		if a.NotRun != "" {
			fmt.Fprintf(&text, "%s  %s %s: %s\n", heading, a.Category, a.ID, a.NotRun)
			heading = ""
		}
	}
	return text.String()
}

// overlap counts what two lists share.
func overlap(a, b []string) int {
	in := map[string]bool{}
	for _, item := range b {
		in[item] = true
	}
	n := 0
	for _, item := range a {
		if in[item] {
			n++
		}
	}
	return n
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
