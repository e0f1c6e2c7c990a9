package witness

import (
	"context"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
)

// What is watched.
const (
	pods       = "pods"
	namespaces = "namespaces"
	nodes      = "nodes"
)

func kinds() []string { return []string{nodes, namespaces, pods} }

// stream lists things of one kind, and then watches them. A watch that breaks goes on where it was; if the API server has
// forgotten that place, what happened since is lost, and the stream says so.
//
// Note: client-go's reflectors do the same, and hide what was lost.
type stream struct {
	what   string
	list   func(context.Context, metav1.ListOptions) (runtime.Object, error)
	watch  func(context.Context, metav1.ListOptions) (watch.Interface, error)
	listed func(objects []runtime.Object, version uint64)
	event  func(kind watch.EventType, object runtime.Object, version uint64)
	hung   func()                          // a watch ended, however it did
	away   func(from time.Time, why error) // the API server does not answer; called again and again while it does not
	back   func(lost bool)                 // it answers, and what happened meanwhile is lost, or will be told
	now    func() time.Time
	asked  func() bool   // somebody waits to know up to which version all was told
	calm   func()        // a watch of that time came to its end, and told nothing
	hurry  chan struct{} // gets something when somebody begins to wait
	place  string        // resource version up to which all was told
	heard  time.Time     // when the API server last said something
}

// begin lists what is there. Once it has watched, what happened meanwhile is lost, and that is said first: whoever waits for what
// the list tells must know of it.
func (s *stream) begin(ctx context.Context, again bool) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	list, err := s.list(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	objects, err := meta.ExtractList(list)
	if err != nil {
		return err
	}
	access, err := meta.ListAccessor(list)
	if err != nil {
		return err
	}
	if again {
		s.back(true)
	}
	s.place, s.heard = access.GetResourceVersion(), s.now()
	s.listed(objects, versionOf(s.place))
	return nil
}

// retry is how long a stream waits before it asks an API server again that did not answer.
const retry = time.Second

// How long an API server is asked to keep a watch, in seconds. Two seconds before the end it tells with a bookmark up to which
// version it has told all, and else once a minute
// (https://github.com/kubernetes/kubernetes/blob/v1.36.3/staging/src/k8s.io/apiserver/pkg/storage/cacher/cache_watcher.go).
// So a short one is how to ask it; it is given up when it has answered, and begun anew a little later if somebody still waits.
const (
	long  int64 = 300
	short int64 = 3
	pause       = 100 * time.Millisecond
)

// follow watches until the context ends.
func (s *stream) follow(ctx context.Context) {
	for ctx.Err() == nil {
		began, seconds := s.now(), long
		if s.asked() {
			seconds = short
		}
		w, err := s.watch(ctx, metav1.ListOptions{ResourceVersion: s.place, AllowWatchBookmarks: true, TimeoutSeconds: &seconds})
		var end ending
		if err == nil {
			end, err = s.drain(w, seconds == short)
			if ctx.Err() == nil {
				s.hung()
			}
		}
		if ctx.Err() != nil {
			break
		}
		if ended := err == nil && (end.told || s.now().Sub(began) > retry); ended && seconds == short && !end.brought {
			s.calm()
		}
		switch {
		case end.hurried:
		case end.told:
			_ = backoff.Sleep(ctx, pause)
		case err == nil && s.now().Sub(began) > retry: // the API server ends each watch after its time
		case err == nil:
			_ = backoff.Sleep(ctx, retry)
		case apierrors.IsGone(err) || apierrors.IsResourceExpired(err):
			s.away(s.heard, err)
			if s.begin(ctx, true) != nil {
				_ = backoff.Sleep(ctx, retry)
			}
		default:
			s.away(s.heard, err)
			_ = backoff.Sleep(ctx, retry)
		}
	}
}

// ending is how a watch came to its end.
type ending struct {
	brought bool // it told something else than what a short one is asked for
	hurried bool // it was given up for a short one
	told    bool // a short one was given up, since it told how far it has come
}

