package readiness

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/runner/witness"
)

// scene is what stands around the calls of a run in the cluster: the pin, and the witness. The zero value has neither.
type scene struct {
	pinned
	witness *witness.Witness
	lines   *os.File
	pulse   runner.Pulse
	probe   func() []record.Outage // ends what asks the API server; nil: nothing does
	stop    func()
}

// probing is how often the API server is asked whether it is there. Whoever watches it is told late that it is gone: a
// connection that brings nothing may have nothing to bring.
const probing = 5 * time.Second

// open pins pods and begins to watch, in this order, so that the nodes of the record are those that the first test finds. What
// keeps it from watching is told, and keeps nobody from running. From here on a signal no longer ends the program at once,
// which would leave the pin behind.
func (s *session) open(ctx context.Context, talk io.Writer) (err error) {
	if s.plan.facts.Cluster == nil || len(s.plan.Tests.Invocations) == 0 {
		return nil
	}
	ctx, stop := signal.NotifyContext(context.WithoutCancel(ctx), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	if s.scene.pinned, err = s.plan.pinPods(ctx, talk); err != nil {
		stop()
		return err
	}
	s.scene.stop = stop
	if ctx.Err() != nil {
		defer stop()
		return errors.Join(errors.New("interrupted before the first test"), s.scene.pinned.close())
	}
	s.run.Pin = s.scene.record
	if err := s.watch(ctx); err != nil {
		fmt.Fprintf(talk, "warning: where pods run will not be known: %v\n", err)
	}
	s.ask()
	s.note(writeRun(s.folder, s.run))
	return nil
}

func (s *session) watch(ctx context.Context) error {
	config, err := s.plan.facts.Access.Connect()
	if err != nil {
		return err
	}
	name := filepath.Join(s.folder, reportdir.Pods)
	if s.scene.lines, err = record.AppendTo(name); err != nil {
		return err
	}
	s.scene.witness, err = witness.Start(ctx, config, witness.Options{Lines: s.scene.lines, Beat: s.scene.pulse.Beat})
	return err
}

// ask begins to ask the API server whether it is there. What keeps it from that keeps the witness too, and was told.
func (s *session) ask() {
	config, err := s.plan.facts.Access.Connect()
	if err != nil {
		return
	}
	if end, err := runner.Probe(config, probing); err == nil {
		s.scene.probe = end
	}
}

// observe has an observer tell the witness too.
func (s *scene) observe(o *runner.Observer) {
	w := s.witness
	if w == nil {
		return
	}
	test, spoke := o.Test, o.Spoke
	o.Test = func(name string) {
		if test != nil {
			test(name)
		}
		w.Began(name)
	}
	o.Spoke = func(invocation int, said runner.Spoken) {
		if spoke != nil {
			spoke(invocation, said)
		}
		w.Spoke(invocation, said)
	}
}

// close ends the watch, puts what it knows into the record, and removes the pin.
func (s *session) close(talk io.Writer) {
	var away []record.Outage
	if s.scene.probe != nil {
		away = s.scene.probe()
	}
	if w := s.scene.witness; w != nil {
		account, err := w.Close()
		s.note(err)
		s.addAccount(account)
		away = append(away, account.Outages...)
	}
	s.run.Away = append(s.run.Away, record.Together(away)...)
	if s.scene.lines != nil {
		s.note(errors.Join(s.scene.lines.Sync(), s.scene.lines.Close()))
	}
	if err := s.scene.pinned.close(); err != nil {
		fmt.Fprintf(talk, "warning: %v\n", err)
	}
	if s.scene.stop != nil {
		s.scene.stop()
	}
}

// addAccount puts what a witness knows into the record.
func (s *session) addAccount(a witness.Account) {
	if s.run.Cluster != nil {
		cluster := *s.run.Cluster
		cluster.Nodes, cluster.Changes, cluster.Watched = append([]record.Node{}, a.Nodes...), a.Changes, a.Watched
		if before := s.plan.facts.earlier.record; before != nil && len(before.Calls) > 0 {
			cluster = cluster.After(before.Cluster, s.run.Started)
		}
		s.run.Cluster = &cluster
	}
	s.run.LeftBehind = sortedUnion(s.run.LeftBehind, a.Left)
}
