//go:build e2e

package sonobuoy

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
	"sigs.k8s.io/windows-operational-readiness/test/cluster"
)

const sonobuoyImage = "example.com/sonobuoy:v0.57.3"

// real is a real cluster with the images of Sonobuoy and of ours, and the two commands.
type real struct {
	*cluster.Cluster
	program, sonobuoy string
	version           string // of Kubernetes
}

// start starts a cluster for this test; REAL_CLUSTER names one that is up already and stays.
func start(t *testing.T) real {
	t.Helper()
	bin := t.TempDir()
	r := real{program: filepath.Join(bin, "op-readiness"), sonobuoy: filepath.Join(bin, "sonobuoy")}
	build(t, "../..", r.program, "./cmd/op-readiness")
	build(t, ".", r.sonobuoy, "github.com/vmware-tanzu/sonobuoy")
	options := cluster.Options{Scripts: "../cluster/real", Dir: os.Getenv("REAL_CLUSTER"), Profile: "open", KubernetesVersion: os.Getenv("KUBERNETES_VERSION")}
	stays := options.Dir != ""
	if !stays {
		dir, err := os.MkdirTemp("", "real-") // a short path
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(dir) })
		options.Dir = dir
	}
	var err error
	if r.Cluster, err = cluster.Up(t.Context(), options); err != nil {
		t.Fatal(err)
	}
	if !stays {
		t.Cleanup(func() {
			if err := r.Down(context.Background()); err != nil {
				t.Error(err)
			}
		})
	}
	r.version = strings.TrimPrefix(filepath.Base(r.Programs()), "kubernetes-")
	if err := r.LoadPrograms(t.Context(), sonobuoyImage, map[string]string{"/sonobuoy": r.sonobuoy}); err != nil {
		t.Fatal(err)
	}
	r.loadOurs(t)
	return r
}

// loadOurs gives the nodes the very image that `make image` makes, by the name that the shipped plugin has for it.
func (r real) loadOurs(t *testing.T) {
	t.Helper()
	layout := filepath.Join(t.TempDir(), "image")
	r.load(t, layout, [][]string{{"../../hack/image.sh", r.program, r.version, layout}})
}

// load gives the nodes the image that commands make as an OCI layout.
func (r real) load(t *testing.T, layout string, commands [][]string) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "image.tar")
	for _, command := range append(commands, []string{"tar", "-C", layout, "-cf", archive, "."}) {
		if out, err := exec.Command(command[0], command[1:]...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", command, err, out)
		}
	}
	if err := r.LoadImage(t.Context(), archive); err != nil {
		t.Fatal(err)
	}
}

// say runs a command in the network of the cluster, and returns what it said and its exit code.
func (r real) say(t *testing.T, name string, args ...string) (string, int) {
	t.Helper()
	out, err := r.Command(context.WithoutCancel(t.Context()), name, args...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s %v: %v", name, args, err)
	}
	t.Logf("%s %s\n%s", filepath.Base(name), strings.Join(args, " "), out)
	if exit != nil {
		return string(out), exit.ExitCode()
	}
	return string(out), 0
}

// must is say for a command that has to succeed.
func (r real) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	out, code := r.say(t, name, args...)
	if code != 0 {
		t.Fatalf("%s %v: exit code %d", name, args, code)
	}
	return out
}

