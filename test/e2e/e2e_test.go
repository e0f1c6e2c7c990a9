//go:build e2e

// Package e2e tests the program against real components: Kubernetes' own e2e.test on a simulated cluster. `make e2e`
// builds them, once, and runs it.
package e2e

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/sys/unix"
)

// release is the Kubernetes release that is tested: verdicts and the catalog in testdata are its own.
const release = "v1.36.3"

// cluster is the simulated cluster that all tests of this package share.
type cluster struct {
	program    string // op-readiness
	bin        string // folder of e2e.test, kubectl and the rest
	kubeconfig string
}

func TestSimulatedCluster(t *testing.T) {
	c := start(t)
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, Setup: func(env *testscript.Env) error {
			env.Setenv("HOME", env.WorkDir)
			env.Setenv("XDG_CACHE_HOME", filepath.Join(env.WorkDir, ".cache"))
			env.Setenv("PATH", filepath.Dir(c.program)+":"+c.bin+":"+os.Getenv("PATH"))
			env.Setenv("KUBECONFIG", c.kubeconfig)
			env.Setenv("E2E", filepath.Join(c.bin, "e2e.test"))
			env.Setenv("CATALOG", catalog(t))
			return nil
		}})
	})
	t.Run("kill and resume", func(t *testing.T) { killAndResume(t, c) })
	t.Run("what others run today", func(t *testing.T) { migrating(t, c) })
	t.Run("witness and pin", func(t *testing.T) { witnessAndPin(t, c) })
}

func start(t *testing.T) cluster {
	t.Helper()
	t.Setenv("KUBERNETES_VERSION", release)
	c := cluster{program: filepath.Join(t.TempDir(), "op-readiness")}
	output(t, "go", "build", "-o", c.program, "../../cmd/op-readiness")
	c.bin = strings.TrimSpace(output(t, "../cluster/build.sh"))
	dir, err := os.MkdirTemp("", "sim-") // short: it holds a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		output(t, "../cluster/down.sh", dir)
		_ = os.RemoveAll(dir) // empty by now
	})
	output(t, "../cluster/up.sh", dir)
	c.kubeconfig = filepath.Join(dir, "kubeconfig")
	return c
}

func catalog(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs("../../specs/catalog/" + release + ".txt.gz")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// output runs a command that must succeed and returns its standard output.
func output(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	return string(out)
}

// killAndResume kills the runner while its second ability hangs: e2e.test must end too, and the resumed run must do the
// second only.
func killAndResume(t *testing.T, c cluster) {
	report := t.TempDir()
	args := []string{"run", "--e2e-binary", filepath.Join(c.bin, "e2e.test"), "--kubeconfig", c.kubeconfig, "--report-dir", report,
		"--prepull-images=false", "--ability", "reschedule-deployment-50-times", "--ability", "hostprocess-node-ip", "--isolate"}
	cmd := exec.Command(c.program, args...)
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	said := await(t, stderr, "invocation 2: ")
	for written := 0; written == 0; time.Sleep(10 * time.Millisecond) {
		pods, err := os.ReadFile(filepath.Join(report, "op-readiness-evidence.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		written = strings.Count(string(pods), "\n") // else the first test would run again, too
	}
	child := watchChild(t, cmd.Process.Pid)
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	ended(t, child)

	journal, err := os.ReadFile(filepath.Join(report, "op-readiness-progress.jsonl"))
	if err != nil || strings.Count(string(journal), `"state":"passed"`) != 1 {
		t.Errorf("the journal does not tell of one passed test: %s, %v", journal, err)
	}
	resumed := exec.Command(c.program, append(args, "--resume", "--timeout", "20s")...)
	out, err := resumed.CombinedOutput()
	if resumed.ProcessState.ExitCode() != 1 {
		t.Fatalf("the resumed run: %v\n%s\nbefore it:\n%s", err, out, said)
	}
	for _, want := range []string{
		"invocation 3: 1 test\n",
		"  passed       reschedule-deployment-50-times  in part\n",
		"  not run      hostprocess-node-ip  interrupted\n",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the resumed run does not say %q:\n%s", want, out)
		}
	}
}

// await reads until a line with the text, which must come.
func await(t *testing.T, r interface{ Read([]byte) (int, error) }, text string) string {
	t.Helper()
	var said strings.Builder
	scanner := bufio.NewScanner(r)
	for scanner.Scan() {
		fmt.Fprintln(&said, scanner.Text())
		if strings.Contains(scanner.Text(), text) {
			return said.String()
		}
	}
	t.Fatalf("%q was never said, but:\n%s", text, said.String())
	return ""
}

// watchChild returns a file descriptor that tells of the end of a process's one child.
func watchChild(t *testing.T, pid int) int {
	t.Helper()
	for {
		children := strings.Fields(output(t, "sh", "-c", fmt.Sprintf("cat /proc/%d/task/*/children", pid)))
		if len(children) == 0 {
			continue // it is being started
		}
		var child int
		if _, err := fmt.Sscan(children[0], &child); err != nil {
			t.Fatal(err)
		}
		fd, err := unix.PidfdOpen(child, 0)
		if err != nil {
			t.Fatal(err)
		}
		return fd
	}
}

func ended(t *testing.T, fd int) {
	t.Helper()
	defer unix.Close(fd)
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 30_000)
	if err != nil || n == 0 {
		t.Fatalf("e2e.test lives on after its runner was killed (%v)", err)
	}
}
