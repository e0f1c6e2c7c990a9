package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"

	"sigs.k8s.io/windows-operational-readiness/capi/summary"
	"sigs.k8s.io/windows-operational-readiness/readiness"
)

// summaryFile is where the summary of a run goes. It is written in place: a container's termination message is a file that
// nothing can be renamed onto.
type summaryFile struct {
	name       string // "": none is wanted
	generation string
}

// clear takes away what an earlier run left, so that one that is killed leaves nothing.
func (f summaryFile) clear() error { return f.put(nil) }

// write writes what a run came to: its verdict, or, if nothing was tested, why.
func (f summaryFile) write(outcome readiness.Outcome, err error) error {
	s := summary.Of(outcome.Summary, f.generation)
	if !outcome.Worked {
		s = summary.Failed(cmp.Or(err, errors.New("nothing was run")), f.generation)
	}
	data, err := s.Encode()
	if err != nil {
		return err
	}
	return f.put(data)
}

func (f summaryFile) put(data []byte) error {
	if err := os.WriteFile(f.name, data, 0o644); err != nil {
		return fmt.Errorf("writing the summary: %w", err)
	}
	return nil
}

// errorText is an error without its exit code, nil for none that has words.
func errorText(err error) error {
	var exit exitError
	if errors.As(err, &exit) {
		return exit.err
	}
	return err
}
