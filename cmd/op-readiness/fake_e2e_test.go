package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// scenario is what the stand-in for e2e.test does, read from the file $FAKE_E2E.
type scenario struct {
	Release string     `yaml:"release"`
	Tests   []fakeTest `yaml:"tests"`
	Flood   int        `yaml:"flood"` // bytes of one line that is said first
	NoJUnit bool       `yaml:"noJUnit"`
	Cut     int        `yaml:"cut"` // bytes that the end of the JUnit file lacks
	Exit    int        `yaml:"exit"`
	Refuse  string     `yaml:"refuse"` // said instead of running anything
}

// fakeTest is a test and what happens when it is run: pass, fail, failThenPass (once failed, it passes in the next call),
// skip, panic (of the program), kill (of the program), hang (until a signal or the timeout), deaf (hang, whatever
// happens), interrupt (the runner is interrupted, then as hang), orphan (the runner is killed, then as deaf).
type fakeTest struct {
	Name string `yaml:"name"`
	Does string `yaml:"does"`
}

// fakeE2E is a program with the flags, the output, the progress posts and the JUnit of Kubernetes' e2e.test.
func fakeE2E() {
	s := readScenario()
	flags := fakeFlags(os.Args[1:])
	switch {
	case flags["list-tests"] != nil:
		s.list()
	case flags["version"] != nil:
		fmt.Println(s.Release)
	default:
		s.run(flags)
	}
}

func readScenario() scenario {
	data, err := os.ReadFile(os.Getenv("FAKE_E2E"))
	check(err)
	var s scenario
	check(yaml.Unmarshal(data, &s))
	return s
}

// fakeFlags collects the values of --name=value.
func fakeFlags(args []string) map[string][]string {
	flags := map[string][]string{}
	for _, arg := range args {
		name, value, _ := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		flags[name] = append(flags[name], value)
	}
	return flags
}

func (s scenario) list() {
	fmt.Println("The following spec names can be used with 'ginkgo run --focus/skip':")
	for i, test := range s.Tests {
		fmt.Printf("    test/e2e/fake.go:%d: %s\n", i+1, test.Name)
	}
	fmt.Println()
}

// fakeResults are what the stand-in knows when it writes its JUnit.
type fakeResults struct {
	tests  []reporter.Test
	reason string // why the suite ended early
}

func (s scenario) run(flags map[string][]string) {
	if s.Refuse != "" {
		fmt.Println(s.Refuse)
		os.Exit(s.Exit)
	}
	focus := regexp.MustCompile(strings.Join(flags["ginkgo.focus"], "|"))
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	fmt.Println(strings.Repeat("S", s.Flood))
	fmt.Println("args:", strings.Join(os.Args[1:], " "))
	var results fakeResults
	timeout, err := time.ParseDuration(flags["ginkgo.timeout"][0])
	check(err)
	deadline := time.After(timeout)
	for _, test := range s.Tests {
		if results.reason != "" || !focus.MatchString(specs.Suite+" "+test.Name) {
			continue
		}
		if flags["ginkgo.dry-run"] != nil {
			results.tests = append(results.tests, reporter.Test{Name: test.Name, State: reporter.Passed})
			continue
		}
		fmt.Printf("------------------------------\n%s [sig-a]\n  STEP: working\n", test.Name)
		results.does(test, flags["report-dir"][0], signals, deadline)
		results.tell()
		post(flags["progress-report-url"][0], results.tests[len(results.tests)-1])
	}
	s.end(flags, results)
}

// tell says how the last test ended, as Ginkgo does.
func (r *fakeResults) tell() {
	last := r.tests[len(r.tests)-1]
	word := map[reporter.State]string{reporter.Failed: "[FAILED] ", reporter.Skipped: "[SKIPPED] "}[last.State]
	if last.Status == "interrupted" || last.Status == "timedout" {
		word = "[" + strings.ToUpper(last.Status) + "] "
	}
	fmt.Printf("• %s[1.000 seconds]\n------------------------------\n", word)
}

