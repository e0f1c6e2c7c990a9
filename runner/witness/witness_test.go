package witness_test

import (
	"bytes"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/apitest"
	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/runner/witness"
)

type object = apitest.Object

const (
	nodesPath      = "/api/v1/nodes"
	namespacesPath = "/api/v1/namespaces"
)

func node(name, os string, taints ...any) object {
	return object{
		"metadata": object{"name": name, "labels": object{"kubernetes.io/os": os}}, "spec": object{"taints": taints},
		"status": object{
			"nodeInfo":   object{"kernelVersion": "10.0." + os, "containerRuntimeVersion": "containerd://2", "operatingSystem": os},
			"addresses":  []any{object{"type": "InternalIP", "address": "10.0.0." + name[len(name)-1:]}, object{"type": "Hostname", "address": name}},
			"conditions": []any{object{"type": "Ready", "status": "True"}},
		},
	}
}

func namespace(name string) object {
	return object{"metadata": object{"name": name, "labels": object{"e2e-framework": "x"}}}
}

func podsPath(namespace string) string { return namespacesPath + "/" + namespace + "/pods" }

// pod is one as it was just made; change changes it.
func pod(namespace, name string, change ...func(meta, spec, status object)) object {
	meta, spec, status := object{"name": name, "namespace": namespace, "uid": namespace + "/" + name}, object{}, object{"phase": "Pending"}
	for _, c := range change {
		c(meta, spec, status)
	}
	return object{"metadata": meta, "spec": spec, "status": status}
}

func on(node string) func(meta, spec, status object) {
	return func(_, spec, _ object) { spec["nodeName"] = node }
}

func running(address string) func(meta, spec, status object) {
	return func(_, _, status object) {
		status["phase"], status["podIPs"] = "Running", []any{object{"ip": address}}
		status["containerStatuses"] = []any{object{"image": "agnhost", "imageID": "sha256:1", "state": object{"running": object{"startedAt": "2026-01-02T03:04:05Z"}}, "restartCount": 1}}
		status["conditions"] = []any{object{"type": "Ready", "status": "True"}}
	}
}

// lines is where a witness writes to.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// cluster is a server with two nodes, and a witness of it.
type cluster struct {
	*apitest.Server
	*witness.Witness
	t     *testing.T
	lines *lines
}

func watchCluster(t *testing.T) cluster {
	t.Helper()
	s := apitest.Start()
	t.Cleanup(s.Close)
	s.Put(nodesPath, node("linux-1", "linux"))
	s.Put(nodesPath, node("windows-2", "windows"))
	s.Put(namespacesPath, namespace("before-1"))
	s.Put(podsPath("before-1"), pod("before-1", "old", on("linux-1"), running("10.1.0.9")))
	c := cluster{Server: s, t: t, lines: &lines{}}
	var err error
	if c.Witness, err = witness.Start(t.Context(), &rest.Config{Host: s.URL}, witness.Options{Lines: c.lines}); err != nil {
		t.Fatal(err)
	}
	return c
}

// end closes the witness, and returns what it wrote and knows.
func (c cluster) end() ([]record.TestPods, witness.Account) {
	c.t.Helper()
	account, err := c.Close()
	if err != nil {
		c.t.Fatal(err)
	}
	all, err := record.ParsePods(c.lines.b.Bytes())
	if err != nil {
		c.t.Fatal(err)
	}
	return all, account
}

func passed(test string, namespaces ...string) runner.Spoken {
	return runner.Spoken{Test: test, State: runner.Passed, Took: time.Second, Attempts: [][]string{namespaces}}
}

// noTimes compares whether times are there, and not which.
func noTimes() cmp.Option {
	return cmp.Options{cmp.Comparer(func(a, b *time.Time) bool { return (a == nil) == (b == nil) }), cmpopts.IgnoreFields(record.TestPods{}, "Began", "Ended")}
}

