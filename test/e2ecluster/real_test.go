//go:build e2e

package e2ecluster

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/test/cluster"
)

// real is a real cluster and the program that runs on it.
type real struct {
	*cluster.Cluster
	program string
}

// start starts a cluster for this test; REAL_CLUSTER names one that is up already and stays.
func start(t *testing.T) real {
	t.Helper()
	r := real{program: filepath.Join(t.TempDir(), "op-readiness")}
	output(t, "go", "build", "-o", r.program, "../../cmd/op-readiness")
	dir := os.Getenv("REAL_CLUSTER")
	if dir == "" {
		dir = shortDir(t)
	}
	up, err := cluster.Up(t.Context(), cluster.Options{Scripts: scripts, Dir: dir, Profile: os.Getenv("PROFILE"),
		KubernetesVersion: os.Getenv("KUBERNETES_VERSION")})
	if err != nil {
		t.Fatal(err)
	}
	r.Cluster = up
	return r
}

// run runs abilities by the program and returns the state of each of their tests in e2e.test's own JUnit. That tests fail
// is no error here.
func (r real) run(t *testing.T, abilities []string, args ...string) map[string]string {
	t.Helper()
	return results(t, r.into(t, abilities, args...))
}

// into runs abilities by the program into a folder of their own, which it returns.
func (r real) into(t *testing.T, abilities []string, args ...string) string {
	t.Helper()
	report := t.TempDir()
	if keep := os.Getenv("ARTIFACTS"); keep != "" {
		report = filepath.Join(keep, strings.ReplaceAll(t.Name(), "/", "-"))
	}
	cmd := r.Command(context.WithoutCancel(t.Context()), r.program, append(r.args("--report-dir", report, abilities), args...)...)
	began := time.Now()
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		err = nil
	}
	if err != nil {
		t.Fatalf("op-readiness run: %v\n%s", err, out)
	}
	t.Logf("%d abilities in %v", len(abilities), time.Since(began).Round(time.Second))
	if said := strings.Join(strings.Fields(string(out)), " "); !strings.Contains(said, " on pretended Windows nodes.") {
		t.Errorf("the run does not say that the nodes pretend:\n%s", out)
	}
	return report
}

// args are those of op-readiness run for these abilities, with one further flag.
func (r real) args(flag, value string, abilities []string) []string {
	args := []string{"run", "--e2e-binary", r.E2E(), "--kubeconfig", r.Kubeconfig(), flag, value}
	for _, id := range abilities {
		args = append(args, "--ability", id)
	}
	return args
}

// tests returns the tests of each of these abilities, as the program plans them.
func (r real) tests(t *testing.T, abilities []string) map[string][]string {
	t.Helper()
	out, err := r.Command(t.Context(), r.program, append(r.args("--output", "json", abilities), "--print-plan")...).Output()
	if err != nil {
		t.Fatalf("the plan of op-readiness run: %v", err)
	}
	var plan struct {
		Abilities []struct {
			ID    string   `json:"id"`
			Tests []string `json:"tests"`
		} `json:"abilities"`
	}
	if err := json.Unmarshal(out, &plan); err != nil {
		t.Fatal(err)
	}
	tests := map[string][]string{}
	for _, a := range plan.Abilities {
		tests[a.ID] = a.Tests
	}
	return tests
}

// results reads the state of each test that was run from e2e.test's files in a report directory.
func results(t *testing.T, report string) map[string]string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(report, "junit_e2e-*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no JUnit of e2e.test in %s: %v", report, err)
	}
	states := map[string]string{}
	for _, file := range files {
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := read(f, states); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
	}
	return states
}

