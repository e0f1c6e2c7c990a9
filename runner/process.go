package runner

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is one child in a process group of its own, so that whatever it starts ends with it.
type process struct {
	args     []string
	output   io.Writer        // of stdout and stderr, raw
	signals  <-chan os.Signal // passed on to the group; the second one kills it
	grace    time.Duration    // between the first signal and the kill
	stopping func(os.Signal)  // is told of the first signal; nil: nobody is
	stall    time.Duration    // without a beat of the pulse after which the child is ended; 0: never
	pulse    *Pulse           // of what happens; not nil with stall
	guard    *guard           // ends the group if this program is killed; nil: nobody does
	mark     string           // in the environment of all that the child starts; "": none
	parallel bool             // the child is the ginkgo command, and its own children are e2e.test
}

// Ending is how a call of e2e.test came to its end.
type Ending string

// The endings. Only Completed means that e2e.test itself decided to stop.
const (
	Completed   Ending = "completed"   // it exited, with 0 or not
	TimedOut    Ending = "timed out"   // it was still there after its time, and was ended
	Interrupted Ending = "interrupted" // a signal to the runner ended it
	Died        Ending = "died"        // a signal that was not ours ended it
	Stalled     Ending = "stalled"     // nothing happened for as long as it may, and it was ended
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
	if p.mark != "" {
		cmd.Env = append(os.Environ(), markVariable+"="+p.mark)
	}
	if err := cmd.Start(); err != nil {
		return Unstarted, fmt.Errorf("starting %q: %w", p.args[0], err)
	}
	p.guard.watch(cmd.Process.Pid)
	defer func() {
		killGroup(cmd.Process)
		killMarked(p.mark)
		p.guard.watch(0)
	}()
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	return p.wait(ctx, cmd.Process, done)
}

// dumping is how long e2e.test has to say where it stands before it is ended for standing still.
const dumping = 3 * time.Second

// wait passes signals on, and kills the group if it outlives them by the grace period.
func (p process) wait(ctx context.Context, child *os.Process, done <-chan error) (Ending, error) {
	ending := Completed
	timeout, still := ctx.Done(), p.still()
	var dumped, kill <-chan time.Time
	for {
		select {
		case err := <-done:
			if ending == Completed && signaled(err) {
				ending = Died
			}
			return ending, err
		case s := <-p.signals:
			if ending == Interrupted {
				killGroup(child) // asked for again
				continue
			}
			ending, timeout, still = Interrupted, nil, nil
			if p.stopping != nil {
				p.stopping(s)
			}
			signalGroup(child, understood(s))
		case <-timeout:
			ending, timeout, still = TimedOut, nil, nil
			signalGroup(child, os.Interrupt)
		case <-still:
			if left := p.stall - p.pulse.since(); left > 0 {
				still = time.After(left)
				continue
			}
			ending, timeout, still = Stalled, nil, nil
			p.askProgress(child)
			dumped = time.After(min(dumping, p.grace))
		case <-dumped:
			signalGroup(child, os.Interrupt)
		case <-kill:
			killGroup(child)
		}
		if kill == nil {
			kill = time.After(p.grace)
		}
	}
}

// still fires when nothing may have happened for too long, never if that has no bound.
func (p process) still() <-chan time.Time {
	if p.stall <= 0 {
		return nil
	}
	p.pulse.Beat()
	return time.After(p.stall)
}

// understood is the signal that Ginkgo takes as a request to end: it does not know that of a terminal that is gone.
func understood(s os.Signal) os.Signal {
	if s == syscall.SIGHUP {
		return syscall.SIGTERM
	}
	return s
}

// signaled tells whether a process was ended by a signal.
func signaled(err error) bool {
	var exit *exec.ExitError
	return errors.As(err, &exit) && !exit.Exited()
}
