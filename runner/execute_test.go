package runner

import (
	"bytes"
	"context"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// standInRun is a run of the stand-in with a plan of one invocation for each list of arguments.
func standInRun(t *testing.T, arguments ...string) Run {
	t.Helper()
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r := Run{
		Settings: Settings{Binary: binary, Provider: "local", ReportDir: t.TempDir(), ExtraArgs: arguments},
		Plan:     Plan{Invocations: []Invocation{{Number: 4, Abilities: []string{"a"}, Tests: []string{"[sig-a] one", "[sig-a] two"}}}},
		Timeout:  time.Minute, Grace: time.Minute,
	}
	return r
}

// execute carries a run out and returns its results without what no test can foresee.
func execute(t *testing.T, r Run) []Result {
	t.Helper()
	results, err := r.Execute(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for i, result := range results {
		if len(result.Command) < 10 || result.Command[0] != r.Binary || result.Seconds <= 0 || result.Seconds > 120 {
			t.Errorf("command %q, %v s", result.Command, result.Seconds)
		}
		results[i].Command, results[i].Seconds = nil, 0
	}
	return results
}

// waiter is an output that tells when something is said.
type waiter struct {
	says chan struct{}
}

func (w waiter) Write(p []byte) (int, error) {
	select {
	case w.says <- struct{}{}:
	default:
	}
	return len(p), nil
}

// TestExecute holds what is known of each way in which e2e.test can end by itself.
func TestExecute(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process does not end by signals")
	}
	junit := []string{"junit_e2e-004_01.xml"}
	for name, test := range map[string]struct {
		arguments []string
		want      Result
	}{
		"all is well":          {[]string{"--junit"}, Result{Ending: Completed, JUnit: junit}},
		"tests failed":         {[]string{"--junit", "--exit=1"}, Result{Ending: Completed, ExitCode: 1, JUnit: junit}},
		"told by posts":        {[]string{"--junit", "--post=PASSED [sig-a] one", "--post=FAILED [sig-a] two"}, Result{Ending: Completed, JUnit: junit, Told: 2}},
		"told by what it says": {[]string{"--junit", `--say=----------\n[sig-a] one\n• [1.0 seconds]\n`}, Result{Ending: Completed, JUnit: junit, Told: 1}},
		"it wrote nothing": {[]string{`--say=one\ntwo\n`, "--exit=3"}, Result{
			Ending: Completed, ExitCode: 3, Problem: "e2e.test ended with exit code 3 and wrote no JUnit", LastSaid: []string{"one", "two"},
		}},
		"it wrote nothing and says nothing": {nil, Result{
			Ending: Completed, Problem: "e2e.test ended with exit code 0 and wrote no JUnit", LastSaid: []string{""},
		}},
		"it says that it failed": {[]string{"--junit", `--say=one\nFAIL! - Suite Timeout Elapsed -- 1 Passed\n`}, Result{
			Ending: Completed, JUnit: junit, Problem: "e2e.test said that its suite failed, and ended with exit code 0",
			LastSaid: []string{"one", "FAIL! - Suite Timeout Elapsed -- 1 Passed"},
		}},
		"it died": {[]string{"--junit", `--say=alas\n`, "--kill"}, Result{
			Ending: Died, ExitCode: -1, JUnit: junit, Problem: "e2e.test died: signal: killed", LastSaid: []string{"alas"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test.want.Number = 4
			if diff := cmp.Diff([]Result{test.want}, execute(t, standInRun(t, test.arguments...))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestExecuteSeveral holds that invocations run one after another, whatever becomes of those before, that the observer is
// told of all, and that what they said is kept behind what was said before, and passed on.
func TestExecuteSeveral(t *testing.T) {
	t.Parallel()
	r := standInRun(t, `--say=----------\n[sig-a] one\n• [1.0 seconds]\n----------\n[sig-a] two\n• [FAILED] [1.0 seconds]\nwords\n`, "--exit=1")
	r.Plan.Invocations = append(r.Plan.Invocations, Invocation{Number: 5, Tests: []string{"[sig-a] two"}})
	logName, journalName := filepath.Join(r.ReportDir, "e2e.log"), filepath.Join(r.ReportDir, "op-readiness-progress.jsonl")
	for _, name := range []string{logName, journalName} {
		if err := os.WriteFile(name, []byte("earlier\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var output bytes.Buffer
	var told []string
	r.Output = &output
	r.Observer = Observer{
		Began: func(inv Invocation) { told = append(told, "began "+strings.Join(inv.Tests, ",")) },
		Test:  func(test string) { told = append(told, test) },
		Ended: func(e Event) { told = append(told, string(e.State)+" "+e.Test) },
		Done: func(inv Invocation, result Result) {
			told = append(told, "done "+reportdir.Prefix(inv.Number)+reportdir.Prefix(result.Number))
		},
	}
	results := execute(t, r)
	if len(results) != 2 || results[0].Told != 2 || results[1].Told != 1 || len(results[1].LastSaid) != 7 || results[1].LastSaid[6] != "words" {
		t.Errorf("results %+v", results)
	}
	want := []string{
		"began [sig-a] one,[sig-a] two", "[sig-a] one", "passed [sig-a] one", "[sig-a] two", "failed [sig-a] two", "done e2e-004_e2e-004_",
		"began [sig-a] two", "[sig-a] two", "failed [sig-a] two", "done e2e-005_e2e-005_",
	}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	log, err := os.ReadFile(logName)
	if err != nil || string(log) != "earlier\n"+output.String() || strings.Count(output.String(), "words\n") != 2 {
		t.Errorf("log %q, %v", log, err)
	}
	journal, err := os.ReadFile(journalName)
	if err != nil || strings.Count(string(journal), "\n") != 4 || !strings.HasPrefix(string(journal), "earlier\n{") {
		t.Errorf("journal %q, %v", journal, err)
	}
}

// TestExecuteInTime holds that e2e.test is told how long it may take: what is left of the run, or the time of one
// invocation, and that no further one begins when the time is over, or the caller has given up.
func TestExecuteInTime(t *testing.T) {
	t.Parallel()
	timeout := func(r Run) string {
		results, err := r.Execute(t.Context())
		if err != nil || len(results) == 0 {
			t.Fatalf("%v, %v", results, err)
		}
		for _, arg := range results[0].Command {
			if value, ok := strings.CutPrefix(arg, "--ginkgo.timeout="); ok {
				return value
			}
		}
		return ""
	}
	r := standInRun(t, "--junit")
	r.Timeout = time.Hour
	if got := timeout(r); got != "1h0m0s" {
		t.Errorf("of the run: %s", got)
	}
	r.AbilityTimeout = time.Minute
	if got := timeout(r); got != "1m0s" {
		t.Errorf("of one invocation: %s", got)
	}
	r.AbilityTimeout = 2 * time.Hour
	if got := timeout(r); got != "1h0m0s" {
		t.Errorf("of one invocation, longer than the run: %s", got)
	}
	r.AbilityTimeout = time.Millisecond
	if got := timeout(r); got != "1s" {
		t.Errorf("of no time: %s", got)
	}
	r.Timeout = 0
	if results, err := r.Execute(t.Context()); err != nil || len(results) != 0 {
		t.Errorf("without time: %v, %v", results, err)
	}
	r.Timeout = time.Hour
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if results, err := r.Execute(ctx); err != nil || len(results) != 0 {
		t.Errorf("given up: %v, %v", results, err)
	}
}

// TestExecuteInterrupted holds that a signal is passed on, that e2e.test may write its results then, and that no further
// invocation begins.
func TestExecuteInterrupted(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process does not end by signals")
	}
	r := standInRun(t, `--say=ready\n`, "--hang", "--junit", "--exit=1")
	r.Plan.Invocations = append(r.Plan.Invocations, Invocation{Number: 5, Tests: []string{"[sig-a] two"}})
	signals := make(chan os.Signal, 1)
	w := waiter{says: make(chan struct{}, 1)}
	r.Signals, r.Output = signals, w
	go func() {
		<-w.says
		signals <- os.Interrupt
	}()
	want := []Result{{Number: 4, Ending: Interrupted, ExitCode: 1, JUnit: []string{"junit_e2e-004_01.xml"}, Problem: "the run was interrupted", LastSaid: []string{"ready", "got interrupt"}}}
	if diff := cmp.Diff(want, execute(t, r)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestExecuteTimedOut holds that e2e.test is ended when it does not end in time: by a signal, or, if that is no use, by the
// kill behind the grace period; and that the next invocation begins all the same.
func TestExecuteTimedOut(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process does not end by signals")
	}
	for name, code := range map[string]int{"--hang": 0, "--deaf": -1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := standInRun(t, `--say=ready\n`, name)
			r.AbilityTimeout, r.Grace = time.Millisecond, 3*time.Second // within which a busy machine has started it
			r.Plan.Invocations = append(r.Plan.Invocations, Invocation{Number: 5, Tests: []string{"[sig-a] two"}})
			results := execute(t, r)
			if len(results) != 2 {
				t.Fatalf("results %+v", results)
			}
			for _, result := range results {
				if result.Ending != TimedOut || result.ExitCode != code || result.Problem != "e2e.test did not end in time, and was ended" || !slices.Equal(result.LastSaid[:min(1, len(result.LastSaid))], []string{"ready"}) {
					t.Errorf("result %+v", result)
				}
			}
		})
	}
}

// TestExecuteUnstarted holds that a program that cannot be started is told, and is not tried again.
func TestExecuteUnstarted(t *testing.T) {
	t.Parallel()
	r := standInRun(t)
	r.Plan.Invocations = append(r.Plan.Invocations, Invocation{Number: 5, Tests: []string{"[sig-a] two"}})
	r.Binary = filepath.Join(t.TempDir(), "none")
	results, err := r.Execute(t.Context())
	if err != nil || len(results) != 1 || results[0].Ending != Unstarted || results[0].ExitCode != -1 || !strings.HasPrefix(results[0].Problem, `starting "`+r.Binary+`": `) {
		t.Errorf("%+v, %v", results, err)
	}
}

// TestExecuteLeavesNothing holds that what e2e.test leaves behind ends with it, and is not waited for though it holds the
// output open.
func TestExecuteLeavesNothing(t *testing.T) {
	t.Parallel()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	r := standInRun(t, "--child="+socket.Addr().String(), `--say=ready\n`, "--hang", "--junit")
	signals := make(chan os.Signal, 1)
	r.Signals = signals
	left := make(chan error, 1)
	go func() {
		child, err := socket.Accept()
		if err == nil {
			signals <- os.Interrupt
			_, err = child.Read(make([]byte, 1)) // until the child ends
		}
		left <- err
	}()
	if results := execute(t, r); len(results) != 1 || results[0].Ending != Interrupted || results[0].ExitCode != 0 {
		t.Errorf("results %+v", results)
	}
	if err := <-left; err == nil {
		t.Error("the child spoke")
	}
}

// TestExecuteImpatient holds that signals that keep coming do not put off the kill.
func TestExecuteImpatient(t *testing.T) {
	t.Parallel()
	r := standInRun(t, `--say=ready\n`, "--deaf")
	signals, done := make(chan os.Signal), make(chan struct{})
	w := waiter{says: make(chan struct{}, 1)}
	r.Signals, r.Output, r.Grace = signals, w, time.Second
	go func() {
		<-w.says
		for {
			select {
			case signals <- os.Interrupt:
			case <-done:
				return
			}
		}
	}()
	results := execute(t, r)
	close(done)
	if len(results) != 1 || results[0].Ending != Interrupted || results[0].ExitCode != -1 {
		t.Errorf("results %+v", results)
	}
}

// TestExecuteFullDisk holds that a journal that cannot be written is told in the end, with all results.
func TestExecuteFullDisk(t *testing.T) {
	t.Parallel()
	r := standInRun(t, "--junit", "--post=PASSED [sig-a] one")
	if err := os.Symlink("/dev/full", filepath.Join(r.ReportDir, reportdir.Journal)); err != nil {
		t.Skip(err)
	}
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip(err)
	}
	results, err := r.Execute(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "keeping the journal: ") || len(results) != 1 || results[0].Told != 1 {
		t.Errorf("%+v, %v", results, err)
	}
}

// TestExecuteFails holds that a report directory that cannot be written to is an error before anything runs.
func TestExecuteFails(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"e2e.log", "op-readiness-progress.jsonl"} {
		r := standInRun(t, "--junit")
		if err := os.Mkdir(filepath.Join(r.ReportDir, name), 0o755); err != nil {
			t.Fatal(err)
		}
		if results, err := r.Execute(t.Context()); err == nil || results != nil {
			t.Errorf("%s: %v", name, results)
		}
	}
}

// TestJUnitOf holds that the files of an invocation are found, and those of no other, in a directory of any name.
func TestJUnitOf(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a*[b]?")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Skip(err) // Windows has no such names
	}
	for _, name := range []string{"junit_e2e-002_02.xml", "junit_e2e-002_01.xml", "junit_e2e-020_01.xml", "junit_e2e-002_01.txt", "junit_op-readiness.xml"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []string{"axx[b]?", "a*b?", "a*[b]x"} { // which the name would match as a pattern
		other = filepath.Join(filepath.Dir(dir), other)
		if err := os.MkdirAll(other, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(other, "junit_e2e-002_03.xml"), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"junit_e2e-002_01.xml", "junit_e2e-002_02.xml"}
	if diff := cmp.Diff(want, Run{Settings: Settings{ReportDir: dir}}.junitOf(2)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