func read(r io.Reader, states map[string]string) error {
	var suites struct {
		Cases []struct {
			Name    string    `xml:"name,attr"`
			Status  string    `xml:"status,attr"`
			Skipped *struct{} `xml:"skipped"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.NewDecoder(r).Decode(&suites); err != nil {
		return err
	}
	for _, c := range suites.Cases {
		if name, ok := strings.CutPrefix(c.Name, "[It] "); ok && c.Skipped == nil {
			states[name] = c.Status
		}
	}
	return nil
}

// state is passed if all of an ability's tests passed, failed if one did not, and missing if one has no result.
func state(tests []string, results map[string]string) string {
	state := "passed"
	for _, test := range tests {
		switch results[test] {
		case "passed":
		case "":
			return "missing"
		default:
			state = "failed"
		}
	}
	return state
}

// TestCluster tries what package cluster offers, but for the faults, and that the nodes are what the profile says: which
// are tainted, which pretend, and that those say so.
func TestCluster(t *testing.T) {
	r := start(t)
	want := map[string]string{"linux-1": "linux - []", "linux-2": "linux - []"}
	if os.Getenv("PROFILE") == "tainted" {
		want = map[string]string{"linux-1": "linux - [node-role.kubernetes.io/control-plane]"}
	}
	want["windows-1"], want["windows-2"] = "windows true []", "windows true []"
	got := map[string]string{}
	for _, node := range r.nodes(t) {
		mark := node.Metadata.Labels[runner.PretendedLabel]
		if mark == "" {
			mark = "-"
		}
		keys := []string{}
		for _, taint := range node.Spec.Taints {
			keys = append(keys, taint.Key)
		}
		got[node.Metadata.Name] = fmt.Sprintf("%s %s %v", node.Metadata.Labels["kubernetes.io/os"], mark, keys)
	}
	if !maps.Equal(got, want) {
		t.Errorf("the nodes are %v, want %v", got, want)
	}
	out, err := r.NodeCommand(t.Context(), "windows-1", "hostname").Output()
	if err != nil || string(out) != "windows-1\n" {
		t.Errorf("hostname on windows-1: %q, %v", out, err)
	}
	if err := r.LoadImage(t.Context(), filepath.Join(r.Programs(), "images/pause.tar")); err != nil {
		t.Error(err)
	}
	if err := r.LoadImage(t.Context(), "e2e_test.go"); err == nil {
		t.Error("a file that is no image was loaded")
	}
}

// TestProgramInPod runs the program itself in a pod on a node that pretends, of an image of its own: it reaches the API
// server by the cluster's DNS and by its service account, and sees the nodes for what they are.
func TestProgramInPod(t *testing.T) {
	r := start(t)
	static := filepath.Join(t.TempDir(), "program")
	build := exec.Command("go", "build", "-o", static, "./in-pod")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if err := r.LoadProgram(t.Context(), "example.com/in-pod:test", static); err != nil {
		t.Fatal(err)
	}
	kubectl := func(args ...string) string {
		t.Helper()
		out, err := r.Command(context.WithoutCancel(t.Context()), "kubectl", args...).CombinedOutput()
		if err != nil {
			t.Fatalf("kubectl %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	t.Cleanup(func() { kubectl("delete", "--ignore-not-found", "-f", "testdata/in-pod.yaml") })
	kubectl("apply", "-f", "testdata/in-pod.yaml")
	kubectl("wait", "--for=jsonpath={.status.phase}=Succeeded", "pod/in-pod", "--timeout=60s")
	if got := kubectl("logs", "pod/in-pod"); !strings.Contains(got, "\nwindows-1 map[") || !strings.Contains(got, runner.PretendedLabel+":true") {
		t.Errorf("the pod says:\n%s", got)
	}
}

type node struct {
	Metadata struct {
		Name   string            `json:"name"`
		Labels map[string]string `json:"labels"`
	} `json:"metadata"`
	Spec struct {
		Taints []struct {
			Key string `json:"key"`
		} `json:"taints"`
	} `json:"spec"`
}

func (r real) nodes(t *testing.T) []node {
	t.Helper()
	out, err := r.Command(t.Context(), "kubectl", "get", "nodes", "-o", "json").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list struct {
		Items []node `json:"items"`
	}
	if err := json.Unmarshal(out, &list); err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// TestAbilities runs whatever can pass on the cluster, and all of it must, by four processes and by one; with -short, only what
// takes no ten minutes. The log tells how long each took.
func TestAbilities(t *testing.T) {
	r := start(t)
	abilities := passing()
	tests := r.tests(t, abilities)
	if testing.Short() {
		abilities = slices.DeleteFunc(abilities, func(id string) bool { return id == "service-account-rotation" })
	}
	for _, procs := range []string{"4", "1"} {
		t.Run("procs="+procs, func(t *testing.T) {
			results := r.run(t, abilities, "--procs", procs)
			for _, id := range abilities {
				got := state(tests[id], results)
				t.Logf("%-42s %s", id, got)
				if got != "passed" {
					t.Errorf("%s: %s, and it should pass:\n%s", id, got, table(tests[id], results))
				}
			}
		})
	}
}

// TestImpossible runs whatever cannot pass on the cluster, by the table: of no ability may all tests pass.
func TestImpossible(t *testing.T) {
	r := start(t)
	abilities := impossible()
	tests := r.tests(t, abilities)
	results := r.run(t, abilities, "--procs", "4")
	for _, id := range abilities {
		got := state(tests[id], results)
		t.Logf("%-42s %s\n%s", id, got, table(tests[id], results))
		if got == "passed" {
			t.Errorf("%s passes, and the table says that it cannot", id)
		}
	}
}

// TestFaults injects one fault after another: the proofs of what it breaks must fail, those of the rest must not.
func TestFaults(t *testing.T) {
	r := start(t)
	tests := r.tests(t, passing())
	for _, i := range injuries() {
		t.Run(i.fault, func(t *testing.T) {
			if err := r.Inject(t.Context(), cluster.Fault{Name: i.fault}); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() {
				if err := r.Heal(context.Background(), cluster.Fault{Name: i.fault}); err != nil {
					t.Error(err)
				}
			})
			results := r.run(t, slices.Concat(i.red, i.green), "--procs", "4") // much of a test that fails is waiting
			for _, id := range i.red {
				check(t, id, "failed", tests[id], results)
				i.checkSurvivors(t, tests[id], results)
			}
			for _, id := range i.green {
				check(t, id, "passed", tests[id], results)
			}
		})
	}
}

// checkSurvivors holds which tests pass in spite of a fault.
func (i injury) checkSurvivors(t *testing.T, tests []string, results map[string]string) {
	t.Helper()
	for _, test := range tests {
		survives := slices.ContainsFunc(i.survivors, func(part string) bool { return strings.Contains(test, part) })
		if passed := results[test] == "passed"; passed != survives {
			t.Errorf("%s: passed is %v, by the table %v", test, passed, survives)
		}
	}
}

func check(t *testing.T, id, want string, tests []string, results map[string]string) {
	t.Helper()
	got := state(tests, results)
	t.Logf("%-42s %s\n%s", id, got, table(tests, results))
	if got != want {
		t.Errorf("%s is %s, it should be %s", id, got, want)
	}
}

func table(tests []string, results map[string]string) string {
	var b strings.Builder
	for _, test := range tests {
		fmt.Fprintf(&b, "  %-8s %s\n", results[test], test)
	}
	return b.String()
}
