//go:build e2e

package sonobuoy

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"

	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// pluginPod is the plugin's pod: the processes that its containers would run, and the volume that they share.
type pluginPod struct {
	*launched
	name           string
	results        string
	plugin, worker *exec.Cmd
	said           said
	exited         chan struct{}
}

// said is what a process says, to be read while it speaks.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// startPlugin waits for the plugin's pod, and runs what its containers would: each with its command, its arguments and its
// environment, but for what says where the volume is.
func (r *launched) startPlugin(t *testing.T) *pluginPod {
	t.Helper()
	const selector = "sonobuoy-plugin=" + sonobuoy.Name
	var pods corev1.PodList
	until(t, "the plugin's pod", func() bool {
		out, err := r.command("kubectl", "-n", "sonobuoy", "get", "pods", "-l", selector, "-o", "json").Output()
		return err == nil && json.Unmarshal(out, &pods) == nil && len(pods.Items) == 1 && pods.Items[0].Status.Phase == corev1.PodRunning
	})
	p := &pluginPod{launched: r, name: pods.Items[0].Name, results: t.TempDir(), exited: make(chan struct{})}
	for _, c := range pods.Items[0].Spec.Containers {
		switch c.Name {
		case "plugin":
			p.plugin = p.process(t, c, p.image(t))
		case "sonobuoy-worker":
			p.worker = p.process(t, c, map[string]string{"/sonobuoy": r.sonobuoy})
		}
	}
	if p.plugin == nil || p.worker == nil {
		t.Fatalf("the containers are %+v", pods.Items[0].Spec.Containers)
	}
	p.worker.Stdout, p.worker.Stderr = nil, nil
	p.plugin.Stdout, p.plugin.Stderr = &p.said, &p.said
	p.plugin.WaitDelay = time.Second
	for _, cmd := range []*exec.Cmd{p.worker, p.plugin} {
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
	}
	go func() { _ = p.plugin.Wait(); close(p.exited) }()
	t.Cleanup(func() {
		_ = p.plugin.Process.Kill() // they have ended, as a rule
		_ = p.worker.Process.Kill()
		_ = p.worker.Wait()
		<-p.exited
		if t.Failed() {
			t.Logf("the plugin:\n%s", p.said.String())
		}
	})
	return p
}

// image is the part of our image that the plugin runs, by the paths in it.
func (p *pluginPod) image(t *testing.T) map[string]string {
	t.Helper()
	app := t.TempDir()
	for name, of := range map[string]string{"run.sh": p.program, "e2e.test": filepath.Join(p.bin, "e2e.test"), "ginkgo": filepath.Join(p.bin, "ginkgo")} {
		if err := os.Symlink(of, filepath.Join(app, name)); err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{sonobuoy.Entry: filepath.Join(app, filepath.Base(sonobuoy.Entry))}
}

// process is what a container runs.
func (p *pluginPod) process(t *testing.T, c corev1.Container, programs map[string]string) *exec.Cmd {
	t.Helper()
	program := programs[c.Command[0]]
	if program == "" {
		t.Fatalf("there is no %q in the image", c.Command)
	}
	cmd := p.command(program, append(c.Command[1:], c.Args...)...)
	cmd.Env = append(cmd.Env, "SONOBUOY_DONE_FILE_DELAY=0s")
	for _, v := range c.Env {
		value := v.Value
		switch {
		case v.ValueFrom != nil && v.ValueFrom.SecretKeyRef != nil:
			value = p.secret(t, v.ValueFrom.SecretKeyRef)
		case v.Value == sonobuoy.ResultsDir:
			value = p.results
		case v.Name == "HOME":
			continue // that of this test
		}
		cmd.Env = append(cmd.Env, v.Name+"="+value)
	}
	return cmd
}

func (p *pluginPod) secret(t *testing.T, from *corev1.SecretKeySelector) string {
	t.Helper()
	out, err := p.command("kubectl", "-n", "sonobuoy", "get", "secret", from.Name, "-o", "json").Output()
	var s corev1.Secret
	if err == nil {
		err = json.Unmarshal(out, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(s.Data[from.Key])
}

// begun waits until the tests are under way.
func (p *pluginPod) begun(t *testing.T) {
	t.Helper()
	until(t, "the tests", func() bool { return strings.Contains(p.said.String(), "invocation 1: ") })
}

// wait waits for the end of the plugin, and returns its exit code.
func (p *pluginPod) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.exited:
	case <-time.After(10 * time.Minute):
		t.Fatal("the plugin does not end")
	}
	return p.plugin.ProcessState.ExitCode()
}

// signal asks the plugin to end, as the kubelet does with a pod that is deleted.
func (p *pluginPod) signal(t *testing.T) {
	t.Helper()
	if err := p.plugin.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := p.wait(t); code != 1 {
		t.Errorf("the plugin ends with %d", code)
	}
}

// kill kills a process (-9), and of a plugin holds that its run does not live on.
func (p *pluginPod) kill(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if cmd != p.plugin {
		return
	}
	p.wait(t)
	until(t, "the end of the run", func() bool { return len(p.processes()) == 0 })
	if _, err := os.Stat(filepath.Join(p.results, "done")); err == nil {
		t.Error("there is a done file")
	}
}

// killRun kills the run below the session, which then ends by itself.
func (p *pluginPod) killRun(t *testing.T) {
	t.Helper()
	names, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", p.plugin.Process.Pid)) // it is a good pattern
	killed := 0
	for _, name := range names {
		data, _ := os.ReadFile(name) // a thread that is gone has none
		var pid int
		if n, _ := fmt.Sscan(string(data), &pid); n == 1 && syscall.Kill(pid, syscall.SIGKILL) == nil {
			killed++
		}
	}
	if code := p.wait(t); killed != 1 || code != 2 {
		t.Errorf("%d killed, and the plugin ends with %d", killed, code)
	}
}

// processes are the command lines of all that has the pod's results in its environment, but for the worker's.
func (p *pluginPod) processes() []string {
	var found []string
	names, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range names {
		environment, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(environment, []byte("SONOBUOY_RESULTS_DIR="+p.results+"\x00")) {
			continue
		}
		line, _ := os.ReadFile(filepath.Join(filepath.Dir(name), "cmdline"))
		if !bytes.Contains(line, []byte("worker\x00global")) {
			found = append(found, string(line))
		}
	}
	return found
}

// terminated says of a container, as its kubelet would, that it ended with an exit code. It does so as of ten minutes ago: for so
// long, and no longer, Sonobuoy waits for results of such a container.
func (p *pluginPod) terminated(t *testing.T, container string, code int) {
	t.Helper()
	var pod corev1.Pod
	out, err := p.command("kubectl", "-n", "sonobuoy", "get", "pod", p.name, "-o", "json").Output()
	if err := errors.Join(err, json.Unmarshal(out, &pod)); err != nil {
		t.Fatal(err)
	}
	at := time.Now().Add(-10 * time.Minute).UTC().Format(time.RFC3339)
	for n, s := range pod.Status.ContainerStatuses {
		if s.Name != container {
			continue
		}
		patch := fmt.Sprintf(`[{"op":"replace","path":"/status/containerStatuses/%d/state","value":{"terminated":{"exitCode":%d,"reason":"Error","startedAt":%q,"finishedAt":%q}}}]`, n, code, at, at)
		p.must(t, "kubectl", "-n", "sonobuoy", "patch", "pod", p.name, "--subresource=status", "--type=json", "-p", patch)
		return
	}
	t.Fatalf("no container %s: %+v", container, pod.Status.ContainerStatuses)
}
