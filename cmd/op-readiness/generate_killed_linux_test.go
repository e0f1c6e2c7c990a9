package main

import (
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// generateKills is how often generate is killed by TestGenerateKilled.
var generateKills = flag.Int("generate-kills", 1, "how often TestGenerateKilled kills generate") //nolint:gochecknoglobals // flags of a test are

// TestGenerateKilled kills generate at random moments, half of them while it writes: each file is an old or a new one, whole, and the
// next generate says what it found and leaves what an undisturbed one leaves.
func TestGenerateKilled(t *testing.T) {
	t.Parallel()
	program := buildProgram(t)
	want := treeOf(t, filepath.Join("..", "..", "config"))
	maps.DeleteFunc(want, func(name, _ string) bool {
		return !strings.HasPrefix(name, "jobs") && !strings.HasPrefix(name, "testgrids")
	})
	took := time.Second // of one that nobody kills
	random := rand.New(rand.NewPCG(1, uint64(*generateKills)))
	partly := 0
	for n := range *generateKills {
		folder := t.TempDir()
		before := aged(t, folder, want)
		cmd := exec.CommandContext(t.Context(), program, "generate", "--output-dir", folder)
		moment := ""
		if n%2 == 1 {
			moment = killedWriting(t, cmd, filepath.Join(folder, "jobs"), random.IntN(300))
		} else {
			moment = killedAfter(t, cmd, time.Duration(random.Int64N(int64(took))))
		}
		stray := ""
		after := treeOf(t, folder)
		for name, text := range after {
			if strings.HasPrefix(filepath.Base(name), ".") {
				stray = name
			} else if text != want[name] && text != before[name] {
				t.Errorf("killed after %s: %s is neither the old nor the new one:\n%s", moment, name, text)
			}
		}
		if !maps.Equal(after, before) && !maps.Equal(after, want) {
			partly++
			if stray == "" {
				t.Errorf("killed after %s: nothing tells that it was", moment)
			}
		}
		began := time.Now()
		said := generated(t, program, folder)
		took = time.Since(began)
		if (stray != "") != strings.Contains(said, "an earlier generate was killed before its end") {
			t.Errorf("killed after %s, which left %q: the next one says\n%s", moment, stray, said)
		}
		if got := treeOf(t, folder); !maps.Equal(got, want) {
			t.Errorf("killed after %s: the next one leaves another tree: %d files, want %d", moment, len(got), len(want))
		}
	}
	t.Logf("%d kills, %d of them while it wrote", *generateKills, partly)
}

// generated runs generate to its end, and returns what it says.
func generated(t *testing.T, program, folder string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, "generate", "--output-dir", folder).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

// treeOf is the content of all files by their paths.
func treeOf(t *testing.T, folder string) map[string]string {
	t.Helper()
	tree := map[string]string{}
	err := filepath.WalkDir(folder, func(name string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := os.ReadFile(name)
		rel, _ := filepath.Rel(folder, name) // it lies below
		tree[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

// aged writes the tree as an earlier generate might have left it: some files are missing, some are stale, some are left over.
func aged(t *testing.T, folder string, tree map[string]string) map[string]string {
	t.Helper()
	old := map[string]string{}
	for name, text := range tree {
		switch {
		case strings.Contains(name, "1-36"):
			continue
		case strings.Contains(name, "periodics"):
			text += "# of an earlier one\n"
			old[strings.Replace(name, "periodics-", "periodics-0-", 1)] = text
		}
		old[name] = text
	}
	for name, text := range old {
		full := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return old
}

// killedAfter kills a command after some time, if it has not ended by then.
func killedAfter(t *testing.T, cmd *exec.Cmd, after time.Duration) string {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait() // it was killed, or quicker
	timer.Stop()
	return after.String()
}

// killedWriting kills a command so many system calls behind the first file that it makes in a folder under a temporary name, by
// stopping it at each call.
func killedWriting(t *testing.T, cmd *exec.Cmd, folder string, calls int) string {
	t.Helper()
	runtime.LockOSThread() // only the thread that starts it may trace it
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Ptrace: true, Setpgid: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	moment := fmt.Sprintf("%d system calls of writing", calls)
	writing, first := false, true
	for {
		var status unix.WaitStatus
		id, err := unix.Wait4(-cmd.Process.Pid, &status, unix.WALL, nil)
		if err == unix.ESRCH || err == unix.ECHILD {
			return moment
		}
		if err != nil {
			t.Fatal(err)
		}
		if !status.Stopped() {
			if id == cmd.Process.Pid {
				_ = cmd.Wait() // gone already
				return moment
			}
			continue
		}
		if first {
			first = false
			if err := unix.PtraceSetOptions(id, unix.PTRACE_O_TRACECLONE|unix.PTRACE_O_EXITKILL); err != nil {
				t.Fatal(err)
			}
		}
		if !writing {
			writing = hasStray(t, folder)
		} else if calls--; calls <= 0 {
			_ = cmd.Process.Kill()
		}
		pass := 0
		if signal := status.StopSignal(); signal != unix.SIGTRAP && signal != unix.SIGSTOP {
			pass = int(signal) // one of the runtime's own
		}
		_ = unix.PtraceSyscall(id, pass) // it may be gone
	}
}

// hasStray tells whether there is a file under a temporary name two folders below.
func hasStray(t *testing.T, folder string) bool {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(folder, "*", "*", ".*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(found) > 0
}
