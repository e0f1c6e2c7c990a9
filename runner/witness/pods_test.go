package witness

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// life tells a book of a pod in several states, a second each, and returns what it keeps.
func life(t *testing.T, states ...func(*corev1.Pod)) record.Pod {
	t.Helper()
	b := opened(t)
	for name, os := range map[string]string{"w": "windows", "l": "linux"} {
		n := corev1.Node{ObjectMeta: metadata(name)}
		n.Labels[corev1.LabelOSStable] = os
		b.node(at(0), &n, false)
	}
	for second, change := range states {
		p := podOf("a", "p")
		change(p)
		b.pod(at(second).In(time.FixedZone("elsewhere", 3600)), p, p.Name == "deleted")
	}
	list := b.podsOf("a")
	if len(list) != 1 {
		t.Fatalf("%d pods", len(list))
	}
	return list[0]
}

// second is that of a time, -1 for none.
func second(at *time.Time) int {
	if at == nil {
		return -1
	}
	return at.Second()
}

// TestLife holds when a pod is started, ready, deleted and gone: the first time that the API server said so.
func TestLife(t *testing.T) {
	t.Parallel()
	container := func(state corev1.ContainerState, last corev1.ContainerState) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Status.ContainerStatuses = []corev1.ContainerStatus{{Image: "i", State: state, LastTerminationState: last}}
		}
	}
	none, runs := corev1.ContainerState{}, corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	waits := corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{}}
	never := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{}}
	ended := corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{StartedAt: metav1.Time{Time: at(1)}}}
	phase := func(phase corev1.PodPhase) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Status.Phase = phase } }
	condition := func(kind corev1.PodConditionType, status corev1.ConditionStatus) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			p.Status.Conditions = []corev1.PodCondition{{Type: kind, Status: status}}
		}
	}
	made := func(*corev1.Pod) {}
	for _, test := range []struct {
		name   string
		states []func(*corev1.Pod)
		want   string // started, ready, deleted, gone
	}{
		{"made", []func(*corev1.Pod){made}, "-1 -1 -1 -1"},
		{"waits", []func(*corev1.Pod){container(waits, none)}, "-1 -1 -1 -1"},
		{"runs", []func(*corev1.Pod){made, container(runs, none), container(runs, none)}, "1 -1 -1 -1"},
		{"ended", []func(*corev1.Pod){made, container(ended, none)}, "1 -1 -1 -1"},
		{"ended, and never began", []func(*corev1.Pod){made, container(never, none)}, "-1 -1 -1 -1"},
		{"waits once more", []func(*corev1.Pod){made, container(waits, ended)}, "1 -1 -1 -1"},
		{"an init container", []func(*corev1.Pod){made, func(p *corev1.Pod) { p.Status.InitContainerStatuses = []corev1.ContainerStatus{{State: runs}} }}, "1 -1 -1 -1"},
		{"succeeded", []func(*corev1.Pod){made, phase(corev1.PodSucceeded), phase(corev1.PodSucceeded)}, "-1 -1 -1 1"},
		{"failed", []func(*corev1.Pod){made, phase(corev1.PodFailed)}, "-1 -1 -1 1"},
		{"its phase is to run", []func(*corev1.Pod){made, phase(corev1.PodRunning)}, "-1 -1 -1 -1"},
		{"ready", []func(*corev1.Pod){made, condition(corev1.PodReady, corev1.ConditionTrue), condition(corev1.PodReady, corev1.ConditionFalse)}, "-1 1 -1 -1"},
		{"not ready", []func(*corev1.Pod){condition(corev1.PodReady, corev1.ConditionFalse)}, "-1 -1 -1 -1"},
		{"scheduled", []func(*corev1.Pod){condition(corev1.PodScheduled, corev1.ConditionTrue)}, "-1 -1 -1 -1"},
		{"its end was asked for", []func(*corev1.Pod){made, func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{} }}, "-1 -1 1 -1"},
		{"deleted", []func(*corev1.Pod){made, func(p *corev1.Pod) { p.Name = "deleted" }}, "-1 -1 1 1"},
		{"deleted in time", []func(*corev1.Pod){made, func(p *corev1.Pod) { p.DeletionTimestamp = &metav1.Time{} }, func(p *corev1.Pod) { p.Name = "deleted" }}, "-1 -1 1 2"},
	} {
		p := life(t, test.states...)
		for _, moment := range []*time.Time{p.Started, p.Ready, p.Deleted, p.Gone} {
			if moment != nil && moment.Location() != time.UTC {
				t.Errorf("%s: %s", test.name, moment)
			}
		}
		if got := fmt.Sprint(second(p.Started), second(p.Ready), second(p.Deleted), second(p.Gone)); got != test.want {
			t.Errorf("%s: %s, want %s", test.name, got, test.want)
		}
	}
}

