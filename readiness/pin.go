package readiness

import (
	"context"
	"fmt"
	"io"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/processdir"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/usererror"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/runner/pin"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// lookAtPin finds out whether pods can be pinned, if a run is to, and warns if they may land on Linux. That they cannot is an
// error only if the user insists.
func (f *Facts) lookAtPin(ctx context.Context, o Options) error {
	if o.TaintLinux {
		return nil
	}
	if o.Pin != PinOff {
		config, err := f.Access.Connect()
		if err != nil {
			return err
		}
		if f.Unpinned, err = pin.Lacks(ctx, config); err != nil {
			f.Unpinned = err.Error()
		}
	}
	if f.Unpinned != "" && o.insists() {
		return usererror.WithHint(fmt.Errorf("--pin=%s: pods cannot be pinned: %s", o.Pin, f.Unpinned), "docs/run.md says what it needs; --taint-linux works on every cluster, and is felt by everybody in it")
	}
	landing := f.Cluster.Landing()
	if landing == "" || len(f.sends(o)) > 0 {
		return nil
	}
	f.Warnings = append(f.Warnings, landing)
	if f.Unpinned != "" {
		f.Warnings = append(f.Warnings, "they are not pinned to Windows: "+f.Unpinned)
	}
	return nil
}

// sends are the places to which pods can be sent in a run of these facts.
func (f Facts) sends(o Options) []specs.OS {
	if f.Unpinned != "" && !o.TaintLinux {
		return nil
	}
	return o.sends()
}

// pinned is what a run has in the cluster for its pods. The zero value has nothing.
type pinned struct {
	pin    *pin.Pin
	record *record.Pin // nil: nobody asked for it
}

// taintLinux is the mode that a record has of a run with a taint instead of a pin.
const taintLinux = "taint-linux"

// pinPods pins pods as the plan has it. What a killed run left is removed first. An error says that the plan cannot be
// carried out as it is.
func (p Plan) pinPods(ctx context.Context, talk io.Writer) (pinned, error) {
	o, sends := p.options, p.facts.sends(p.options)
	if o.Pin == PinOff && !o.TaintLinux {
		return pinned{}, nil
	}
	entry := record.Pin{Mode: o.Pin}
	if entry.Mode == "" {
		entry.Mode = PinAuto
	}
	if o.TaintLinux {
		entry.Mode = taintLinux
	}
	if len(sends) == 0 {
		entry.Why = p.facts.Unpinned
		return pinned{record: &entry}, nil
	}
	if err := p.sweep(ctx, talk); err != nil {
		fmt.Fprintf(talk, "warning: what earlier runs left in the cluster: %v\n", err)
	}
	entry.ID = pin.NewRun(time.Now())
	var err error
	made := pinned{record: &entry}
	if o.TaintLinux {
		made.pin, err = pin.Taint(ctx, p.facts.Access, entry.ID)
	} else {
		made.pin, err = pin.Open(ctx, pin.Options{Access: p.facts.Access, Run: entry.ID, Send: p.sent()})
	}
	if err != nil {
		return pinned{}, usererror.WithHint(err, "--pin=off runs without it")
	}
	entry.Active = true
	return made, nil
}

// sent are the places to which calls of the plan send pods, one at least.
func (p Plan) sent() []specs.OS {
	var all []specs.OS
	for _, send := range p.facts.sends(p.options) {
		for _, inv := range p.Tests.Invocations {
			if inv.Send == send {
				all = append(all, send)
				break
			}
		}
	}
	if len(all) == 0 {
		return p.facts.sends(p.options)[:1]
	}
	return all
}

// sweep removes what runs made in the cluster that are not under way any more. Namespaces of their tests stay: somebody may
// want to look into them.
func (p Plan) sweep(ctx context.Context, talk io.Writer) error {
	cleaned, err := Clean(ctx, CleanOptions{Access: p.facts.Access, OwnOnly: true})
	for _, l := range cleaned.Removed {
		fmt.Fprintf(talk, "removed: %s, which is not under way any more\n", l)
	}
	return err
}

// kubeconfigs are those for calls that send pods somewhere.
func (p pinned) kubeconfigs() map[specs.OS]string {
	if p.pin == nil {
		return nil
	}
	return p.pin.Kubeconfigs
}

// close removes it all, and says what it could not.
func (p pinned) close() error {
	if p.pin == nil {
		return nil
	}
	if err := p.pin.Close(); err != nil {
		return usererror.WithHint(err, "op-readiness clean removes what is left")
	}
	return nil
}

// CleanOptions say what Clean removes.
type CleanOptions struct {
	Access  runner.Access
	OwnOnly bool // only what runs made themselves, and no namespaces of tests
	Live    bool // also of runs that seem to be under way
	DryRun  bool // nothing, it only tells
}

// Cleaned is what Clean found.
type Cleaned struct {
	Removed []pin.Left // or, for a dry run, what would be
	Live    []pin.Left // of runs that seem to be under way: it stays
}

// Clean removes what runs left in a cluster, and their kubeconfigs on this machine. The error says what it could not.
func Clean(ctx context.Context, o CleanOptions) (Cleaned, error) {
	config, err := o.Access.Connect()
	if err != nil {
		return Cleaned{}, err
	}
	found, err := pin.Find(ctx, config)
	if err != nil {
		return Cleaned{}, err
	}
	var c Cleaned
	for _, l := range found {
		switch {
		case o.OwnOnly && !l.Own:
		case l.Live && !o.Live:
			c.Live = append(c.Live, l)
		default:
			c.Removed = append(c.Removed, l)
		}
	}
	if o.DryRun {
		return c, nil
	}
	processdir.Sweep()
	c.Removed, err = pin.Remove(ctx, config, c.Removed)
	return c, err
}
