package readiness

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/comment"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

const (
	foundAtOnce  = 16 // pull requests whose builds are looked for at the same time
	judgedAtOnce = 4  // pull requests that are judged at the same time, which takes memory
)

// Swept is what became of one pull request.
type Swept struct {
	Pull   github.PullRequest
	Action github.Action
	Quiet  bool // nothing has happened in it since it was last looked at
	Err    error
}

// Tour is what a sweep did.
type Tour struct {
	Done      []Swept
	Unreached []github.PullRequest // there was no time for them: they come first next time
}

// stop is a pull request on a sweep.
type stop struct {
	pr    github.PullRequest
	found artifacts.Finding
	err   error
	seen  seen
	now   seen
	quiet bool
}

// Sweep makes the comments on all open pull requests of the repository true. Those in which something has happened come first, then
// those that have not been looked at for the longest. What fails for one does not keep it from the others, unless it would fail for
// all; the error is the one that ended the sweep. Bucket and results are looked at for several at a time, GitHub one after the
// other, as it asks for.
func (p Poster) Sweep(ctx context.Context, m *Memory) (Tour, error) {
	pulls, err := p.Client.Open(ctx)
	if err != nil {
		return Tour{}, err
	}
	stops := p.find(ctx, m, pulls)
	working, end := context.WithCancel(ctx)
	ahead, wait := p.judgeAhead(working, stops)
	defer wait() // nothing of a sweep goes on behind its end
	defer end()
	var tour Tour
	for i, next := range ahead {
		s := stops[i]
		ready, ok := <-next
		if !ok || ctx.Err() != nil {
			break
		}
		done := p.visit(ctx, s, ready)
		if ctx.Err() != nil && done.Err != nil {
			break // it was in the midst of it
		}
		tour.Done = append(tour.Done, done)
		p.remember(m, s, ready, done)
		if err = github.Fatal(done.Err); err != nil {
			break
		}
		if !done.Action.Idle() && !p.DryRun {
			if p.pause(ctx) != nil {
				break
			}
		}
	}
	for _, s := range stops[len(tour.Done):] {
		tour.Unreached = append(tour.Unreached, s.pr)
	}
	if p.DryRun {
		return tour, errors.Join(err, ctx.Err())
	}
	m.Keep(pulls)
	return tour, errors.Join(err, ctx.Err(), m.save())
}

// Visit makes the comment on one pull request true as a sweep does: if nothing has happened in it, it asks GitHub nothing.
func (p Poster) Visit(ctx context.Context, m *Memory, pr github.PullRequest) Swept {
	s := p.findOne(ctx, m, pr)
	ready := p.prepare(ctx, s)
	done := p.visit(ctx, s, ready)
	p.remember(m, s, ready, done)
	return done
}

// remember notes what was seen of a pull request.
func (p Poster) remember(m *Memory, s stop, ready prepared, done Swept) {
	if p.DryRun {
		return
	}
	s.now.Settled = done.Err == nil && (s.quiet || ready.settled && done.Action.Kind == github.None)
	m.note(s.pr.Number, s.now)
}

// findOne looks for the builds of a pull request.
func (p Poster) findOne(ctx context.Context, m *Memory, pr github.PullRequest) stop {
	s := stop{pr: pr, seen: m.of(pr.Number)}
	s.found, s.err = p.Results.Find(ctx, pr)
	s.now = seen{Looked: p.Now().UTC(), Updated: pr.Updated.UTC(), Stamp: stampOf(pr.HeadSHA, s.found.Stamp())}
	s.quiet = s.err == nil && s.seen.Settled && s.seen.Stamp == s.now.Stamp && s.seen.Updated.Equal(s.now.Updated) &&
		p.Now().Sub(s.seen.Looked) < memoryTrust
	if s.quiet {
		s.now.Looked = s.seen.Looked // it was not looked at now
	}
	return s
}

func (p Poster) pause(ctx context.Context) error {
	if p.Pause != nil {
		return p.Pause(ctx, github.Pace)
	}
	return backoff.Sleep(ctx, github.Pace)
}

// find looks for the builds of all pull requests, and puts these in their order.
func (p Poster) find(ctx context.Context, m *Memory, pulls []github.PullRequest) []stop {
	stops := make([]stop, len(pulls))
	places := make(chan struct{}, foundAtOnce)
	var group sync.WaitGroup
	for i, pr := range pulls {
		places <- struct{}{}
		group.Go(func() {
			defer func() { <-places }()
			stops[i] = p.findOne(ctx, m, pr)
		})
	}
	group.Wait()
	slices.SortFunc(stops, func(a, b stop) int { return cmp.Compare(a.pr.Number, b.pr.Number) })
	if n := len(stops); n > 0 { // so that without a memory too none is always the last
		turn := int(p.Now().Unix()/60) % n
		stops = slices.Concat(stops[turn:], stops[:turn])
	}
	slices.SortStableFunc(stops, func(a, b stop) int { return cmp.Or(order(a.quiet, b.quiet), a.seen.Looked.Compare(b.seen.Looked)) })
	return stops
}

// order puts false before true.
func order(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// prepared is what a comment is to be, by the first look.
type prepared struct {
	body    github.Body
	settled bool // no time alone changes it
	err     error
}

// judgeAhead judges some pull requests while GitHub is asked about others. The channel of each is closed without a value if there
// was no time for it. The function that it returns waits until nothing is judged any more.
func (p Poster) judgeAhead(ctx context.Context, stops []stop) (all []chan prepared, wait func()) {
	all = make([]chan prepared, len(stops))
	for i := range all {
		all[i] = make(chan prepared, 1)
	}
	var group sync.WaitGroup
	group.Go(func() {
		places := make(chan struct{}, judgedAtOnce)
		for i, s := range stops {
			select {
			case places <- struct{}{}:
			case <-ctx.Done():
				close(all[i])
				continue
			}
			group.Go(func() {
				defer func() { <-places }()
				all[i] <- p.prepare(ctx, s)
			})
		}
	})
	return all, group.Wait
}

func (p Poster) prepare(ctx context.Context, s stop) prepared {
	switch {
	case s.quiet:
		return prepared{settled: true}
	case artifacts.OverBound(s.err) != "":
		return prepared{body: p.body(s.pr, comment.Content{Over: s.err.Error()}, OnSweep)}
	case s.err != nil:
		return prepared{err: explain(s.err)}
	}
	c, err := p.Results.Judge(ctx, s.pr, s.found)
	if err != nil {
		return prepared{err: explain(err)}
	}
	ended := !slices.ContainsFunc(c.Jobs, func(j comment.Job) bool { return j.End.State == reporter.Running })
	return prepared{body: p.body(s.pr, c, OnSweep), settled: ended}
}

// visit makes one comment true. The first look at the results was taken ahead; every further one is taken anew.
func (p Poster) visit(ctx context.Context, s stop, ready prepared) Swept {
	done := Swept{Pull: s.pr, Quiet: s.quiet, Err: ready.err}
	if s.quiet || ready.err != nil {
		return done
	}
	first := true
	done.Action, done.Err = p.post(ctx, s.pr, func(ctx context.Context, pr github.PullRequest) (github.Body, error) {
		if first && pr.Same(s.pr) {
			first = false
			return ready.body, nil
		}
		return p.Body(ctx, pr, OnSweep)
	})
	return done
}

// timeLeft is a context that ends a look at one pull request.
func timeLeft(ctx context.Context, b Budget) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, or(b.Time, time.Minute))
}
