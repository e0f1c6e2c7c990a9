package witness

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// told is what a test said when it ended.
type told struct {
	runner.Spoken
	invocation int
	began      time.Time
	ended      time.Time
}

// namespaces are those of all attempts.
func (t told) namespaces() []string { return slices.Concat(t.Attempts...) }

// stopped tells whether the test did not come to its end, so that it need not have named all of its namespaces.
func (t told) stopped() bool { return t.State == "" }

// book is what streams told of a cluster. It decides nothing by time, and reads no clock.
type book struct {
	opened     bool
	start      map[string]record.Node // nodes when it was opened, by name
	nodes      map[string]record.Node // by name
	nodeUIDs   map[string]string      // names by UID
	changes    []record.Change
	namespaces map[string]*space
	spaceUIDs  map[string]string    // names by UID
	version    uint64               // up to which all was told of pods
	calm       int                  // short watches of pods that came to their end and told nothing
	began      map[string]time.Time // tests that run, by name
	claimed    map[string]bool      // namespaces that a test said are its own, told already or not
	watching   map[string]bool      // by what is watched: the API server answers
	away       map[string]outage    // of streams to which the API server does not answer at present, by what they watch
	outages    []outage             // those that ended
}

// space is a namespace with its pods.
type space struct {
	before  bool      // it was there when the book was opened, and is none of a test's
	created time.Time // by the clock of whoever watched
	gone    bool      // it is not there any more, or will not be soon
	written bool      // the lines of that test are written
	ours    bool      // e2e.test made it
	told    bool      // its own stream told it, and not only that of pods
	pods    map[string]*pod
	order   []*pod
}

// pod is a pod as it is written down, and what must be known of it beside.
type pod struct {
	record.Pod
	version uint64
}

// outage is a time in which the API server did not answer a stream.
type outage struct {
	record.Outage
	heard time.Time // when the stream was last told something before it
	what  string    // it watches
	lost  bool      // what happened meanwhile was not told later either
}

func newBook() book {
	return book{nodes: map[string]record.Node{}, nodeUIDs: map[string]string{}, namespaces: map[string]*space{}, spaceUIDs: map[string]string{}, began: map[string]time.Time{}, claimed: map[string]bool{}, watching: map[string]bool{}, away: map[string]outage{}}
}

// open says that what was told so far was there before.
func (b *book) open() {
	b.opened = true
	b.start = maps.Clone(b.nodes)
}

// upTo says up to which version all was told.
func (b *book) upTo(what string, version uint64) {
	if what == pods {
		b.version = max(b.version, version)
	}
}

// rest says that of the things of a kind only these are left.
func (b *book) rest(now time.Time, what string, seen map[string]bool) {
	switch what {
	case nodes:
		for uid, name := range maps.Clone(b.nodeUIDs) {
			if !seen[uid] {
				b.removeNode(now, uid, name)
			}
		}
	case namespaces:
		for uid, name := range maps.Clone(b.spaceUIDs) {
			if !seen[uid] {
				b.removeSpace(uid, name)
			}
		}
	case pods:
		for _, s := range b.namespaces {
			for uid, p := range s.pods {
				if !seen[uid] && p.Gone == nil {
					p.Gone = &now
				}
			}
		}
	}
}

// lose says that the API server does not answer a stream.
func (b *book) lose(what string, now, heard time.Time, why error) {
	if _, already := b.away[what]; !already {
		b.away[what] = outage{Outage: record.Outage{From: now.UTC(), Words: why.Error()}, heard: heard.UTC(), what: what}
	}
}

// regain says that it does again, and whether what happened meanwhile is lost.
func (b *book) regain(what string, now time.Time, lost bool) {
	b.watching[what] = true
	if o, away := b.away[what]; away {
		o.Until, o.lost = now.UTC(), lost
		b.outages = append(b.outages, o)
		delete(b.away, what)
	}
}

// end says that no stream tells anything from now on.
func (b *book) end(now time.Time) {
	for _, what := range kinds() {
		if !b.watching[what] {
			b.lose(what, now, now, errors.New("its watch had broken at the end"))
		}
		b.regain(what, now, true)
	}
}

func (b *book) node(now time.Time, n *corev1.Node, deleted bool) {
	if deleted {
		b.removeNode(now, string(n.UID), n.Name)
		return
	}
	node := runner.NodeOf(*n)
	before := b.nodes[n.Name] // nothing, if it is new
	b.nodes[n.Name], b.nodeUIDs[string(n.UID)] = node, n.Name
	if b.opened && !reflect.DeepEqual(before, node) {
		b.changes = append(b.changes, record.Change{Time: now.UTC(), Node: node})
	}
}

func (b *book) removeNode(now time.Time, uid, name string) {
	delete(b.nodeUIDs, uid)
	if another(b.nodeUIDs, name) {
		return
	}
	node, known := b.nodes[name]
	if !known {
		return
	}
	delete(b.nodes, name)
	b.changes = append(b.changes, record.Change{Time: now.UTC(), Gone: true, Node: node})
}

