package witness

import (
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// pod keeps what was told of a pod.
func (b *book) pod(now time.Time, told *corev1.Pod, deleted bool) {
	s := b.space(now, told.Namespace)
	if s.before {
		return
	}
	now = now.UTC()
	p := s.pods[string(told.UID)]
	if p == nil {
		p = &pod{Pod: record.Pod{Namespace: told.Namespace, Name: told.Name, UID: string(told.UID), Owner: ownerOf(told), Pinned: pinned(told)}}
		s.pods[p.UID], s.order = p, append(s.order, p)
	}
	p.version = max(p.version, versionOf(told.ResourceVersion))
	p.RuntimeClass = runtimeClass(told)
	p.HostProcess, p.HostNetwork = hostProcess(told), told.Spec.HostNetwork
	if p.Node == "" {
		p.Node = told.Spec.NodeName
	}
	b.place(&p.Pod)
	status(&p.Pod, told, now)
	if told.DeletionTimestamp != nil || deleted {
		first(&p.Deleted, now)
	}
	if ended := told.Status.Phase == corev1.PodSucceeded || told.Status.Phase == corev1.PodFailed; ended || deleted {
		first(&p.Gone, now)
	}
}

// first sets a time that was not known.
func first(at **time.Time, now time.Time) {
	if *at == nil {
		*at = &now
	}
}

// place says on what node a pod is, as that node was when it was first told that the pod is on it.
func (b *book) place(p *record.Pod) {
	if node, known := b.nodes[p.Node]; known && p.OS == "" {
		p.OS, p.Build, p.Runtime, p.NodeAddresses = node.OS, node.Build, node.Runtime, node.Addresses
	}
}

// status adds what the kubelet says of a pod.
func status(p *record.Pod, told *corev1.Pod, now time.Time) {
	for _, address := range told.Status.PodIPs {
		if !slices.Contains(p.Addresses, address.IP) {
			p.Addresses = append(p.Addresses, address.IP)
		}
	}
	restarts := 0
	for _, c := range slices.Concat(told.Status.InitContainerStatuses, told.Status.ContainerStatuses) {
		restarts += int(c.RestartCount)
		ended := c.State.Terminated != nil && !c.State.Terminated.StartedAt.IsZero()
		if c.State.Running != nil || ended || c.LastTerminationState.Terminated != nil {
			first(&p.Started, now)
			image(p, record.Image{Name: c.Image, Digest: c.ImageID})
		}
	}
	p.Restarts = max(p.Restarts, restarts)
	for _, c := range told.Status.Conditions {
		if c.Type == corev1.PodReady && c.Status == corev1.ConditionTrue {
			first(&p.Ready, now)
		}
	}
}

// image adds an image that a container of a pod ran.
func image(p *record.Pod, i record.Image) {
	at := slices.IndexFunc(p.Images, func(known record.Image) bool {
		return known.Name == i.Name && (known.Digest == i.Digest || known.Digest == "")
	})
	if at < 0 {
		p.Images = append(p.Images, i)
		return
	}
	p.Images[at] = i
}

func ownerOf(p *corev1.Pod) string {
	if owner := metav1.GetControllerOf(p); owner != nil {
		return owner.Kind + " " + owner.Name
	}
	return ""
}

func runtimeClass(p *corev1.Pod) string {
	if p.Spec.RuntimeClassName == nil {
		return ""
	}
	return *p.Spec.RuntimeClassName
}

// hostProcess tells whether a container of the pod is a process of its Windows node.
func hostProcess(p *corev1.Pod) bool {
	is := func(o *corev1.WindowsSecurityContextOptions) bool {
		return o != nil && o.HostProcess != nil && *o.HostProcess
	}
	if p.Spec.SecurityContext != nil && is(p.Spec.SecurityContext.WindowsOptions) {
		return true
	}
	return slices.ContainsFunc(slices.Concat(p.Spec.InitContainers, p.Spec.Containers), func(c corev1.Container) bool {
		return c.SecurityContext != nil && is(c.SecurityContext.WindowsOptions)
	})
}

// What chose the operating system of a pod.
const (
	byTest = "test"
	byRun  = "run"
)

// pinned tells what chose the operating system of a pod that was just made: whoever made it, by its node or its system,
// the run, which says so, or nothing. It mirrors the conditions of the run's policy.
func pinned(p *corev1.Pod) string {
	_, os := p.Spec.NodeSelector[corev1.LabelOSStable]
	_, host := p.Spec.NodeSelector[corev1.LabelHostname]
	affine := p.Spec.Affinity != nil && p.Spec.Affinity.NodeAffinity != nil && p.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution != nil
	switch {
	case p.Annotations[runner.PinnedAnnotation] != "":
		return byRun
	case os, host, affine, p.Spec.OS != nil, p.Spec.NodeName != "":
		return byTest
	}
	return ""
}
