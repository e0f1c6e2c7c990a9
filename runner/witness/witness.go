// Package witness watches a cluster while e2e.test runs in it, and says which pods of each test ran where.
//
// It takes three steps. A stream lists and then watches pods, namespaces or nodes, and knows of each time in which it may have
// missed something. A book keeps what the streams told. Spoke, which is called with what a test said when it ended, joins
// test and pods by the namespaces that e2e.test itself named, waits until the streams have told all that the API server knows
// of them, and writes a line (record.TestPods). Only a test that was stopped is joined by time, and its line says so.
//
// The package judges nothing. It only reads from the cluster; what it asks for must be allowed: to list and watch
// pods, namespaces and nodes.
package witness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// Witness watches from Start to Close. Its functions may be called from any goroutine.
type Witness struct {
	client  kubernetes.Interface
	lines   io.Writer // gets one Write a line
	beat    func()
	now     func() time.Time
	stop    context.CancelFunc
	streams []*stream
	running sync.WaitGroup // streams
	writing sync.WaitGroup // lines on their way

	mu      sync.Mutex
	waiting int           // lines that wait for what the API server has told so far
	changed chan struct{} // closed, and made anew, whenever a stream told something
	book    book
	err     error // the first that kept a line from being written
}

// Account is what a witness knows beyond its lines.
type Account struct {
	Nodes   []record.Node   // at the start, Windows first, then by name
	Changes []record.Change // of nodes
	Watched bool            // no change of a node can have been missed
	Outages []record.Outage
	Left    []string // namespaces that tests made and that are still there, sorted
}

// Options are for whom a witness watches.
type Options struct {
	Lines io.Writer // gets one Write for the pods of each test
	Beat  func()    // is called when a pod of a test changed; nil: nobody wants to know
}

// Start begins to watch. It returns when all that is there has been listed; what happens from then on is known. An error
// means that something may not be listed, or that the API server does not answer; then nothing is watched.
func Start(ctx context.Context, config *rest.Config, o Options) (*Witness, error) {
	w := &Witness{lines: o.Lines, beat: o.Beat, now: time.Now, changed: make(chan struct{}), book: newBook()}
	if w.beat == nil {
		w.beat = func() {}
	}
	config = rest.CopyConfig(config)
	config.Timeout = 0 // a watch has no end
	config.ContentType, config.AcceptContentTypes = "application/vnd.kubernetes.protobuf", "application/vnd.kubernetes.protobuf,application/json"
	config.QPS, config.Burst = 50, 100
	var err error
	if w.client, err = kubernetes.NewForConfig(config); err != nil {
		return nil, err
	}
	ctx, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	for _, s := range w.everything() {
		if err := s.begin(ctx, false); err != nil {
			w.stop()
			return nil, fmt.Errorf("listing %s: %w", s.what, err)
		}
		w.streams = append(w.streams, s)
	}
	w.book.open()
	for _, s := range w.streams {
		w.running.Go(func() { s.follow(ctx) })
	}
	return w, nil
}

// tell is called by streams.
func (w *Witness) tell(what func(b *book, now time.Time)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	what(&w.book, w.now())
	close(w.changed)
	w.changed = make(chan struct{})
}

// Began says that a test of an invocation began.
func (w *Witness) Began(test string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.book.began[test] = w.now()
}

// Spoke says what a test of an invocation said when it ended. Its lines are written when all is known of its pods.
func (w *Witness) Spoke(invocation int, s runner.Spoken) {
	now := w.now()
	w.mu.Lock()
	t := told{Spoken: s, invocation: invocation, began: now.Add(-s.Took), ended: now}
	if began, ok := w.book.began[s.Test]; ok && s.Took == 0 {
		t.began = began
	}
	delete(w.book.began, s.Test)
	w.book.claim(t)
	w.mu.Unlock()
	w.writing.Go(func() { w.write(t, w.settle(t)) })
}

// write writes the lines of a test, with why they may lack pods.
func (w *Witness) write(t told, gap string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range w.book.lines(t, gap) {
		if err := line.Encode(w.lines); err != nil && w.err == nil {
			w.err = fmt.Errorf("writing down the pods of tests: %w", err)
		}
	}
}

// How long a line waits for an API server that does not answer, or for how many short watches that told nothing, which take half a
// minute or a whole one. How long the end waits.
const (
	patience = 90 * time.Second
	silent   = 20
	farewell = 10 * time.Second // for a watch that broke just before the end
)

// settle waits until the streams have told all that the API server knows of the namespaces of a test, and says why they did
// not, "" if they did.
func (w *Witness) settle(t told) string {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for _, namespace := range t.namespaces() {
		if err := w.settleNamespace(ctx, namespace); err != nil {
			return fmt.Sprintf("the API server did not tell whether these are all pods of namespace %q: %v", namespace, err)
		}
	}
	return ""
}

func (w *Witness) settleNamespace(ctx context.Context, namespace string) error {
	var list *corev1.PodList
	for {
		var err error
		if list, err = w.client.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{}); err == nil {
			break
		}
		if backoff.Sleep(ctx, time.Second) != nil {
			return err
		}
	}
	if err := w.await(ctx, func() bool { return w.book.knowsAll(namespace, list.Items) }); err != nil {
		return errors.New("it did not tell all that it lists")
	}
	if err := w.settlePods(ctx, versionOf(list.ResourceVersion)); err != nil {
		return errors.New("its watch of pods did not come so far")
	}
	return nil
}

// settlePods waits until all was told up to a version. An API server whose bookmarks do not come that far has told all when
// it let some watches end that told nothing.
func (w *Witness) settlePods(ctx context.Context, until uint64) error {
	w.mu.Lock()
	w.waiting++
	calm := w.book.calm + silent
	w.mu.Unlock()
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.waiting--
	}()
	hurried := false
	return w.await(ctx, func() bool {
		settled := w.book.version >= until || w.book.calm >= calm
		if !settled && !hurried {
			hurried = true
			w.hurry()
		}
		return settled
	})
}

// hurry makes the stream of pods ask how far it has come.
func (w *Witness) hurry() {
	for _, s := range w.streams {
		if s.what != pods {
			continue
		}
		select {
		case s.hurry <- struct{}{}:
		default: // it was asked already
		}
	}
}

// waits tells whether a line waits for pods.
func (w *Witness) waits() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.waiting > 0
}

// await waits for a condition of the book.
func (w *Witness) await(ctx context.Context, is func() bool) error {
	for {
		w.mu.Lock()
		done, changed := is(), w.changed
		w.mu.Unlock()
		if done {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// Close ends the watch when all lines are written, and returns what else is known. The error says that lines are missing.
func (w *Witness) Close() (Account, error) {
	w.writing.Wait()
	ctx, cancel := context.WithTimeout(context.Background(), farewell)
	defer cancel()
	_ = w.await(ctx, w.book.whole) // what does not come back is an outage to the end
	w.stop()
	w.running.Wait()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.book.end(w.now())
	a := w.book.account()
	return a, w.err
}
