package record

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"
)

// Event is one line of the journal (reportdir.Journal): how a test ended, as e2e.test told while it ran. It is what is left
// of a run that was killed, and what its JUnit is held against in any other.
type Event struct {
	Time       time.Time `json:"time"` // when it was told
	Invocation int       `json:"invocation"`
	Test       string    `json:"test"` // as in e2e.test --list-tests
	State      State     `json:"state"`
	Seconds    float64   `json:"seconds,omitempty"` // that it took, by its own word; 0 if it did not tell
}

// State is how a test ended, as e2e.test tells while it runs.
type State string

// The states. A test that was interrupted has none, and no line.
const (
	Passed  State = "passed"
	Failed  State = "failed"
	Skipped State = "skipped"
)

// Worse is the worse of two ends of one test in one call: what was told later makes nothing good. Of no end and another it is the
// other.
func (s State) Worse(other State) State {
	rank := func(s State) int { return slices.Index([]State{Passed, Skipped, Failed}, s) } // -1: it has none
	if rank(other) > rank(s) {
		return other
	}
	return s
}

// Told is what a journal says of the tests of each call, by its number. Of two lines for a test the worse holds.
func Told(journal []Event) map[int]map[string]State {
	all := map[int]map[string]State{}
	for _, e := range journal {
		if all[e.Invocation] == nil {
			all[e.Invocation] = map[string]State{}
		}
		all[e.Invocation][e.Test] = e.State.Worse(all[e.Invocation][e.Test])
	}
	return all
}

// Encode writes an event as one line.
func (e Event) Encode(w io.Writer) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}

// ParseJournal reads the lines of a journal. A last line that was cut short is left out, since a run may have been killed
// while it wrote; any other line that cannot be read is an error that names it.
func ParseJournal(data []byte) ([]Event, error) {
	var events []Event
	for number := 1; ; number++ {
		line, rest, whole := bytes.Cut(data, []byte("\n"))
		if !whole {
			return events, nil
		}
		data = rest
		var event Event
		if err := json.Unmarshal(line, &event); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
		events = append(events, event)
	}
}
