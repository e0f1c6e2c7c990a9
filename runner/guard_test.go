//go:build unix

package runner

import (
	"bufio"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"k8s.io/client-go/rest"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"
)

// accept takes the connection of a process that was started, and gives up after a while.
func accept(t *testing.T, socket net.Listener) net.Conn {
	t.Helper()
	if err := socket.(*net.TCPListener).SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	conn, err := socket.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	return conn
}

func listenHere(t *testing.T) net.Listener {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	return socket
}

// staying is a process in a group of its own that stays until it is told to go. The function tells it, and tells whether it
// went by itself.
func staying(t *testing.T, environment ...string) (*exec.Cmd, func() bool) {
	t.Helper()
	socket := listenHere(t)
	cmd := exec.Command(os.Args[0], "--stay="+socket.Addr().String())
	cmd.Env = append(os.Environ(), environment...)
	cmd.SysProcAttr = attributes()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	conn := accept(t, socket)
	return cmd, func() bool {
		conn.Close()
		return cmd.Wait() == nil
	}
}

// TestGuard holds that a guard ends the group of which it heard last, and all that has the mark, and nothing if it heard of
// none.
func TestGuard(t *testing.T) {
	for name, test := range map[string]struct {
		input string // %d: the group's
		stays [2]bool
	}{
		"a group":         {"1000000\n%d\n", [2]bool{false, false}},
		"none any more":   {"%d\n0\n", [2]bool{true, true}},
		"words":           {"%d\nwords\n\n", [2]bool{false, false}},
		"nothing":         {"", [2]bool{true, true}},
		"a group of late": {" %d", [2]bool{false, false}},
	} {
		group, groupGoes := staying(t)
		_, markedGoes := staying(t, markVariable+"=guard-"+t.Name())
		_, otherGoes := staying(t, markVariable+"=guard-"+t.Name()+"-other")
		input := test.input
		if strings.Contains(input, "%d") {
			input = fmt.Sprintf(input, group.Process.Pid)
		}
		Guard(strings.NewReader(input), "guard-"+t.Name())
		if stays := [2]bool{groupGoes(), markedGoes()}; stays != test.stays || !otherGoes() {
			t.Errorf("%s: stays %v, want %v", name, stays, test.stays)
		}
	}
}

// TestExecuteGuarded holds what a guard is told of a run: its mark, its group while there is one, and then its end.
func TestExecuteGuarded(t *testing.T) {
	t.Parallel()
	socket := listenHere(t)
	r := standInRun(t, "--junit")
	r.Guard = []string{r.Binary, "op-readiness", "--guard=" + socket.Addr().String()}
	if results := execute(t, r); len(results) != 1 || results[0].Problem != "" {
		t.Errorf("results %+v", results)
	}
	lines := bufio.NewScanner(accept(t, socket))
	var group int
	if lines.Scan(); !strings.HasPrefix(lines.Text(), "mark ") || len(lines.Text()) < len("mark ")+20 {
		t.Errorf("mark %q, %v", lines.Text(), lines.Err())
	}
	if lines.Scan(); lines.Err() != nil {
		t.Fatal(lines.Err())
	}
	if _, err := fmt.Sscan(lines.Text(), &group); err != nil || group < 2 {
		t.Errorf("group %q", lines.Text())
	}
	if lines.Scan(); lines.Text() != "0" || lines.Scan() || lines.Err() != nil {
		t.Errorf("then %q, %v", lines.Text(), lines.Err())
	}
}

// TestExecuteUnguarded holds that a guard that cannot be started is an error before anything runs.
func TestExecuteUnguarded(t *testing.T) {
	t.Parallel()
	r := standInRun(t, "--junit")
	r.Guard = []string{filepath.Join(t.TempDir(), "none"), "op-readiness"}
	if results, err := r.Execute(t.Context()); results != nil || err == nil || !strings.HasPrefix(err.Error(), "starting the guard ") {
		t.Errorf("%+v, %v", results, err)
	}
}

