package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// process is one child in a process group of its own, so that whatever it starts ends with it.
type process struct {
	args    []string
	output  io.Writer        // of stdout and stderr, raw
	signals <-chan os.Signal // passed on to the group
	grace   time.Duration    // between the first signal and the kill
}

// Ending is how a call of e2e.test came to its end.
type Ending string

// The endings. Only Completed means that e2e.test itself decided to stop.
const (
	Completed   Ending = "completed"   // it exited, with 0 or not
	TimedOut    Ending = "timed out"   // it was still there after its time, and was ended
	Interrupted Ending = "interrupted" // a signal to the runner ended it
	Died        Ending = "died"        // a signal that was not ours ended it
	Unstarted   Ending = "not started"
)

// run starts the child and stays until nothing of its group is left. The error is set if it could not be started, or,
// to describe its end, if it did not exit with 0.
func (p process) run(ctx context.Context) (Ending, error) {
	// The kernel sends the death signal of attributes when the thread ends that started the child
	// (https://github.com/golang/go/issues/27505).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Command(p.args[0], p.args[1:]...)
	cmd.Stdout, cmd.Stderr = p.output, p.output
	cmd.SysProcAttr = attributes()
	cmd.WaitDelay = time.Second // for output held open by what it left behind
	if err := cmd.Start(); err != nil {
		return Unstarted, fmt.Errorf("starting %q: %w", p.args[0], err)
	}
	defer killGroup(cmd.Process)
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	return p.wait(ctx, cmd.Process, done)
}

// wait passes signals on, and kills the group if it outlives them by the grace period.
func (p process) wait(ctx context.Context, child *os.Process, done <-chan error) (Ending, error) {
	ending := Completed
	timeout := ctx.Done()
	var kill <-chan time.Time
	for {
		select {
		case err := <-done:
			if ending == Completed && signaled(err) {
				ending = Died
			}
			return ending, err
		case s := <-p.signals:
			ending = Interrupted
			signalGroup(child, s)
		case <-timeout:
			ending, timeout = TimedOut, nil
			signalGroup(child, os.Interrupt)
		case <-kill:
			killGroup(child)
		}
		if kill == nil {
			kill = time.After(p.grace)
		}
	}
}

// signaled tells whether a process was ended by a signal.
func signaled(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && !exit.Exited()
}
