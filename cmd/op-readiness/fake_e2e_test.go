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

	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
)

// fakeSuite is the name of e2e.test's suite.
const fakeSuite = "Kubernetes e2e suite"

// scenario is what the stand-in for e2e.test does, read from the file $FAKE_E2E.
type scenario struct {
	Release string     `yaml:"release"`
	Tests   []fakeTest `yaml:"tests"`
	Images  []string   `yaml:"images"`
	Flood   int        `yaml:"flood"` // bytes of one line that is said first
	NoJUnit bool       `yaml:"noJUnit"`
	Cut     int        `yaml:"cut"` // bytes that the end of the JUnit file lacks
	Exit    int        `yaml:"exit"`
	Refuse  string     `yaml:"refuse"` // said instead of running anything
	Around  string     `yaml:"around"` // a node around the tests that fails, such as "[SynchronizedAfterSuite]"
	Denies  bool       `yaml:"denies"` // its JUnit says that the suite did not succeed
	Word    string     `yaml:"word"`   // the last that it says
	After   string     `yaml:"after"`  // what happens behind the JUnit: hang, deaf, panic, kill
	Pace    string     `yaml:"pace"`   // how long each test takes, such as 40ms
	From    int        `yaml:"from"`   // the call from which Exit, Refuse, Around, Denies, Word and After hold; 0: the first
}

// fakeTest is a test and what happens when it is run: pass, fail, failThenPass (once failed, it passes in the next call),
// skip, panic (of the program), kill (of the program), hang (until a signal or the timeout), deaf (hang, whatever
// happens), interrupt and hup (the runner gets the signal, then as hang), twice (it gets it again, and is deaf), abort (the Prow job does), orphan (the
// runner is killed, then as deaf), child (it starts a process with a session of its own, then as orphan), stall (nothing is
// said until a signal), gone (the program is no longer there for another call), pending (it has no row but that), rowless
// (it passed, and has no row), lost (it failed, and has no row), lies (it failed, and its row passed), untold (it passed,
// and nothing tells), recants (it is told as passed, then as failed, and its row passed), retried (a row of it failed, and the next
// one passed), unplanned (as pass, whether it was selected or not), away (the API server does not answer meanwhile).
type fakeTest struct {
	Name string   `yaml:"name"`
	Does string   `yaml:"does"`
	Pods []string `yaml:"pods"` // that it makes, see runPods
}

// fakeE2E is a program with the flags, the output, the progress posts and the JUnit of Kubernetes' e2e.test.
func fakeE2E() {
	s := readScenario()
	flags := fakeFlags(os.Args[1:])
	switch {
	case flags["list-tests"] != nil:
		s.list()
	case flags["list-images"] != nil:
		s.listImages()
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

// listImages prints the images in no order, with another registry for those of the first if the environment names one.
func (s scenario) listImages() {
	var registries struct {
		Promoter string `yaml:"promoterE2eRegistry"`
	}
	if list := os.Getenv("KUBE_TEST_REPO_LIST"); list != "" {
		data, err := os.ReadFile(list)
		check(err)
		check(yaml.Unmarshal(data, &registries))
	}
	for _, image := range s.Images {
		if name, ok := strings.CutPrefix(image, "registry.k8s.io/e2e-test-images/"); ok && registries.Promoter != "" {
			image = registries.Promoter + "/" + name
		}
		fmt.Println(image)
	}
}

// fakeResult is how a test ended, in Ginkgo's words.
type fakeResult struct {
	status  string // "passed", "failed", "skipped", "timedout", "interrupted"
	message string
	retried bool // a row that failed stands before that of the end
}

// failed tells whether the suite has failed by this test.
func (r fakeResult) failed() bool {
	return r.status != "passed" && r.status != "skipped" && r.status != "pending"
}

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
	if s.Refuse != "" && s.holds(flags) {
		fmt.Println(s.Refuse)
		os.Exit(s.Exit)
	}
	focus := regexp.MustCompile(strings.Join(flags["ginkgo.focus"], "|"))
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	fmt.Println(strings.Repeat("S", s.Flood))
	fmt.Println("args:", strings.Join(os.Args[1:], " "))
	results := fakeResults{of: map[string]fakeResult{}}
	if !s.holds(flags) {
		s.Exit, s.Refuse, s.Around, s.Denies, s.Word, s.After = 0, "", "", false, "", ""
	}
	timeout, err := time.ParseDuration(flags["ginkgo.timeout"][0])
	check(err)
	deadline := time.After(timeout)
	for _, test := range s.Tests {
		if results.reason != "" || !focus.MatchString(fakeSuite+" "+test.Name) && test.Does != "unplanned" {
			continue
		}
		if flags["ginkgo.dry-run"] != nil {
			results.of[test.Name] = fakeResult{status: "passed"}
			continue
		}
		if test.Does == "untold" {
			results.of[test.Name] = fakeResult{status: "passed"}
			continue
		}
		fmt.Printf("------------------------------\n%s [sig-a]\n  STEP: working\n", test.Name)
		if len(test.Pods) > 0 {
			runPods(flags["kubeconfig"][0], test.Name, test.Pods)
		}
		s.take()
		results.does(test, flags["report-dir"][0], signals, deadline)
		results.of[test.Name].tell(test.Name)
		if test.Does == "recants" {
			fakeResult{status: "failed"}.tell(test.Name)
		}
		post(flags["progress-report-url"][0], test.Name, results.of[test.Name].status)
		results.forget(test)
	}
	s.end(flags, results)
}

// take takes the time of a test.
func (s scenario) take() {
	if s.Pace != "" {
		pace, err := time.ParseDuration(s.Pace)
		check(err)
		<-time.After(pace)
	}
}

// holds tells whether what the scenario has for later calls holds for this one.
func (s scenario) holds(flags map[string][]string) bool {
	number, _ := reportdir.Invocation("junit_" + flags["report-prefix"][0])
	return number >= s.From
}

// forget makes the row of a test another than what was told.
func (r *fakeResults) forget(test fakeTest) {
	switch test.Does {
	case "rowless", "lost":
		delete(r.of, test.Name)
	case "lies":
		r.of[test.Name] = fakeResult{status: "passed"}
	}
}

// tell says how a test ended, as Ginkgo does.
func (r fakeResult) tell(test string) {
	switch r.status {
	case "passed":
		fmt.Println("• [1.000 seconds]")
	case "skipped":
		fmt.Printf("S [SKIPPED] [1.000 seconds]\n%s [sig-a]\n", test)
	case "pending":
		fmt.Println("P [PENDING]")
	default:
		word := strings.ToUpper(r.status)
		fmt.Printf("• [%s] [1.000 seconds]\n%s [sig-a]\nfake.go:1\n\n  [%[1]s] %[3]s\n  In [It] at: fake.go:1\n", word, test, strings.ReplaceAll(r.message, "\n", "\n  "))
	}
	fmt.Println("------------------------------")
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
	fmt.Println(s.Word)
	switch s.After {
	case "hang", "deaf":
		fmt.Println("hanging behind the results")
		signals := make(chan os.Signal, 1)
		signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
		for range signals {
			if s.After == "hang" {
				break
			}
		}
	case "panic":
		panic("e2e.test panics behind the results")
	case "kill":
		signalTo(os.Getpid(), os.Kill)
		select {}
	}
	if s.Exit == 0 && s.Around != "" {
		os.Exit(1)
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

func writeFile(name string, data []byte) error { return os.WriteFile(name, data, 0o644) }