// drain tells what a watch brings, until its end, until somebody is in a hurry, or until it has told how far it has come. An API
// server that has forgotten the place says so at once, instead of the first event; one that says nothing has nothing to tell.
func (s *stream) drain(w watch.Interface, asking bool) (end ending, err error) {
	defer w.Stop()
	hurry := s.hurry
	if asking {
		hurry = nil
	}
	answers := time.NewTimer(retry)
	defer answers.Stop()
	for {
		select {
		case <-answers.C:
			s.back(false)
		case <-hurry:
			end.hurried = true
			return end, nil
		case e, more := <-w.ResultChan():
			if !more {
				return end, nil
			}
			if err := s.take(e); err != nil {
				return end, err
			}
			if end.told = e.Type == watch.Bookmark && asking; end.told {
				return end, nil
			}
			end.brought = true
		}
	}
}

// take tells of one event.
func (s *stream) take(e watch.Event) error {
	if e.Type == watch.Error {
		return apierrors.FromObject(e.Object)
	}
	object, err := meta.Accessor(e.Object)
	if err != nil {
		return err
	}
	s.back(false)
	s.place, s.heard = object.GetResourceVersion(), s.now()
	s.event(e.Type, e.Object, versionOf(s.place))
	return nil
}

// versionOf is a resource version as a number, by which those of one kind can be compared
// (https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-versions); 0 for what is none.
func versionOf(text string) uint64 {
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// everything are the streams of a witness, nodes first: pods are told with the node that they are on.
func (w *Witness) everything() []*stream {
	core := w.client.CoreV1()
	node := streamOf(w, nodes, (*book).node, func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return core.Nodes().List(ctx, o)
	}, core.Nodes().Watch)
	namespace := streamOf(w, namespaces, (*book).namespace, func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return core.Namespaces().List(ctx, o)
	}, core.Namespaces().Watch)
	pod := streamOf(w, pods, (*book).pod, func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
		return core.Pods("").List(ctx, o)
	}, core.Pods("").Watch)
	return []*stream{node, namespace, pod}
}

// object is what the book keeps something of.
type object interface {
	runtime.Object
	metav1.Object
	*corev1.Node | *corev1.Namespace | *corev1.Pod
}

// streamOf is a stream of things of one type, each of which goes to the book.
func streamOf[T object](w *Witness, what string, keep func(*book, time.Time, T, bool),
	list func(context.Context, metav1.ListOptions) (runtime.Object, error), start func(context.Context, metav1.ListOptions) (watch.Interface, error),
) *stream {
	s := &stream{what: what, list: list, watch: start, now: w.now, hurry: make(chan struct{}, 1)}
	s.listed = func(objects []runtime.Object, version uint64) {
		w.tell(func(b *book, now time.Time) {
			seen := map[string]bool{}
			for _, o := range objects {
				if o, ok := o.(T); ok {
					seen[string(o.GetUID())] = true
					keep(b, now, o, false)
				}
			}
			b.rest(now, what, seen)
			b.upTo(what, version)
		})
	}
	s.event = func(kind watch.EventType, o runtime.Object, version uint64) {
		w.tell(func(b *book, now time.Time) {
			if o, ok := o.(T); ok && kind != watch.Bookmark {
				keep(b, now, o, kind == watch.Deleted)
				if what == pods && !b.namespaces[o.GetNamespace()].before {
					w.beat()
				}
			}
			b.upTo(what, version)
		})
	}
	s.asked = func() bool { return what == pods && w.waits() }
	s.calm = func() { w.tell(func(b *book, _ time.Time) { b.calm++ }) }
	s.hung = func() { w.tell(func(b *book, _ time.Time) { b.watching[what] = false }) }
	s.away = func(heard time.Time, why error) {
		w.tell(func(b *book, now time.Time) { b.lose(what, now, heard, why) })
	}
	s.back = func(lost bool) { w.tell(func(b *book, now time.Time) { b.regain(what, now, lost) }) }
	return s
}
