package checkout

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// TestJob runs the command of a generated job as it is, among clones as Prow makes them. Only what is not ours has a stand-in:
// runner.sh of the image, and windows-testing's script, which does or does not come to a cluster.
func TestJob(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	git(t, root, "clone", "-q", commitTree(t), "windows-operational-readiness")
	job := jobOf(t, filepath.Join(root, "windows-operational-readiness"), "periodics-1-36", "ci-windows-op-readiness-1-36-ltsc2022")
	script := func(name, text string) {
		t.Helper()
		full := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte("#!/bin/sh\n"+text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	script("bin/runner.sh", `exec "$@"`)
	script("no-e2e.test", `echo "asked for its tests: $*" >&2; exit 3`)
	for name, test := range map[string]struct{ cluster, says string }{
		"no cluster":  {`echo "no quota for $KUBERNETES_VERSION" >&2; exit 1`, "no quota for latest-1.36"},
		"no e2e.test": {`KUBECONFIG=$PWD/none CI_VERSION=v1.36.3 E2E_TEST=$PWD/../no-e2e.test exec "$@"`, "error: "},
	} {
		script("windows-testing/capz/run-capz-e2e.sh", test.cluster)
		artifacts := filepath.Join(root, name)
		cmd := exec.Command(job[0], job[1:]...)
		cmd.Dir = filepath.Join(root, "windows-testing")
		cmd.Env = append(inPath(plainEnvironment(t), filepath.Join(root, "bin")), "ARTIFACTS="+artifacts)
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || !strings.Contains(string(out), test.says) {
			t.Errorf("%s: %v, want a failure that says %q:\n%s", name, err, test.says, out)
		}
		text := string(readFile(t, artifacts, "junit_op-readiness.xml"))
		for _, category := range strings.Split(job[1], ",") {
			if !strings.Contains(text, `<testcase name="`+category+`" classname="Verdict" time="0">`+"\n      <failure") {
				t.Errorf("%s: %s has no failure:\n%s", name, category, text)
			}
		}
	}
}

// inPath is the environment with another folder for programs, which goes before the others.
func inPath(environment []string, folder string) []string {
	var changed []string
	for _, e := range environment {
		if rest, ok := strings.CutPrefix(e, "PATH="); ok {
			e = "PATH=" + folder + string(filepath.ListSeparator) + rest
		}
		changed = append(changed, e)
	}
	return changed
}

// jobOf is the command of a generated job.
func jobOf(t *testing.T, clone, file, name string) []string {
	t.Helper()
	matches, err := filepath.Glob(filepath.Join(clone, "config", "jobs", "*", "*", "*-"+file+".yaml"))
	if err != nil || len(matches) != 1 {
		t.Fatalf("%q, %v", matches, err)
	}
	var jobs struct {
		Periodics []struct {
			Name string
			Spec struct{ Containers []struct{ Command []string } }
		}
	}
	if err := yaml.Unmarshal(readFile(t, "", matches[0]), &jobs); err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs.Periodics {
		if j.Name == name {
			return j.Spec.Containers[0].Command
		}
	}
	t.Fatalf("%s is not in %s", name, matches[0])
	return nil
}
