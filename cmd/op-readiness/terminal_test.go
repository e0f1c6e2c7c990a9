package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// onTerminal is a script's command for a program on a real terminal, that of tmux:
//
//	terminal open 120x30 op-readiness run ...   starts it; what the screen shows stays when it ends
//	terminal resize 80x30
//	terminal type C-c                           keys by the names that tmux has
//	terminal shows [N] REGEXP                   waits until the screen has it, on N lines exactly if N is given
//	terminal close
func onTerminal(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("usage: terminal open|resize|type|shows|close ...")
	}
	t := terminal{ts, filepath.Join(ts.MkAbs("."), "tmux")}
	switch verb, args := args[0], args[1:]; verb {
	case "open":
		columns, rows, _ := strings.Cut(args[0], "x")
		path, err := exec.LookPath(args[1])
		ts.Check(err)
		config := t.socket + ".conf"
		ts.Defer(func() { _ = exec.Command("tmux", "-S", t.socket, "kill-server").Run() }) // it is gone where the script went well
		ts.Check(os.WriteFile(config, []byte("set-option -g remain-on-exit on\n"), 0o600))
		t.run(append([]string{"-f", config, "new-session", "-d", "-x", columns, "-y", rows, path}, args[2:]...)...)
	case "resize":
		columns, rows, _ := strings.Cut(args[0], "x")
		t.run("resize-window", "-x", columns, "-y", rows)
	case "type":
		t.run(append([]string{"send-keys"}, args...)...)
	case "shows":
		t.shows(args)
	case "close":
		t.run("kill-server")
	default:
		ts.Fatalf("terminal %s: no such verb", verb)
	}
}

type terminal struct {
	ts     *testscript.TestScript
	socket string
}

func (t terminal) run(args ...string) string {
	cmd := exec.Command("tmux", append([]string{"-S", t.socket}, args...)...)
	for _, name := range []string{"PATH", "HOME", "FAKE_E2E", "XDG_CACHE_HOME", "TMPDIR", "NO_COLOR"} {
		if value := t.ts.Getenv(name); value != "" {
			cmd.Env = append(cmd.Env, name+"="+value)
		}
	}
	cmd.Env = append(cmd.Env, "TERM=screen", "LANG=C.UTF-8", "KUBECONFIG="+t.ts.Getenv("KUBECONFIG"))
	cmd.Dir = t.ts.MkAbs(".")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.ts.Fatalf("tmux %q: %v\n%s", args, err, out)
	}
	return string(out)
}

// shows waits until the screen has what is wanted.
func (t terminal) shows(args []string) {
	lines := -1
	if len(args) == 2 {
		lines = int(args[0][0] - '0')
		args = args[1:]
	}
	want, err := regexp.Compile("(?m)" + args[0])
	t.ts.Check(err)
	for deadline := time.Now().Add(time.Minute); ; {
		screen := t.run("capture-pane", "-p", "-S", "-")
		if n := len(want.FindAllString(screen, -1)); n == lines || lines < 0 && n > 0 {
			return
		}
		if time.Now().After(deadline) {
			t.ts.Fatalf("the terminal never had %q on so many lines, but:\n%s", args[0], screen)
		}
	}
}
