package pin

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/runner"
)

// Left is something of a run that is in a cluster.
type Left struct {
	Kind string // "policy", "binding", "namespace" or "taint"
	Name string // of a taint: of its node
	Run  string // the id of the run
	Own  bool   // the run made it; otherwise a test did
	Live bool   // the run seems to be under way
}

// String names it.
func (l Left) String() string {
	if l.Kind == "taint" {
		return fmt.Sprintf("taint of run %s on node %s", l.Run, l.Name)
	}
	return fmt.Sprintf("%s %s of run %s", l.Kind, l.Name, l.Run)
}

// Find lists all that runs have in a cluster, by run, kind and name.
func Find(ctx context.Context, config *rest.Config) ([]Left, error) {
	a, err := connect(config)
	if err != nil {
		return nil, err
	}
	var all []Left
	alive := map[string]bool{}
	for _, c := range []struct{ kind, path string }{{"policy", policiesPath}, {"binding", bindingsPath}, {"namespace", namespacesPath}} {
		objects, err := a.list(ctx, c.path, runner.RunLabel)
		if err != nil {
			return nil, err
		}
		for _, o := range objects {
			said := text(o, "metadata", "annotations", aliveAnnotation)
			l := Left{Kind: c.kind, Name: text(o, "metadata", "name"), Run: text(o, "metadata", "labels", runner.RunLabel), Own: c.kind != "namespace" || said != ""}
			if l.Run == "" || text(o, "metadata", "deletionTimestamp") != "" {
				continue // nobody's, or on its way out
			}
			all = append(all, l)
			alive[l.Run] = alive[l.Run] || !dead(said, time.Now())
		}
	}
	taints, err := a.taints(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, taints...)
	for i := range all {
		all[i].Live = alive[all[i].Run]
	}
	slices.SortFunc(all, func(a, b Left) int {
		return cmp.Or(cmp.Compare(a.Run, b.Run), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return all, nil
}

// taints are those of runs.
func (a api) taints(ctx context.Context) ([]Left, error) {
	data, err := raw(a.client.Get().AbsPath(nodesPath).SetHeader("Accept", "application/json").Do(ctx))
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", nodesPath, err)
	}
	var nodes corev1.NodeList
	if err := json.Unmarshal(data, &nodes); err != nil {
		return nil, err
	}
	var all []Left
	for _, n := range nodes.Items {
		for _, t := range n.Spec.Taints {
			if t.Key == runner.RunLabel {
				all = append(all, Left{Kind: "taint", Name: n.Name, Run: t.Value, Own: true})
			}
		}
	}
	return all, nil
}

// Remove removes what runs left, and returns what it removed. What it could not is in the error.
func Remove(ctx context.Context, config *rest.Config, list []Left) ([]Left, error) {
	a, err := connect(config)
	if err != nil {
		return nil, err
	}
	var removed []Left
	var errs []error
	for _, l := range list {
		var err error
		switch l.Kind {
		case "policy":
			err = a.remove(ctx, policiesPath, l.Name)
		case "binding":
			err = a.remove(ctx, bindingsPath, l.Name)
		case "namespace":
			err = a.remove(ctx, namespacesPath, l.Name)
		case "taint":
			err = a.untaint(ctx, l.Name, l.Run)
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("removing %s: %w", l, err))
			continue
		}
		removed = append(removed, l)
	}
	return removed, errors.Join(errs...)
}