// TestPods holds what is written of the pods of a test: all of its namespaces, and of no other, with the node that each ran on.
func TestPods(t *testing.T) {
	t.Parallel()
	c := watchCluster(t)
	for _, name := range []string{"a-1", "a-2", "b-1"} {
		c.Put(namespacesPath, namespace(name))
	}
	c.Put(podsPath("a-1"), pod("a-1", "bare"))
	c.Put(podsPath("a-1"), pod("a-1", "bare", on("windows-2")))
	c.Put(podsPath("a-1"), pod("a-1", "bare", on("windows-2"), running("10.1.0.1")))
	owned := func(meta, spec, _ object) {
		meta["ownerReferences"] = []any{object{"kind": "ReplicaSet", "name": "web", "controller": true}}
		meta["annotations"] = object{runner.PinnedAnnotation: "windows"}
		spec["nodeSelector"] = object{"kubernetes.io/os": "windows"}
	}
	c.Put(podsPath("a-2"), pod("a-2", "web-1", owned))
	c.Put(podsPath("a-2"), pod("a-2", "web-1", owned, on("linux-1"), running("10.1.0.2")))
	c.Put(podsPath("a-2"), pod("a-2", "web-1", owned, on("linux-1"), running("10.1.0.2"), func(meta, _, _ object) { meta["deletionTimestamp"] = "2026-01-02T03:04:06Z" }))
	c.Delete(podsPath("a-2"), "web-1")
	c.Put(podsPath("a-2"), pod("a-2", "never", func(_, spec, _ object) { spec["os"] = object{"name": "windows"} }))
	hosted := func(_, spec, _ object) {
		spec["hostNetwork"], spec["runtimeClassName"] = true, "hyperv"
		spec["securityContext"] = object{"windowsOptions": object{"hostProcess": true}}
	}
	c.Put(podsPath("a-2"), pod("a-2", "host", on("windows-2"), hosted))
	c.Put(podsPath("a-2"), pod("a-2", "host", on("windows-2"), hosted, running("10.0.0.2"), func(_, _, status object) { status["phase"] = "Succeeded" }))
	c.Put(podsPath("b-1"), pod("b-1", "other", on("linux-1"), running("10.1.0.3")))
	c.Put(podsPath("before-1"), pod("before-1", "new", on("linux-1"), running("10.1.0.4")))
	c.Spoke(3, passed("[sig-a] one", "a-1", "a-2"))
	all, account := c.end()

	at := &time.Time{}
	image := []record.Image{{Name: "agnhost", Digest: "sha256:1"}}
	want := []record.TestPods{{
		Schema: record.PodsSchema, Test: "[sig-a] one", Invocation: 3, Namespaces: []string{"a-1", "a-2"}, Joined: record.JoinedByNamespace,
		Pods: []record.Pod{
			{Namespace: "a-1", Name: "bare", UID: "a-1/bare", Node: "windows-2", OS: "windows", Build: "10.0.windows", Runtime: "containerd://2", Started: at, Ready: at,
				Addresses: []string{"10.1.0.1"}, NodeAddresses: []string{"10.0.0.2"}, Restarts: 1, Images: image},
			{Namespace: "a-2", Name: "web-1", UID: "a-2/web-1", Owner: "ReplicaSet web", Node: "linux-1", OS: "linux", Build: "10.0.linux", Runtime: "containerd://2", Pinned: "run",
				Started: at, Ready: at, Deleted: at, Gone: at, Addresses: []string{"10.1.0.2"}, NodeAddresses: []string{"10.0.0.1"}, Restarts: 1, Images: image},
			{Namespace: "a-2", Name: "never", UID: "a-2/never", Pinned: "test"},
			{Namespace: "a-2", Name: "host", UID: "a-2/host", Node: "windows-2", OS: "windows", Build: "10.0.windows", Runtime: "containerd://2", Pinned: "test",
				RuntimeClass: "hyperv", HostProcess: true, HostNetwork: true, Started: at, Ready: at, Gone: at, Addresses: []string{"10.0.0.2"}, NodeAddresses: []string{"10.0.0.2"}, Restarts: 1, Images: image},
		},
	}}
	if diff := cmp.Diff(want, all, noTimes()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(account.Nodes) != 2 || account.Nodes[0].Name != "windows-2" || !account.Watched || len(account.Changes)+len(account.Outages) != 0 {
		t.Errorf("%+v", account)
	}
	if diff := cmp.Diff([]string{"a-1", "a-2", "b-1"}, account.Left); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// TestStopped holds that a test that was stopped is joined by time, with what no other test said is its own.
func TestStopped(t *testing.T) {
	t.Parallel()
	c := watchCluster(t)
	c.Put(namespacesPath, namespace("early-1"))
	c.Put(podsPath("early-1"), pod("early-1", "p", on("linux-1"), running("10.1.0.1")))
	c.Spoke(1, passed("one", "early-1"))
	c.Began("two")
	for _, name := range []string{"a-1", "b-1", "marker"} {
		c.Put(namespacesPath, namespace(name))
		c.Put(podsPath(name), pod(name, "p", on("linux-1"), running("10.1.0.2")))
	}
	c.Put(namespacesPath, object{"metadata": object{"name": "foreign"}})
	awaitQuiet(c)
	c.Spoke(1, runner.Spoken{Test: "two", Attempts: [][]string{{"a-1"}}})
	all, _ := c.end()
	got := map[string]string{}
	for _, line := range all {
		got[line.Test] = fmt.Sprintf("%s %s %d %s", line.Joined, line.Namespaces, len(line.Pods), line.Gap)
	}
	if diff := cmp.Diff(map[string]string{"one": "namespace [early-1] 1 ", "marker": "namespace [marker] 1 ", "two": "time [a-1 b-1] 2 "}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// awaitQuiet waits until the witness knows what was put, by asking it for the lines of a test of its own.
func awaitQuiet(c cluster) {
	c.t.Helper()
	c.Put(namespacesPath, namespace("marker"))
	c.Put(podsPath("marker"), pod("marker", "p"))
	marked := func() int { return strings.Count(c.wrote(), `"test":"marker"`) } // lines of tests before it may come meanwhile
	before := marked()
	c.Spoke(9, passed("marker", "marker"))
	for marked() == before {
		time.Sleep(time.Millisecond)
	}
}

func (c cluster) wrote() string {
	c.lines.mu.Lock()
	defer c.lines.mu.Unlock()
	return c.lines.b.String()
}

// watches is how often pods were listed, or were begun to be watched.
func (c cluster) watches() int {
	n := 0
	for _, asked := range c.Asked() {
		if asked == "GET /api/v1/pods" {
			n++
		}
	}
	return n
}

// TestAttempts holds that each attempt has its own line, since their pods may have run elsewhere.
func TestAttempts(t *testing.T) {
	t.Parallel()
	c := watchCluster(t)
	for i, name := range []string{"a-1", "a-2"} {
		c.Put(namespacesPath, namespace(name))
		c.Put(podsPath(name), pod(name, "p", on([]string{"linux-1", "windows-2"}[i]), running("10.1.0.1")))
	}
	c.Spoke(1, runner.Spoken{Test: "one", State: runner.Passed, Attempts: [][]string{{"a-1"}, {"a-2"}}})
	all, _ := c.end()
	if len(all) != 2 || all[0].Attempt != 1 || all[1].Attempt != 2 || all[0].Pods[0].OS != "linux" || all[1].Pods[0].OS != "windows" {
		t.Errorf("%+v", all)
	}
}

// TestGap holds that what a watch has lost is said of the tests of that time, and of no other.
func TestGap(t *testing.T) {
	t.Parallel()
	c := watchCluster(t)
	for _, name := range []string{"a-1", "b-1"} {
		c.Put(namespacesPath, namespace(name))
		c.Put(podsPath(name), pod(name, "p", on("windows-2"), running("10.1.0.1")))
	}
	c.Spoke(1, runner.Spoken{Test: "before", State: runner.Passed, Took: time.Nanosecond, Attempts: [][]string{{"a-1"}}})
	for !strings.Contains(c.wrote(), `"before"`) {
		time.Sleep(time.Millisecond)
	}
	c.Began("during")
	c.Forget()
	c.Put(podsPath("b-1"), pod("b-1", "after", on("windows-2"), running("10.1.0.2")))
	c.Spoke(1, runner.Spoken{Test: "during", State: runner.Passed, Took: time.Minute, Attempts: [][]string{{"b-1"}}})
	all, account := c.end()
	if len(all) != 2 || all[0].Gap != "" || !strings.Contains(all[1].Gap, "Expired") {
		t.Errorf("%+v", all)
	}
	if account.Watched {
		t.Error("nodes were not watched all the time")
	}
	if len(all) == 2 && len(all[1].Pods) != 2 {
		t.Errorf("what is still there is listed: %+v", all[1].Pods)
	}
}

// TestAway holds that an API server that answers again, and tells all, leaves no gap but an outage.
func TestAway(t *testing.T) {
	t.Parallel()
	c := watchCluster(t)
	c.Put(namespacesPath, namespace("a-1"))
	awaitQuiet(c)
	c.Away(true)
	c.Put(podsPath("a-1"), pod("a-1", "p", on("linux-1"), running("10.1.0.1")))
	c.Delete(podsPath("a-1"), "p")
	c.Spoke(1, runner.Spoken{Test: "one", State: runner.Passed, Took: time.Minute, Attempts: [][]string{{"a-1"}}})
	c.Away(false)
	all, account := c.end()
	line := all[len(all)-1]
	if line.Gap != "" || len(line.Pods) != 1 || line.Pods[0].OS != "linux" || line.Pods[0].Gone == nil || !account.Watched {
		t.Errorf("%+v, %+v", line, account)
	}
}

// TestLate holds that a pod which came and went is in the record however late the API server tells of it.
func TestLate(t *testing.T) {
	t.Parallel()
	c := watchCluster(t)
	c.Put(namespacesPath, namespace("a-1"))
	awaitQuiet(c)
	c.Hold(true)
	c.Put(podsPath("a-1"), pod("a-1", "p", on("linux-1"), running("10.1.0.1")))
	c.Delete(podsPath("a-1"), "p")
	c.Put(nodesPath, node("windows-3", "windows")) // so that lists of pods are at a version at which no pod ever was
	before := c.watches()
	c.Spoke(1, passed("one", "a-1"))
	for c.watches() == before && !strings.Contains(c.wrote(), `"one"`) {
		time.Sleep(time.Millisecond) // until it is asked how far it has told
	}
	c.Hold(false)
	all, _ := c.end()
	if line := all[len(all)-1]; line.Test != "one" || line.Gap != "" || len(line.Pods) != 1 || line.Pods[0].OS != "linux" {
		t.Errorf("%+v", line)
	}
}

// TestNodes holds that every change of a node is known.
func TestNodes(t *testing.T) {
	t.Parallel()
	c := watchCluster(t)
	c.Put(nodesPath, node("linux-1", "linux", object{"key": "os", "value": "linux", "effect": "NoSchedule"}))
	c.Put(nodesPath, node("linux-1", "linux"))
	c.Put(nodesPath, node("linux-1", "linux")) // no change
	c.Delete(nodesPath, "windows-2")
	c.Put(nodesPath, node("windows-3", "windows"))
	awaitQuiet(c)
	var got []string
	_, account := c.end()
	for _, change := range account.Changes {
		got = append(got, fmt.Sprintf("%s %t %s", change.Node.Name, change.Gone, change.Node.Taints))
	}
	if diff := cmp.Diff([]string{"linux-1 false [os=linux:NoSchedule]", "linux-1 false []", "windows-2 true []", "windows-3 false []"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestStartFails holds that nothing is watched of an API server that does not answer.
func TestStartFails(t *testing.T) {
	t.Parallel()
	s := apitest.Start()
	s.Close()
	if w, err := witness.Start(t.Context(), &rest.Config{Host: s.URL}, witness.Options{Lines: &lines{}}); err == nil || w != nil || !strings.HasPrefix(err.Error(), "listing nodes: ") {
		t.Errorf("%v", err)
	}
}
