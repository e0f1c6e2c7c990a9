package main

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// kills is how often a run is killed at a random moment. More: go test ./cmd/op-readiness -run TestScripts/run-kills -timeout 60m -kills 200
var kills = flag.Int("kills", 3, "how often a run is killed at a random moment")

// killed is the script command "killed SCENARIO...": a run is killed, again and again, each time at another moment and with
// the next scenario. Nothing of it is left a second later, it is not green, and what goes on with it comes to the same verdict
// as a run that nobody disturbed.
func killed(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: killed SCENARIO...")
	}
	verdicts, moments := map[string]string{}, rand.New(rand.NewPCG(1, 2))
	shortest := time.Minute // of the runs: the first one also asks e2e.test for its tests
	for _, scenario := range args {
		start := time.Now()
		verdicts[scenario] = undisturbed(ts, scenario)
		shortest = min(shortest, time.Since(start))
	}
	cut, resumed := 0, 0
	for i := range *kills {
		scenario := args[i%len(args)]
		ts.Setenv("FAKE_E2E", ts.MkAbs(scenario))
		folder := "kill-" + strconv.Itoa(i)
		moment := time.Duration(moments.Int64N(int64(shortest)))
		killAt(ts, folder, moment, runOf(folder))
		code := ts.Exec("op-readiness", "report", folder, "--test-directory", "spec.yaml")
		if whole, _ := os.ReadFile(ts.MkAbs(folder + "/op-readiness.json")); !bytes.Contains(whole, []byte(`"endedBy": "complete"`)) {
			cut++
			if code == nil || strings.Contains(ts.ReadFile("stdout"), "\nREADY: ") {
				ts.Fatalf("killed after %s: green\n%s", moment, ts.ReadFile("stdout"))
			}
		}
		command := runOf(folder)
		if _, err := os.Stat(ts.MkAbs(folder + "/op-readiness.json")); err == nil {
			command = append(command, "--resume")
			resumed++
		}
		_ = ts.Exec("op-readiness", command...) // 0 or 1, as the verdict is
		if got := headline(ts.ReadFile("stdout")); got != verdicts[scenario] {
			ts.Fatalf("killed after %s: %q, undisturbed %q\n%s\n%s", moment, got, verdicts[scenario], ts.ReadFile("stdout"), ts.ReadFile("stderr"))
		}
	}
	ts.Logf("%d killed, %d before their end, %d resumed", *kills, cut, resumed)
}

func runOf(folder string) []string {
	return []string{"run", "--e2e-binary", "./e2e.test", "--kubeconfig", "kubeconfig", "--test-directory", "spec.yaml", "--report-dir", folder}
}

// undisturbed is the verdict of a run that nobody kills.
func undisturbed(ts *testscript.TestScript, scenario string) string {
	ts.Setenv("FAKE_E2E", ts.MkAbs(scenario))
	ts.Check(ts.Exec("cp", ts.Getenv("E2E"), "e2e.test"))
	_ = ts.Exec("op-readiness", runOf("undisturbed-"+scenario)...)
	verdict := headline(ts.ReadFile("stdout"))
	if verdict == "" {
		ts.Fatalf("%s: no verdict\n%s", scenario, ts.ReadFile("stderr"))
	}
	return verdict
}

// killAt kills the program, at work in a folder, after some time, and waits until nothing of it is left.
func killAt(ts *testscript.TestScript, folder string, after time.Duration, command []string) {
	mark := fmt.Sprintf("KILLED=%s/%s", ts.MkAbs("."), folder)
	cmd := exec.Command(ts.Getenv("OP_READINESS"), command...)
	cmd.Dir = ts.MkAbs(".")
	cmd.Env = []string{mark}
	for _, name := range []string{"PATH", "HOME", "XDG_CACHE_HOME", "FAKE_E2E", "SONOBUOY_RESULTS_DIR"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	ts.Check(cmd.Start())
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	timer.Stop()
	deadline := time.After(time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for len(marked(mark)) > 0 {
		select {
		case <-tick.C:
		case <-deadline:
			ts.Fatalf("killed after %s: a second later %q are left", after, marked(mark))
		}
	}
}

// marked are the processes that have a variable in their environment.
func marked(variable string) []string {
	var found []string
	names, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range names {
		environment, err := os.ReadFile(name)
		if err == nil && bytes.Contains(environment, []byte(variable+"\x00")) {
			command, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
			found = append(found, strings.ReplaceAll(string(command), "\x00", " "))
		}
	}
	return found
}
