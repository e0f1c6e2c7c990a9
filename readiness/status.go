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
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// Status is how far a run is, as its folder tells while it goes on, or of one that has ended. It is no judgement.
type Status struct {
	Folder  string          // absolute
	State   RunState        // whether somebody still runs it
	Holder  *dirlock.Holder // with Going: who runs it
	EndedBy string          // with Over: how it ended, in the record's word
	Run     record.Run
	p       progress
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
	s.p = progress{ended: map[runner.Task]reporter.State{}, began: s.Run.Started}
	s.p.abilities, s.p.tests = planned(s.Run.Plan)
	events, err := runner.ReadJournal(filepath.Join(s.Folder, reportdir.Journal))
	if err != nil {
		return fmt.Errorf("reading the journal: %w", err)
	}
	last := s.Run.Started
	for _, inv := range s.Run.Plan.Invocations {
		for _, e := range events {
			if e.Invocation == inv.Number {
				s.p.ended[runner.TaskOf(e.Test, inv.Send)], s.p.send = stateOf(e.State), inv.Send
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
		s.p.addFiles(s.Folder, names, inv.Send)
	}
	return s.listen(last)
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
	for _, inv := range s.Run.Plan.Invocations { // the first call in which it has not ended is the one in which it runs
		_, ended := s.p.ended[runner.TaskOf(heard.Running, inv.Send)]
		if s.State == Going && s.p.running == "" && !ended && slices.Contains(inv.Tests, heard.Running) {
			s.p.running, s.p.since, s.p.send = heard.Running, since, inv.Send
		}
	}
	return nil
}
