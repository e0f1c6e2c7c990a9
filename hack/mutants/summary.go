package main

import "fmt"

// summary is what became of the mutants of a package.
type summary struct {
	mutants, killed, unreached, unprovoked int
	unlisted                               []mutant
}

func sum(f found) summary {
	var s summary
	for _, r := range f.results {
		if r.unprovoked() {
			s.unprovoked++
			continue
		}
		s.mutants++
		if r.killer != "" {
			s.killed++
			continue
		}
		if r.tests == 0 {
			s.unreached++
		}
		if !r.listed {
			s.unlisted = append(s.unlisted, r.mutant)
		}
	}
	return s
}

// percent is how many were killed; all of none are.
func (s summary) percent() float64 {
	if s.mutants == 0 {
		return 100
	}
	return 100 * float64(s.killed) / float64(s.mutants)
}

func (s summary) String() string {
	survived := s.mutants - s.killed
	return fmt.Sprintf("%d changes, %d killed (%.1f %%), %d survived (%d unreached, %d not listed); %d behind errors that no test provokes",
		s.mutants, s.killed, s.percent(), survived, s.unreached, len(s.unlisted), s.unprovoked)
}

// problems are what must be mended.
func (s summary) problems(name string, least float64) []string {
	var list []string
	if s.percent() < least {
		list = append(list, fmt.Sprintf("%s: %.1f %% are killed, less than %.0f %%", name, s.percent(), least))
	}
	if n := len(s.unlisted); n > 0 {
		list = append(list, fmt.Sprintf("%s: %d survivors have no reason", name, n))
	}
	return list
}
