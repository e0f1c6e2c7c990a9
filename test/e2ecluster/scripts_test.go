package e2ecluster

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestScriptsSayWhatIsWrong calls the real cluster's scripts as they must not be called: each says why and what to do, ends
// with exit code 2, and leaves nothing behind.
func TestScriptsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the real cluster needs Linux")
	}
	for name, test := range map[string]struct {
		script string
		args   []string
		env    string
		want   string
	}{
		"profile":      {script: "up.sh", args: []string{"DIR"}, env: "PROFILE=odd", want: "error: PROFILE=odd: it is open or tainted"},
		"version":      {script: "up.sh", args: []string{"DIR"}, env: "KUBERNETES_VERSION=1.36", want: `"1.36" is no Kubernetes release`},
		"two folders":  {script: "up.sh", args: []string{"a", "b"}, want: "hint: up.sh [DIR]"},
		"flag":         {script: "down.sh", args: []string{"--help"}, want: "hint: down.sh [DIR]"},
		"no cluster":   {script: "fault.sh", args: []string{"inject", "--dir", "DIR", "dns"}, want: "error: no real cluster runs in "},
		"no action":    {script: "fault.sh", want: "kube-proxy (away, with its rules)"},
		"no command":   {script: "exec.sh", want: "hint: exec.sh [--dir DIR] [--node NAME] COMMAND..."},
		"no archive":   {script: "load.sh", want: "hint: load.sh [--dir DIR] ARCHIVE..."},
		"build's args": {script: "build.sh", args: []string{"v1.36.3"}, want: "error: expected no arguments, got: v1.36.3"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			work := t.TempDir()
			for i, arg := range test.args {
				test.args[i] = strings.Replace(arg, "DIR", filepath.Join(work, "cluster"), 1)
			}
			script, err := filepath.Abs(filepath.Join("../cluster/real", test.script))
			if err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(script, test.args...)
			cmd.Dir = work
			cmd.Env = append(os.Environ(), "OP_READINESS_CACHE="+filepath.Join(work, "cache"), test.env)
			var stderr bytes.Buffer
			cmd.Stderr = &stderr
			err = cmd.Run()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != 2 || !strings.Contains(stderr.String(), test.want) {
				t.Errorf("%v, want exit code 2 and %q in:\n%s", err, test.want, stderr.String())
			}
			if left, err := os.ReadDir(work); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