// TestPlace holds that a pod is where it was first, on the node as that was then.
func TestPlace(t *testing.T) {
	t.Parallel()
	on := func(node string) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Spec.NodeName = node } }
	for _, test := range []struct {
		name   string
		states []func(*corev1.Pod)
		want   string
	}{
		{"nowhere", []func(*corev1.Pod){on("")}, " "},
		{"bound", []func(*corev1.Pod){on(""), on("w")}, "w windows"},
		{"told once more without it", []func(*corev1.Pod){on("l"), on("")}, "l linux"},
		{"told to be elsewhere", []func(*corev1.Pod){on("l"), on("w")}, "l linux"},
		{"on a node that nobody knows", []func(*corev1.Pod){on("x")}, "x "},
	} {
		p := life(t, test.states...)
		if got := p.Node + " " + p.OS; got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	// A node that comes again with another system does not change where a pod ran.
	b := opened(t)
	n := corev1.Node{ObjectMeta: metadata("n")}
	n.Labels[corev1.LabelOSStable] = "linux"
	b.node(at(1), &n, false)
	p := podOf("a", "p")
	p.Spec.NodeName = "n"
	b.pod(at(2), p, false)
	again := n.DeepCopy()
	again.Labels[corev1.LabelOSStable] = "windows"
	b.node(at(3), again, false)
	b.pod(at(4), p, false)
	if list := b.podsOf("a"); list[0].OS != "linux" {
		t.Errorf("it ran on %s", list[0].OS)
	}
}

// TestNodeLater holds that a pod is placed by a node that was told of later than the pod, and keeps what was known of a node without
// a system that is gone.
func TestNodeLater(t *testing.T) {
	t.Parallel()
	b := opened(t)
	for _, name := range []string{"late", "plain"} {
		p := podOf("a", name)
		p.Spec.NodeName = name
		b.pod(at(1), p, false)
	}
	late, plain := corev1.Node{ObjectMeta: metadata("late", "x")}, corev1.Node{ObjectMeta: metadata("plain")}
	late.Labels[corev1.LabelOSStable], plain.Status.NodeInfo.KernelVersion = "windows", "6.1"
	b.node(at(2), &late, false)
	b.node(at(2), &plain, false)
	b.podsOf("a")
	b.node(at(3), &plain, true)
	if list := b.podsOf("a"); len(list) != 2 || list[0].OS != "windows" || list[1].OS != "" || list[1].Build != "6.1" {
		t.Errorf("%+v", list)
	}
}

