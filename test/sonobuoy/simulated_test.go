//go:build e2e

package sonobuoy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/vmware-tanzu/sonobuoy/pkg/config"
	corev1 "k8s.io/api/core/v1"

	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// TestSimulated runs the plugin by the real Sonobuoy where no container can be run, which needs no root: on the simulated cluster,
// whose pods run in name only. What the containers of Sonobuoy's aggregator and of the plugin's pod would run are processes here,
// each with what its pod's specification says.
func TestSimulated(t *testing.T) {
	s := startSimulated(t)
	t.Run("ready", func(t *testing.T) {
		r := s.launch(t, "excess-requests-stay-pending")
		p := r.startPlugin(t)
		if code := p.wait(t); code != 0 {
			t.Errorf("the plugin ends with %d", code)
		}
		said, code, tarball := r.results(t)
		if summary := judge(t, tarball); code != 0 || summary.Verdict != reporter.Ready || !strings.Contains(said, "Status: passed") {
			t.Errorf("exit code %d, %s", code, summary.Headline())
		}
		if status := s.must(t, s.sonobuoy, "status", "--json"); !strings.Contains(status, `"result-status":"passed"`) || !strings.Contains(status, `"completed":`) {
			t.Error("the status tells no progress, or that it did not pass")
		}
	})
	// hostprocess-node-ip waits for a pod that says something, which none does here.
	for name, end := range map[string]func(*testing.T, *pluginPod){
		"the session is killed": func(t *testing.T, p *pluginPod) { p.kill(t, p.plugin); p.terminated(t, "plugin", 137) },
		"the worker is killed":  func(t *testing.T, p *pluginPod) { p.kill(t, p.worker); p.terminated(t, "sonobuoy-worker", 137) },
		"the run is killed":     func(t *testing.T, p *pluginPod) { p.killRun(t) },
		"Sonobuoy ends the pod": func(t *testing.T, p *pluginPod) { p.signal(t) },
	} {
		t.Run(name, func(t *testing.T) {
			r := s.launch(t, "hostprocess-node-ip")
			p := r.startPlugin(t)
			p.begun(t)
			end(t, p)
			said, code, _ := r.results(t)
			if code == 0 || strings.Contains(said, "Status: passed") || !strings.Contains(said, "Status: failed") {
				t.Errorf("exit code %d", code)
			}
			if status := s.must(t, s.sonobuoy, "status", "--json"); !strings.Contains(status, `"result-status":"failed"`) {
				t.Error("the status does not tell that it failed")
			}
		})
	}
}

// simulated is a simulated cluster, and the two commands.
type simulated struct {
	program, sonobuoy string
	bin               string // folder of e2e.test, kubectl and the rest
	kubeconfig        string
}

func startSimulated(t *testing.T) simulated {
	t.Helper()
	dir, err := os.MkdirTemp("", "sim-") // short: it holds a socket
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	s := simulated{program: filepath.Join(bin, "op-readiness"), sonobuoy: filepath.Join(bin, "sonobuoy"), kubeconfig: filepath.Join(dir, "kubeconfig")}
	build(t, "../..", s.program, "./cmd/op-readiness")
	build(t, ".", s.sonobuoy, "github.com/vmware-tanzu/sonobuoy")
	s.bin = strings.TrimSpace(s.must(t, "../cluster/build.sh"))
	t.Cleanup(func() {
		s.must(t, "../cluster/down.sh", dir)
		_ = os.RemoveAll(dir) // empty by now
	})
	s.must(t, "../cluster/up.sh", dir)
	s.must(t, "kubectl", "taint", "nodes", "linux-1", "linux-2", "os-") // which Sonobuoy's pods do not tolerate
	return s
}

// command is a command that reaches the cluster: a path, or the name of one of its programs.
func (s simulated) command(name string, args ...string) *exec.Cmd {
	if !strings.Contains(name, "/") {
		name = filepath.Join(s.bin, name)
	}
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "KUBECONFIG="+s.kubeconfig, "PATH="+s.bin+":"+os.Getenv("PATH"), "SONOBUOY="+s.sonobuoy)
	return cmd
}

// say runs a command, and returns its standard output and its exit code.
func (s simulated) say(t *testing.T, name string, args ...string) (string, int) {
	t.Helper()
	cmd := s.command(name, args...)
	var talk strings.Builder
	cmd.Stderr = &talk
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	t.Logf("%s %s\n%s%s", filepath.Base(name), strings.Join(args, " "), out, talk.String())
	return string(out), cmd.ProcessState.ExitCode()
}

// must is say for a command that has to succeed.
func (s simulated) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, code := s.say(t, name, args...)
	if code != 0 {
		t.Fatalf("%s %v: exit code %d", name, args, code)
	}
	return out
}

