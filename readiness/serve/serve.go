package serve

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/backoff"
	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/readiness"
	"sigs.k8s.io/windows-operational-readiness/reporter/github"
)

// Options are what a server works with.
type Options struct {
	Posters   map[github.Repo]readiness.Poster // of each repository that the config names
	Jobs      readiness.Jobs
	Addresses coordinates.Addresses
	HMAC      func() []byte // Prow's secret, as its file has it now: a single token, or tokens by repository, of which several hold
	Resync    time.Duration // how often all open pull requests are looked at
	Queue     int           // pull requests that may wait; 0: 10,000
	Workers   int           // pull requests that are looked at at the same time; 0: 4
	Look      time.Duration // how long a look may take, with all waits for GitHub's limits; 0: 10 minutes
	Log       *slog.Logger
	Now       func() time.Time // nil: time.Now
}

// Server keeps comments true.
type Server struct {
	options Options
	queue   *queue
	memory  map[github.Repo]*readiness.Memory
	counts  counts
}

// New returns a server that does nothing yet.
func New(o Options) *Server {
	if o.Queue <= 0 {
		o.Queue = 10_000
	}
	if o.Workers <= 0 {
		o.Workers = 4
	}
	if o.Look <= 0 {
		o.Look = 10 * time.Minute
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{options: o, queue: newQueue(o.Queue, o.Now), memory: map[github.Repo]*readiness.Memory{}}
	for repo := range o.Posters {
		s.memory[repo] = &readiness.Memory{}
	}
	return s
}

// Run works until the context ends: a sweep first, then what comes.
func (s *Server) Run(ctx context.Context) {
	var group sync.WaitGroup
	for range s.options.Workers {
		group.Go(func() { s.work(ctx) })
	}
	group.Go(func() { s.resync(ctx) })
	group.Wait()
}

// resync puts all open pull requests into the queue, again and again. What fails is tried again soon.
func (s *Server) resync(ctx context.Context) {
	for try := 1; ; {
		pause := s.options.Resync
		if err := s.sweep(ctx); err != nil {
			pause = min(pause, backoff.Jitter(backoff.Pause(time.Second, min(try, 9))))
			try++
		} else {
			try = 1
		}
		if backoff.Sleep(ctx, pause) != nil {
			return
		}
	}
}

func (s *Server) sweep(ctx context.Context) error {
	var errs []error
	for repo, poster := range s.options.Posters {
		pulls, err := poster.Client.Open(ctx)
		if err != nil {
			s.options.Log.Error("listing pull requests", "repository", repo.String(), "error", err.Error())
			errs = append(errs, err)
			continue
		}
		s.memory[repo].Keep(pulls)
		for _, pr := range pulls {
			if !s.queue.put(task{key: key{repo, pr.Number}, event: readiness.OnSweep, pull: &pr}) {
				errs = append(errs, errors.New("the queue is full"))
			}
		}
	}
	s.counts.add(&s.counts.sweeps)
	return errors.Join(errs...)
}

func (s *Server) work(ctx context.Context) {
	for {
		t, ok := s.queue.take(ctx)
		if !ok {
			return
		}
		err := s.look(ctx, t)
		s.queue.done(t.key)
		if err != nil && ctx.Err() == nil {
			s.again(t, err)
		}
	}
}

// again puts a look that failed back, for a while later, longer each time.
func (s *Server) again(t task, err error) {
	s.counts.add(&s.counts.failed)
	t.tries++
	pause := backoff.Jitter(backoff.Pause(time.Second, min(t.tries, 9)))
	t.due, t.pull = s.options.Now().Add(pause), nil
	s.options.Log.Error("looking at a pull request", "pull", pullName(t.key), "error", err.Error(), "again", pause.String())
	s.queue.put(t)
}

func pullName(k key) string { return github.PullRequest{Repo: k.repo, Number: k.number}.String() }

// look makes the comment of one pull request true.
func (s *Server) look(ctx context.Context, t task) error {
	poster := s.options.Posters[t.repo]
	timed, cancel := context.WithTimeout(ctx, s.options.Look)
	defer cancel()
	s.counts.add(&s.counts.looks)
	var action github.Action
	var err error
	if t.event == readiness.OnSweep && t.pull != nil {
		done := poster.Visit(timed, s.memory[t.repo], *t.pull)
		action, err = done.Action, done.Err
	} else {
		_, action, err = poster.Number(timed, t.number, t.event)
	}
	if err != nil {
		return err
	}
	if !action.Idle() {
		s.counts.add(&s.counts.written)
		s.options.Log.Info("wrote a comment", "pull", pullName(t.key), "action", action.Kind.String(), "address", action.URL)
	}
	return nil
}
