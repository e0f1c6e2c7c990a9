package witness

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/apitest"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// TestSettlePods holds how long a line waits: until pods were told up to its version, or until twenty watches since then told
// nothing; and that the stream of pods, and no other, is asked once.
func TestSettlePods(t *testing.T) {
	t.Parallel()
	calm := func(times int) func(w *Witness) {
		return func(w *Witness) {
			for range times {
				w.tell(func(b *book, _ time.Time) { b.calm++ })
			}
		}
	}
	upTo := func(version uint64) func(w *Witness) {
		return func(w *Witness) { w.tell(func(b *book, _ time.Time) { b.upTo(pods, version) }) }
	}
	for _, test := range []struct {
		name    string
		do      func(w *Witness)
		settled bool
	}{
		{"nothing is told", func(*Witness) {}, false},
		{"told up to the version before", upTo(6), false},
		{"told up to the version", upTo(7), true},
		{"told beyond it", upTo(8), true},
		{"told nothing nineteen times", calm(19), false},
		{"told nothing twenty times", calm(20), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &Witness{now: time.Now, changed: make(chan struct{}), book: newBook()}
				for _, what := range kinds() {
					w.streams = append(w.streams, &stream{what: what, hurry: make(chan struct{}, 9)})
				}
				calm(3)(w) // before anybody waits
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				settled := make(chan error, 1)
				go func() { settled <- w.settlePods(ctx, 7) }()
				synctest.Wait()
				if !w.waits() {
					t.Error("nobody waits")
				}
				test.do(w)
				if err := <-settled; (err == nil) != test.settled {
					t.Errorf("settled: %v", err)
				}
				if w.waits() {
					t.Error("somebody waits still")
				}
				for _, s := range w.streams {
					if asked := len(s.hurry); (asked == 1) != (s.what == pods) || asked > 1 {
						t.Errorf("%s were asked %d times", s.what, asked)
					}
				}
			})
		})
	}
}

// TestHurry holds that who asks does not wait for a stream that was asked already.
func TestHurry(t *testing.T) {
	t.Parallel()
	w := &Witness{streams: []*stream{{what: pods, hurry: make(chan struct{}, 1)}}}
	w.hurry()
	w.hurry()
	if asked := len(w.streams[0].hurry); asked != 1 {
		t.Errorf("asked %d times", asked)
	}
}

// broken is where no line can be written to.
type broken struct{ writes int }

func (b *broken) Write([]byte) (int, error) {
	b.writes++
	return 0, fmt.Errorf("broken %d", b.writes)
}

// TestWriteFails holds that the first line that could not be written is told in the end, and that others are tried.
func TestWriteFails(t *testing.T) {
	t.Parallel()
	s := apitest.Start()
	defer s.Close()
	lines := &broken{}
	w, err := Start(t.Context(), &rest.Config{Host: s.URL}, Options{Lines: lines})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []string{"one", "two"} {
		w.Spoke(1, runner.Spoken{Test: test, State: runner.Passed, Attempts: [][]string{{}}})
	}
	if _, err := w.Close(); err == nil || err.Error() != "writing down the pods of tests: broken 1" || lines.writes != 2 {
		t.Errorf("%v, after %d lines", err, lines.writes)
	}
}

// TestTimes holds from when on a test ran: by its own word, else since it began, else only as it ended.
func TestTimes(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	now := at(50)
	w := &Witness{lines: &b, now: func() time.Time { return now }, changed: make(chan struct{}), book: newBook()}
	spoke := func(s runner.Spoken) {
		s.Attempts = [][]string{{}}
		w.Spoke(4, s)
		w.writing.Wait()
	}
	now = at(10)
	w.Began("stopped")
	w.Began("took")
	now = at(30)
	spoke(runner.Spoken{Test: "took", State: runner.Passed, Took: 5 * time.Second})
	spoke(runner.Spoken{Test: "stopped"})
	spoke(runner.Spoken{Test: "stopped"}) // of which nobody said that it began again
	for i, line := range strings.Split(strings.TrimSpace(b.String()), "\n") {
		want := fmt.Sprintf(`"invocation":4,"began":"2026-01-02T03:04:%dZ","ended":"2026-01-02T03:04:30Z"`, []int{25, 10, 30}[i])
		if !strings.Contains(line, want) {
			t.Errorf("line %d: %s, want %s", i, line, want)
		}
	}
}

// TestBeat holds that pods of tests beat, and those of namespaces that were there before do not.
func TestBeat(t *testing.T) {
	t.Parallel()
	s := apitest.Start()
	defer s.Close()
	object := func(namespace, name string) apitest.Object {
		return apitest.Object{"metadata": map[string]any{"name": name, "namespace": namespace, "uid": namespace + name}}
	}
	s.Put("/api/v1/namespaces", object("", "before"))
	var beats atomic.Int32
	w, err := Start(t.Context(), &rest.Config{Host: s.URL}, Options{Lines: &strings.Builder{}, Beat: func() { beats.Add(1) }})
	if err != nil {
		t.Fatal(err)
	}
	s.Put("/api/v1/namespaces", object("", "a"))
	for _, namespace := range []string{"before", "a"} {
		s.Put("/api/v1/namespaces/"+namespace+"/pods", object(namespace, "p"))
	}
	w.Spoke(1, runner.Spoken{Test: "one", State: runner.Passed, Attempts: [][]string{{"a"}}})
	if _, err := w.Close(); err != nil || beats.Load() != 1 {
		t.Errorf("%d beats, %v", beats.Load(), err)
	}
}

// TestTimeout holds that a limit of the configuration does not end what is watched, and that the configuration stays as it is.
func TestTimeout(t *testing.T) {
	t.Parallel()
	s := apitest.Start()
	defer s.Close()
	config := &rest.Config{Host: s.URL, Timeout: 1}
	w, err := Start(t.Context(), config, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Close(); err != nil || config.Timeout != 1 || config.QPS != 0 {
		t.Errorf("%v, %+v", err, config)
	}
}