// launched is a run of Sonobuoy whose aggregator runs.
type launched struct {
	simulated
	aggregator *exec.Cmd
	ended      chan error
	tarball    string // that the aggregator will write, as a pattern: in a folder that it cannot be told
}

// launch runs our plugin for some abilities as `make sonobuoy-plugin` does, and then what the aggregator's container would run,
// with the files of its config maps. What both make is removed after the test.
func (s simulated) launch(t *testing.T, abilities ...string) *launched {
	t.Helper()
	dir := t.TempDir()
	address := "127.0.0.1:" + freePort(t)
	_, port, _ := strings.Cut(address, ":")
	flags, id := filepath.Join(dir, "flags.json"), fmt.Sprintf("%d-%s", os.Getpid(), port)
	if err := os.WriteFile(flags, fmt.Appendf(nil, `{"UUID":%q,"Server":{"bindaddress":"127.0.0.1","bindport":%s,"advertiseaddress":%q},"ProgressUpdatesPort":%q}`, id, port, address, freePort(t)), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SONOBUOY_FLAGS", "--config "+flags+" --image-pull-policy IfNotPresent --skip-preflight=dnscheck") // no DNS runs here
	args := []string{"run", s.program}
	for _, id := range abilities {
		args = append(args, "--ability", id)
	}
	t.Cleanup(func() { s.must(t, s.sonobuoy, "delete", "--all", "--wait=2", "--level", "error") })
	s.must(t, "../../hack/sonobuoy.sh", args...)
	s.mount(t, "sonobuoy-config-cm", dir)
	s.mount(t, "sonobuoy-plugins-cm", filepath.Join(dir, "plugins.d"))
	r := &launched{simulated: s, aggregator: s.command(s.sonobuoy, "aggregator"), ended: make(chan error, 1)}
	r.aggregator.Dir = dir
	log, err := os.Create(filepath.Join(dir, "aggregator.log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	r.aggregator.Stdout, r.aggregator.Stderr = log, log
	if err := r.aggregator.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.ended <- r.aggregator.Wait() }()
	t.Cleanup(func() {
		_ = r.aggregator.Process.Kill() // it has ended, as a rule
		if t.Failed() {
			said, _ := os.ReadFile(log.Name())
			t.Logf("the aggregator:\n%s", said)
		}
	})
	t.Cleanup(func() {
		names, _ := filepath.Glob(filepath.Join(config.AggregatorResultsPath, "*"+id+"*")) // it is a good pattern
		for _, name := range names {
			_ = os.RemoveAll(name)
		}
	})
	r.tarball = filepath.Join(config.AggregatorResultsPath, "*_sonobuoy_"+id+".tar.gz")
	return r
}

// mount writes the files of a config map into a folder.
func (s simulated) mount(t *testing.T, name, dir string) {
	t.Helper()
	var m corev1.ConfigMap
	out, err := s.command("kubectl", "-n", "sonobuoy", "get", "configmap", name, "-o", "json").Output()
	if err := errors.Join(err, json.Unmarshal(out, &m)); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for file, text := range m.Data {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// results waits for the end of the run, gets its results as `make sonobuoy-results` does, and returns what was said, the exit
// code and the tarball. The file itself comes from the aggregator's process: its pod has none.
func (r *launched) results(t *testing.T) (said string, code int, tarball string) {
	t.Helper()
	r.must(t, r.sonobuoy, "wait", "--wait=20", "--wait-output", "Silent")
	select {
	case <-r.ended: // not with 0: it cannot get the logs of pods here
	case <-time.After(time.Minute):
		t.Fatal("the aggregator does not end")
	}
	dir := t.TempDir()
	shim := "#!/bin/sh\nif [ \"$1\" = retrieve ]; then cp " + r.tarball + " \"$2\" && basename " + r.tarball + "; else exec " + r.sonobuoy + " \"$@\"; fi\n"
	if err := os.WriteFile(filepath.Join(dir, "sonobuoy"), []byte(shim), 0o755); err != nil {
		t.Fatal(err)
	}
	r.simulated.sonobuoy = filepath.Join(dir, "sonobuoy")
	said, code = r.say(t, "../../hack/sonobuoy.sh", "results", r.program, filepath.Join(dir, "results"))
	files, err := filepath.Glob(filepath.Join(dir, "results", "*.tar.gz"))
	if err != nil || len(files) != 1 {
		t.Fatalf("tarballs: %q, %v", files, err)
	}
	return said, code, files[0]
}

// until calls a function every now and then until it is content, for two minutes at most.
func until(t *testing.T, what string, content func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	for !content() {
		select {
		case <-ctx.Done():
			t.Fatalf("waited for %s: %v", what, ctx.Err())
		case <-time.After(200 * time.Millisecond):
		}
	}
}
