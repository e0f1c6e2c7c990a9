package prow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// programs are the folders of what is built for the test, with a separator at their ends.
type programs struct{ prow, ours string }

const separator = string(filepath.Separator)

// build builds Prow's programs and ours.
func build(t *testing.T) programs {
	t.Helper()
	p := programs{prow: buildProw(t), ours: t.TempDir() + separator}
	execute(t, "go", "build", "-C", "../..", "-trimpath", "-o", p.ours, "./cmd/op-readiness")
	return p
}

// buildProw builds programs of Prow's, such as "ghproxy", or all that the module programs names, and returns their folder: in the cache
// beside Kubernetes', where those of the last time need no linking.
func buildProw(t *testing.T, names ...string) string {
	t.Helper()
	cache := os.Getenv("OP_READINESS_CACHE")
	if cache == "" {
		dir, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(dir, "op-readiness")
	}
	folder := filepath.Join(cache, "prow") + separator
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	args := []string{"build", "-C", "programs", "-trimpath", "-o", folder}
	for _, name := range names {
		args = append(args, "sigs.k8s.io/prow/cmd/"+name)
	}
	if len(names) == 0 {
		args = append(args, "tool")
	}
	execute(t, "go", args...)
	return folder
}

// execute runs a command that must succeed and returns its standard output.
func execute(t *testing.T, name string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), name, args...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %q: %v\n%s%s", name, args, err, out, said.String())
	}
	return string(out)
}

// talk is what a process says, for several writers and readers.
type talk struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (k *talk) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.Write(p)
}

func (k *talk) String() string {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.text.String()
}

// process is a program that runs until the test is over.
type process struct {
	name string
	cmd  *exec.Cmd
	said *talk
	done chan struct{} // closed when it has ended
}

// start starts a program of Prow, or ours, as the server that it is.
func start(t *testing.T, env []string, binary string, args ...string) *process {
	t.Helper()
	p := &process{name: filepath.Base(binary), cmd: exec.Command(binary, args...), said: &talk{}, done: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.Stdout, p.cmd.Stderr = p.said, p.said
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = p.cmd.Wait(); close(p.done) }()
	t.Cleanup(func() {
		_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
		<-p.done
		if t.Failed() {
			t.Logf("the end of what %s said:\n%s", p.name, tail(p.said.String(), 40))
		}
	})
	return p
}

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// patience is how long something that takes moments may take, on a busy machine.
const patience = 5 * time.Minute

// await waits until something holds, and fails if it does not in time, or if one of the processes that it needs ends.
func await(t *testing.T, what string, holds func() bool, needs ...*process) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		for _, p := range needs {
			select {
			case <-p.done:
				t.Fatalf("waiting for %s: %s has ended", what, p.name)
			default:
			}
		}
		select {
		case <-ctx.Done():
			t.Fatalf("waiting for %s: it did not come in %s", what, patience)
		case <-tick.C:
		}
	}
}

// port is one of 127.0.0.1 that nobody listens on.
func port(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return fmt.Sprint(listener.Addr().(*net.TCPAddr).Port)
}

// otherPorts are the flags by which a program of Prow gets ports for what nobody asks here.
func otherPorts(t *testing.T) []string {
	t.Helper()
	return []string{"--health-port=" + port(t), "--metrics-port=" + port(t), "--pprof-port=" + port(t)}
}

// answers tells whether an address answers, whatever it says.
func answers(t *testing.T, address string) func() bool {
	return func() bool {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(r)
		if err == nil {
			resp.Body.Close()
		}
		return err == nil
	}
}

// write writes a file, with the folders above it, and returns its path.
func write(t *testing.T, content string, elements ...string) string {
	t.Helper()
	name := filepath.Join(elements...)
	if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte(content), 0o755)); err != nil {
		t.Fatal(err)
	}
	return name
}
