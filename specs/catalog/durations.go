package catalog

import (
	_ "embed"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

//go:embed durations.txt
var durationsFile []byte

// Durations is how long tests took where they passed: medians over recorded runs. Text and ParseDurations turn it to text and
// back.
type Durations struct {
	Pretended bool                     // some of the runs were on nodes that pretend to be Windows, where pods start sooner
	Tests     map[string]time.Duration // by name; one that never passed has none
}

// NewDurations takes the times that each test took, each time that it passed.
func NewDurations(took map[string][]time.Duration, pretended bool) Durations {
	d := Durations{Pretended: pretended, Tests: map[string]time.Duration{}}
	for test, times := range took {
		if sorted := slices.Sorted(slices.Values(times)); len(sorted) > 0 {
			d.Tests[test] = (sorted[(len(sorted)-1)/2] + sorted[len(sorted)/2]) / 2
		}
	}
	return d
}

// OpenDurations returns the durations that the program carries.
func OpenDurations() (Durations, error) {
	return ParseDurations("specs/catalog/durations.txt", durationsFile)
}

// What the nodes of recorded runs were, in the header.
const (
	nodesKey  = "nodes"
	pretended = "pretended"
	windows   = "windows"
)

// Text returns the durations as text: what ParseDurations reads.
func (d Durations) Text() string {
	nodes := windows
	if d.Pretended {
		nodes = pretended
	}
	var text strings.Builder
	fmt.Fprintf(&text, "# Seconds that e2e tests took when they passed: medians over recorded runs, by `make durations`.\n# %s: %s\n", nodesKey, nodes)
	for _, test := range slices.Sorted(maps.Keys(d.Tests)) {
		fmt.Fprintf(&text, "%.1f %s\n", d.Tests[test].Seconds(), test)
	}
	return text.String()
}

// ParseDurations reads the text form; name is the file's, for errors, each "file:line: message".
func ParseDurations(name string, text []byte) (Durations, error) {
	d := Durations{Tests: map[string]time.Duration{}}
	var errs []error
	nodes := ""
	for i, line := range strings.Split(strings.TrimSuffix(textfile.LF(string(text)), "\n"), "\n") {
		if head, ok := strings.CutPrefix(line, comment); ok {
			if value, ok := strings.CutPrefix(head, nodesKey+": "); ok {
				nodes = value
			}
			continue
		}
		number, test, _ := strings.Cut(line, " ")
		seconds, err := strconv.ParseFloat(number, 64)
		if err == nil && !(seconds >= 0 && seconds < (24*time.Hour).Seconds()) {
			err = fmt.Errorf("%q is no number of seconds of a day", number)
		}
		if err == nil {
			err = checkName(test)
		}
		if _, twice := d.Tests[test]; err == nil && twice {
			err = fmt.Errorf("%q stands twice", test)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d: %w", name, i+1, err))
			continue
		}
		d.Tests[test] = time.Duration(seconds * float64(time.Second))
	}
	if nodes != pretended && nodes != windows {
		errs = append(errs, fmt.Errorf("%s:1: header of durations: %s is %q, and not %s or %s", name, nodesKey, nodes, windows, pretended))
	}
	d.Pretended = nodes == pretended
	return d, errors.Join(errs...)
}