// flags are what `sonobuoy run` needs here: its own image, and an address of the aggregator. A Sonobuoy that was built with Go
// 1.25.2 or newer takes the one that it makes up, [10.1.2.3]:8080, for none.
func (r real) flags(t *testing.T) string {
	t.Helper()
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(`{"Server":{"advertiseaddress":"sonobuoy-aggregator:8080"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { r.must(t, r.sonobuoy, "delete", "--all", "--wait=2", "--level", "error") })
	return "--config " + config + " --sonobuoy-image " + sonobuoyImage + " --image-pull-policy IfNotPresent"
}

// launch runs our plugin for some abilities as `make sonobuoy-plugin` does, and removes what Sonobuoy made after the test.
func (r real) launch(t *testing.T, abilities ...string) {
	t.Helper()
	t.Setenv("SONOBUOY", r.sonobuoy)
	t.Setenv("SONOBUOY_FLAGS", r.flags(t))
	args := []string{"run", r.program}
	for _, id := range abilities {
		args = append(args, "--ability", id)
	}
	r.must(t, "../../hack/sonobuoy.sh", args...)
}

// results waits for the end of the run, gets its results as `make sonobuoy-results` does, and returns what was said, the exit
// code and the tarball.
func (r real) results(t *testing.T) (said string, code int, tarball string) {
	t.Helper()
	r.must(t, r.sonobuoy, "wait", "--wait=20", "--wait-output", "Silent")
	t.Setenv("SONOBUOY", r.sonobuoy)
	dir := t.TempDir()
	said, code = r.say(t, "../../hack/sonobuoy.sh", "results", r.program, dir)
	files, err := filepath.Glob(filepath.Join(dir, "*.tar.gz"))
	if err != nil || len(files) != 1 {
		t.Fatalf("tarballs: %q, %v", files, err)
	}
	return said, code, files[0]
}

// TestReal runs the plugin by the real Sonobuoy, with an ability that can pass on the cluster: Sonobuoy calls it passed, and our
// report of the tarball ready, on nodes that pretend to be Windows.
func TestReal(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the real cluster needs root: TestSimulated does not")
	}
	r := start(t)
	t.Run("ready", func(t *testing.T) {
		r.launch(t, "shared-files-three-containers")
		said, code, tarball := r.results(t)
		s := judge(t, tarball)
		if code != 0 || s.Verdict != reporter.Ready || !s.Pretended || !strings.Contains(said, "Status: passed") {
			t.Errorf("exit code %d, %s", code, s.Headline())
		}
		if status := r.must(t, r.sonobuoy, "status", "--json"); !strings.Contains(status, `"result-status":"passed"`) || !strings.Contains(status, `"completed":`) {
			t.Error("the status tells no progress, or that it did not pass")
		}
	})
	t.Run("the file of others", func(t *testing.T) { r.othersFile(t) })
	t.Run("a pipeline of others", func(t *testing.T) { r.pipeline(t) })
	t.Run("hydrophone", func(t *testing.T) { r.hydrophone(t) })
	t.Run("killed", func(t *testing.T) { r.killed(t) })
	t.Run("without its worker", func(t *testing.T) { r.withoutWorker(t) })
	t.Run("ended by Sonobuoy", func(t *testing.T) {
		r.launch(t, "service-account-rotation") // whose test takes ten minutes
		pod := r.plugin(t)
		r.must(t, "kubectl", "-n", "sonobuoy", "delete", "pod", pod, "--grace-period=60", "--wait=false")
		said, code, tarball := r.results(t)
		s := judge(t, tarball)
		if code != 1 || s.Verdict != reporter.Incomplete || !strings.Contains(said, "Status: failed") || s.Tool == "" {
			t.Errorf("exit code %d, %s", code, s.Headline())
		}
	})
}

// plugin waits until the run is under way, and returns the name of its pod.
func (r real) plugin(t *testing.T) string {
	t.Helper()
	const selector = "sonobuoy-plugin=" + sonobuoy.Name
	deadline := time.Now().Add(5 * time.Minute)
	for time.Now().Before(deadline) {
		out, _ := r.Command(t.Context(), "kubectl", "-n", "sonobuoy", "logs", "-l", selector, "-c", "plugin", "--tail=-1").CombinedOutput()
		if strings.Contains(string(out), "invocation 1: ") {
			names := strings.Fields(r.must(t, "kubectl", "-n", "sonobuoy", "get", "pods", "-l", selector, "-o", "name"))
			if len(names) != 1 || slices.Contains(names, "") {
				t.Fatalf("pods: %q", names)
			}
			return strings.TrimPrefix(names[0], "pod/")
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(time.Second):
		}
	}
	t.Fatal("the run did not begin")
	return ""
}

// othersFile runs a file that people wrote for the program before this one: the entry of the image, categories, and Sonobuoy's
// reading of JUnit. Its abilities are two of those of the category; the others are not for this cluster.
func (r real) othersFile(t *testing.T) {
	const file = `sonobuoy-config:
  driver: Job
  plugin-name: op-readiness
  result-format: junit
spec:
  command: ["/app/run.sh"]
  args: ["--category=Core.Storage", "--ability=shared-files-three-containers"]
  image: %s
  name: plugin
  volumeMounts:
  - {mountPath: /tmp/sonobuoy/results, name: results}
`
	name := filepath.Join(t.TempDir(), "plugin.yaml")
	if err := os.WriteFile(name, fmt.Appendf(nil, file, sonobuoy.Repository+":$SONOBUOY_K8S_VERSION"), 0o600); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"run", "--plugin", name, "--aggregator-node-selector", "kubernetes.io/os:linux"}, strings.Fields(r.flags(t))...)
	r.must(t, r.sonobuoy, args...)
	said, code, tarball := r.results(t)
	if s := judge(t, tarball); code != 0 || s.Verdict != reporter.Ready || !strings.Contains(said, "Status: passed") {
		t.Errorf("exit code %d, %s", code, s.Headline())
	}
}

// pipeline runs the line that docs/migrating.md gives to those who run Sonobuoy today, as it stands there, in a folder with a plugin
// file of one ability, and with a sonobuoy that has the flags which this cluster needs.
func (r real) pipeline(t *testing.T) {
	dir := t.TempDir()
	shim := "#!/bin/sh\nif [ \"$1\" = run ]; then set -- \"$@\" " + r.flags(t) + "; fi\nexec " + r.sonobuoy + " \"$@\"\n"
	plugin := r.must(t, r.program, "sonobuoy", "plugin", "--ability", "shared-files-three-containers")
	for name, text := range map[string]string{"sonobuoy": shim, "sonobuoy-plugin.yaml": plugin} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	line := migrating(t, "sonobuoy run ")
	r.must(t, "sh", "-ec", "cd "+dir+"; PATH=.:$PATH; "+line+`; sonobuoy results $(sonobuoy retrieve) --plugin op-readiness | grep "Status: passed"`)
}

// migrating is the line of docs/migrating.md that begins so.
func migrating(t *testing.T, begins string) string {
	t.Helper()
	text, err := os.ReadFile("../../docs/migrating.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, block := range strings.Split(string(text), "```sh\n")[1:] {
		line, _, _ := strings.Cut(block, "\n```")
		if strings.HasPrefix(line, begins) {
			return line
		}
	}
	t.Fatalf("docs/migrating.md has no line %q", begins)
	return ""
}

