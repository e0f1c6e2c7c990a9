// Package hack holds the scripts that the Makefile calls, and tests of those that decide something.
package hack

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts runs each script in a repository of its own.
func TestScripts(t *testing.T) {
	t.Parallel()
	here, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("there is no bash here, which all these scripts need")
	}
	testscript.Run(t, testscript.Params{Dir: "testdata", RequireExplicitExec: true, RequireUniqueNames: true, Setup: func(env *testscript.Env) error {
		env.Setenv("HACK", here)
		env.Setenv("BASH", bash)
		env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
		env.Setenv("GIT_CONFIG_SYSTEM", os.DevNull)
		for _, who := range []string{"AUTHOR", "COMMITTER"} {
			env.Setenv("GIT_"+who+"_NAME", "test")
			env.Setenv("GIT_"+who+"_EMAIL", "test@example.com")
			env.Setenv("GIT_"+who+"_DATE", "2026-07-01T08:00:00+02:00")
		}
		return nil
	}})
}
