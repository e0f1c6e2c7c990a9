package reportertest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// readySpec has an ability of every kind. Those of the four categories that KEP-2578 requires stand for all that it
// requires, so that a verdict by it speaks for the cluster.
func readySpec() []specs.File {
	texts := []string{`category: Core.Network
testCases:
- id: pinned
  description: Ability that two tests show which choose Windows themselves
  focus: ['^Kubernetes e2e suite \[sig-windows\] pinned one$', '^Kubernetes e2e suite \[sig-windows\] pinned two$']
  placement: self
- id: sent
  description: Ability that two tests show whose pods choose nothing
  focus: ['^Kubernetes e2e suite \[sig-network\] sent (one|two)$']
  placement: windows
- id: hybrid
  description: Ability that a test shows with a pod on each
  focus: ['^Kubernetes e2e suite \[sig-windows\] hybrid$']
  placement: both
- id: to-linux
  description: Ability to reach Linux from Windows
  focus: ['^Kubernetes e2e suite \[sig-network\] directions$']
  shared: true
  placement: {client: {name: ^client$, os: windows}, server: {name: '^server-\d+$', os: linux}}
- id: to-windows
  description: Ability to reach Windows from Linux
  focus: ['^Kubernetes e2e suite \[sig-network\] directions$']
  shared: true
  placement: {client: {name: ^client$, os: linux}, server: {name: '^server-\d+$', os: windows}}
- id: flagged
  description: Ability whose test follows the flag
  focus: ['^Kubernetes e2e suite \[sig-network\] flagged$']
  placement: flag
`, `category: Core.Storage
testCases:
- id: alternatives
  description: Ability that one test shows with either of two others
  focus: ['^Kubernetes e2e suite \[sig-storage\] base$']
  anyOf: [['^Kubernetes e2e suite \[sig-storage\] either$'], ['^Kubernetes e2e suite \[sig-storage\] or$']]
  placement: self
- id: rerun
  description: Ability whose test failed and passed when it was run again
  focus: ['^Kubernetes e2e suite \[sig-storage\] rerun$']
  placement: windows
- id: retried
  description: Ability whose test passed in a retry
  focus: ['^Kubernetes e2e suite \[sig-storage\] retried$']
  placement: self
- id: interface
  description: Ability of an API
  focus: ['^Kubernetes e2e suite \[sig-storage\] interface$']
  placement: none
- id: untested
  description: Ability that nothing shows
  unproven: no test exists
- id: elsewhere
  description: Ability that this provider does not have
  focus: ['^Kubernetes e2e suite \[sig-storage\] elsewhere$']
  skipProviders: [azure]
  placement: self
`, `category: Core.Scheduling
testCases:
- id: in-part
  description: Ability that tests show in part
  focus: ['^Kubernetes e2e suite \[sig-node\] part$']
  placement: self
  partial: true
  notes: 'Not shown: the rest.'
- id: addresses
  description: Ability of three pods to have addresses of their own
  focus: ['^Kubernetes e2e suite \[sig-windows\] addresses$']
  placement: self
  partial: true
  evidence: [{kind: distinctAddresses, count: 3}]
  notes: 'Not shown: that the addresses differ.'
- id: endpoints
  description: Ability of three pods to be ready together
  focus: ['^Kubernetes e2e suite \[sig-network\] endpoints$']
  placement: windows
  partial: true
  evidence: [{kind: readyEndpoints, count: 3}]
  notes: 'Not shown: three pods.'
`, `category: Core.Concurrent
testCases:
- id: replaced
  description: Ability to replace pods
  focus: ['^Kubernetes e2e suite \[sig-apps\] replaced$']
  placement: windows
  partial: true
  evidence: [{kind: replacedPods, pods: ^web$, count: 2}]
  notes: 'Not shown: that two pods are replaced.'
`, `category: Extend.HostProcess
testCases:
- id: optional
  description: Ability to have the address of the node
  focus: ['^Kubernetes e2e suite \[sig-windows\] optional$']
  placement: self
  partial: true
  evidence: [{kind: nodeAddress, count: 1}]
  notes: 'Not shown: the address.'
`}
	files := make([]specs.File, len(texts))
	for i, text := range texts {
		files[i] = specs.File{Name: fmt.Sprintf("%d.yaml", i), Data: []byte(text)}
	}
	return files
}

