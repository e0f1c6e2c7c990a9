package readiness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Selection is what e2e.test selected of a plan, without running it.
type Selection struct {
	Planned  int             // tests
	Selected int             // tests
	Differs  []string        // invocations in which e2e.test selects other tests than were planned
	Calls    []runner.Result // in their order; a Problem of one means that nothing is known of its selection
}

// DryRun lets e2e.test select the planned tests without running them, and holds its choice against the plan. It leaves
// nothing behind.
func (p Plan) DryRun(ctx context.Context, talk io.Writer) (Selection, error) {
	folder, err := os.MkdirTemp("", "op-readiness-dry-run-")
	if err != nil {
		return Selection{}, err
	}
	defer os.RemoveAll(folder)
	results, err := p.call(ctx, call{folder: folder, talk: talk})
	if err != nil {
		return Selection{}, err
	}
	s := Selection{Calls: results}
	for i, inv := range p.Tests.Invocations {
		s.Planned += len(inv.Tests)
		var tests []string
		if i < len(results) {
			if tests, err = selectedIn(folder, results[i].JUnit); err != nil {
				return Selection{}, err
			}
		}
		s.Selected += len(tests)
		if !slices.Equal(tests, inv.Tests) {
			s.Differs = append(s.Differs, fmt.Sprintf("invocation %d", inv.Number))
		}
	}
	return s, nil
}

// selectedIn returns the tests that dry runs would have run: those that their files list as passed.
func selectedIn(folder string, names []string) ([]string, error) {
	var tests []string
	for _, name := range names {
		file, err := os.Open(filepath.Join(folder, name))
		if err != nil {
			return nil, err
		}
		_, err = junit.Read(file, junit.Options{}, func(row *junit.Row) error {
			if test, ok := strings.CutPrefix(row.Name, junit.It); ok && row.Class == specs.Suite && row.Outcome == junit.Passed {
				tests = append(tests, test)
			}
			return nil
		})
		if err = errors.Join(err, file.Close()); err != nil {
			return nil, err
		}
	}
	slices.Sort(tests)
	return tests, nil
}
