package readiness

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
)

// StatusDocument is a status for a script. Within a version keys are only ever added; docs/run.md documents them.
type StatusDocument struct {
	Schema    string            `json:"schema"`
	Folder    string            `json:"folder"`
	State     RunState          `json:"state"`
	PID       int               `json:"pid,omitempty"`
	Host      string            `json:"host,omitempty"`
	Started   time.Time         `json:"started"`
	EndedBy   string            `json:"endedBy,omitempty"`
	Tests     int               `json:"tests"`
	Ended     int               `json:"ended"`
	Failed    []FailureDocument `json:"failed"`
	Running   string            `json:"running,omitempty"`
	Left      float64           `json:"secondsLeft,omitempty"` // of a run that goes on; 0: not known, or over what is known
	AtLeast   bool              `json:"atLeast,omitempty"`     // it takes no less, and may take longer
	Abilities []AbilityDocument `json:"abilities"`
}

// FailureDocument is a test that failed.
type FailureDocument struct {
	Test string   `json:"test"`
	Said []string `json:"said,omitempty"` // the first of it
}

// AbilityDocument is how far an ability is, in the words of the matrix.
type AbilityDocument struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Progress string `json:"progress"`
}

// StatusSchema is that of StatusDocument.
const StatusSchema = "op-readiness.status/v1"

// Document returns the status for a script.
func (s Status) Document(now time.Time) StatusDocument {
	d := StatusDocument{
		Schema: StatusSchema, Folder: s.Folder, State: s.State, Started: s.Run.Started, EndedBy: s.EndedBy,
		Tests: s.p.tests, Ended: s.p.endedTests(), Failed: []FailureDocument{}, Running: s.p.running.test, Abilities: []AbilityDocument{},
	}
	if s.Holder != nil {
		d.PID, d.Host = s.Holder.PID, s.Holder.Host
	}
	if l, ok := s.p.left(now); ok {
		d.Left, d.AtLeast = l.time.Round(time.Second).Seconds(), l.atLeast
	}
	for _, t := range s.p.failed() {
		d.Failed = append(d.Failed, FailureDocument{Test: t.test, Said: s.said[t.test]})
	}
	for _, a := range s.p.abilities {
		_, words, _ := s.p.markOf(a).sign()
		d.Abilities = append(d.Abilities, AbilityDocument{ID: a.ID, Category: a.Category, Progress: words})
	}
	return d
}

// StatusView is how a status is shown to a person.
type StatusView struct {
	Columns int // of the terminal; 0: 80
	Color   bool
}

// Write shows the status: what failed first, and how far the run is last.
func (s Status) Write(w io.Writer, now time.Time, v StatusView) error {
	_, err := io.WriteString(w, strings.Join(s.lines(now, size{columns: v.Columns}, painter(v.Color)), "\n")+"\n")
	return err
}

func (s Status) lines(now time.Time, to size, paint painter) []string {
	lines := s.head(to.columns)
	for _, t := range s.p.failed() {
		lines = append(lines, s.p.failureText(t, s.said[t.test])...)
	}
	return append(lines, s.p.screen(s.until(now), size{columns: to.columns}, paint)...)
}

// head says whose status it is, and what to do next, on one line where nobody knows how many columns there are.
func (s Status) head(columns int) []string {
	var text string
	switch s.State {
	case Going:
		text = fmt.Sprintf("%s runs, by %s", s.Folder, s.Holder)
	case Over:
		text = fmt.Sprintf("%s has ended (%s) at %s; its verdict: op-readiness report %[1]s", s.Folder, s.EndedBy, s.Run.Ended.UTC().Format(time.RFC3339))
	default:
		text = fmt.Sprintf("%s did not come to its end, and nobody runs it any more; --resume goes on with it", s.Folder)
	}
	if columns == 0 {
		return []string{text}
	}
	return termtext.Wrap(text, columns-1)
}

// until is the time up to which a run took: now, its end, or, of one that was lost, the last that is known of it.
func (s Status) until(now time.Time) time.Time {
	switch s.State {
	case Over:
		return *s.Run.Ended
	case Lost:
		return s.last
	}
	return now
}

// Watch shows the status of the run in a folder anew, each time that tick has a time, until the run does not go on any more or ctx
// ends: on a terminal in place, elsewhere a line each time that more tests have ended. It returns the last status.
func Watch(ctx context.Context, dir string, w io.Writer, tick <-chan time.Time) (Status, error) {
	terminal := terminalOf(w)
	paint := painter(os.Getenv("NO_COLOR") == "")
	seen, told := -1, map[task]bool{}
	for {
		s, err := ReadStatus(dir)
		if err != nil {
			return s, err
		}
		now := time.Now()
		if terminal != nil {
			to := terminal.size()
			to.rows = max(to.rows-1, 0)
			terminal.draw(s.news(told), append(s.head(to.columns), s.p.screen(s.until(now), to, paint)...))
		} else if n := len(s.p.ended); n != seen {
			for _, line := range append(s.news(told), s.p.count(s.until(now))) {
				fmt.Fprintln(w, line)
			}
			seen = n
		}
		if s.State != Going {
			if terminal == nil {
				fmt.Fprintln(w, strings.Join(s.head(0), "\n"))
			}
			return s, nil
		}
		select {
		case <-ctx.Done():
			return s, nil
		case <-tick:
		}
	}
}

// news is what failed of which nobody was told.
func (s Status) news(told map[task]bool) []string {
	var lines []string
	for _, t := range s.p.failed() {
		if !told[t] {
			told[t] = true
			lines = append(lines, s.p.failureText(t, s.said[t.test])...)
		}
	}
	return lines
}
