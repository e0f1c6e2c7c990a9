package readiness

import (
	"fmt"
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
				suites, err := suitesOf(dir, name)
				if err != nil {
					return catalog.Durations{}, err
				}
				for _, test := range testsOfSuites(suites) {
					if test.State == reporter.Passed && test.Duration > 0 {
						took[test.Name] = append(took[test.Name], test.Duration)
					}
				}
			}
		}
	}
	return catalog.NewDurations(took, pretended), nil
}
