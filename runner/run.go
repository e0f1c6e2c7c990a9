package runner

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// Run is a plan with all that is needed to carry it out.
type Run struct {
	Settings
	Plan           Plan
	Timeout        time.Duration    // of the whole run
	AbilityTimeout time.Duration    // of each invocation; 0: only Timeout bounds it
	Grace          time.Duration    // for e2e.test to clean up and write its results, after a signal or its timeout
	Signals        <-chan os.Signal // passed on to e2e.test, which the second one kills; after one no further invocation starts
	Stall          time.Duration    // without output and without a beat of Pulse after which an invocation is ended; 0: never
	Pulse          *Pulse           // others may let it beat too, as for pods that change; nil: output alone counts
	Guard          []string         // command, its name and arguments, that calls Guard with one argument more, the mark; none: a killed runner may leave processes behind
	Output         io.Writer        // gets what e2e.test says as it comes, beside the log; nil: the log only
	Observer       Observer
}

// Observer is told what happens, from one goroutine at a time. Nil functions are not called.
type Observer struct {
	Began  func(Invocation)
	Test   func(test string) // a test began; with several processes nobody tells
	Ended  func(Event)
	Failed func(test string, said []string) // what a failed test said first; after Ended
	Spoke  func(invocation int, s Spoken)   // what a test said is whole, however it ended
	Done   func(Invocation, Result)
	// Stopping is told of the first signal, as it is passed on. It may come from another goroutine.
	Stopping func(os.Signal)
}

// Result is what became of one invocation.
type Result struct {
	Number   int      `json:"number"`
	Command  []string `json:"command"`
	Ending   Ending   `json:"ending"`
	ExitCode int      `json:"exitCode"` // of e2e.test; -1 if it was not started or died by a signal
	Seconds  float64  `json:"seconds"`
	JUnit    []string `json:"junit"`              // names of the files that it wrote into the report directory
	Told     int      `json:"told"`               // tests whose end it told while it ran
	Problem  string   `json:"problem,omitempty"`  // what went wrong with the call itself; "" though tests may have failed
	LastSaid []string `json:"lastSaid,omitempty"` // with a Problem: the last lines of its output
}

