package reportertest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// ResultFile is the file that all results of Proved stand in.
const ResultFile = "artifacts/junit_e2e-001_01.xml"

// Proved is the evidence of a build of which all is known, and in which every test that an ability needs passed where its
// placement says. Results are in the order of the spec.
func Proved(t testing.TB, build reporter.Build, q reporter.Question) reporter.Evidence {
	t.Helper()
	e := reporter.Evidence{Build: build, End: reporter.End{State: reporter.Succeeded, Words: "SUCCESS"}, Files: 1}
	suite := reporter.Suite{File: ResultFile, Line: 2, Start: build.Started, Worked: true, Windows: reporter.Flag{Shown: true}, Succeeded: "true"}
	seen := map[string]bool{}
	for _, c := range q.Spec.Categories {
		assigned, err := specs.Assign(c.TestCases, q.Tests)
		if err != nil {
			t.Fatal(err)
		}
		for i, tc := range c.TestCases {
			for _, at := range assigned[i].Tests {
				name := q.Tests[at]
				if !seen[name] {
					seen[name] = true
					suite.Results = append(suite.Results, passedRow(name, len(seen)))
				}
				e.Pods = placed(e.Pods, name, tc.Placement, build.Started)
			}
		}
	}
	e.Run = runRecord(build, q)
	suite.Rows = len(suite.Results)
	e.Rows, e.Suites = suite.Rows, []reporter.Suite{suite}
	return e
}

// runRecord is the record of a run that came to its end, with the nodes that KEP-2578 asks for.
func runRecord(build reporter.Build, q reporter.Question) *record.Run {
	end := build.Started.Add(time.Hour)
	windows := record.Node{OS: string(specs.Windows), Build: windowsBuild, Runtime: runtime, Ready: true, Schedulable: true}
	linux := record.Node{OS: string(specs.Linux), Build: linuxBuild, Runtime: runtime, Ready: true, Schedulable: true}
	nodes := []record.Node{windows, windows, linux, linux}
	for i, name := range []string{"windows-1", "windows-2", "linux-1", "linux-2"} {
		nodes[i].Name = name
	}
	return &record.Run{
		Schema: record.RunSchema, Tool: "v1.0.0", Started: build.Started, Ended: &end, EndedBy: record.EndingComplete, KubernetesVersion: q.Version,
		Cluster: &record.Cluster{Version: q.Version, Nodes: nodes, Watched: true},
		Calls:   []record.Call{{Number: 1, Ending: record.Completed, JUnit: []string{path.Base(ResultFile)}}},
	}
}

// What the nodes of Proved are.
const (
	windowsBuild = "10.0.20348.2700"
	linuxBuild   = "6.8.0-60-generic"
	runtime      = "containerd://2.0.5"
)

func passedRow(name string, number int) reporter.Result {
	return reporter.Result{Test: reporter.Test{
		Name: name, State: reporter.Passed, Status: "passed", File: ResultFile, Line: number + 2, Duration: time.Minute,
	}}
}

// placed adds what the record says of the pods of a test: those of the placement. A test of two abilities has those of both.
func placed(lines []record.TestPods, test string, p specs.Placement, start time.Time) []record.TestPods {
	at := slices.IndexFunc(lines, func(l record.TestPods) bool { return l.Test == test })
	if at < 0 {
		at = len(lines)
		lines = append(lines, record.TestPods{Test: test, Invocation: 1, Joined: record.JoinedByNamespace, Began: start, Ended: start.Add(time.Minute)})
	}
	for _, pod := range podsOf(p, start) {
		if !slices.ContainsFunc(lines[at].Pods, func(known record.Pod) bool { return known.Name == pod.Name && known.OS == pod.OS }) {
			lines[at].Pods = append(lines[at].Pods, pod)
		}
	}
	return lines
}

// podsOf are pods that satisfy a placement.
func podsOf(p specs.Placement, start time.Time) []record.Pod {
	var pods []record.Pod
	for _, role := range p.Roles {
		name := ""
		for _, known := range []string{"test-container-pod", "netserver-0", "filler-pod-0"} {
			if role.Match(known) {
				name = known
			}
		}
		pods = append(pods, podOn(name, role.OS, start))
	}
	switch p.Kind {
	case specs.PlacementRoles, specs.PlacementNone:
	case specs.PlacementBoth:
		pods = append(pods, podOn("pod", specs.Windows, start), podOn("pod", specs.Linux, start))
	default:
		pods = append(pods, podOn("pod", specs.Windows, start))
	}
	return pods
}

func podOn(name string, os specs.OS, start time.Time) record.Pod {
	pod := record.Pod{Name: name, UID: name + string(os), Node: "linux-1", OS: string(os), Build: linuxBuild, Runtime: runtime, Started: &start, Ready: &start}
	if os == specs.Windows {
		pod.Node, pod.Build = "windows-1", windowsBuild
		if len(name)%2 == 0 {
			pod.Node = "windows-2"
		}
	}
	return pod
}

