package capi

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// subject is what a run tests.
type subject struct {
	Generation string   // a digest of all that follows and of the Cluster's spec, in ten hexadecimal digits
	Version    string   // of Kubernetes; several, with commas between, in the middle of an upgrade
	Categories []string // in the order of KEP-2578
	Workers    []Worker // with Windows nodes, by name
	Named      bool     // they were chosen by name: there may be Windows nodes of others
}

// otherNodes says how the Windows nodes that a run saw are not those of the workers; "" if they may be. That a worker is up to date is at
// times only a claim: a MachinePool's providers replace its machines when they come to it.
func (s subject) otherNodes(kubelets []string) string {
	has := func(version string, among []string) bool {
		return slices.ContainsFunc(among, func(other string) bool { return sameVersion(version, other) })
	}
	var versions []string
	for _, w := range s.Workers {
		if w.Template.Version == "" {
			return "" // whatever they have
		}
		versions = append(versions, w.Template.Version)
		if !has(w.Template.Version, kubelets) {
			return fmt.Sprintf("it saw no Windows node of %s, of which %s is", w.Template.Version, w)
		}
	}
	for _, kubelet := range kubelets {
		if !s.Named && !has(kubelet, versions) {
			return fmt.Sprintf("it saw a Windows node of %.40q, of which no worker is", kubelet)
		}
	}
	return ""
}

// subjectOf is what a Cluster is now, for the categories and the Windows workers.
func subjectOf(c *clusterv1.Cluster, asked ask, workers []Worker) (subject, error) {
	categories := asked.categories
	s := subject{Version: versionOf(c, workers), Categories: categories, Workers: workers, Named: len(asked.workers) > 0}
	type worker struct {
		Kind, Name string
		Template   workerTemplate
	}
	content := struct {
		Namespace, Name, Version string
		Categories               []string
		Spec                     clusterv1.ClusterSpec
		Workers                  []worker
	}{Namespace: c.Namespace, Name: c.Name, Version: s.Version, Categories: categories, Spec: lasting(c.Spec)}
	for _, w := range workers {
		content.Workers = append(content.Workers, worker{w.Kind, w.Name, w.Template})
	}
	data, err := json.Marshal(content)
	if err != nil {
		return subject{}, fmt.Errorf("reading the spec of the cluster: %w", err)
	}
	s.Generation = fmt.Sprintf("%x", sha256.Sum256(data))[:10]
	return s, nil
}

// lasting is a spec without what says nothing of the nodes, and without the version that the cluster is to have one day: an
// upgrade that is held must not ask for a proof of what it would lead to.
func lasting(spec clusterv1.ClusterSpec) clusterv1.ClusterSpec {
	s := *spec.DeepCopy()
	s.Paused, s.AvailabilityGates, s.ControlPlaneEndpoint = nil, nil, clusterv1.APIEndpoint{}
	s.Topology.Version, s.Topology.ControlPlane.Replicas = "", nil
	for i := range s.Topology.Workers.MachineDeployments {
		s.Topology.Workers.MachineDeployments[i].Replicas = nil
	}
	for i := range s.Topology.Workers.MachinePools {
		s.Topology.Workers.MachinePools[i].Replicas = nil
	}
	return s
}

// versionOf is the Kubernetes version of the control plane, or, before Cluster API 1.14, which does not tell it, that of the
// Windows workers. There are several in the middle of an upgrade.
func versionOf(c *clusterv1.Cluster, workers []Worker) string {
	var versions []string
	if cp := c.Status.ControlPlane; cp != nil {
		for _, v := range cp.Versions {
			versions = append(versions, v.Version)
		}
	}
	if len(versions) == 0 {
		for _, w := range workers {
			versions = append(versions, w.Template.Version)
		}
	}
	slices.Sort(versions)
	return strings.Join(slices.Compact(versions), ",")
}

// sameVersion tells whether two Kubernetes versions are the same as far as both tell; build metadata says nothing.
func sameVersion(a, b string) bool {
	parts := func(v string) []string {
		v, _, _ = strings.Cut(strings.TrimPrefix(v, "v"), "+")
		return strings.Split(v, ".")
	}
	p, q := parts(a), parts(b)
	n := cmp.Or(min(len(p), len(q)), 1)
	return n >= 2 && slices.Equal(p[:n], q[:n])
}
