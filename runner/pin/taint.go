package pin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Taint keeps pods that tolerate nothing from every Linux node that would take them, whoever's pods they are. After an error
// nothing of it is left.
func Taint(ctx context.Context, access runner.Access, run string) (*Pin, error) {
	config, err := access.Connect()
	if err != nil {
		return nil, err
	}
	client, err := kubernetes.NewForConfig(config)
	if err != nil {
		return nil, err
	}
	p := &Pin{api: api{client.CoreV1().RESTClient()}, run: run}
	if err := p.taint(ctx, client); err != nil {
		return nil, errors.Join(fmt.Errorf("tainting Linux nodes: %w", err), p.Close())
	}
	p.keepSaying(beat)
	return p, nil
}

func (p *Pin) taint(ctx context.Context, client kubernetes.Interface) error {
	namespace := manifest{namespacesPath, Object{"apiVersion": "v1", "kind": "Namespace", "metadata": Object{
		"name": nameOf(p.run, "taint"), "labels": Object{runner.RunLabel: p.run}, "annotations": Object{aliveAnnotation: alive(time.Now())},
	}}}
	if err := p.make(ctx, p.api, namespace); err != nil {
		return err
	}
	nodes, err := client.CoreV1().Nodes().List(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	for _, n := range nodes.Items {
		if node := runner.NodeOf(n); node.OS != string(specs.Windows) && !node.Closed() {
			p.tainted = append(p.tainted, n.Name)
			if err := p.api.retaint(ctx, n.Name, func(list []corev1.Taint) []corev1.Taint {
				return append(list, corev1.Taint{Key: runner.RunLabel, Value: p.run, Effect: corev1.TaintEffectNoSchedule})
			}); err != nil {
				return fmt.Errorf("node %s: %w", n.Name, err)
			}
		}
	}
	return nil
}

// untaint removes the taint of a run from a node.
func (a api) untaint(ctx context.Context, node, run string) error {
	return a.retaint(ctx, node, func(list []corev1.Taint) []corev1.Taint {
		return slices.DeleteFunc(list, func(t corev1.Taint) bool { return t.Key == runner.RunLabel && t.Value == run })
	})
}

// retaint changes the taints of a node, again if somebody else changed it meanwhile. A node that is gone has none.
func (a api) retaint(ctx context.Context, name string, change func([]corev1.Taint) []corev1.Taint) error {
	for {
		data, err := raw(a.client.Get().AbsPath(nodesPath, name).SetHeader("Accept", "application/json").Do(ctx))
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return err
		}
		var node corev1.Node
		if err := json.Unmarshal(data, &node); err != nil {
			return err
		}
		taints := change(slices.Clone(node.Spec.Taints))
		if slices.Equal(taints, node.Spec.Taints) {
			return nil
		}
		err = a.patch(ctx, nodesPath, name, Object{"metadata": Object{"resourceVersion": node.ResourceVersion}, "spec": Object{"taints": taints}})
		if !apierrors.IsConflict(err) {
			return err
		}
	}
}