// Job is a build of a generated periodic, which ended by itself.
func Job(id, version string) reporter.Build {
	v, err := specs.ParseVersion(version)
	if err != nil {
		panic(err)
	}
	job := "ci-windows-op-readiness-" + specs.Slug(v.String()) + "-ltsc2022"
	started := time.Date(2026, 7, 1, 6, 0, 0, 0, time.UTC)
	return reporter.Build{
		Source: "gs://kubernetes-ci-logs/logs/" + job + "/" + id, Job: job, ID: id, Platform: "ltsc2022", Version: v.String(),
		Org: "kubernetes", Repo: "kubernetes", SHA: "0123456789abcdef0123456789abcdef01234567",
		URL:     "https://prow.k8s.io/view/gs/kubernetes-ci-logs/logs/" + job + "/" + id,
		Started: started, Finished: started.Add(2*time.Hour + 41*time.Minute + 12*time.Second), Result: "SUCCESS",
	}
}

// Outcome says what becomes of the tests whose names hold a text. State NotRun: they have no result.
type Outcome struct {
	Text  string
	State reporter.State
	Says  string // the failure text, or why it was skipped
}

// Change gives results other outcomes, and the job the end that goes with them.
func Change(e *reporter.Evidence, outcomes ...Outcome) {
	s := &e.Suites[0]
	s.Results = slices.DeleteFunc(s.Results, func(r reporter.Result) bool {
		return slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.State == reporter.NotRun && strings.Contains(r.Name, o.Text) })
	})
	for i := range s.Results {
		for _, o := range outcomes {
			if r := &s.Results[i]; strings.Contains(r.Name, o.Text) {
				r.State, r.Status, r.Message = o.State, o.State.String(), o.Says
			}
		}
	}
	s.Failures = 0
	for _, r := range s.Results {
		if r.State == reporter.Failed {
			s.Failures++
		}
	}
	if s.Failures > 0 {
		e.Run.Calls[0].ExitCode = 1
		s.Succeeded, e.Build.Result, e.End = "false", "FAILURE", reporter.End{State: reporter.FailedJob, Words: "FAILURE"}
	}
}

// Mixed is a build with every state but exempt, its failures compared with builds of the base branch.
func Mixed(t testing.TB) reporter.Summary {
	t.Helper()
	q := Question(t, "v1.36.3")
	e := Proved(t, Job("1940000000000000003", "v1.36.3"), q)
	Change(&e, Outcome{"various volume mount", reporter.Failed, PodFailure}, Outcome{"NetworkPolicy", reporter.Failed, PodFailure},
		Outcome{"StatefulSet", reporter.Flaky, PodFailure}, Outcome{"GMSA", reporter.Skipped, "no node has a GMSA credential spec"},
		Outcome{"Memory Limits", reporter.NotRun, ""}, Outcome{"EndpointSlice", reporter.NotRun, ""})
	for i := range e.Pods {
		if strings.Contains(e.Pods[i].Test, "DNS should provide DNS for") {
			for j := range e.Pods[i].Pods {
				e.Pods[i].Pods[j] = podOn("pod", specs.Linux, e.Build.Started)
			}
		}
	}
	s := Answer(t, e, q)
	var baseline []reporter.Summary
	for i := range 3 {
		before := Proved(t, Job(fmt.Sprint(1939000000000000003-i), "v1.36.3"), q)
		before.Build.Started = before.Build.Started.AddDate(0, 0, -1-i)
		Change(&before, Outcome{"should deny ingress from pods on other namespaces", reporter.Failed, PodFailure})
		if i == 1 {
			Change(&before, Outcome{"should enforce policy to allow traffic from pods within server namespace", reporter.Failed, PodFailure})
		}
		baseline = append(baseline, Answer(t, before, q))
	}
	return reporter.Compare(s, baseline)
}

// PodFailure is what e2e.test says of a pod that does not come up, with the colours that it had on a terminal.
const PodFailure = "\x1b[38;5;9m[FAILED]\x1b[0m expected pod \"pod-configmaps-dddbd040\" success: Timed out after 300.001s.\n" +
	"expected pod to be Succeeded or Failed, got instead:\n    <*v1.Pod | 0xe97a20fc508>:\n        metadata:\n" +
	"          creationTimestamp: \"2026-07-01T06:43:24Z\"\n          generation: 1\n          labels:\n            app: agnhost\n" +
	"In [It] at: k8s.io/kubernetes/test/e2e/framework/pod/output/output.go:263 @ 07/01/26 06:48:24.113\n"
