//go:build e2e

package sonobuoy

import (
	"context"
	"errors"
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

const (
	sonobuoyImage = "example.com/sonobuoy:v0.57.3"
	ourImage      = "example.com/op-readiness:test"
)

// real is a real cluster with the images of Sonobuoy and of ours, and the two commands.
type real struct {
	*cluster.Cluster
	program, sonobuoy string
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
	for image, programs := range map[string]map[string]string{
		sonobuoyImage: {"/sonobuoy": r.sonobuoy},
		ourImage: {
			sonobuoy.Entry: r.program, "/app/op-readiness": r.program, "/app/e2e.test": r.E2E(), "/app/ginkgo": filepath.Join(r.Programs(), "ginkgo"),
			"/app/kubectl":                filepath.Join(r.Programs(), "kubectl"),
			"/lib64/ld-linux-x86-64.so.2": "/lib64/ld-linux-x86-64.so.2", "/lib/x86_64-linux-gnu/libc.so.6": "/lib/x86_64-linux-gnu/libc.so.6", // of programs built here
		},
	} {
		if err := r.LoadPrograms(t.Context(), image, programs); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func build(t *testing.T, dir, to, pkg string) {
	t.Helper()
	cmd := exec.Command("go", "build", "-trimpath", "-o", to, pkg)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
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

// launch runs our plugin for some abilities as `make sonobuoy-plugin` does, and removes what Sonobuoy made after the test.
func (r real) launch(t *testing.T, abilities ...string) {
	t.Helper()
	// A Sonobuoy that was built with Go 1.25.2 or newer takes its own address of an aggregator, [10.1.2.3]:8080, for none.
	config := filepath.Join(t.TempDir(), "config.json")
	if err := os.WriteFile(config, []byte(`{"Server":{"advertiseaddress":"sonobuoy-aggregator:8080"}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("SONOBUOY", r.sonobuoy)
	t.Setenv("IMAGE", ourImage)
	t.Setenv("SONOBUOY_FLAGS", "--config "+config+" --sonobuoy-image "+sonobuoyImage+" --image-pull-policy IfNotPresent")
	t.Cleanup(func() { r.must(t, r.sonobuoy, "delete", "--all", "--wait=2", "--level", "error") })
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
