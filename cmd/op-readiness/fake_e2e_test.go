package main

import (
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
)

// fakeSuite is the name of e2e.test's suite.
const fakeSuite = "Kubernetes e2e suite"

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

// fakeResult is how a test ended, in Ginkgo's words.
type fakeResult struct {
	status  string // "passed", "failed", "skipped", "timedout", "interrupted"
	message string
}

// failed tells whether the suite has failed by this test.
func (r fakeResult) failed() bool { return r.status != "passed" && r.status != "skipped" }

// fakeResults are what the stand-in knows when it writes its JUnit.
type fakeResults struct {
	of     map[string]fakeResult // by test; one that was not selected, or not reached, has none
	reason string                // why the suite ended early
}

// failures counts the tests that failed.
func (r fakeResults) failures() int {
	n := 0
	for _, result := range r.of {
		if result.failed() {
			n++
		}
	}
	return n
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
	results := fakeResults{of: map[string]fakeResult{}}
	timeout, err := time.ParseDuration(flags["ginkgo.timeout"][0])
	check(err)
	deadline := time.After(timeout)
	for _, test := range s.Tests {
		if results.reason != "" || !focus.MatchString(fakeSuite+" "+test.Name) {
			continue
		}
		if flags["ginkgo.dry-run"] != nil {
			results.of[test.Name] = fakeResult{status: "passed"}
			continue
		}
		fmt.Printf("------------------------------\n%s [sig-a]\n  STEP: working\n", test.Name)
		results.does(test, flags["report-dir"][0], signals, deadline)
		results.of[test.Name].tell()
		post(flags["progress-report-url"][0], test.Name, results.of[test.Name].status)
	}
	s.end(flags, results)
}

// tell says how a test ended, as Ginkgo does.
func (r fakeResult) tell() {
	sign, word := "•", ""
	switch r.status {
	case "passed":
	case "skipped":
		sign, word = "S", "[SKIPPED] "
	default:
		word = "[" + strings.ToUpper(r.status) + "] "
	}
	fmt.Printf("%s %s[1.000 seconds]\n------------------------------\n", sign, word)
}

// does carries one test out.
func (r *fakeResults) does(test fakeTest, dir string, signals <-chan os.Signal, deadline <-chan time.Time) {
	result := fakeResult{status: "passed"}
	switch test.Does {
	case "fail":
		result = fakeResult{"failed", "expected pods to be running\ngot: Pending"}
	case "failThenPass":
		if mark := filepath.Join(dir, "failed-once"); os.Mkdir(mark, 0o755) == nil {
			result = fakeResult{"failed", "expected pods to be running\ngot: Pending"}
		}
	case "skip":
		result = fakeResult{"skipped", "no node is joined to a domain"}
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
			result = fakeResult{"interrupted", "Interrupted by User"}
			r.reason = "Interrupted by User"
		case <-deadline:
			result = fakeResult{"timedout", "A suite timeout occurred"}
			r.reason = "Suite Timeout Elapsed"
		}
	}
	r.of[test.Name] = result
}

func signalTo(pid int, s os.Signal) {
	process, err := os.FindProcess(pid)
	check(err)
	check(process.Signal(s))
}

// post tells the progress of one test, in parts, as a slow network would.
func post(url, test, status string) {
	if status != "passed" && status != "failed" {
		return
	}
	body, err := json.Marshal(map[string]any{"msg": strings.ToUpper(status) + " " + test, "total": 1, "completed": 1, "skipped": 0, "failed": 0})
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
	if !s.NoJUnit {
		junit := s.junit(results, flags["ginkgo.dry-run"] != nil)
		name := filepath.Join(flags["report-dir"][0], "junit_"+flags["report-prefix"][0]+"01.xml")
		check(os.WriteFile(name, []byte(junit[:len(junit)-s.Cut]), 0o644))
	}
	if results.failures() > 0 {
		os.Exit(1)
	}
	os.Exit(s.Exit)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "fake e2e.test:", err)
		os.Exit(3)
	}
}
