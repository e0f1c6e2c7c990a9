package sonobuoy

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
)

// Session is a run for Sonobuoy. The run is a process of its own, so that whatever becomes of it, a panic or a kill, somebody is
// there who tells.
type Session struct {
	Dir      string           // folder in which Sonobuoy waits for results
	Command  []string         // the run: the program, then its name and arguments; its report directory is Folder
	Refused  error            // why nothing is run at all; nil: it is
	Output   io.Writer        // gets standard output of the run
	Talk     io.Writer        // its standard error, and what the session has to say
	Progress string           // address of Sonobuoy's worker for progress; "": nobody asks for it
	Signals  <-chan os.Signal // passed on to the run
	Grace    time.Duration    // how long after the first signal the run may take
	Every    time.Duration    // how often progress is looked at

	// Judge judges what the run left in a folder.
	Judge func(ctx context.Context, folder string) (reporter.Summary, error)
}

// Variable is that of the environment by which a run knows that it is one of a session: what is handed over is the session's.
const Variable = "OP_READINESS_SONOBUOY"

// Folder is the report directory of a run below Sonobuoy's folder for results.
func Folder(dir string) string { return filepath.Join(dir, Name) }

// Outcome is what became of a session.
type Outcome struct {
	Results Item   // that were handed over
	Ready   bool   // the verdict
	Code    int    // exit code of the run; -1: it was killed or not started
	Problem string // why it came to no verdict; "": it did
}

// Run carries the session out: the run, its results and, last and whatever happened, the done file. The error says what of this
// could not be done; a run that fails is none.
func (s Session) Run(ctx context.Context) (outcome Outcome, err error) {
	h, err := open(s.Dir)
	if err != nil {
		return Outcome{Code: -1}, err
	}
	defer func() { err = errors.Join(err, h.deliver()) }()
	out := &tail{w: s.Talk}
	outcome.Code = -1
	problem := s.Refused
	if problem == nil {
		outcome.Code, problem = s.run(ctx, out)
	}
	ending := Ending{}
	if problem != nil {
		ending = Ending{Problem: problem.Error(), LastSaid: out.lines()}
	}
	summary, judged := s.judge(ctx, h)
	switch {
	case ending.Problem != "":
	case summary == nil:
		ending = Ending{Problem: judged.Error(), LastSaid: out.lines()}
	case (outcome.Code == 0) != (summary.Verdict == reporter.Ready):
		ending = Ending{Problem: fmt.Sprintf("the run ended with exit code %d, and its results are judged %s now", outcome.Code, summary.Verdict)}
	}
	outcome.Results, outcome.Problem = Items(summary, ending), ending.Problem
	outcome.Ready = outcome.Results.Items[0].Status == passed
	if err := h.put(&outcome.Results, ending); err != nil {
		return outcome, err
	}
	fmt.Fprintf(s.Talk, "results for Sonobuoy: %s\n", outcome.Results.Items[0].Name)
	return outcome, nil
}

// judge judges what there is to judge. Without a record that this run wrote there is nothing, and the error says so: what lay in the
// folder before may be as good as it likes.
func (s Session) judge(ctx context.Context, h handover) (*reporter.Summary, error) {
	kept, err := h.record()
	switch {
	case err != nil:
		return nil, fmt.Errorf("judging the run: %w", err)
	case kept == nil:
		return nil, errors.New("nothing was run: there is no record of a run")
	case bytes.Equal(kept, h.before):
		return nil, errors.New("nothing was run: the record is that of an earlier run")
	}
	summary, err := s.Judge(ctx, h.folder)
	if err != nil {
		return nil, fmt.Errorf("judging the run: %w", err)
	}
	return &summary, nil
}

// outputDelay is how long a run's output may be held open by what it left behind. Else a process that lives on would keep the
// session from its end.
const outputDelay = time.Second

// run runs the run to its end. The error says why it came to no verdict.
func (s Session) run(ctx context.Context, talk io.Writer) (code int, err error) {
	// The kernel sends the death signal of attributes when the thread ends that started the run
	// (https://github.com/golang/go/issues/27505).
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd := exec.Cmd{Path: s.Command[0], Args: s.Command[1:], Env: append(os.Environ(), Variable+"=yes"), Stdout: s.Output, Stderr: talk, SysProcAttr: attributes(), WaitDelay: outputDelay}
	if err := cmd.Start(); err != nil {
		return -1, fmt.Errorf("starting the run: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	err = s.attend(ctx, cmd.Process, ended)
	s.tell(ctx, Progress{})
	var exit *exec.ExitError
	switch {
	case err == nil, errors.Is(err, exec.ErrWaitDelay): // which is told only of one that exited with 0
		return 0, nil
	case errors.As(err, &exit) && exit.ExitCode() == 1:
		return 1, nil // not ready, which its summary says too
	case errors.As(err, &exit):
		return exit.ExitCode(), fmt.Errorf("the run ended without a verdict: %w", err)
	}
	return -1, fmt.Errorf("the run ended without a verdict: %w", err)
}

// attend passes signals on to a process and tells of its progress until it has ended.
func (s Session) attend(ctx context.Context, process *os.Process, ended <-chan error) error {
	tick := time.NewTicker(s.Every)
	defer tick.Stop()
	var late <-chan time.Time
	var told Progress
	for {
		select {
		case err := <-ended:
			return err
		case signal := <-s.Signals:
			_ = process.Signal(signal) // one that has ended needs none
			if late == nil {
				timer := time.NewTimer(s.Grace)
				defer timer.Stop()
				late = timer.C
			}
		case <-late:
			_ = process.Signal(syscall.SIGKILL)
		case <-tick.C:
			told = s.tell(ctx, told)
		}
	}
}

// tell posts how far the run is, if that has changed, and returns what was told. That nobody listens stops nothing.
func (s Session) tell(ctx context.Context, told Progress) Progress {
	if s.Progress == "" {
		return told
	}
	folder := Folder(s.Dir)
	data, err := os.ReadFile(filepath.Join(folder, reportdir.Record))
	if err != nil {
		return told // it has not begun
	}
	run, err := record.ParseRun(data)
	if err != nil {
		return told
	}
	data, _ = os.ReadFile(filepath.Join(folder, reportdir.Journal)) // without one no test has ended
	journal, err := record.ParseJournal(data)
	if err != nil {
		return told // a line is being written
	}
	now := ProgressOf(run, journal)
	if now.Message == told.Message { // which has all counts in it
		return told
	}
	if err := now.Post(ctx, s.Progress); err != nil {
		fmt.Fprintf(s.Talk, "warning: %v\n", err)
	}
	return now
}
