package serve

import (
	"context"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// key is a pull request.
type key struct {
	repo   github.Repo
	number int
}

// task is a look at a pull request that is to be taken.
type task struct {
	key
	event readiness.Event
	pull  *github.PullRequest // as a list had it a moment ago; nil: it is to be asked for
	tries int                 // that failed
	due   time.Time           // not before then
}

// queue holds each pull request once. It is safe for concurrent use.
type queue struct {
	most int
	now  func() time.Time

	mu      sync.Mutex
	waiting map[key]task
	order   []key
	busy    map[key]bool
	wake    chan struct{}
}

func newQueue(most int, now func() time.Time) *queue {
	return &queue{most: most, now: now, waiting: map[key]task{}, busy: map[key]bool{}, wake: make(chan struct{}, 1)}
}

// put adds a look. One that waits for the same pull request already is the same, and the stronger event holds. It tells whether
// there was room.
func (q *queue) put(t task) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if before, ok := q.waiting[t.key]; ok {
		t.event = max(t.event, before.event)
		if before.due.Before(t.due) {
			t.due = before.due
		}
		if t.event != readiness.OnSweep {
			t.pull = nil
		}
		q.waiting[t.key] = t
		q.signal()
		return true
	}
	if len(q.waiting) >= q.most {
		return false
	}
	q.waiting[t.key] = t
	q.order = append(q.order, t.key)
	q.signal()
	return true
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// take returns the next look that is due, of a pull request that nobody looks at; done must be called behind it. Of none it waits. ok
// is false when the context has ended.
func (q *queue) take(ctx context.Context) (t task, ok bool) {
	for {
		t, ok, next := q.next()
		if ok {
			q.signal() // others may be there too
			return t, true
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
			timer.Stop()
			return task{}, false
		case <-q.wake:
		case <-timer.C:
		}
		timer.Stop()
		if ctx.Err() != nil {
			return task{}, false
		}
	}
}

// next is the first look that can be taken, or how long to wait for one.
func (q *queue) next() (t task, ok bool, wait time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	wait = time.Minute
	for i, k := range q.order {
		t := q.waiting[k]
		if q.busy[k] {
			continue
		}
		if left := t.due.Sub(q.now()); left > 0 {
			wait = min(wait, left)
			continue
		}
		q.order = append(q.order[:i:i], q.order[i+1:]...)
		delete(q.waiting, k)
		q.busy[k] = true
		return t, true, 0
	}
	return task{}, false, wait
}

// done lets the next look at the pull request be taken.
func (q *queue) done(k key) {
	q.mu.Lock()
	defer q.mu.Unlock()
	delete(q.busy, k)
	q.signal()
}

// size is how many pull requests wait.
func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
