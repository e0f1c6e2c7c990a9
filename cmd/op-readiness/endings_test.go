package main

import (
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
	"gopkg.in/yaml.v3"
)

// fakeEnding is how a run comes to its end.
type fakeEnding struct {
	scenario `yaml:",inline"`
	Does     map[string]string `yaml:"does"`  // what tests do instead of passing, by the first word that only their names have
	Args     []string          `yaml:"args"`  // further ones of op-readiness run
	Left     string            `yaml:"left"`  // a test of which a result lies in the folder already, that it passed
	Says     string            `yaml:"says"`  // a regular expression of what the run, and a report of its folder, say
	Ready    bool              `yaml:"ready"` // the one with which nothing is wrong
}

// endings is the script command "endings FILE": each ending in the file is run by itself, from the same tests, and neither the
// run nor a later report of its folder is ready, and both give the reason and the same verdict.
func endings(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: endings FILE")
	}
	var all map[string]fakeEnding
	ts.Check(yaml.Unmarshal([]byte(ts.ReadFile(args[0])), &all))
	for _, name := range slices.Sorted(maps.Keys(all)) {
		checkEnding(ts, name, all[name])
	}
}

func checkEnding(ts *testscript.TestScript, name string, e fakeEnding) {
	e.Release = "v1.36.3"
	for _, test := range []string{"[sig-a] one", "[sig-a] two [Disruptive]", "[sig-a] three [Serial]"} {
		does := "pass"
		for word, other := range e.Does {
			if strings.Contains(test, word) {
				does = other
			}
		}
		e.Tests = append(e.Tests, fakeTest{Name: test, Does: does})
	}
	data, err := yaml.Marshal(e.scenario)
	ts.Check(err)
	scenarioFile := ts.MkAbs(name + ".yaml")
	ts.Check(writeFile(scenarioFile, data))
	ts.Setenv("FAKE_E2E", scenarioFile)
	ts.Check(ts.Exec("cp", ts.Getenv("E2E"), "e2e.test"))
	if e.Left != "" {
		ts.Check(os.Mkdir(ts.MkAbs(name), 0o755))
		other := scenario{Tests: []fakeTest{{Name: e.Left}}}
		left := other.junit(fakeResults{of: map[string]fakeResult{e.Left: {status: "passed"}}}, false)
		ts.Check(writeFile(ts.MkAbs(name+"/junit_01.xml"), []byte(left)))
	}
	command := []string{"run", "--e2e-binary", "./e2e.test", "--kubeconfig", "kubeconfig", "--test-directory", "spec.yaml", "--report-dir", name}
	runCode := ts.Exec("op-readiness", append(command, e.Args...)...)
	ran, talk := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	reportCode := ts.Exec("op-readiness", "report", name, "--test-directory", "spec.yaml")
	reported := ts.ReadFile("stdout")
	ready := regexp.MustCompile(`(?m)^READY: `)
	switch {
	case (runCode == nil) != e.Ready || ready.MatchString(ran) != e.Ready:
		ts.Fatalf("%s: the run: %v\n%s\n%s", name, runCode, ran, talk)
	case (reportCode == nil) != e.Ready || ready.MatchString(reported) != e.Ready:
		ts.Fatalf("%s: the report: %v\n%s", name, reportCode, reported)
	case headline(ran) != headline(reported):
		ts.Fatalf("%s: the run says %q, the report %q", name, headline(ran), headline(reported))
	case !regexp.MustCompile(e.Says).MatchString(ran), !regexp.MustCompile(e.Says).MatchString(reported):
		ts.Fatalf("%s: no %q in both of\n%s\n%s", name, e.Says, ran, reported)
	}
}

// headline is the line of the verdict.
func headline(text string) string {
	return regexp.MustCompile(`(?m)^(READY|INCOMPLETE|NOT READY): .*$`).FindString(text)
}