// TestExecuteLeavesNoStray holds that what e2e.test leaves in a session of its own ends with it, too.
func TestExecuteLeavesNoStray(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("only Linux tells what is in the environment of a process")
	}
	socket := listenHere(t)
	r := standInRun(t, "--stray="+socket.Addr().String(), "--hang", "--junit")
	signals := make(chan os.Signal, 1)
	r.Signals = signals
	children := make(chan net.Conn, 1)
	go func() {
		children <- accept(t, socket)
		signals <- os.Interrupt
	}()
	if results := execute(t, r); len(results) != 1 || results[0].Ending != Interrupted {
		t.Errorf("results %+v", results)
	}
	child := <-children
	if err := child.SetReadDeadline(time.Now().Add(30 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := child.Read(make([]byte, 1)); err == nil || os.IsTimeout(err) {
		t.Errorf("the child is still there: %v", err)
	}
}

// TestExecuteHungUp holds that a terminal that is gone is a request to end, as which the program knows another signal, and that
// whoever wants to know is told of it, once.
func TestExecuteHungUp(t *testing.T) {
	t.Parallel()
	r := standInRun(t, `--say=ready\n`, "--hang", "--junit")
	signals := make(chan os.Signal, 1)
	w := waiter{says: make(chan struct{}, 1)}
	var told []os.Signal
	r.Signals, r.Output, r.Observer.Stopping = signals, w, func(s os.Signal) { told = append(told, s) }
	go func() {
		<-w.says
		signals <- syscall.SIGHUP
	}()
	results := execute(t, r)
	if len(results) != 1 || results[0].Ending != Interrupted || !slices.Contains(results[0].LastSaid, "got terminated") {
		t.Errorf("results %+v", results)
	}
	if !slices.Equal(told, []os.Signal{syscall.SIGHUP}) {
		t.Errorf("told %v", told)
	}
}

// TestExecuteTwice holds that a second signal kills what takes its time after the first.
func TestExecuteTwice(t *testing.T) {
	t.Parallel()
	r := standInRun(t, `--say=ready\n`, "--deaf")
	signals := make(chan os.Signal, 1)
	w := waiter{says: make(chan struct{}, 1)}
	told := 0
	r.Signals, r.Output, r.Grace, r.Observer.Stopping = signals, w, time.Hour, func(os.Signal) {
		told++
		signals <- os.Interrupt
	}
	go func() {
		<-w.says
		signals <- os.Interrupt
	}()
	if results := execute(t, r); len(results) != 1 || results[0].Ending != Interrupted || results[0].ExitCode != -1 || told != 1 {
		t.Errorf("results %+v, told %d times", results, told)
	}
}

// TestExecuteStalled holds that what stands still for as long as it may is ended, though it has its time.
func TestExecuteStalled(t *testing.T) {
	t.Parallel()
	r := standInRun(t, `--say=ready\n`, "--hang", "--junit")
	r.Stall = 200 * time.Millisecond
	results := execute(t, r)
	if len(results) != 1 || results[0].Ending != Stalled || results[0].Problem != "e2e.test stood still for 200ms, and was ended: it said nothing, and no pod changed" {
		t.Errorf("results %+v", results)
	}
}

// TestListImages holds that e2e.test is asked for its images with the registries that are meant, whatever the environment says.
func TestListImages(t *testing.T) {
	t.Setenv(RepoListVariable, "of the environment")
	t.Setenv(RepoListVariable+"_MORE", "stays")
	path := filepath.Join(t.TempDir(), "e2e.test")
	write := func(script string) {
		if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	write(`[ "$1" = --list-images ] || exit 3; echo talk >&2; echo b; echo a; echo b; echo "$` + RepoListVariable + `"; echo "$` + RepoListVariable + `_MORE"`)
	for list, want := range map[string][]string{"": {"a", "b", "stays"}, "list.yaml": {"a", "b", "list.yaml", "stays"}} {
		images, err := ListImages(t.Context(), path, list)
		if diff := cmp.Diff(want, images); diff != "" || err != nil {
			t.Errorf("%q: %v (-want +got):\n%s", list, err, diff)
		}
	}
	write("echo image; echo 'no such list' >&2; echo more >&2; exit 1")
	if images, err := ListImages(t.Context(), path, ""); images != nil || err == nil || err.Error() != fmt.Sprintf("asking %q for its images: exit status 1: no such list", path) {
		t.Errorf("%q, %v", images, err)
	}
}

// TestListen holds what the end of a log tells.
func TestListen(t *testing.T) {
	t.Parallel()
	const rule = "----------\n"
	tests := []string{"[sig-a] one", "[sig-a] two"}
	failed := rule + "• [FAILED] [1.000 seconds]\n[sig-a] [It] two\nx.go:1\n\n  [FAILED] alas\n"
	for name, test := range map[string]struct {
		log  string
		want Heard
	}{
		"nothing":                 {"", Heard{Failures: map[string][]string{}}},
		"one runs":                {rule + "[sig-a] one\n  STEP: a\n", Heard{Running: "[sig-a] one", Failures: map[string][]string{}}},
		"one has ended":           {rule + "[sig-a] one\n• [1.000 seconds]\n", Heard{Failures: map[string][]string{}}},
		"one was stopped":         {rule + "[sig-a] one\n• [INTERRUPTED] [1.000 seconds]\n" + rule, Heard{Failures: map[string][]string{}}},
		"one failed":              {failed, Heard{Failures: map[string][]string{"[sig-a] two": {"[FAILED] alas"}}}},
		"what is long past":       {rule + "[sig-a] one\n" + strings.Repeat("x", 8<<20) + "\n", Heard{Failures: map[string][]string{}}},
		"what is not so long ago": {strings.Repeat("x", 8<<20) + "\n" + rule + "[sig-a] one\n", Heard{Running: "[sig-a] one", Failures: map[string][]string{}}},
	} {
		path := filepath.Join(t.TempDir(), "log")
		if err := os.WriteFile(path, []byte(test.log), 0o600); err != nil {
			t.Fatal(err)
		}
		log, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		heard, err := Listen(log, tests)
		if diff := cmp.Diff(test.want, heard); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
		}
		log.Close()
		if _, err := Listen(log, tests); err == nil {
			t.Errorf("%s: no error of a closed file", name)
		}
		if log, err = os.OpenFile(path, os.O_WRONLY, 0); err != nil {
			t.Fatal(err)
		}
		if _, err := Listen(log, tests); err == nil && test.log != "" {
			t.Errorf("%s: no error of a file that cannot be read", name)
		}
		log.Close()
	}
}

// TestOfPod holds the kubeconfig of a pod's own cluster.
func TestOfPod(t *testing.T) {
	t.Parallel()
	own := &rest.Config{Host: "https://10.0.0.1", BearerToken: "old", BearerTokenFile: "/token", TLSClientConfig: rest.TLSClientConfig{CAFile: "/ca"}}
	config := ofPod(own)
	if err := clientcmdapi.MinifyConfig(config); err != nil {
		t.Fatal(err)
	}
	at := config.Contexts[config.CurrentContext]
	cluster, user := config.Clusters[at.Cluster], config.AuthInfos[at.AuthInfo]
	if cluster.Server != own.Host || cluster.CertificateAuthority != "/ca" || user.TokenFile != "/token" || user.Token != "" {
		t.Errorf("%+v, %+v", cluster, user)
	}
}
