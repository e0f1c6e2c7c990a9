// Package pin sends the pods of a run that choose no node and no operating system where the run wants them.
//
// Open makes two MutatingAdmissionPolicies, which Kubernetes 1.36 and later serve, bound to users that only this run says it is:
// e2e.test gets a kubeconfig for each operating system. It proves by server-side dry runs that they act before it returns.
// Taint keeps pods from Linux nodes on clusters without such policies; it is felt by everybody in the cluster. Close
// undoes either. What a run that was killed left is inert: its policies match users that nobody is any more. Clean removes
// it.
package pin

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/processdir"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Options are for whom a pin is.
type Options struct {
	Access runner.Access
	Run    string        // the id of the run, as NewRun makes one
	Send   []specs.OS    // where pods are to be sent, one at least
	Wait   time.Duration // for the policies to act; 0: half a minute
}

// Pin is what a run has in a cluster. Close removes it.
type Pin struct {
	api         api
	run         string
	made        []manifest
	tainted     []string            // nodes
	Kubeconfigs map[specs.OS]string // for e2e.test, by where its pods go; none for Taint
	folder      string              // of the kubeconfigs; "": there is none
	stop        context.CancelFunc  // of the heartbeat
	beating     sync.WaitGroup
}

// Open makes the policies, and returns when they act. After an error nothing of it is left.
func Open(ctx context.Context, o Options) (*Pin, error) {
	config, err := o.Access.Connect()
	if err != nil {
		return nil, err
	}
	p := &Pin{run: o.Run, Kubeconfigs: map[specs.OS]string{}}
	if p.api, err = connect(config); err != nil {
		return nil, err
	}
	groups, err := groupsFor(ctx, config, userOf(o.Run, o.Send[0]))
	if err == nil {
		err = p.open(ctx, config, groups, o)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("pinning pods: %w", err), p.Close())
	}
	p.keepSaying(beat)
	return p, nil
}

func (p *Pin) open(ctx context.Context, config *rest.Config, groups []string, o Options) error {
	for _, m := range policies(o.Run) {
		if err := p.make(ctx, p.api, m); err != nil {
			return err
		}
	}
	wait := o.Wait
	if wait == 0 {
		wait = 30 * time.Second
	}
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	for _, send := range o.Send {
		user, err := as(config, userOf(o.Run, send), groups)
		if err != nil {
			return err
		}
		if err := p.prove(ctx, user, send); err != nil {
			return err
		}
	}
	return p.write(o.Access, groups, o.Send)
}

func (p *Pin) make(ctx context.Context, a api, m manifest) error {
	p.made = append(p.made, m) // one that was made although nobody heard of it must be removed too
	if _, err := a.create(ctx, m.path, m.object, false); err != nil {
		return fmt.Errorf("making %s: %w", m.name(), err)
	}
	return nil
}

// prove waits until the policies act for a user of the run. It makes a namespace in his name, which also tells others that
// the run is under way.
func (p *Pin) prove(ctx context.Context, user api, send specs.OS) error {
	namespace := manifest{namespacesPath, Object{"apiVersion": "v1", "kind": "Namespace", "metadata": Object{
		"name": nameOf(p.run, string(send)), "annotations": Object{aliveAnnotation: alive(time.Now())},
	}}}
	marked := func() (bool, error) {
		o, err := user.create(ctx, namespacesPath, namespace.object, true)
		return text(o, "metadata", "labels", runner.RunLabel) == p.run && text(o, "metadata", "labels", runner.SendLabel) == string(send), err
	}
	if err := until(ctx, "namespaces to be marked", marked); err != nil {
		return err
	}
	if err := p.make(ctx, user, namespace); err != nil {
		return err
	}
	pods := namespacesPath + "/" + namespace.name() + "/pods"
	return until(ctx, fmt.Sprintf("pods to be sent to %s", send), func() (bool, error) {
		o, err := user.create(ctx, pods, probePod(namespace.name()), true)
		return text(o, "spec", "nodeSelector", "kubernetes.io/os") == string(send), err
	})
}

// until asks again and again, until the answer is yes. An error is an answer that may change too: a policy fails closed, and
// a new namespace has no service account yet.
func until(ctx context.Context, what string, is func() (bool, error)) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	var why error
	for {
		ok, err := is()
		if ok && err == nil {
			return nil
		}
		if why == nil || err == nil || apierrors.ReasonForError(err) != metav1.StatusReasonUnknown {
			why = err // the API server's word; when the time is almost over, the client has its own
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("waiting for %s: %w", what, ctx.Err()), why)
		}
	}
}

// write writes the kubeconfigs into a folder that only the user can read, outside the report directory, which is often
// published.
func (p *Pin) write(access runner.Access, groups []string, sends []specs.OS) error {
	var err error
	if p.folder, err = processdir.Make(processdir.Pin); err != nil {
		return err
	}
	for _, send := range sends {
		path := filepath.Join(p.folder, string(send))
		if err := access.WriteAs(path, userOf(p.run, send), groups); err != nil {
			return err
		}
		p.Kubeconfigs[send] = path
	}
	return nil
}

// Close removes all that was made, and says what it could not.
func (p *Pin) Close() error {
	if p.stop != nil {
		p.stop()
		p.beating.Wait()
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	var errs []error
	for i := len(p.made) - 1; i >= 0; i-- { // bindings before their policies
		m := p.made[i]
		if err := p.api.remove(ctx, m.path, m.name()); err != nil {
			errs = append(errs, fmt.Errorf("removing %s: %w", m.name(), err))
		}
	}
	for _, node := range p.tainted {
		if err := p.api.untaint(ctx, node, p.run); err != nil {
			errs = append(errs, fmt.Errorf("removing the taint of node %s: %w", node, err))
		}
	}
	return errors.Join(append(errs, os.RemoveAll(p.folder))...)
}
