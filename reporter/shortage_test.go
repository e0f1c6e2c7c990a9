package reporter_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestShortage holds what is said of a cluster with fewer nodes than KEP-2578 asks for, by what cannot be shown on it.
func TestShortage(t *testing.T) {
	t.Parallel()
	role := func(name string, os specs.OS) specs.Role { return specs.Role{Name: name, Pods: name, OS: os} }
	ability := func(id string, p specs.Placement) specs.TestCase {
		return specs.TestCase{ID: id, Focus: []string{"^" + id + "$"}, Placement: p}
	}
	unproven := ability("unproven", specs.Placement{})
	unproven.Focus, unproven.Unproven = nil, "no test"
	question := reporter.Question{Version: "v1.36.3", Spec: specs.Spec{Categories: []specs.Category{{Name: "Core.Network", TestCases: []specs.TestCase{
		ability("self", specs.Placement{Kind: specs.PlacementSelf}), ability("none", specs.Placement{Kind: specs.PlacementNone}), unproven,
		ability("mixed", specs.Placement{Kind: specs.PlacementRoles, Roles: []specs.Role{role("client", specs.Linux), role("server", specs.Windows)}}),
	}}}}}
	windows, linux := record.Node{OS: "windows", Schedulable: true}, record.Node{OS: "linux", Schedulable: true}
	tainted := record.Node{OS: "windows", Taints: []string{"os=windows:NoSchedule"}}
	const one = ": that pods on two %s nodes reach each other, or that one node takes over from another, cannot be shown"
	for _, test := range []struct {
		name    string
		cluster record.Cluster
		want    []string
	}{
		{"two and two", record.Cluster{Nodes: []record.Node{windows, windows, linux, linux}}, nil},
		{"one and one", record.Cluster{Nodes: []record.Node{windows, linux}}, []string{
			"KEP-2578 asks for 2 schedulable Windows nodes, the cluster had 1" + strings.ReplaceAll(one, "%s", "Windows"),
			"KEP-2578 asks for 2 schedulable Linux nodes, the cluster had 1" + strings.ReplaceAll(one, "%s", "Linux"),
		}},
		{"no Linux", record.Cluster{Nodes: []record.Node{windows, windows}}, []string{
			"KEP-2578 asks for 2 schedulable Linux nodes, the cluster had 0: mixed cannot be shown, whose pods must run on one",
		}},
		{"no Windows that takes pods", record.Cluster{Nodes: []record.Node{tainted, tainted, linux, linux}}, []string{
			"KEP-2578 asks for 2 schedulable Windows nodes, the cluster had 0: self, mixed cannot be shown, whose pods must run on one",
		}},
		{"nobody knows", record.Cluster{Nodes: []record.Node{}, Unlisted: []record.Unlisted{{What: record.Webhooks, Why: "no"}, {What: record.Nodes, Why: "no access"}}}, []string{
			"the cluster's nodes are not known (no access): nothing shows the 2 schedulable nodes of each operating system that KEP-2578 asks for",
		}},
	} {
		summary, err := reporter.Judge(reporter.Evidence{Run: &record.Run{Cluster: &test.cluster}}, question)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, summary.Shortage); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		for _, line := range test.want {
			if !slices.Contains(summary.Why(), line) {
				t.Errorf("%s: the reasons lack %q: %q", test.name, line, summary.Why())
			}
		}
	}
	question.Spec.Categories[0].TestCases = question.Spec.Categories[0].TestCases[:1]
	summary, err := reporter.Judge(reporter.Evidence{Run: &record.Run{Cluster: &record.Cluster{Nodes: []record.Node{windows, windows}}}}, question)
	if want := []string{"KEP-2578 asks for 2 schedulable Linux nodes, the cluster had 0: no ability that was judged needs one"}; err != nil || !slices.Equal(summary.Shortage, want) {
		t.Errorf("%q, %v", summary.Shortage, err)
	}
}

// TestNoWindowsTakesPods holds that a test which chooses Windows shows nothing on a cluster where no Windows node takes its pods,
// though it passes: what it waits for may be that they do not run.
func TestNoWindowsTakesPods(t *testing.T) {
	t.Parallel()
	node := func(os string, taints ...string) record.Node {
		return record.Node{Name: os, OS: os, Ready: true, Schedulable: len(taints) == 0, Taints: taints}
	}
	open, shut, linux := node("windows"), node("windows", "os=windows:NoSchedule"), node("linux")
	cordoned := node("windows")
	cordoned.Cordoned, cordoned.Schedulable = true, false
	down := node("windows")
	down.Ready, down.Schedulable = false, false
	const test = "A"
	ended := time.Now()
	for _, c := range []struct {
		name    string
		cluster record.Cluster
		pods    []record.TestPods
		want    reporter.State
	}{
		{"one takes pods", record.Cluster{Nodes: []record.Node{open, shut, linux}}, nil, reporter.Passed},
		{"none does", record.Cluster{Nodes: []record.Node{shut, cordoned, linux}}, nil, reporter.Unconfirmed},
		{"none is ready", record.Cluster{Nodes: []record.Node{down, linux}}, nil, reporter.Unconfirmed},
		{"one is ready later", record.Cluster{Nodes: []record.Node{down, linux}, Changes: []record.Change{{Node: open}}}, nil, reporter.Passed},
		{"one does later", record.Cluster{Nodes: []record.Node{shut, linux}, Changes: []record.Change{{Node: open}}}, nil, reporter.Passed},
		{"the record shows that pods ran", record.Cluster{Nodes: []record.Node{shut, linux}}, []record.TestPods{{
			Test: test, Invocation: 1, Joined: record.JoinedByNamespace, Pods: []record.Pod{{Name: "p", OS: "windows", Started: &ended}},
		}}, reporter.Passed},
		{"nobody knows the nodes", record.Cluster{Unlisted: []record.Unlisted{{What: record.Nodes}}}, nil, reporter.Passed},
	} {
		file := "junit_e2e-001_01.xml"
		e := reporter.Evidence{
			End: reporter.End{State: reporter.NoJob}, Files: 1, Pods: c.pods,
			Run: &record.Run{Ended: &ended, EndedBy: record.EndingComplete, Cluster: &c.cluster, Calls: []record.Call{{Number: 1, Ending: record.Completed, JUnit: []string{file}, Told: 1}}},
		}
		e.Suites = []reporter.Suite{{File: file, Worked: true, Succeeded: "true", Rows: 1, Results: []reporter.Result{
			{Test: reporter.Test{Name: test, State: reporter.Passed, Status: "passed", Duration: time.Minute, File: file, Line: 1}},
		}}}
		q := reporter.Question{Version: "v1.36.3", Tests: []string{test}, Spec: specs.Spec{Categories: []specs.Category{{Name: "Core.Network", TestCases: []specs.TestCase{
			{ID: "a", Focus: []string{"A$"}, Placement: specs.Placement{Kind: specs.PlacementSelf}},
		}}}}}
		summary, err := reporter.Judge(e, q)
		if err != nil {
			t.Fatal(err)
		}
		if a := summary.Categories[0].Abilities[0]; a.State != c.want {
			t.Errorf("%s: %s %q, want %s", c.name, a.State, a.Reasons, c.want)
		}
	}
}
