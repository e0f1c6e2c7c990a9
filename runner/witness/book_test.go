package witness

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// at is a moment, in seconds.
func at(second int) time.Time { return time.Date(2026, 1, 2, 3, 4, second, 0, time.UTC) }

func metadata(name string, labels ...string) metav1.ObjectMeta {
	m := metav1.ObjectMeta{Name: name, UID: types.UID("uid-" + name), ResourceVersion: "5", Labels: map[string]string{}}
	for _, label := range labels {
		m.Labels[label] = "x"
	}
	return m
}

func podOf(namespace, name string) *corev1.Pod {
	m := metadata(name)
	m.Namespace = namespace
	return &corev1.Pod{ObjectMeta: m}
}

// opened is a book with a node and a namespace that were there before.
func opened(t *testing.T) *book {
	t.Helper()
	b := newBook()
	b.node(at(0), &corev1.Node{ObjectMeta: metadata("old")}, false)
	b.namespace(at(0), &corev1.Namespace{ObjectMeta: metadata("before", "e2e-run")}, false)
	b.pod(at(0), podOf("before", "p"), false)
	for _, what := range kinds() {
		b.watching[what] = true
	}
	b.open()
	return &b
}

// TestRest holds what a new list says of what it does not have: it is gone, since then, and what is there stays as it is.
func TestRest(t *testing.T) {
	t.Parallel()
	b := opened(t)
	b.node(at(1), &corev1.Node{ObjectMeta: metadata("new")}, false)
	again := metadata("twice")
	b.node(at(1), &corev1.Node{ObjectMeta: again}, false)
	again.UID = "uid-twice-again"
	b.node(at(1), &corev1.Node{ObjectMeta: again}, false)
	for _, name := range []string{"here", "written", "waits"} {
		b.namespace(at(1), &corev1.Namespace{ObjectMeta: metadata(name, "e2e-run")}, false)
	}
	for _, name := range []string{"stays", "goes", "went"} {
		b.pod(at(2), podOf("here", name), false)
	}
	b.pod(at(3), podOf("here", "went"), true)
	b.podsOf("written")

	b.rest(at(9), nodes, map[string]bool{"uid-old": true, "uid-twice-again": true})
	b.rest(at(9), namespaces, map[string]bool{"uid-here": true})
	b.rest(at(9), pods, map[string]bool{"uid-stays": true})
	gone := map[string]string{}
	for _, p := range b.podsOf("here") {
		gone[p.Name] = fmt.Sprint(p.Gone)
	}
	if diff := cmp.Diff(map[string]string{"stays": "<nil>", "goes": at(9).String(), "went": at(3).String()}, gone); diff != "" {
		t.Errorf("pods (-want +got):\n%s", diff)
	}
	var spaces []string
	for _, name := range []string{"before", "here", "waits", "written"} {
		if s := b.namespaces[name]; s != nil {
			spaces = append(spaces, fmt.Sprintf("%s %t", name, s.gone))
		}
	}
	if diff := cmp.Diff([]string{"here false", "waits true"}, spaces); diff != "" {
		t.Errorf("namespaces (-want +got):\n%s", diff)
	}
	a := b.account()
	var changes []string
	for _, c := range a.Changes {
		changes = append(changes, fmt.Sprintf("%s %t %d", c.Node.Name, c.Gone, c.Time.Second()))
	}
	if diff := cmp.Diff([]string{"new false 1", "twice false 1", "new true 9"}, changes); diff != "" {
		t.Errorf("nodes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"here"}, a.Left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
	if b.podsOf("waits"); b.namespaces["waits"] != nil {
		t.Error("what is gone and written is kept")
	}
	// What is gone once is not gone again, and may come back.
	b.rest(at(10), nodes, map[string]bool{"uid-old": true, "uid-twice-again": true})
	b.node(at(10), &corev1.Node{ObjectMeta: metadata("new")}, true)
	if n := len(b.account().Changes); n != 3 {
		t.Errorf("%d changes of nodes", n)
	}
	b.node(at(11), &corev1.Node{ObjectMeta: metadata("new")}, false)
	if n := len(b.account().Changes); n != 4 {
		t.Errorf("%d changes of nodes", n)
	}
}

// TestLost holds which tests have a gap by an outage of which something was lost, and that one at the end is one.
func TestLost(t *testing.T) {
	t.Parallel()
	during := func(from, until int) told { return told{began: at(from), ended: at(until)} }
	for _, test := range []struct {
		name string
		do   func(b *book)
		test told
		gap  bool
	}{
		{"none", func(*book) {}, during(1, 50), false},
		{"lost", func(b *book) { b.lose(pods, at(20), at(10), errors.New("away")); b.regain(pods, at(30), true) }, during(15, 25), true},
		{"made good", func(b *book) { b.lose(pods, at(20), at(10), errors.New("away")); b.regain(pods, at(30), false) }, during(15, 25), false},
		{"of nodes", func(b *book) { b.lose(nodes, at(20), at(10), errors.New("away")); b.regain(nodes, at(30), true) }, during(15, 25), false},
		{"ended before it", func(b *book) { b.lose(pods, at(20), at(10), errors.New("away")); b.regain(pods, at(30), true) }, during(1, 9), false},
		{"ended with what was heard last", func(b *book) { b.lose(pods, at(20), at(10), errors.New("away")); b.regain(pods, at(30), true) }, during(1, 10), true},
		{"began with its end", func(b *book) { b.lose(pods, at(20), at(10), errors.New("away")); b.regain(pods, at(30), true) }, during(30, 40), true},
		{"began behind it", func(b *book) { b.lose(pods, at(20), at(10), errors.New("away")); b.regain(pods, at(30), true) }, during(31, 40), false},
		{"lost twice since", func(b *book) {
			b.lose(pods, at(20), at(10), errors.New("away"))
			b.lose(pods, at(29), at(28), errors.New("still"))
			b.regain(pods, at(30), true)
		}, during(11, 12), true},
		{"to the end", func(b *book) { b.lose(pods, at(20), at(10), errors.New("away")) }, during(40, 50), true},
		{"broken at the end", func(b *book) { b.watching[pods] = false }, during(50, 59), true},
		{"broken before, and whole again", func(b *book) { b.watching[pods] = false; b.regain(pods, at(30), false) }, during(50, 59), false},
	} {
		b := opened(t)
		test.do(b)
		b.end(at(55))
		if got := b.gap(test.test); (got != "") != test.gap {
			t.Errorf("%s: %q", test.name, got)
		}
		if got := b.gap(test.test); test.name == "lost" && got != "from 2026-01-02T03:04:10Z to 2026-01-02T03:04:30Z: away" {
			t.Errorf("%s: %q", test.name, got)
		}
		if !b.whole() || len(b.away) > 0 {
			t.Errorf("%s: away at the end: %v", test.name, b.away)
		}
	}
}

// TestOutages holds what the record gets of outages: none that is shorter than a second question, in the order of time, and nodes
// are not watched if one of theirs lost something.
func TestOutages(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		do      func(b *book)
		want    []record.Outage
		watched bool
	}{
		{"none", func(*book) {}, nil, true},
		{"only a place", func(b *book) {
			b.lose(pods, at(1), at(1), errors.New("gone"))
			b.regain(pods, at(1).Add(retry-1), true)
		}, nil, true},
		{"as long as it takes to ask again", func(b *book) { b.lose(pods, at(1), at(1), errors.New("a")); b.regain(pods, at(2), false) }, []record.Outage{{From: at(1), Until: at(2), Words: "a"}}, true},
		{"two", func(b *book) {
			b.lose(pods, at(20), at(20), errors.New("b"))
			b.lose(nodes, at(3), at(3), errors.New("a"))
			b.regain(pods, at(25), true)
			b.regain(nodes, at(5), false)
		}, []record.Outage{{From: at(3), Until: at(5), Words: "a"}, {From: at(20), Until: at(25), Words: "b"}}, true},
		{"two at once", func(b *book) {
			b.lose(pods, at(4), at(4), errors.New("b"))
			b.lose(nodes, at(3), at(3), errors.New("a"))
			b.regain(nodes, at(5), false)
			b.regain(pods, at(6), false)
		}, []record.Outage{{From: at(3), Until: at(6), Words: "a"}}, true},
		{"nodes lost", func(b *book) { b.lose(nodes, at(3), at(3), errors.New("a")); b.regain(nodes, at(5), true) }, []record.Outage{{From: at(3), Until: at(5), Words: "a"}}, false},
		{"once more", func(b *book) {
			for _, second := range []int{3, 10} {
				b.lose(pods, at(second), at(1), errors.New("a"))
				b.regain(pods, at(second+2), false)
			}
		}, []record.Outage{{From: at(3), Until: at(5), Words: "a"}, {From: at(10), Until: at(12), Words: "a"}}, true},
	} {
		b := opened(t)
		test.do(b)
		b.end(at(55))
		a := b.account()
		if diff := cmp.Diff(test.want, a.Outages); diff != "" || a.Watched != test.watched {
			t.Errorf("%s: watched %t, (-want +got):\n%s", test.name, a.Watched, diff)
		}
	}
}

// TestUnclaimed holds which namespaces a test that was stopped may have made.
func TestUnclaimed(t *testing.T) {
	t.Parallel()
	b := opened(t)
	for name, second := range map[string]int{"early": 9, "first": 10, "claimed": 12, "last": 20, "late": 21} {
		b.namespace(at(second), &corev1.Namespace{ObjectMeta: metadata(name, "e2e-framework")}, false)
	}
	b.namespace(at(12), &corev1.Namespace{ObjectMeta: metadata("run", runner.RunLabel)}, false)
	b.namespace(at(12), &corev1.Namespace{ObjectMeta: metadata("foreign", "app")}, false)
	deleted := metadata("deleted", "e2e-run")
	deleted.DeletionTimestamp = &metav1.Time{Time: at(13)}
	b.namespace(at(12), &corev1.Namespace{ObjectMeta: deleted}, false)
	b.claim(told{Spoken: runner.Spoken{Attempts: [][]string{{"claimed"}}}})
	stopped := told{Spoken: runner.Spoken{Test: "two", Attempts: [][]string{{"claimed"}, {}}}, began: at(10), ended: at(20)}
	if diff := cmp.Diff([]string{"deleted", "first", "last", "run"}, b.unclaimed(stopped)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	lines := b.lines(stopped, "")
	if len(lines) != 2 || len(lines[0].Namespaces) != 1 || len(lines[1].Namespaces) != 4 {
		t.Errorf("only the last attempt was stopped: %+v", lines)
	}
	stopped.began = at(0) // when it was opened
	if diff := cmp.Diff([]string{"early", "first", "last", "run"}, b.unclaimed(stopped)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"claimed", "early", "first", "last", "late", "run"}, b.account().Left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// TestKnows holds when all that the API server lists of pods was told.
func TestKnows(t *testing.T) {
	t.Parallel()
	b := opened(t)
	b.pod(at(1), podOf("a", "p"), false) // before its namespace
	newer := podOf("a", "p")
	newer.ResourceVersion = "6"
	for name, test := range map[string]struct {
		pod  *corev1.Pod
		want bool
	}{
		"told": {podOf("a", "p"), true}, "told in an earlier state": {newer, false}, "not told": {podOf("a", "q"), false},
		"of a namespace that was there before": {podOf("before", "q"), true}, "of one that nobody told of": {podOf("b", "q"), true},
	} {
		if got := b.knows(test.pod); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	b.pod(at(1), podOf("before", "q"), false)
	if list := b.podsOf("before"); list != nil {
		t.Errorf("pods of a namespace that was there before are kept: %+v", list)
	}
	if b.told("a") {
		t.Error("told of a, of which there is but a pod")
	}
	if b.namespace(at(2), &corev1.Namespace{ObjectMeta: metadata("a", "e2e-run")}, false); !b.told("a") || b.told("b") {
		t.Error("told of a, and not of b")
	}
	if b.watching[pods] = false; b.told("a") {
		t.Error("told while nothing is")
	}
	for text, want := range map[string]uint64{"12": 12, "": 0, "x1": 0} {
		if got := versionOf(text); got != want {
			t.Errorf("resource version %q: %d", text, got)
		}
	}
	b.upTo(pods, 7)
	b.upTo(pods, 6)
	b.upTo(nodes, 9)
	if b.version != 7 {
		t.Errorf("all was told of pods up to %d", b.version)
	}
}

// TestNamespaces holds what becomes of a namespace that is deleted: it is forgotten when its pods are written down, and one of its
// name that came meanwhile is not.
func TestNamespaces(t *testing.T) {
	t.Parallel()
	tell := func(b *book, second int, m metav1.ObjectMeta, deleted bool) {
		b.namespace(at(second), &corev1.Namespace{ObjectMeta: m}, deleted)
	}
	ours, plain, ends, again := metadata("a", "e2e-run"), metadata("a"), metadata("a", "e2e-run"), metadata("a", "e2e-run")
	ends.DeletionTimestamp, again.UID = &metav1.Time{Time: at(2)}, "uid-a-again"
	for _, test := range []struct {
		name          string
		do            func(b *book)
		known, isLeft bool
	}{
		{"made", func(b *book) { tell(b, 1, ours, false) }, true, true},
		{"without its labels later", func(b *book) { tell(b, 1, ours, false); tell(b, 2, plain, false) }, true, true},
		{"deleted", func(b *book) { tell(b, 1, ours, false); tell(b, 2, ours, true) }, true, false},
		{"deleted, and written", func(b *book) { tell(b, 1, ours, false); tell(b, 2, ours, true); b.podsOf("a") }, false, false},
		{"written, and deleted", func(b *book) { tell(b, 1, ours, false); b.podsOf("a"); tell(b, 2, ours, true) }, false, false},
		{"written while it ends", func(b *book) { tell(b, 1, ends, false); b.podsOf("a"); tell(b, 2, ends, true) }, false, false},
		{"never told", func(b *book) { b.podsOf("a") }, false, false},
		{"made again", func(b *book) { tell(b, 1, ours, false); tell(b, 2, ours, true); tell(b, 3, again, false) }, true, true},
		{"made again, and listed", func(b *book) {
			tell(b, 1, ours, false)
			tell(b, 2, ours, true)
			tell(b, 3, again, false)
			b.rest(at(4), namespaces, map[string]bool{"uid-before": true, "uid-a-again": true})
		}, true, true},
		{"made again while nobody told", func(b *book) {
			tell(b, 1, ours, false)
			tell(b, 3, again, false)
			b.rest(at(3), namespaces, map[string]bool{"uid-before": true, "uid-a-again": true})
		}, true, true},
	} {
		b := opened(t)
		test.do(b)
		if known, isLeft := b.namespaces["a"] != nil, len(b.account().Left) == 1; known != test.known || isLeft != test.isLeft {
			t.Errorf("%s: known %t, left %t", test.name, known, isLeft)
		}
	}
}
