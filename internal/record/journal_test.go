package record_test

import (
	"bytes"
	"errors"
	"io"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// TestJournal holds that each event is read as it was written, that a last line without an end is left out, and that any other
// that is odd is an error.
func TestJournal(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	want := []record.Event{
		{Time: at, Invocation: 1, Test: "A <b>", State: record.Passed, Seconds: 2.5}, {Time: at, Invocation: 2, Test: "B", State: record.Failed},
	}
	var b bytes.Buffer
	for _, e := range want {
		if err := e.Encode(&b); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		text string
		want []record.Event
		err  string
	}{
		"whole":         {b.String(), want, ""},
		"none":          {"", nil, ""},
		"cut short":     {b.String()[:b.Len()-1], want[:1], ""},
		"no JSON":       {b.String() + "<html>\n", nil, "line 3: invalid character '<' looking for beginning of value"},
		"an empty line": {"\n" + b.String(), nil, "line 1: unexpected end of JSON input"},
	} {
		got, err := record.ParseJournal([]byte(test.text))
		if diff := cmp.Diff(test.want, got); diff != "" || (err == nil) != (test.err == "") || err != nil && err.Error() != test.err {
			t.Errorf("%s: %v, %s", name, err, diff)
		}
	}
}

// broken is where nothing can be written to.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// TestBroken holds that what could not be written is an error.
func TestBroken(t *testing.T) {
	t.Parallel()
	for _, what := range []interface{ Encode(w io.Writer) error }{record.Event{}, record.Run{}, record.TestPods{}} {
		if err := what.Encode(broken{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%T: %v", what, err)
		}
	}
	if err := (record.Event{Seconds: math.Inf(1)}).Encode(&bytes.Buffer{}); err == nil {
		t.Error("an event that is no JSON was written")
	}
}

// TestTold holds that of two ends of one test in one call the worse holds, whichever was told first, and that calls are apart.
func TestTold(t *testing.T) {
	t.Parallel()
	order := []record.State{"", record.Passed, record.Skipped, record.Failed}
	for i, a := range order {
		for j, b := range order {
			if got := a.Worse(b); got != order[max(i, j)] {
				t.Errorf("of %q and %q the worse is %q", a, b, got)
			}
			journal := []record.Event{{Invocation: 1, Test: "A", State: a}, {Invocation: 2, Test: "A", State: record.Passed}, {Invocation: 1, Test: "B", State: record.Passed}, {Invocation: 1, Test: "A", State: b}}
			want := map[int]map[string]record.State{1: {"A": order[max(i, j)], "B": record.Passed}, 2: {"A": record.Passed}}
			if diff := cmp.Diff(want, record.Told(journal)); diff != "" {
				t.Errorf("%q, %q (-want +got):\n%s", a, b, diff)
			}
		}
	}
}