// Execute carries the plan out. What e2e.test did is in the results, of which there is one for each invocation that was
// started. The error is about the runner's own work, such as a full disk, which ends nothing: the results are whole besides.
func (r Run) Execute(ctx context.Context) ([]Result, error) {
	log, err := os.OpenFile(filepath.Join(r.ReportDir, reportdir.Log), os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	journal, err := atomicfile.OpenLines(filepath.Join(r.ReportDir, reportdir.Journal))
	if err != nil {
		return nil, err
	}
	l, err := listen(journal, r.ended)
	if err != nil {
		return nil, errors.Join(err, journal.Close())
	}
	s := session{Run: r, listener: l, file: log, log: &keeper{w: log}, mark: rand.Text()}
	if s.Pulse == nil {
		s.Pulse = &Pulse{}
	}
	if s.guard, err = startGuard(r.Guard, s.mark); err != nil {
		return nil, errors.Join(err, l.close(), journal.Close())
	}
	defer s.guard.end()
	results := s.invocations(ctx)
	return results, errors.Join(l.close(), aboutFile(filepath.Join(r.ReportDir, reportdir.Log), s.log.err), synced(log), journal.Close())
}

// session is a run under way.
type session struct {
	Run
	listener *listener
	file     *os.File // the log
	log      *keeper  // writes to it
	guard    *guard
	mark     string // of all processes of the run
}

// keeper writes for as long as that goes well, and then keeps the error: what cannot be written must not stop what writes.
type keeper struct {
	w   io.Writer
	err error
}

func (k *keeper) Write(p []byte) (int, error) {
	if k.err == nil {
		_, k.err = k.w.Write(p)
	}
	return len(p), nil
}

// aboutFile says which file an error is of, unless it says so itself.
func aboutFile(name string, err error) error {
	var path *fs.PathError
	if err == nil || errors.As(err, &path) {
		return err
	}
	return fmt.Errorf("writing %q: %w", name, err)
}

// synced brings a file to the disk. What is no file, such as a pipe, has nothing to be brought.
func synced(file *os.File) error {
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return file.Sync()
}

func (r Run) ended(e Event) {
	if r.Observer.Ended != nil {
		r.Observer.Ended(e)
	}
}

func (r session) invocations(ctx context.Context) []Result {
	deadline := time.Now().Add(r.Timeout)
	var results []Result
	for _, inv := range r.Plan.Invocations {
		left := time.Until(deadline)
		if left <= 0 || ctx.Err() != nil {
			break
		}
		if r.AbilityTimeout > 0 {
			left = min(left, r.AbilityTimeout)
		}
		if r.Observer.Began != nil {
			r.Observer.Began(inv)
		}
		r.listener.begin(inv.Number)
		result := r.invoke(ctx, inv, left)
		if r.Observer.Done != nil {
			r.Observer.Done(inv, result)
		}
		results = append(results, result)
		r.Prepull = r.Prepull && result.Ending != Completed // the nodes have them then
		if result.Ending == Interrupted || result.Ending == Unstarted {
			break
		}
	}
	return results
}

// invoke calls e2e.test once. It is told to end by itself in time; only if it does not, it is ended.
func (r session) invoke(ctx context.Context, inv Invocation, timeout time.Duration) Result {
	said, err := r.file.Seek(0, io.SeekEnd)
	if err != nil {
		said = 0 // a log that cannot seek, such as a pipe: nothing to quote from
	}
	ctx, cancel := context.WithTimeout(ctx, timeout+r.Grace)
	defer cancel()
	follower := r.follower(inv, r.listener)
	word := &lastWord{}
	outputs := []io.Writer{r.log, follower, r.Pulse, word}
	if r.Output != nil {
		outputs = append(outputs, &keeper{w: r.Output}) // a terminal that is gone must not stop e2e.test
	}
	if r.Observer.Failed != nil {
		reader := newFailureReader(inv.Tests, r.Observer.Failed)
		defer reader.end()
		outputs = append(outputs, reader)
	}
	start := time.Now()
	p := process{
		args: r.command(inv, max(timeout, time.Second), r.listener.url), output: io.MultiWriter(outputs...), signals: r.Signals, grace: r.Grace,
		stopping: r.Observer.Stopping, stall: r.Stall, pulse: r.Pulse, guard: r.guard, mark: r.mark, parallel: r.parallel(inv),
	}
	ending, err := p.run(ctx)
	follower.close()
	if ending == Completed {
		r.listener.believe()
	}
	result := Result{
		Number: inv.Number, Command: p.args, Ending: ending, ExitCode: exitCode(ending, err),
		Seconds: time.Since(start).Seconds(), JUnit: r.junitOf(inv.Number), Told: r.listener.told(),
	}
	if result.Problem = r.problem(result, err); result.Problem == "" && result.ExitCode == 0 && word.failed {
		result.Problem = "e2e.test said that its suite failed, and ended with exit code 0"
	}
	if result.Problem != "" {
		result.LastSaid = lastLines(r.file, said)
	}
	return result
}

// follower tells the listener of an invocation's tests.
func (r Run) follower(inv Invocation, l *listener) *follower {
	f := &follower{tests: map[string]bool{}, ended: l.add, began: r.Observer.Test, spoke: l.spoke}
	if f.began == nil {
		f.began = func(string) {}
	}
	if r.Observer.Spoke != nil {
		f.spoke = func(s Spoken) {
			l.spoke(s)
			r.Observer.Spoke(inv.Number, s)
		}
	}
	for _, test := range inv.Tests {
		f.tests[test] = true
	}
	return f
}

func exitCode(ending Ending, err error) int {
	var exit *exec.ExitError
	switch {
	case ending == Unstarted:
		return -1
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return 0
}

// junitOf returns the names of the JUnit files that an invocation wrote.
func (r Run) junitOf(number int) []string {
	names, err := filepath.Glob(filepath.Join(globEscape(r.ReportDir), reportdir.Results(number)))
	if err != nil {
		return nil // the pattern is ours and well formed
	}
	for i := range names {
		names[i] = filepath.Base(names[i])
	}
	return names
}

// globEscape takes the meaning from characters that a pattern would read.
func globEscape(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}

// problem says what went wrong with a call, or "" if it ended by itself and wrote its results.
func (r Run) problem(result Result, err error) string {
	switch {
	case result.Ending == Unstarted:
		return err.Error()
	case result.Ending == Died:
		return fmt.Sprintf("e2e.test died: %v", err)
	case result.Ending == TimedOut:
		return "e2e.test did not end in time, and was ended"
	case result.Ending == Interrupted:
		return "the run was interrupted"
	case result.Ending == Stalled:
		return fmt.Sprintf("e2e.test stood still for %s, and was ended: it said nothing, and no pod changed", r.Stall)
	case len(result.JUnit) == 0:
		return fmt.Sprintf("e2e.test ended with exit code %d and wrote no JUnit", result.ExitCode)
	}
	return ""
}

// quoted is how many lines of output a problem quotes.
const quoted = 12

// lastLines returns the last lines that a call said, from the last 64 KiB behind the offset. If the program panicked,
// they begin with the panic: what follows it are stacks.
func lastLines(log *os.File, from int64) []string {
	info, err := log.Stat()
	if err != nil {
		return nil // nothing to quote
	}
	from = max(from, info.Size()-64<<10)
	text, err := io.ReadAll(io.NewSectionReader(log, from, info.Size()-from))
	if err != nil {
		return nil // nothing to quote
	}
	lines := strings.Split(string(bytes.TrimSpace(text)), "\n")
	first := slices.IndexFunc(lines, func(line string) bool {
		return strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ")
	})
	if first < 0 {
		first = max(0, len(lines)-quoted)
	}
	lines = lines[first:min(len(lines), first+quoted)]
	for i, line := range lines {
		lines[i] = strings.ToValidUTF8(line[:min(len(line), 500)], "")
	}
	return lines
}
