package readiness

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// Durations reads from the report directories of runs how long each test took where it passed.
func Durations(dirs []string) (catalog.Durations, error) {
	took, pretended := map[string][]time.Duration{}, false
	for _, dir := range dirs {
		run, err := readRun(dir)
		if err != nil {
			return catalog.Durations{}, err
		}
		if run == nil {
			return catalog.Durations{}, usererror.WithHint(fmt.Errorf("%q holds no run", dir), "name the report directories of runs")
		}
		pretended = pretended || run.Pretended
		for _, call := range run.Calls {
			for _, name := range call.JUnit {
				if err := addDurations(took, filepath.Join(dir, name)); err != nil {
					return catalog.Durations{}, err
				}
			}
		}
	}
	return catalog.NewDurations(took, pretended), nil
}

// addDurations adds the times of a JUnit file.
func addDurations(took map[string][]time.Duration, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	var c reporter.Collector
	if err := c.Add(name, file); err != nil {
		return err
	}
	for _, test := range testsOfSuites(c.Evidence().Suites) {
		if test.State == reporter.Passed && test.Duration > 0 {
			took[test.Name] = append(took[test.Name], test.Duration)
		}
	}
	return nil
}
