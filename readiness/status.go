package readiness

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/dirlock"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Status is how far a run is, as its folder tells while it goes on, or of one that has ended. It is no judgement.
type Status struct {
	Folder  string          // absolute
	State   RunState        // whether somebody still runs it
	Holder  *dirlock.Holder // with Going: who runs it
	EndedBy string          // with Over: how it ended, in the record's word
	Run     record.Run
	p       progress
	last    time.Time           // when the last test of it ended; without one, when it began
	said    map[string][]string // what failed tests said first, of those of which the log tells
}

// RunState is whether a run goes on.
type RunState string

// The states of a run.
const (
	Going RunState = "running"
	Over  RunState = "ended"
	Lost  RunState = "lost" // it has not come to its end, and nobody runs it any more
)

// ReadStatus reads how far the run in a folder is. It changes nothing, and reads what may be written at that moment.
func ReadStatus(dir string) (Status, error) {
	folder, err := filepath.Abs(dir)
	if err != nil {
		return Status{}, err
	}
	s := Status{Folder: folder}
	holder, held, err := dirlock.HolderOf(folder) // before the record: what is read as ended then has ended
	if err != nil {
		return s, err
	}
	run, err := readRun(folder)
	if err != nil {
		return s, err
	}
	if run == nil {
		return s, usererror.WithHint(fmt.Errorf("%q holds no run", dir), "name the report directory of one")
	}
	s.Run = *run
	switch {
	case held:
		s.State, s.Holder = Going, &holder
	case run.Ended != nil:
		s.State, s.EndedBy = Over, cmp.Or(run.EndedBy, "nobody knows how")
	default:
		s.State = Lost
	}
	return s, s.read()
}

// read takes what the folder tells of the tests of the last run into it.
func (s *Status) read() error {
	durations, err := catalog.OpenDurations()
	if err != nil {
		return err
	}
	if s.State != Going {
		durations.Tests = nil // nothing of it is left
	}
	s.p = newProgress(s.Run.Plan, s.Run.Started, durations.Tests)
	events, err := runner.ReadJournal(filepath.Join(s.Folder, reportdir.Journal))
	if err != nil {
		return damaged(fmt.Errorf("reading the journal: %w", err))
	}
	last, ends := s.Run.Started, map[int]time.Time{}
	for _, inv := range s.Run.Plan.Invocations {
		for _, e := range events {
			if e.Invocation == inv.Number {
				s.p.end(task{inv.Number, e.Test}, e)
				last = latest(last, e.Time)
			}
		}
		names, err := filepath.Glob(filepath.Join(escapeGlob(s.Folder), reportdir.Results(inv.Number)))
		if err != nil {
			return err
		}
		for i := range names {
			names[i] = filepath.Base(names[i])
		}
		s.p.addFiles(s.Folder, inv.Number, names)
		ends[inv.Number] = last
	}
	s.last = last
	s.goesIn(ends)
	return s.listen(last)
}

// goesIn finds the call that runs, since the last test of those before it has ended.
func (s *Status) goesIn(ends map[int]time.Time) {
	c, ok := s.p.current()
	if !ok || s.State != Going {
		return
	}
	since := s.Run.Started
	for _, before := range s.p.calls {
		if before.number < c.number {
			since = latest(since, ends[before.number])
		}
	}
	s.p.goesIn(c.number, since)
}

func latest(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// escapeGlob takes the meaning from characters that a pattern would read.
func escapeGlob(path string) string {
	return strings.NewReplacer(`*`, `[*]`, `?`, `[?]`, `[`, `[[]`).Replace(path)
}

// listen takes from e2e.test's own words which test runs, at the earliest since the last one ended, and what those said that
// failed.
func (s *Status) listen(since time.Time) error {
	log, err := os.Open(filepath.Join(s.Folder, reportdir.Log))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer log.Close()
	var tests []string
	for _, inv := range s.Run.Plan.Invocations {
		tests = append(tests, inv.Tests...)
	}
	heard, err := runner.Listen(log, tests)
	if err != nil {
		return fmt.Errorf("reading %q: %w", log.Name(), err)
	}
	s.said = heard.Failures
	if t := s.goesOn(heard.Running); s.State == Going {
		s.p.running, s.p.since = t, since
	}
	return nil
}

// goesOn is what of a test has not come to its end: in the first call that has not.
func (s *Status) goesOn(test string) task {
	for _, inv := range s.Run.Plan.Invocations {
		if t := (task{inv.Number, test}); slices.Contains(inv.Tests, test) && !s.p.over(t) {
			return t
		}
	}
	return task{}
}
