package capi

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Everything that the tests start carries marker in its environment, with the folder that all they write lies in. By that the
// keeper finds it, children of children too.
const marker = "OP_READINESS_CAPI_FOLDER"

// keeperOf, set in its environment, makes this program the keeper of that folder.
const keeperOf = "OP_READINESS_CAPI_KEEPER"

func TestMain(m *testing.M) {
	if folder := os.Getenv(keeperOf); folder != "" {
		keep(folder)
		return
	}
	os.Exit(run(m))
}

// run runs the tests in a folder of their own, and leaves nothing of them behind: the keeper, a process in a session of its
// own, sees our end by that of its standard input, however it comes. ARTIFACTS names a new folder for the logs.
func run(m *testing.M) int {
	folder, err := os.MkdirTemp("", "capi-") // short: it holds sockets
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 2
	}
	keeper := exec.Command(os.Args[0])
	keeper.Env = append(os.Environ(), keeperOf+"="+folder)
	keeper.Stderr = os.Stderr
	keeper.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	input, err := keeper.StdinPipe()
	if err == nil {
		err = keeper.Start()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error: starting the keeper:", err)
		_ = os.RemoveAll(folder)
		return 2
	}
	end := func() {
		_ = input.Close()
		_ = keeper.Wait() // what it could not do it has said
	}
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-interrupted
		end()
		os.Exit(130)
	}()
	os.Setenv(marker, folder)
	os.Setenv("TMPDIR", filepath.Join(folder, "tmp")) // also for `go build`
	if err := os.Mkdir(os.Getenv("TMPDIR"), 0o755); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		return 2
	}
	code := m.Run()
	if to := os.Getenv("ARTIFACTS"); to != "" {
		if err := os.CopyFS(to, os.DirFS(filepath.Join(folder, "logs"))); err != nil {
			fmt.Fprintln(os.Stderr, "error: keeping the logs:", err)
			code = max(code, 2)
		}
	}
	end()
	return code
}

// keep waits for the end of its standard input, ends what carries the folder's name, and removes the folder.
func keep(folder string) {
	signal.Ignore(syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	_, _ = io.Copy(io.Discard, os.Stdin)
	for {
		left := marked(folder)
		if len(left) == 0 {
			break
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by now
		}
	}
	if err := os.RemoveAll(folder); err != nil {
		fmt.Fprintln(os.Stderr, "error: removing what the tests wrote:", err)
	}
}

// marked are the processes, but for zombies and this one, that carry the folder's name.
func marked(folder string) []int {
	var pids []int
	names, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			continue // it has ended, or is another user's
		}
		for line := range strings.SplitSeq(string(data), "\x00") {
			if line != marker+"="+folder {
				continue
			}
			if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name))); err == nil && pid != os.Getpid() {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
