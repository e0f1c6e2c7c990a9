package runner

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
)

// markVariable is in the environment of all that a run starts, with the run's mark.
const markVariable = "OP_READINESS_MARK"

// guard is a process beside the runner that ends what the runner leaves if it is killed: the kernel ends the direct child of
// a process that dies, and nothing that this has started. It learns of the death by the end of the pipe between the two.
type guard struct {
	cmd  *exec.Cmd
	pipe io.WriteCloser
}

// startGuard starts the command that calls Guard with the mark. It has nothing open that anybody could wait for.
func startGuard(command []string, mark string) (*guard, error) {
	if len(command) == 0 {
		return nil, nil
	}
	cmd := exec.Command(command[0])
	cmd.Args = append(append([]string{}, command[1:]...), mark)
	cmd.SysProcAttr = guardAttributes()
	pipe, err := cmd.StdinPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting the guard %q: %w", command[0], err)
	}
	return &guard{cmd: cmd, pipe: pipe}, nil
}

// watch tells the guard which process group there is now, 0 for none. Without a guard it does nothing.
func (g *guard) watch(group int) {
	if g != nil {
		fmt.Fprintln(g.pipe, group) // a guard that is gone guards nothing: the group is ended by the runner as well
	}
}

// end lets the guard go.
func (g *guard) end() {
	if g == nil {
		return
	}
	_ = g.pipe.Close()
	_ = g.cmd.Wait() // it says nothing
}

// Guard stays until its input ends, and then kills the process group of the last number that it read, if that is not 0, and
// every process that has the mark in its environment. It is the life of a process of its own, that a run starts beside
// itself: see Run.Guard.
func Guard(input io.Reader, mark string) {
	group := 0
	for lines := bufio.NewScanner(input); lines.Scan(); {
		if n, err := strconv.Atoi(strings.TrimSpace(lines.Text())); err == nil {
			group = n
		}
	}
	if group > 0 {
		if leader, err := os.FindProcess(group); err == nil {
			killGroup(leader)
		}
		killMarked(mark)
	}
}