// another tells whether one of that name, with another UID, came meanwhile.
func another(uids map[string]string, name string) bool {
	for _, other := range uids {
		if other == name {
			return true
		}
	}
	return false
}

func (b *book) namespace(now time.Time, n *corev1.Namespace, deleted bool) {
	if deleted {
		b.removeSpace(string(n.UID), n.Name)
		return
	}
	b.spaceUIDs[string(n.UID)] = n.Name
	s := b.space(now, n.Name)
	s.gone = n.DeletionTimestamp != nil
	s.ours = s.ours || n.Labels["e2e-run"] != "" || n.Labels["e2e-framework"] != "" || n.Labels[runner.RunLabel] != ""
	s.told = true
}

// removeSpace forgets a namespace that nobody will ask for.
func (b *book) removeSpace(uid, name string) {
	delete(b.spaceUIDs, uid)
	s := b.namespaces[name]
	if s == nil || another(b.spaceUIDs, name) {
		return
	}
	s.gone = true
	if s.before || s.written {
		delete(b.namespaces, name)
	}
}

// space is the namespace of a name. Pods may be told before their namespace.
func (b *book) space(now time.Time, name string) *space {
	s := b.namespaces[name]
	if s == nil {
		s = &space{created: now, before: !b.opened, pods: map[string]*pod{}}
		b.namespaces[name] = s
	}
	return s
}

// knows tells whether all that the API server says of a pod was told.
func (b *book) knows(p *corev1.Pod) bool {
	s := b.namespaces[p.Namespace]
	if s == nil || s.before {
		return true // it is not kept
	}
	known := s.pods[string(p.UID)]
	return known != nil && known.version >= versionOf(p.ResourceVersion)
}

// told tells whether a namespace was told, and those before it, and pods are told at present.
func (b *book) told(name string) bool {
	s := b.namespaces[name]
	return s != nil && s.told && b.watching[pods]
}

// whole tells whether all is told at present.
func (b *book) whole() bool {
	return !slices.ContainsFunc(kinds(), func(what string) bool { return !b.watching[what] })
}

// claim says that the namespaces of a test are its own.
func (b *book) claim(t told) {
	for _, name := range t.namespaces() {
		b.claimed[name] = true
	}
}

// lines are the pods of a test, a line for each attempt.
func (b *book) lines(t told, gap string) []record.TestPods {
	var lines []record.TestPods
	for i, names := range t.Attempts {
		line := record.TestPods{
			Test: t.Test, Invocation: t.invocation, Began: t.began.UTC(), Ended: t.ended.UTC(), Namespaces: names,
			Joined: record.JoinedByNamespace, Gap: cmp.Or(gap, b.gap(t)), Pods: []record.Pod{},
		}
		if len(t.Attempts) > 1 {
			line.Attempt = i + 1
		}
		if t.stopped() {
			line.Joined = record.JoinedByTime
			if i == len(t.Attempts)-1 {
				line.Namespaces = slices.Concat(names, b.unclaimed(t))
			}
		}
		for _, name := range line.Namespaces {
			line.Pods = append(line.Pods, b.podsOf(name)...)
		}
		lines = append(lines, line)
	}
	return lines
}

// gap says why pods of a test may have been missed, "" if none can have been.
func (b *book) gap(t told) string {
	for _, o := range b.outages {
		if o.what == pods && o.lost && !t.ended.Before(o.heard) && !t.began.After(o.Until) {
			return fmt.Sprintf("from %s to %s: %s", o.heard.Format(time.RFC3339), o.Until.Format(time.RFC3339), o.Words)
		}
	}
	return ""
}

// unclaimed are the namespaces of e2e.test that came while a test ran, and that no test said are its own, sorted.
func (b *book) unclaimed(t told) []string {
	var names []string
	for name, s := range b.namespaces {
		if s.ours && !s.before && !b.claimed[name] && !s.created.Before(t.began) && !s.created.After(t.ended) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// podsOf are the pods of a namespace, in the order in which they came.
func (b *book) podsOf(name string) []record.Pod {
	s := b.namespaces[name]
	if s == nil {
		return nil
	}
	var list []record.Pod
	for _, p := range s.order {
		b.place(&p.Pod)
		list = append(list, p.Pod)
	}
	s.written = true
	if s.gone {
		delete(b.namespaces, name)
	}
	return list
}

// account is what is known of nodes, and which namespaces are left.
func (b *book) account() Account {
	a := Account{Nodes: slices.Collect(maps.Values(b.start)), Changes: b.changes, Watched: true}
	for _, o := range b.outages {
		if o.Until.Sub(o.From) >= retry { // else only a place was lost, and the API server answered
			a.Outages = append(a.Outages, o.Outage)
		}
		a.Watched = a.Watched && (o.what != nodes || !o.lost)
	}
	a.Outages = record.Together(a.Outages)
	slices.SortFunc(a.Nodes, func(x, y record.Node) int { return cmp.Or(cmp.Compare(y.OS, x.OS), cmp.Compare(x.Name, y.Name)) })
	for name, s := range b.namespaces {
		if s.ours && !s.before && !s.gone {
			a.Left = append(a.Left, name)
		}
	}
	slices.Sort(a.Left)
	return a
}
