package reportertest

import (
	"slices"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/record"
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
	suite.Rows = len(suite.Results)
	e.Rows, e.Suites = suite.Rows, []reporter.Suite{suite}
	return e
}

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
	pod := record.Pod{Name: name, UID: name + string(os), Node: "linux-1", OS: string(os), Build: "6.8.0", Runtime: "containerd://2.0.5", Started: &start, Ready: &start}
	if os == specs.Windows {
		pod.Node, pod.Build = "windows-1", "10.0.20348.2700"
	}
	return pod
}
