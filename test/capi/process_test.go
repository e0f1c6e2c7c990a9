package capi

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// process is a program that runs until stop or kill, or until the keeper ends it.
type process struct {
	name string
	log  string // the file that it writes to
	cmd  *exec.Cmd
	done chan struct{} // closed at its end
}

// start starts a program; what it says goes to logs/<name>.log of the tests' folder.
func start(t testing.TB, name, program string, args ...string) *process {
	t.Helper()
	p := &process{name: name, log: inFolder(t, "logs", name+".log"), cmd: exec.Command(program, args...), done: make(chan struct{})}
	file, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	p.cmd.Stdout, p.cmd.Stderr = file, file
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // Ctrl-C is for us, and the keeper
	if err := p.cmd.Start(); err != nil {
		t.Fatalf("starting %s: %v", name, err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.done)
	}()
	return p
}

// kill ends it as the kernel would for want of memory, and returns when it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill() // it may have ended by now
	<-p.done
}

// ended says whether it has.
func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// tail is the end of what it said.
func (p *process) tail() string {
	data, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(data)), "\n")
	return fmt.Sprintf("the end of what %s said:\n%s", p.name, strings.Join(lines[max(0, len(lines)-15):], "\n"))
}

// await tries again and again until try returns nothing, which is what it waits for otherwise; for two minutes at most.
func await(t testing.TB, what string, try func() string) {
	t.Helper()
	awaitFor(t, 2*time.Minute, what, try)
}

func awaitFor(t testing.TB, limit time.Duration, what string, try func() string) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		last := try()
		if last == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s; %s", limit, what, last)
		}
		select {
		case <-t.Context().Done():
			t.Fatalf("waiting for %s: %v", what, t.Context().Err())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// inFolder is a path below the tests' folder, whose folder exists.
func inFolder(t testing.TB, parts ...string) string {
	t.Helper()
	path := filepath.Join(append([]string{os.Getenv(marker)}, parts...)...)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// output runs a command that must succeed and returns its standard output.
func output(t testing.TB, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s", name, args, err, said.String())
	}
	return string(out)
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}
