package sonobuoy_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// killedAt are the steps of a session at which it is killed, in order.
func killedAt() []string {
	return []string{"not begun", "opened", "running", "judging", "handing over", "handed over"}
}

// standInSession is a session whose run ends as a word says, and is judged ready. It says when it comes to a step, and stays there
// until its standard input ends.
func standInSession(dir, how, step string) {
	at := func(name string) {
		if name == step {
			fmt.Println("at " + name)
			_, _ = io.Copy(io.Discard, os.Stdin)
		}
	}
	s := session(dir, how, func() (reporter.Summary, error) {
		at("judging")
		return summary(reporter.Ready), nil
	})
	s.Output = hook{"there", func() { at("running") }}
	s.Talk = hook{"results for Sonobuoy", func() { at("handing over") }}
	if step == "opened" {
		s.Refused = slowError(func() { at("opened") })
	}
	at("not begun")
	_, err := s.Run(context.Background())
	at("handed over")
	fmt.Println(err)
	os.Exit(1)
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

// slowError calls itself when it is asked for its words.
type slowError func()

func (e slowError) Error() string {
	e()
	return "it was not killed"
}

// TestSessionKilled kills a session (-9) at each step. Its run ends with it. There is a done file only behind the last step, and
// without one what lies there is never passed by any reading but that of a ready run's own results. Who begins again in the
// folder hands over what became of that, and nothing of before.
func TestSessionKilled(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the end of orphans is that of Linux")
	}
	for _, how := range []string{"ready", "deaf"} {
		for n, step := range killedAt() {
			if how == "deaf" && n > 2 {
				break // it does not end
			}
			t.Run(how+" "+step, func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				kill(t, dir, how, step)
				_, err := os.Stat(filepath.Join(dir, "done"))
				if done := err == nil; done != (step == "handed over") {
					t.Errorf("there is a done file: %t", done)
				}
				status := statusOf(t, dir)
				if want := map[string]string{"not begun": "", "handing over": "passed", "handed over": "passed"}; status != want[step] && (want[step] != "" || status == "passed") {
					t.Errorf("the results are %q", status)
				}
				again(t, dir)
			})
		}
	}
}

// again begins again in the folder of a session that was killed, with a run that ends without a verdict and one that is killed.
func again(t *testing.T, dir string) {
	t.Helper()
	for _, how := range []string{"no run", "killed"} {
		done := filepath.Join(dir, "done")
		s := session(dir, how, func() (reporter.Summary, error) {
			if _, err := os.Stat(done); err == nil {
				t.Error("there is a done file of before")
			}
			return summary(reporter.Ready), nil // as what is left of before may be
		})
		outcome, err := s.Run(t.Context())
		if _, item := handedOver(t, dir); err != nil || outcome.Ready || item.Status != "failed" {
			t.Errorf("%s: ready %t, %s, %v", how, outcome.Ready, item.Status, err)
		}
	}
}

// kill kills a session at a step, and waits until all of its processes are gone.
func kill(t *testing.T, dir, how, step string) {
	t.Helper()
	held, holds, err := os.Pipe() // open as long as one of them is there
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "a-session", dir, how, step)
	cmd.ExtraFiles = []*os.File{holds}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(cmd.Start(), holds.Close()); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(stdout).ReadString('\n'); line != "at "+step+"\n" {
		t.Errorf("it says %q, %v", line, err)
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // it was killed
	if err := held.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := held.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("something of it lives on: %v", err)
	}
}

// statusOf is what the results in a folder say, "" if there are none.
func statusOf(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sonobuoy.Folder(dir), reportdir.Items))
	if errors.Is(err, fs.ErrNotExist) {
		return ""
	}
	var item sonobuoy.Item
	if err := errors.Join(err, yaml.Unmarshal(data, &item)); err != nil {
		t.Fatal(err)
	}
	return item.Status
}