// killed kills the run in its pod (-9) amid the tests: the session hands over what there is, and it is not passed.
func (r real) killed(t *testing.T) {
	r.launch(t, "service-account-rotation") // whose test takes ten minutes
	pod := r.plugin(t)
	r.kill(t, pod, "op-readiness run ")
	said, code, tarball := r.results(t)
	if s := judge(t, tarball); code != 1 || s.Verdict != reporter.Incomplete || !strings.Contains(said, "Status: failed") || !strings.Contains(said, "Verdict: incomplete") {
		t.Errorf("exit code %d, %s", code, s.Headline())
	}
}

// withoutWorker kills the process that gathers the results (-9) amid the tests: Sonobuoy never gets any, and does not call it passed.
func (r real) withoutWorker(t *testing.T) {
	r.launch(t, "shared-files-three-containers")
	pod := r.plugin(t)
	r.kill(t, pod, "/sonobuoy worker ")
	deadline := time.Now().Add(10 * time.Minute)
	for {
		status := r.must(t, r.sonobuoy, "status", "--json")
		if strings.Contains(status, `"result-status":"passed"`) {
			t.Fatal("it is passed without results")
		}
		if strings.Contains(status, `"status":"failed"`) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("Sonobuoy says nothing of it")
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(5 * time.Second):
		}
	}
}

// kill kills the processes on the node of a pod whose command lines have a text.
func (r real) kill(t *testing.T, pod, text string) {
	t.Helper()
	node := strings.TrimSpace(r.must(t, "kubectl", "-n", "sonobuoy", "get", "pod", pod, "-o", "jsonpath={.spec.nodeName}"))
	out, err := r.NodeCommand(context.WithoutCancel(t.Context()), node, "pkill", "-KILL", "-f", "^[^ ]*"+text).CombinedOutput()
	if err != nil {
		t.Fatalf("killing %q on %s: %v\n%s", text, node, err, out)
	}
}
