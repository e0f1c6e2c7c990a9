package runner

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// Event is how a test ended, a line of the journal.
type Event = record.Event

// ReadJournal returns the events of a report directory's journal, none if there is no journal. What is no file, such as a
// device that takes what is written to it, holds none: it may have no end.
func ReadJournal(name string) ([]Event, error) {
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !info.Mode().IsRegular() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	events, err := record.ParseJournal(data)
	if err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	return events, nil
}

// listener gathers how tests end, from what e2e.test says (see follower) and from its progress posts (kubernetes'
// test/e2e/reporters/progress.go), which it receives on a loopback port. Posts come in no certain order, and their totals
// are those of one process, so only the test that each names is used.
type listener struct {
	server  *http.Server
	url     string
	journal io.Writer
	notify  func(Event)
	ended   chan struct{}

	mu         sync.Mutex
	invocation int
	seen       map[string]State // how tests ended, the worst that was told of each
	posted     []string         // tests that were posted to have failed
	err        error            // the first that kept an event from the journal
}

func listen(journal io.Writer, notify func(Event)) (*listener, error) {
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening for progress: %w", err)
	}
	l := &listener{url: "http://" + socket.Addr().String() + "/progress", journal: journal, notify: notify, ended: make(chan struct{})}
	l.server = &http.Server{Handler: http.HandlerFunc(l.serve), ReadHeaderTimeout: 10 * time.Second}
	go func() {
		defer close(l.ended)
		_ = l.server.Serve(socket) // ends when close is called
	}()
	return l, nil
}

// begin says which invocation posts from now on.
func (l *listener) begin(invocation int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.invocation, l.seen, l.posted = invocation, map[string]State{}, nil
}

// told is of how many tests of the present invocation the end is known.
func (l *listener) told() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.seen)
}

func (l *listener) close() error {
	_ = l.server.Close()
	<-l.ended
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

func (l *listener) serve(w http.ResponseWriter, r *http.Request) {
	var post struct {
		Message string `json:"msg"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<20)).Decode(&post); err != nil {
		http.Error(w, "no progress post: "+err.Error(), http.StatusBadRequest)
		return
	}
	if test, ok := strings.CutPrefix(post.Message, "PASSED "); ok {
		l.add(test, Passed, 0)
	} else if test, ok := strings.CutPrefix(post.Message, "FAILED "); ok {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.posted = append(l.posted, test)
	}
}

// spoke says what a test said. One that was stopped has no end, whatever is posted of it.
func (l *listener) spoke(s Spoken) {
	if s.State != "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.posted = slices.DeleteFunc(l.posted, func(test string) bool { return test == s.Test })
}

// believe takes as failed what was only posted to have failed, when a call of e2e.test came to its own end. Of one that was
// stopped e2e.test posts the same of tests that were under way.
func (l *listener) believe() {
	l.mu.Lock()
	posted := l.posted
	l.posted = nil
	l.mu.Unlock()
	for _, test := range posted {
		l.add(test, Failed, 0)
	}
}

// add takes how a test ended. What was told before stays true, unless this is worse.
func (l *listener) add(test string, state State, took time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.seen[test]
	if state.Worse(before) == before {
		return
	}
	l.seen[test] = state
	event := Event{Time: time.Now().UTC(), Invocation: l.invocation, Test: test, State: state, Seconds: took.Seconds()}
	if l.err == nil { // behind a line of which a part was written nothing could be read
		if err := event.Encode(l.journal); err != nil {
			l.err = fmt.Errorf("keeping the journal: %w", err)
		}
	}
	l.notify(event)
}
