package runner

import (
	"bytes"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// posts sends progress posts and returns the status of each answer.
func posts(t *testing.T, url string, bodies ...string) []int {
	t.Helper()
	var codes []int
	for _, body := range bodies {
		resp, err := http.Post(url, "application/json", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		codes = append(codes, resp.StatusCode)
	}
	return codes
}

// TestListener holds what is made of progress posts: an event for each test that ended, once in an invocation unless a worse end
// is told of it, passed on and kept in the journal.
func TestListener(t *testing.T) {
	t.Parallel()
	var journal bytes.Buffer
	var told []Event
	l, err := listen(&journal, func(e Event) { told = append(told, e) })
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	l.begin(3)
	codes := posts(t, l.url, `{"msg": "PASSED one"}`, `{"msg": "FAILED two"}`, `{"msg": "PASSED one", "total": 9}`, `{"msg": "FAILED one"}`, `{"msg": "PASSED two"}`,
		`{"msg": "FAILED three"}`, `{"msg": "Test run completed"}`, `{}`, `{"msg": 1}`, `nonsense`)
	if diff := cmp.Diff([]int{200, 200, 200, 200, 200, 200, 200, 200, 400, 400}, codes); diff != "" {
		t.Errorf("answers (-want +got):\n%s", diff)
	}
	l.spoke(Spoken{Test: "three"}) // it was stopped
	l.spoke(Spoken{Test: "two", State: Failed})
	if got := l.told(); got != 2 {
		t.Errorf("told of %d tests", got)
	}
	l.believe()
	if got := l.told(); got != 2 {
		t.Errorf("told of %d tests when the call had come to its end", got)
	}
	posts(t, l.url, `{"msg": "FAILED four"}`)
	l.begin(4)
	l.believe()
	if got := l.told(); got != 0 {
		t.Errorf("told of %d tests of the next invocation", got)
	}
	l.add("one", Skipped, 1500*time.Millisecond)
	if err := l.close(); err != nil {
		t.Fatal(err)
	}
	if _, err := http.Post(l.url, "application/json", strings.NewReader("{}")); err == nil {
		t.Error("still listening")
	}
	want := []Event{{Invocation: 3, Test: "one", State: Passed}, {Invocation: 3, Test: "two", State: Passed}, {Invocation: 3, Test: "two", State: Failed}, {Invocation: 3, Test: "one", State: Failed}, {Invocation: 4, Test: "one", State: Skipped, Seconds: 1.5}}
	if diff := cmp.Diff(want, told, cmpopts.IgnoreFields(Event{}, "Time")); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	for _, e := range told {
		if e.Time.Before(before.Add(-time.Second)) || e.Time.After(time.Now()) || e.Time.Location() != time.UTC {
			t.Errorf("told at %v", e.Time)
		}
	}
	if lines := strings.Split(journal.String(), "\n"); len(lines) != 6 || !strings.Contains(lines[0], `"invocation":3,"test":"one","state":"passed"}`) || lines[5] != "" {
		t.Errorf("journal:\n%s", journal.String())
	}
}

type fullDisk struct{ writes int }

func (d *fullDisk) Write([]byte) (int, error) {
	d.writes++
	return 0, errors.New("disk full " + strings.Repeat("again ", d.writes-1))
}

// TestListenerFullDisk holds that a journal that cannot be written stops nothing, and is told in the end.
func TestListenerFullDisk(t *testing.T) {
	t.Parallel()
	told := 0
	disk := &fullDisk{}
	l, err := listen(disk, func(Event) { told++ })
	if err != nil {
		t.Fatal(err)
	}
	l.begin(1)
	l.add("one", Passed, 0)
	l.add("two", Passed, 0)
	if err := l.close(); told != 2 || disk.writes != 1 || err == nil || err.Error() != "keeping the journal: disk full " {
		t.Errorf("told of %d, %v", told, err)
	}
}
