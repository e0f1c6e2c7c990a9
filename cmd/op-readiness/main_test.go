package main

import (
	"errors"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"op-readiness": main, "e2e.test": fakeE2E})
}

func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true, RequireUniqueNames: true, Setup: setupScript,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"ended": ended, "endings": endings, "exits": exits, "killed": killed, "renamed": renamed, "sessionkilled": sessionKilled, "store": serveStore, "terminal": onTerminal},
	})
}

// setupScript gives a script a home of its own, so that nothing of the user's is read or written, and a cluster.
func setupScript(env *testscript.Env) error {
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("XDG_CACHE_HOME", env.WorkDir+"/.cache")
	env.Setenv("FAKE_E2E", env.WorkDir+"/scenario.yaml")
	hack, err := filepath.Abs("../../hack")
	if err != nil {
		return err
	}
	env.Setenv("HACK", hack)
	for variable, program := range map[string]string{"E2E": "e2e.test", "OP_READINESS": "op-readiness"} {
		path, err := exec.LookPath(program)
		if err != nil {
			return err
		}
		env.Setenv(variable, path)
	}
	if err := setupReleases(env); err != nil {
		return err
	}
	if err := setupGitHub(env); err != nil {
		return err
	}
	return errors.Join(setupCluster(env), setupPods(env))
}
