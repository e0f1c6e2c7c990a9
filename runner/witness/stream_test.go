package witness

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
)

// played is a watch that tells its events at their times, and ends.
type played struct {
	events chan watch.Event
}

func (p played) Stop()                          {}
func (p played) ResultChan() <-chan watch.Event { return p.events }

// event comes so long after a watch was begun.
type event struct {
	after time.Duration
	watch.Event
}

// watched is how the API server answers one request to watch.
type watched struct {
	refused error
	events  []event
	lasts   time.Duration
}

func (w watched) play() (watch.Interface, error) {
	if w.refused != nil {
		return nil, w.refused
	}
	p := played{make(chan watch.Event, len(w.events))}
	var mu sync.Mutex // each of these runs in a goroutine of its own
	at := func(after time.Duration, do func()) {
		time.AfterFunc(after, func() {
			mu.Lock()
			defer mu.Unlock()
			do()
		})
	}
	for _, e := range w.events {
		at(e.after, func() { p.events <- e.Event })
	}
	at(w.lasts, func() { close(p.events) })
	return p, nil
}

// TestFollow holds when a stream begins to watch, for how long and from where, and what it says of how a watch ended: which
// outages there are, what was lost, and of which short watch it is known that there was nothing to tell.
func TestFollow(t *testing.T) {
	t.Parallel()
	added := func(after time.Duration, version string) event {
		p := podOf("a", "p")
		p.ResourceVersion = version
		return event{after, watch.Event{Type: watch.Added, Object: p}}
	}
	bookmark := func(after time.Duration, version string) event {
		e := added(after, version)
		e.Type = watch.Bookmark
		return e
	}
	fails := func(after time.Duration, why metav1.StatusReason) event {
		return event{after, watch.Event{Type: watch.Error, Object: &metav1.Status{Reason: why, Message: string(why)}}}
	}
	minutes := 5 * time.Minute
	for _, test := range []struct {
		name    string
		watches []watched
		asked   []int         // numbers of the watches that begin while somebody waits
		hurry   time.Duration // 0: nobody comes
		unlist  bool          // a list is refused
		want    []string
	}{
		{name: "it came to its end", watches: []watched{{lasts: minutes}}, want: []string{"0s watch 300 from 1", "1s back", "5m0s hung", "5m0s watch 300 from 1"}},
		{name: "it broke", watches: []watched{{}}, want: []string{"0s watch 300 from 1", "0s hung", "1s watch 300 from 1"}},
		{
			name: "it told something", watches: []watched{{events: []event{added(2*time.Second, "7"), bookmark(time.Minute, "9")}, lasts: minutes}},
			want: []string{"0s watch 300 from 1", "1s back", "2s back", "2s ADDED 7", "1m0s back", "1m0s BOOKMARK 9", "5m0s hung", "5m0s watch 300 from 9"},
		},
		{name: "refused", watches: []watched{{refused: errors.New("away")}}, want: []string{"0s watch 300 from 1", "0s away since 0s: away", "1s watch 300 from 1"}},
		{
			name: "it failed", watches: []watched{{events: []event{fails(5*time.Second, metav1.StatusReasonInternalError)}, lasts: minutes}},
			want: []string{"0s watch 300 from 1", "1s back", "5s hung", "5s away since 0s: InternalError", "6s watch 300 from 1"},
		},
		{
			name: "it failed behind an event", watches: []watched{{events: []event{added(2*time.Second, "7"), fails(5*time.Second, metav1.StatusReasonInternalError)}, lasts: minutes}},
			want: []string{"0s watch 300 from 1", "1s back", "2s back", "2s ADDED 7", "5s hung", "5s away since 2s: InternalError", "6s watch 300 from 7"},
		},
		{
			name: "its place is forgotten", watches: []watched{{events: []event{fails(0, metav1.StatusReasonExpired)}, lasts: minutes}},
			want: []string{"0s watch 300 from 1", "0s hung", "0s away since 0s: Expired", "0s back, and lost something", "0s list 50", "0s watch 300 from 50"},
		},
		{
			name: "its place is gone", watches: []watched{{events: []event{fails(0, metav1.StatusReasonGone)}, lasts: minutes}},
			want: []string{"0s watch 300 from 1", "0s hung", "0s away since 0s: Gone", "0s back, and lost something", "0s list 50", "0s watch 300 from 50"},
		},
		{
			name: "nor may be listed", watches: []watched{{events: []event{fails(0, metav1.StatusReasonExpired)}, lasts: minutes}}, unlist: true,
			want: []string{"0s watch 300 from 1", "0s hung", "0s away since 0s: Expired", "1s watch 300 from 1"},
		},
		{
			name: "somebody comes", watches: []watched{{lasts: minutes}, {lasts: 3 * time.Second}}, asked: []int{2}, hurry: 10 * time.Second,
			want: []string{"0s watch 300 from 1", "1s back", "10s hung", "10s watch 3 from 1", "11s back", "13s hung", "13s calm", "13s watch 300 from 1"},
		},
		{
			name: "somebody comes at once", watches: []watched{{lasts: minutes}}, asked: []int{2}, hurry: 500 * time.Millisecond,
			want: []string{"0s watch 300 from 1", "500ms hung", "500ms watch 3 from 1"},
		},
		{
			name: "one more comes", watches: []watched{{lasts: 3 * time.Second}}, asked: []int{1, 2}, hurry: 2 * time.Second,
			want: []string{"0s watch 3 from 1", "1s back", "3s hung", "3s calm", "3s watch 3 from 1"},
		},
		{
			name: "asked, and it tells how far it came", watches: []watched{{events: []event{bookmark(1500*time.Millisecond, "9")}, lasts: 3 * time.Second}}, asked: []int{1},
			want: []string{"0s watch 3 from 1", "1s back", "1.5s back", "1.5s BOOKMARK 9", "1.5s hung", "1.5s calm", "1.6s watch 300 from 9"},
		},
		{
			name: "asked, and it tells so at once", watches: []watched{{events: []event{bookmark(0, "9")}, lasts: 3 * time.Second}}, asked: []int{1},
			want: []string{"0s watch 3 from 1", "0s back", "0s BOOKMARK 9", "0s hung", "0s calm", "100ms watch 300 from 9"},
		},
		{
			name: "asked, and there is something to tell", watches: []watched{{events: []event{added(2*time.Second, "7")}, lasts: 3 * time.Second}}, asked: []int{1},
			want: []string{"0s watch 3 from 1", "1s back", "2s back", "2s ADDED 7", "3s hung", "3s watch 300 from 7"},
		},
		{name: "asked, and it broke", watches: []watched{{}}, asked: []int{1}, want: []string{"0s watch 3 from 1", "0s hung", "1s watch 300 from 1"}},
		{
			name: "asked, and it failed", watches: []watched{{events: []event{fails(2*time.Second, metav1.StatusReasonInternalError)}, lasts: 3 * time.Second}}, asked: []int{1},
			want: []string{"0s watch 3 from 1", "1s back", "2s hung", "2s away since 0s: InternalError", "3s watch 300 from 1"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var got []string
				start, begun := time.Now(), 0
				say := func(format string, args ...any) {
					got = append(got, fmt.Sprintf("%s "+format, append([]any{time.Since(start)}, args...)...))
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				s := stream{
					now: time.Now, place: "1", heard: start, hurry: make(chan struct{}, 1),
					asked:  func() bool { return slices.Contains(test.asked, begun+1) },
					listed: func(_ []runtime.Object, version uint64) { say("list %d", version) },
					event:  func(kind watch.EventType, _ runtime.Object, version uint64) { say("%s %d", kind, version) },
					calm:   func() { say("calm") },
					hung:   func() { say("hung") },
					away:   func(from time.Time, why error) { say("away since %s: %v", from.Sub(start), why) },
					back: func(lost bool) {
						say("%s", map[bool]string{false: "back", true: "back, and lost something"}[lost])
					},
					list: func(context.Context, metav1.ListOptions) (runtime.Object, error) {
						if test.unlist {
							return nil, errors.New("not now")
						}
						return &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "50"}}, nil
					},
					watch: func(_ context.Context, o metav1.ListOptions) (watch.Interface, error) {
						say("watch %d from %s", *o.TimeoutSeconds, o.ResourceVersion)
						if !o.AllowWatchBookmarks {
							t.Error("no bookmarks are asked for")
						}
						if begun++; begun > len(test.watches) {
							cancel()
							return nil, ctx.Err()
						}
						return test.watches[begun-1].play()
					},
				}
				if test.hurry > 0 {
					time.AfterFunc(test.hurry, func() { s.hurry <- struct{}{} })
				}
				s.follow(ctx)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}