// readyCalls are the tests of each call of e2e.test of the ready build: the first call has most of them, the second sends
// the pods that choose nothing to Linux, the third runs once more what failed in the first.
func readyCalls() [][]string {
	return [][]string{
		{
			"[sig-windows] pinned one", "[sig-windows] pinned two", "[sig-network] sent one", "[sig-network] sent two", "[sig-windows] hybrid",
			"[sig-network] directions", "[sig-network] flagged", "[sig-storage] base", "[sig-storage] either", "[sig-storage] rerun",
			"[sig-storage] retried", "[sig-storage] interface", "[sig-node] part", "[sig-windows] addresses", "[sig-network] endpoints",
			"[sig-apps] replaced", "[sig-windows] optional",
		},
		{"[sig-network] directions"},
		{"[sig-storage] rerun"},
	}
}

// ReadyBuild is the evidence of a Prow job's build of op-readiness run of which all is known, on two Windows and two Linux
// nodes that take pods, and the question of all abilities of a spec with every kind of them. All that have a test are shown:
// the cluster is operationally ready.
func ReadyBuild(t testing.TB) (reporter.Evidence, reporter.Question) {
	t.Helper()
	categories, err := specs.Parse(readySpec())
	if err != nil {
		t.Fatal(err)
	}
	return readyEvidence(), readyQuestion(categories)
}

func readyQuestion(categories []specs.Category) reporter.Question {
	q := reporter.Question{
		Spec:    specs.Spec{Categories: categories, Identity: specs.Identity{Embedded: true, HoldsRequired: true, Digest: "sha256:0123456789ab"}},
		Version: "v1.36.3", Provider: "azure",
		Tests: []string{"[sig-storage] or", "[sig-storage] elsewhere", "[sig-apps] another"},
	}
	for _, c := range categories {
		for _, tc := range c.TestCases {
			if c.Required {
				q.Spec.Required = append(q.Spec.Required, tc.ID)
			}
		}
	}
	for _, tests := range readyCalls() {
		for _, test := range tests {
			if !slices.Contains(q.Tests, test) {
				q.Tests = append(q.Tests, test)
			}
		}
	}
	return q
}

// readyStart is when the ready build began.
func readyStart() time.Time { return time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC) }

func readyEvidence() reporter.Evidence {
	end := readyStart().Add(2 * time.Hour)
	e := reporter.Evidence{
		Build: reporter.Build{
			Source: "gs://logs/windows/1", Job: "windows", ID: "1", Version: "1.36", Platform: "ltsc2022",
			Started: readyStart(), Finished: end, Result: "SUCCESS",
		},
		End:       reporter.End{State: reporter.Succeeded, Words: "SUCCESS"},
		Versions:  []reporter.Claim{{Value: "v1.36.3", Source: reportdir.Record}, {Value: "1.36", Source: "the job's labels"}},
		Platforms: []reporter.Claim{{Value: "ltsc2022", Source: "the job's labels"}},
		Run:       readyRun(end),
	}
	for i, tests := range readyCalls() {
		s := readySuite(i+1, tests)
		e.Suites = append(e.Suites, s)
		e.Rows += s.Rows
		e.Files++
		for _, test := range tests {
			e.Pods = append(e.Pods, readyPods(test, i+1))
			e.Journal = append(e.Journal, readyEvent(test, i+1))
		}
	}
	return e
}

// readyEvent is what a call told of the end of a test.
func readyEvent(test string, call int) record.Event {
	e := record.Event{Time: readyStart().Add(time.Duration(call)*time.Minute + time.Second), Invocation: call, Test: test, State: record.Passed}
	if test == "[sig-storage] rerun" && call == 1 {
		e.State = record.Failed
	}
	return e
}

// readySuite is the suite of a call: all passed but for "rerun" in the first.
func readySuite(call int, tests []string) reporter.Suite {
	s := reporter.Suite{
		File: "artifacts/" + readyFile(call), Line: 2, Succeeded: "true", Start: readyStart().Add(time.Duration(call) * time.Minute), Seconds: 60,
		Worked: true, Windows: reporter.Flag{Shown: true}, Rows: len(tests) + 100, Unselected: 100,
	}
	for i, test := range tests {
		row := reporter.Result{Test: reporter.Test{
			Name: test, State: reporter.Passed, Status: "passed", Duration: time.Second, File: s.File, Line: i + 3,
		}}
		switch {
		case test == "[sig-storage] rerun" && call == 1:
			row.State, row.Status, row.Message = reporter.Failed, "failed", "it broke"
			s.Failures, s.Succeeded = 1, "false"
		case test == "[sig-storage] retried":
			row.State, row.Retries, row.Message = reporter.Flaky, 1, "it broke at first"
		}
		s.Results = append(s.Results, row)
	}
	return s
}

