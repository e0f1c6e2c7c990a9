package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/readiness"
)

// BenchmarkRun takes the 23 abilities of the first tool for KEP-2578 through a dry run of the real e2e.test: by one call
// for all, by one call for each (the peer x-each), and by e2e.test alone (the peer x-bare, a ratio above 1 is what
// op-readiness adds). E2E_TEST names the program. The first run asks it for its tests, the later ones have the list.
func BenchmarkRun(b *testing.B) {
	e2e := os.Getenv("E2E_TEST")
	if e2e == "" {
		b.Skip("E2E_TEST does not name an e2e.test; make e2e.test gets one")
	}
	e2e, err := filepath.Abs(e2e)
	if err != nil {
		b.Fatal(err)
	}
	program := filepath.Join(b.TempDir(), "op-readiness")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	cache := b.TempDir()
	ours := []string{program, "run", "--dry-run", "--allow-broad", "--kubernetes-version=1.36", "--e2e-binary=" + e2e,
		"--test-directory=testdata/earlier-abilities.yaml"}
	bare := []string{e2e, "--provider=local", "--ginkgo.dry-run", "--ginkgo.no-color", "--report-dir=" + b.TempDir(), "--ginkgo.focus=" + earlierFocus(b)}
	for b.Loop() {
		first := timed(b, b.TempDir(), ours)
		timed(b, cache, ours) // makes the list
		kept := timed(b, cache, ours)
		alone := timed(b, cache, bare)
		each := timed(b, cache, append(ours, "--isolate"))
		b.ReportMetric(kept.Seconds(), "s/run")
		b.ReportMetric(each.Seconds()/kept.Seconds(), "x-each")
		b.ReportMetric(each.Seconds()/first.Seconds(), "x-each-first")
		b.ReportMetric(kept.Seconds()/alone.Seconds(), "x-bare")
	}
}

// BenchmarkHelp starts the program and lets it print its help, as every call of it does at the least: beside kind, which is
// built for it, and kubectl, if there is one on the PATH. ms/run is the median.
func BenchmarkHelp(b *testing.B) {
	program, kind := filepath.Join(b.TempDir(), "op-readiness"), filepath.Join(b.TempDir(), "kind")
	for _, args := range [][]string{
		{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", program, "."},
		{"go", "-C", "../../hack/tools", "build", "-trimpath", "-ldflags", "-s -w", "-o", kind, "sigs.k8s.io/kind"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			b.Fatalf("%q: %v\n%s", args, err, out)
		}
	}
	peers := map[string]string{"x-kind": kind}
	if kubectl, err := exec.LookPath("kubectl"); err == nil {
		peers["x-kubectl"] = kubectl
	}
	took := map[string][]time.Duration{}
	for b.Loop() {
		for range 10 { // in turn, so that all see the same machine
			took["ours"] = append(took["ours"], timed(b, b.TempDir(), []string{program, "--help"}))
			for name, peer := range peers {
				took[name] = append(took[name], timed(b, b.TempDir(), []string{peer, "--help"}))
			}
		}
	}
	ours := median(took["ours"])
	b.ReportMetric(float64(ours.Microseconds())/1000, "ms/run")
	for name := range peers {
		b.ReportMetric(ours.Seconds()/median(took[name]).Seconds(), name)
	}
}

func median(durations []time.Duration) time.Duration {
	slices.Sort(durations)
	return durations[len(durations)/2]
}

func timed(b *testing.B, cache string, args []string) time.Duration {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), "XDG_CACHE_HOME="+cache, "KUBECONFIG=")
	start := time.Now()
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("%v: %v\n%s", args, err, out)
	}
	return time.Since(start)
}

// earlierFocus is one focus for all 23 abilities.
func earlierFocus(b *testing.B) string {
	categories, err := readiness.LoadSpecs("testdata/earlier-abilities.yaml")
	if err != nil {
		b.Fatal(err)
	}
	focus := ""
	for _, c := range categories {
		for _, tc := range c.TestCases {
			focus += "|" + tc.Focus[0]
		}
	}
	return focus[1:]
}