// TestNodesInOrder holds that Windows nodes come first, and those of one system by their names.
func TestNodesInOrder(t *testing.T) {
	t.Parallel()
	b := newBook()
	for _, name := range []string{"l2", "w3", "l1", "w1", "l3", "w2"} {
		n := corev1.Node{ObjectMeta: metadata(name)}
		n.Labels[corev1.LabelOSStable] = map[byte]string{'l': "linux", 'w': "windows"}[name[0]]
		b.node(at(0), &n, false)
	}
	b.open()
	var got []string
	for _, n := range b.account().Nodes {
		got = append(got, n.Name)
	}
	if diff := cmp.Diff([]string{"w1", "w2", "w3", "l1", "l2", "l3"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestImages holds that each image that ran is there once, with its digest as soon as that is known.
func TestImages(t *testing.T) {
	t.Parallel()
	runs := func(images ...string) func(*corev1.Pod) {
		return func(p *corev1.Pod) {
			for i := 0; i < len(images); i += 2 {
				p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, corev1.ContainerStatus{
					Image: images[i], ImageID: images[i+1], State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{}},
				})
			}
		}
	}
	p := life(t, runs("a", "", "b", "1"), runs("a", "2", "b", "1"), runs("a", "3", "b", "1"))
	if diff := cmp.Diff([]record.Image{{Name: "a", Digest: "2"}, {Name: "b", Digest: "1"}, {Name: "a", Digest: "3"}}, p.Images); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestPinnedBy holds who chose the operating system of a pod: as the policy of a run sees it.
func TestPinnedBy(t *testing.T) {
	t.Parallel()
	affinity := func(a corev1.Affinity) func(*corev1.Pod) { return func(p *corev1.Pod) { p.Spec.Affinity = &a } }
	selector := func(key string) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.Spec.NodeSelector = map[string]string{key: "x"} }
	}
	for name, test := range map[string]struct {
		change func(*corev1.Pod)
		want   string
	}{
		"nobody":  {func(*corev1.Pod) {}, ""},
		"the run": {func(p *corev1.Pod) { p.Annotations = map[string]string{runner.PinnedAnnotation: "windows"} }, byRun},
		"the run, in a selector": {func(p *corev1.Pod) {
			p.Annotations = map[string]string{runner.PinnedAnnotation: "windows"}
			selector(corev1.LabelOSStable)(p)
		}, byRun},
		"a system":           {selector(corev1.LabelOSStable), byTest},
		"a host":             {selector(corev1.LabelHostname), byTest},
		"another selector":   {selector("disk"), ""},
		"the pod's system":   {func(p *corev1.Pod) { p.Spec.OS = &corev1.PodOS{Name: corev1.Linux} }, byTest},
		"a node":             {func(p *corev1.Pod) { p.Spec.NodeName = "n" }, byTest},
		"affinity for pods":  {affinity(corev1.Affinity{PodAffinity: &corev1.PodAffinity{}}), ""},
		"preferred affinity": {affinity(corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{}}), ""},
		"required affinity":  {affinity(corev1.Affinity{NodeAffinity: &corev1.NodeAffinity{RequiredDuringSchedulingIgnoredDuringExecution: &corev1.NodeSelector{}}}), byTest},
	} {
		p := podOf("a", "p")
		test.change(p)
		if got := pinned(p); got != test.want {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
}

// TestHostProcess holds which pods have a process of the host: by themselves or by one of their containers.
func TestHostProcess(t *testing.T) {
	t.Parallel()
	options := func(is bool) *corev1.WindowsSecurityContextOptions {
		return &corev1.WindowsSecurityContextOptions{HostProcess: &is}
	}
	containers := func(c corev1.Container) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.Spec.Containers = []corev1.Container{{}, c} }
	}
	for name, test := range map[string]struct {
		change func(*corev1.Pod)
		want   bool
	}{
		"nothing":                   {func(*corev1.Pod) {}, false},
		"a context without Windows": {func(p *corev1.Pod) { p.Spec.SecurityContext = &corev1.PodSecurityContext{} }, false},
		"options that do not say so": {func(p *corev1.Pod) {
			p.Spec.SecurityContext = &corev1.PodSecurityContext{WindowsOptions: &corev1.WindowsSecurityContextOptions{}}
		}, false},
		"options that deny it": {func(p *corev1.Pod) {
			p.Spec.SecurityContext = &corev1.PodSecurityContext{WindowsOptions: options(false)}
		}, false},
		"the pod": {func(p *corev1.Pod) {
			p.Spec.SecurityContext = &corev1.PodSecurityContext{WindowsOptions: options(true)}
		}, true},
		"a container":                {containers(corev1.Container{SecurityContext: &corev1.SecurityContext{WindowsOptions: options(true)}}), true},
		"a container that denies it": {containers(corev1.Container{SecurityContext: &corev1.SecurityContext{WindowsOptions: options(false)}}), false},
		"an init container": {func(p *corev1.Pod) {
			p.Spec.InitContainers = []corev1.Container{{SecurityContext: &corev1.SecurityContext{WindowsOptions: options(true)}}}
		}, true},
	} {
		p := podOf("a", "p")
		test.change(p)
		if got := hostProcess(p); got != test.want {
			t.Errorf("%s: %t", name, got)
		}
		if got := life(t, test.change); got.HostProcess != test.want || got.HostNetwork {
			t.Errorf("%s is written down as %+v", name, got)
		}
	}
	if got := life(t, func(p *corev1.Pod) { p.Spec.HostNetwork = true }); got.HostProcess || !got.HostNetwork {
		t.Errorf("a pod in the network of its host is written down as %+v", got)
	}
}
