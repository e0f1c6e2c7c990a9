package capi

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// helper, set in its environment, has TestNothingStays be what is killed.
const helper = "OP_READINESS_CAPI_HELPER"

// TestNothingStays holds that of tests which are interrupted or killed no process and no folder stays.
func TestNothingStays(t *testing.T) {
	if os.Getenv(helper) != "" {
		start(t, "plain", "sleep", "1000")
		start(t, "session", "setsid", "sleep", "1000")
		start(t, "child", "bash", "-c", "sleep 1000 & wait")
		await(t, "its processes", func() string {
			if n := len(marked(os.Getenv(marker))); n < 4 { // with that of bash
				return fmt.Sprintf("there are %d", n)
			}
			return ""
		})
		fmt.Printf("folder %s\n", os.Getenv(marker))
		select {}
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGKILL} {
		t.Run(signal.String(), func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestNothingStays$")
			cmd.Env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "ARTIFACTS=") }), helper+"=1")
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(out).ReadString('\n')
			folder, ok := strings.CutPrefix(strings.TrimSpace(line), "folder ")
			if err != nil || !ok {
				t.Fatalf("the helper says %q, %v", line, err)
			}
			if err := cmd.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = cmd.Wait() // killed
			await(t, "nothing to be left", func() string {
				if _, err := os.Stat(folder); !os.IsNotExist(err) {
					return fmt.Sprintf("the folder: %v", err)
				}
				if left := marked(folder); len(left) > 0 {
					return fmt.Sprintf("the processes %v", left)
				}
				return ""
			})
		})
	}
}
