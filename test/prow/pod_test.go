package prow

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"
)

// pod runs a pod that mkpod made as processes of this machine: its containers with Prow's own programs in them, clonerefs,
// initupload, entrypoint and sidecar, each with the environment that the pod gives it. Only the folders at the root of a container
// lie below one of ours.
type pod struct {
	t    *testing.T
	spec corev1.PodSpec
	root string // stands for "/"
	bin  string // Prow's programs
	env  []string

	entrypoint, sidecar *exec.Cmd
	said                talk // by the container of the job
	aside               talk // by Prow's own
}

// folders are those that Prow's decoration puts at the root of the containers.
func folders() []string { return []string{"/logs", "/tools", "/home/prow/go"} }

// newPod reads what mkpod printed. The environment is that of the image.
func newPod(t *testing.T, text, bin string, env []string) *pod {
	t.Helper()
	var read corev1.Pod
	if err := yaml.Unmarshal([]byte(text), &read); err != nil {
		t.Fatal(err)
	}
	p := &pod{t: t, spec: read.Spec, root: t.TempDir(), bin: bin, env: env}
	for _, folder := range folders() {
		if err := os.MkdirAll(p.root+folder, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	program, err := os.ReadFile(filepath.Join(bin, "entrypoint"))
	if err != nil {
		t.Fatal(err)
	}
	write(t, string(program), p.root, "tools", "entrypoint") // what the container place-entrypoint does
	return p
}

// container returns a container of the pod.
func (p *pod) container(name string) corev1.Container {
	p.t.Helper()
	all := slices.Concat(p.spec.InitContainers, p.spec.Containers)
	i := slices.IndexFunc(all, func(c corev1.Container) bool { return c.Name == name })
	if i < 0 {
		p.t.Fatalf("the pod has no container %q", name)
	}
	return all[i]
}

// moved is a value of the pod's with its folders below the root.
func (p *pod) moved(value string) string {
	for _, folder := range folders() {
		value = strings.ReplaceAll(value, `"`+folder, `"`+p.root+folder)
		if strings.HasPrefix(value, folder) {
			value = p.root + value
		}
	}
	return value
}

// command is the process of a container. Its environment is the image's and the container's own.
func (p *pod) command(container, program string) *exec.Cmd {
	p.t.Helper()
	c := p.container(container)
	cmd := exec.Command(program)
	cmd.Env = slices.Clone(p.env)
	for _, e := range c.Env {
		cmd.Env = append(cmd.Env, e.Name+"="+p.moved(e.Value))
	}
	cmd.Dir = p.root
	if c.WorkingDir != "" {
		cmd.Dir = p.moved(c.WorkingDir)
	}
	cmd.Stdout, cmd.Stderr = &p.aside, &p.aside
	if container == "test" {
		cmd.Stdout, cmd.Stderr = &p.said, &p.said
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

// start runs the init containers to their ends, and starts the others.
func (p *pod) start() {
	p.t.Helper()
	for _, name := range []string{"clonerefs", "initupload"} {
		if err := p.command(name, filepath.Join(p.bin, name)).Run(); err != nil {
			p.t.Fatalf("%s: %v\n%s", name, err, tail(p.aside.String(), 40))
		}
	}
	test := p.container("test")
	if len(test.Command) != 1 || p.moved(test.Command[0]) != filepath.Join(p.root, "tools", "entrypoint") || len(test.Args) > 0 {
		p.t.Fatalf("the container of the job runs %q %q", test.Command, test.Args)
	}
	p.entrypoint = p.command("test", p.moved(test.Command[0]))
	p.sidecar = p.command("sidecar", filepath.Join(p.bin, "sidecar"))
	for _, cmd := range []*exec.Cmd{p.entrypoint, p.sidecar} {
		if err := cmd.Start(); err != nil {
			p.t.Fatal(err)
		}
		p.t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	}
}

// stop is what a kubelet does with a pod that is to end: all containers get SIGTERM.
func (p *pod) stop() {
	for _, cmd := range []*exec.Cmd{p.entrypoint, p.sidecar} {
		_ = cmd.Process.Signal(syscall.SIGTERM)
	}
}

// wait waits for the pod's end, and returns the exit code of the job.
func (p *pod) wait(limit time.Duration) int {
	p.t.Helper()
	timer := time.AfterFunc(limit, func() {
		_ = syscall.Kill(-p.entrypoint.Process.Pid, syscall.SIGKILL)
		_ = syscall.Kill(-p.sidecar.Process.Pid, syscall.SIGKILL)
	})
	defer timer.Stop()
	err := p.entrypoint.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	if err := p.sidecar.Wait(); err != nil && !errors.As(err, &exit) {
		p.t.Fatal(err)
	}
	return p.entrypoint.ProcessState.ExitCode()
}

// file is one of the job's artifacts as they are now; nil if there is none yet.
func (p *pod) file(name string) []byte {
	p.t.Helper()
	data, err := os.ReadFile(filepath.Join(p.root, "logs", "artifacts", name))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		p.t.Fatal(err)
	}
	return bytes.TrimSpace(data)
}
