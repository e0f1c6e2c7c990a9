package sonobuoy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmware-tanzu/sonobuoy/pkg/client/results"
	"github.com/vmware-tanzu/sonobuoy/pkg/tarball"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// TestMain makes of this program a session that stops at a step, when it is called as one.
func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == "a-session" {
		standIn(os.Args[2], os.Args[3], os.Args[4])
	}
	os.Exit(m.Run())
}

// standIn is a session whose run leaves what lies in a folder and is judged ready. At a step it says so, and stays there until its
// standard input ends.
func standIn(dir, left, step string) {
	at := func(name string) {
		if name == step {
			fmt.Println("at " + name)
			_, _ = io.Copy(io.Discard, os.Stdin)
		}
	}
	s := sessionOf(dir, left, func() reporter.Summary {
		at("judging")
		return reporter.Summary{Verdict: reporter.Ready}
	})
	if step == "running" {
		// Results of e2e.test, all of which passed, and no rows of ours yet.
		s.Command = []string{"/bin/sh", "sh", "-c", `cp "$0"/junit_e2e* "$1" && echo there && exec sleep 60`, left, sonobuoy.Folder(dir)}
	}
	s.Output = hook{"there", func() { at("running") }}
	s.Talk = hook{"results for Sonobuoy", func() { at("handing over") }}
	_, err := s.Run(context.Background())
	at("handed over")
	fmt.Println(err)
	os.Exit(1)
}

// sessionOf is a session whose run leaves what lies in a folder, and says that all is well.
func sessionOf(dir, left string, judge func() reporter.Summary) sonobuoy.Session {
	return sonobuoy.Session{
		Dir: dir, Command: []string{"/bin/sh", "sh", "-c", `cp -R "$0/." "$1"`, left, sonobuoy.Folder(dir)}, Output: io.Discard, Talk: io.Discard, Grace: time.Minute, Every: time.Second,
		Judge: func(context.Context, string) (reporter.Summary, error) { return judge(), nil },
	}
}

// hook is a writer that calls a function when a text is written.
type hook struct {
	text string
	then func()
}

func (h hook) Write(p []byte) (int, error) {
	if strings.Contains(string(p), h.text) {
		h.then()
	}
	return len(p), nil
}

// ready is the report directory of a run of which all is well, as far as Sonobuoy reads it.
func ready(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{reportdir.Record: "{}", "junit_e2e-001_01.xml": allPassed, reportdir.View: strings.ReplaceAll(allPassed, "Kubernetes e2e suite", "Verdict")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestKilled kills a session (-9) at each step, with Sonobuoy's worker beside it. Where it was killed before it had handed over, the
// worker sends nothing, until the session is begun again in the same folder, as in a pod that is restarted: and that has failed.
func TestKilled(t *testing.T) {
	program, left := filepath.Join(t.TempDir(), "sonobuoy"), ready(t)
	build(t, ".", program, "github.com/vmware-tanzu/sonobuoy")
	for _, step := range []string{"running", "judging", "handing over", "handed over"} {
		t.Run(step, func(t *testing.T) {
			dir, a := t.TempDir(), startAggregator(t)
			w := startWorker(t, program, dir, a.env)
			killAt(t, step, dir, left)
			if _, err := os.Stat(filepath.Join(dir, "done")); (err == nil) != (step == "handed over") {
				t.Fatalf("the done file: %v", err)
			}
			exitsZero(t, program, dir, step)
			if step == "handed over" {
				w.wait(t)
				if got := a.read(t, results.ResultFormatManual); got.Status != results.StatusPassed {
					t.Errorf("results that were handed over are %s", got.Status)
				}
				return
			}
			again := sessionOf(dir, left, func() reporter.Summary { return reporter.Summary{Verdict: reporter.Ready} })
			again.Command = []string{"/bin/sh", "sh", "-c", "exit 2"} // as a run that finds the results of another
			if outcome, err := again.Run(t.Context()); err != nil || outcome.Ready {
				t.Errorf("begun again: %+v, %v", outcome, err)
			}
			w.wait(t)
			for _, format := range []string{results.ResultFormatManual, results.ResultFormatJUnit} {
				if got := a.read(t, format); got.Status != results.StatusFailed {
					t.Errorf("begun again it is %s by %s", got.Status, format)
				}
			}
		})
	}
}

// exitsZero holds what Sonobuoy makes of the folder of a session that was killed at a step, if the plugin ends with 0 all the same,
// such as in a shell that goes on: its worker packs all of it then, and sends that. Only where the run had come to its end, and was
// ready, has it passed.
func exitsZero(t *testing.T, program, dir, step string) {
	t.Helper()
	a, work := startAggregator(t), t.TempDir()
	if err := os.CopyFS(filepath.Join(work, "all"), os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	packed := filepath.Join(work, "out.tar.gz")
	if err := tarball.DirToTarball(filepath.Join(work, "all"), packed, true); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(work, "done"), []byte(packed), 0o600); err != nil {
		t.Fatal(err)
	}
	startWorker(t, program, work, a.env).wait(t)
	for format, passes := range map[string]bool{
		results.ResultFormatManual: step == "handing over" || step == "handed over",
		results.ResultFormatJUnit:  step != "running", // for the run writes its rows itself
	} {
		if got := a.read(t, format); (got.Status == results.StatusPassed) != passes {
			t.Errorf("of a plugin that ends with 0 it is %s by %s", got.Status, format)
		}
	}
}

// killAt kills a session when it says that it is at a step.
func killAt(t *testing.T, step, dir, left string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "a-session", dir, left, step)
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "at "+step+"\n" {
		t.Errorf("it says %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
}
