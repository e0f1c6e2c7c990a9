package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// sessionKilled is the script command "sessionkilled READY OTHER...", of scenarios of which only the first can be ready: a run for Sonobuoy is killed (-9) at random moments, a third as
// often as -kills says. Nothing of it is left a second later, and whatever lies in the folder for Sonobuoy is passed only if the run
// is ready. Then it is begun again in the same folder, as the pod of a Job is, and hands over: passed if and only if this one is ready.
func sessionKilled(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: sessionkilled READY OTHER...")
	}
	command := []string{"sonobuoy", "run", "--", "--e2e-binary", "./e2e.test", "--kubeconfig", "kubeconfig", "--test-directory", "spec.yaml"}
	start := time.Now()
	undisturbed(ts, args[0])
	took := time.Since(start) + 200*time.Millisecond // and for what the session adds
	moments := rand.New(rand.NewPCG(3, 4))
	without, passed, again := 0, 0, 0
	for i := range max(2, *kills/3) {
		k := killedSession{folder: "session-" + strconv.Itoa(i), moment: time.Duration(moments.Int64N(int64(took))), canPass: i%len(args) == 0}
		ts.Setenv("FAKE_E2E", ts.MkAbs(args[i%len(args)]))
		ts.Setenv("SONOBUOY_RESULTS_DIR", ts.MkAbs(k.folder))
		killAt(ts, k.folder, k.moment, command)
		if _, err := os.Stat(ts.MkAbs(k.folder + "/done")); err != nil {
			without++
		}
		if k.passes(ts) {
			passed++
		}
		code := ts.Exec("op-readiness", command...)
		if done := strings.TrimSpace(ts.ReadFile(k.folder + "/done")); done != ts.MkAbs(sonobuoy.Folder(k.folder)) {
			ts.Fatalf("killed after %s and begun again: the done file says %q", k.moment, done)
		}
		if (code == nil) != k.passes(ts) {
			ts.Fatalf("killed after %s and begun again: it ends with %v, and the results are otherwise", k.moment, code)
		}
		if code == nil {
			again++
		}
	}
	ts.Logf("%d without a done file, %d passed; %d passed when begun again", without, passed, again)
}

// killedSession is a session that was killed.
type killedSession struct {
	folder  string        // in which Sonobuoy waits
	moment  time.Duration // after its start
	canPass bool          // whether its scenario can be ready
}

// passes tells whether Sonobuoy would call passed what lies in a folder by our items, and fails if the report of it says anything but
// ready then. By JUnit it is passed as soon as the run has written its rows, if it can pass at all.
func (k killedSession) passes(ts *testscript.TestScript) bool {
	results := sonobuoy.Folder(k.folder)
	items, _ := os.ReadFile(ts.MkAbs(results + "/" + reportdir.Items)) // nil: it had not come to that
	rows, _ := os.ReadFile(ts.MkAbs(results + "/" + reportdir.View))
	byItems, byRows := strings.Contains(string(items), "\nstatus: passed\n"), len(rows) > 0 && !strings.Contains(string(rows), "<failure")
	if byRows && !k.canPass {
		ts.Fatalf("killed after %s: passed by JUnit\n%s", k.moment, rows)
	}
	if !byItems {
		return false
	}
	if err := ts.Exec("op-readiness", "report", results, "--test-directory", "spec.yaml"); err != nil {
		ts.Fatalf("killed after %s: passed, and the report ends with %v\n%s", k.moment, err, ts.ReadFile("stdout"))
	}
	return true
}