func readyFile(call int) string { return "junit_" + reportdir.Prefix(call) + "01.xml" }

// readyRun is the run's record of itself.
func readyRun(end time.Time) *record.Run {
	run := record.Run{
		Schema: record.RunSchema, Tool: "v1.0.0", Started: readyStart(), Ended: &end, EndedBy: record.EndingComplete,
		KubernetesVersion: "v1.36.3", Provider: "azure", E2ETest: record.Binary{Path: "e2e.test", Release: "v1.36.3", Tests: 7500},
		Cluster: &record.Cluster{Server: "https://10.0.0.1:6443", Version: "v1.36.3", Watched: true, Nodes: []record.Node{
			readyNode("windows-1", specs.Windows), readyNode("windows-2", specs.Windows), readyNode("linux-1", specs.Linux), readyNode("linux-2", specs.Linux),
		}},
	}
	for i, tests := range readyCalls() {
		run.Expected = append(run.Expected, tests...)
		run.Plan.Invocations = append(run.Plan.Invocations, record.Invocation{Number: i + 1, Tests: tests})
		run.Calls = append(run.Calls, record.Call{
			Number: i + 1, Rerun: i == 2, Command: []string{"e2e.test", "--node-os-distro=windows"}, Ending: record.Completed, Seconds: 60,
			JUnit: []string{readyFile(i + 1)}, Told: len(tests), Tests: slices.Sorted(slices.Values(tests)),
		})
	}
	run.Calls[0].ExitCode = 1 // of the test that was run again
	slices.Sort(run.Expected)
	run.Expected = slices.Compact(run.Expected)
	return &run
}

func readyNode(name string, os specs.OS) record.Node {
	n := record.Node{
		Name: name, OS: string(os), OSImage: "Ubuntu 24.04", Build: "6.8.0", Runtime: "containerd://2.0.5", Kubelet: "v1.36.3", Ready: true, Schedulable: true,
		Addresses: []string{addressOf(name)},
	}
	if os == specs.Windows {
		n.OSImage, n.Build = "Windows Server 2022 Datacenter", "10.0.20348.2700"
	}
	return n
}

func addressOf(node string) string { return "address-of-" + node }

// readyPods are the pods of a test in a call, each where the abilities of the test want it.
func readyPods(test string, call int) record.TestPods {
	began := readyStart().Add(time.Duration(call) * time.Minute)
	line := record.TestPods{
		Schema: record.PodsSchema, Test: test, Invocation: call, Began: began, Ended: began.Add(time.Minute), Namespaces: []string{"e2e-1"},
		Joined: record.JoinedByNamespace,
	}
	add := func(name, node string, started, gone int) {
		line.Pods = append(line.Pods, readyPod(name, fmt.Sprintf("%d-%d", call, len(line.Pods)), node, began, started, gone))
	}
	switch test {
	case "[sig-windows] hybrid":
		add("windows", "windows-1", 1, 50)
		add("linux", "linux-1", 1, 50)
	case "[sig-network] directions":
		add("client", []string{"windows-1", "linux-1"}[call-1], 5, 50)
		for i, node := range []string{"windows-1", "windows-2", "linux-1", "linux-2"} {
			add(fmt.Sprintf("server-%d", i), node, 1, 50)
		}
	case "[sig-storage] interface":
	case "[sig-apps] replaced":
		add("web", "windows-1", 1, 10)
		add("web", "windows-2", 11, 20)
		add("web", "windows-1", 21, 50)
	default:
		add("pod-1", "windows-1", 1, 50)
		add("pod-2", "windows-1", 2, 50)
		add("pod-3", "windows-1", 3, 50)
	}
	if test == "[sig-windows] optional" {
		line.Pods[0].HostProcess, line.Pods[0].Addresses = true, line.Pods[0].NodeAddresses
	}
	return line
}

// readyPod is a pod that lived from one second of its test to another.
func readyPod(name, uid, node string, began time.Time, started, gone int) record.Pod {
	second := func(n int) *time.Time { t := began.Add(time.Duration(n) * time.Second); return &t }
	p := record.Pod{
		Namespace: "e2e-1", Name: name, UID: uid, Node: node, OS: string(specs.Windows), Build: "10.0.20348.2700", Runtime: "containerd://2.0.5",
		Started: second(started), Ready: second(started), Gone: second(gone), Addresses: []string{"address-of-pod-" + uid}, NodeAddresses: []string{addressOf(node)},
	}
	if node == "linux-1" || node == "linux-2" {
		p.OS, p.Build = string(specs.Linux), "6.8.0"
	}
	return p
}