// does carries one test out.
func (r *fakeResults) does(test fakeTest, dir string, signals <-chan os.Signal, deadline <-chan time.Time) {
	result := reporter.Test{Name: test.Name, State: reporter.Passed, Duration: time.Second}
	fail := func(status, message string) {
		result.State, result.Status, result.Message = reporter.Failed, status, message
	}
	switch test.Does {
	case "fail":
		fail("failed", "expected pods to be running\ngot: Pending")
	case "failThenPass":
		if mark := filepath.Join(dir, "failed-once"); os.Mkdir(mark, 0o755) == nil {
			fail("failed", "expected pods to be running\ngot: Pending")
		}
	case "skip":
		result.State, result.Message = reporter.Skipped, "no node is joined to a domain"
	case "panic":
		panic("e2e.test panics")
	case "kill":
		signalTo(os.Getpid(), os.Kill)
	case "orphan":
		check(os.WriteFile(filepath.Join(dir, "pid"), fmt.Append(nil, os.Getpid()), 0o644))
		signalTo(os.Getppid(), os.Kill)
		fallthrough
	case "deaf":
		fmt.Println("hanging, whatever you say")
		for range signals {
		}
	case "interrupt":
		signalTo(os.Getppid(), os.Interrupt)
		fallthrough
	case "hang":
		select {
		case <-signals:
			fail("interrupted", "Interrupted by User")
			r.reason = "Interrupted by User"
		case <-deadline:
			fail("timedout", "A suite timeout occurred")
			r.reason = "Suite Timeout Elapsed"
		}
	}
	r.tests = append(r.tests, result)
}

func signalTo(pid int, s os.Signal) {
	process, err := os.FindProcess(pid)
	check(err)
	check(process.Signal(s))
}

// post tells the progress of one test, in parts, as a slow network would.
func post(url string, test reporter.Test) {
	word := map[reporter.State]string{reporter.Passed: "PASSED ", reporter.Failed: "FAILED "}[test.State]
	if word == "" || test.Status == "interrupted" || test.Status == "timedout" {
		return
	}
	body, err := json.Marshal(map[string]any{"msg": word + test.Name, "total": 1, "completed": 1, "skipped": 0, "failed": 0})
	check(err)
	reader, writer := io.Pipe()
	go func() {
		for part := range slices.Chunk(body, 7) {
			_, err := writer.Write(part)
			check(err)
		}
		writer.Close()
	}()
	response, err := http.Post(url, "application/json", reader)
	check(err)
	response.Body.Close()
}

// end writes the JUnit and exits.
func (s scenario) end(flags map[string][]string, results fakeResults) {
	text := results.junit(flags["ginkgo.dry-run"] != nil)
	if !s.NoJUnit {
		name := filepath.Join(flags["report-dir"][0], "junit_"+flags["report-prefix"][0]+"01.xml")
		check(os.WriteFile(name, []byte(text[:len(text)-s.Cut]), 0o644))
	}
	code := s.Exit
	for _, test := range results.tests {
		if test.State == reporter.Failed {
			code = 1
		}
	}
	os.Exit(code)
}

// junit is the file that e2e.test writes.
func (r *fakeResults) junit(dryRun bool) string {
	suite := junit.TestSuite{Name: specs.Suite}
	if r.reason != "" {
		suite.Properties.Add(junit.SpecialReason, r.reason)
	}
	if dryRun {
		suite.Properties.Add(junit.DryRun, "true")
	}
	for _, t := range r.tests {
		row := junit.TestCase{Name: junit.It + t.Name, Class: specs.Suite, Status: cmp.Or(t.Status, t.State.String()), Seconds: t.Duration.Seconds()}
		switch t.State {
		case reporter.Skipped:
			row.Skipped = &junit.Text{Message: "skipped - " + t.Message}
		case reporter.Failed:
			row.Failure = &junit.Text{Text: t.Message}
		}
		suite.Cases = append(suite.Cases, row)
	}
	var text strings.Builder
	check(junit.Document{Suites: []junit.TestSuite{suite}}.Write(&text))
	return text.String()
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "fake e2e.test:", err)
		os.Exit(3)
	}
}
