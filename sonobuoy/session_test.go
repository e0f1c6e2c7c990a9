package sonobuoy_test

import (
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/sonobuoy"
)

// TestMain makes of this program the run of a session when it is called as one: it writes a record and ends as it is told. Called as
// a session it is one that stops at a step.
func TestMain(m *testing.M) {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "a-run":
		standIn(os.Args[2], os.Args[3])
	case len(os.Args) == 5 && os.Args[1] == "a-session":
		standInSession(os.Args[2], os.Args[3], os.Args[4])
	}
	os.Exit(m.Run())
}

// standIn is a run that writes its record into a folder, says that it is there, and ends as the word says.
func standIn(folder, how string) {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM)
	if os.Getenv(sonobuoy.Variable) == "" {
		panic("a run of a session is not told that it is one")
	}
	if how != "nothing" {
		file, err := os.Create(filepath.Join(folder, reportdir.Record))
		if err == nil {
			err = record.Run{Schema: record.RunSchema, Plan: record.Plan{Invocations: []record.Invocation{{Number: 1, Tests: []string{"one"}}}}}.Encode(file)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := os.WriteFile(filepath.Join(folder, reportdir.View), []byte("rows of the run"), 0o600); err != nil {
		panic(err)
	}
	fmt.Println("there")
	fmt.Fprintln(os.Stderr, "words of the run")
	switch how {
	case "ready":
		os.Exit(0)
	case "not ready", "nothing":
		os.Exit(1)
	case "no run":
		os.Exit(2)
	case "panic":
		panic("in the run")
	case "killed":
		process, _ := os.FindProcess(os.Getpid()) // never fails on Unix
		_ = process.Kill()
		select {}
	case "waits":
		<-signals
		os.Exit(1)
	case "deaf":
		time.Sleep(time.Minute) // far longer than anybody lets it live
	case "leaves one":
		program, err := os.Executable()
		if err != nil {
			panic(err)
		}
		left := exec.Cmd{Path: program, Args: []string{"op-readiness", "a-run", folder, "left"}, Stderr: os.Stderr}
		if err := left.Start(); err != nil {
			panic(err)
		}
		os.Exit(0)
	case "left":
		for { // until nobody hears it
			time.Sleep(10 * time.Millisecond)
			fmt.Fprintln(os.Stderr, "I am still here")
		}
	}
	os.Exit(99)
}

// started sees in the output of a run that it is there, and sends a signal then.
type started struct{ signals chan<- os.Signal }

func (s started) Write(p []byte) (int, error) {
	if strings.Contains(string(p), "there") {
		s.signals <- syscall.SIGTERM
	}
	return len(p), nil
}

// TestEndings holds that every ending of a run leaves results and a done file, and that only a ready one has passed.
func TestEndings(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		how     string
		verdict reporter.Verdict // of what the run left
		judge   error
		refused error
		code    int
		ready   bool
		words   string // that the results say
	}{
		{how: "ready", verdict: reporter.Ready, ready: true, words: "READY"},
		{how: "ready", verdict: reporter.Incomplete, words: "ended with exit code 0, and its results are judged incomplete now"},
		{how: "ready", judge: errors.New("unreadable"), words: "judging the run: unreadable"},
		{how: "not ready", verdict: reporter.NotReady, code: 1, words: "Verdict: not ready"},
		{how: "not ready", verdict: reporter.Ready, code: 1, words: "ended with exit code 1, and its results are judged ready now"},
		{how: "no run", verdict: reporter.Ready, code: 2, words: "exit status 2"},
		{how: "panic", verdict: reporter.Ready, code: 2, words: "panic: in the run"},
		{how: "killed", verdict: reporter.Ready, code: -1, words: "signal: killed"},
		{how: "waits", verdict: reporter.Incomplete, code: 1, words: "Verdict: incomplete"},
		{how: "deaf", verdict: reporter.Ready, code: -1, words: "signal: killed"},
		{how: "leaves one", verdict: reporter.Ready, ready: true, words: "READY"},
		{how: "nothing", verdict: reporter.Ready, code: 1, words: "there is no record of a run"},
		{how: "refused", verdict: reporter.Ready, refused: errors.New("a wrong flag"), code: -1, words: "a wrong flag"},
	} {
		t.Run(test.how+" and "+test.verdict.String(), func(t *testing.T) {
			t.Parallel()
			dir, signals := t.TempDir(), make(chan os.Signal, 1)
			s := session(dir, test.how, func() (reporter.Summary, error) { return summary(test.verdict), test.judge })
			s.Refused, s.Signals = test.refused, signals
			if test.how == "waits" || test.how == "deaf" {
				s.Output = started{signals}
			}
			outcome, err := s.Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if outcome.Ready != test.ready || outcome.Code != test.code {
				t.Errorf("outcome: ready %t, code %d", outcome.Ready, outcome.Code)
			}
			if strings.Contains(test.words, " judged ") && outcome.Problem != "the run "+test.words {
				t.Errorf("problem %q", outcome.Problem)
			}
			data, item := handedOver(t, dir)
			if (item.Status == "passed") != test.ready || !strings.Contains(data, test.words) {
				t.Errorf("there is no %q in\n%s", test.words, data)
			}
			checkRows(t, dir, outcome)
		})
	}
}

// checkRows holds that the rows in JUnit are those of the run if it came to a verdict, and else one that failed and says why.
func checkRows(t *testing.T, dir string, o sonobuoy.Outcome) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(sonobuoy.Folder(dir), reportdir.View))
	if err != nil {
		t.Fatal(err)
	}
	if o.Problem == "" {
		if string(data) != "rows of the run" {
			t.Errorf("the rows of the run are\n%s", data)
		}
		return
	}
	want := xml.Header + `<testsuites><testsuite name="op-readiness" tests="1" failures="1"><testcase classname="op-readiness" name="Verdict"><failure message="` +
		o.Problem + `"></failure></testcase></testsuite></testsuites>`
	if string(data) != want {
		t.Errorf("the rows are\n%s\nwant\n%s", data, want)
	}
}

func summary(v reporter.Verdict) reporter.Summary {
	return reporter.Summary{Verdict: v, Categories: []reporter.Category{{Name: "C", Verdict: v}}}
}

// session is one whose run is this program.
func session(dir, how string, judge func() (reporter.Summary, error)) sonobuoy.Session {
	return sonobuoy.Session{
		Dir: dir, Command: []string{os.Args[0], "op-readiness", "a-run", sonobuoy.Folder(dir), how}, Output: io.Discard, Talk: io.Discard,
		Grace: 200 * time.Millisecond, Every: time.Millisecond,
		Judge: func(context.Context, string) (reporter.Summary, error) { return judge() },
	}
}

// handedOver reads what the done file leads to.
func handedOver(t *testing.T, dir string) (string, sonobuoy.Item) {
	t.Helper()
	folder, err := os.ReadFile(filepath.Join(dir, "done"))
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(string(folder), reportdir.Items))
	if err != nil {
		t.Fatal(err)
	}
	var item sonobuoy.Item
	if err := yaml.Unmarshal(data, &item); err != nil {
		t.Fatal(err)
	}
	return string(data), item
}

// TestSessionPanics holds that a panic of the session itself leaves a done file, and results that are not passed.
func TestSessionPanics(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := session(dir, "ready", func() (reporter.Summary, error) { panic("in the session") })
	func() {
		defer func() {
			if recover() == nil {
				t.Error("it did not panic")
			}
		}()
		_, _ = s.Run(t.Context())
	}()
	if data, item := handedOver(t, dir); item.Status != "failed" || !strings.Contains(data, "error: the run did not come to its end\n") {
		t.Errorf("the results are\n%s", data)
	}
}

// TestNoDone holds that nothing is handed over before its time, nor a done file of an earlier run.
func TestNoDone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	done := filepath.Join(dir, "done")
	if err := os.WriteFile(done, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := session(dir, "ready", func() (reporter.Summary, error) {
		if _, err := os.Stat(done); err == nil {
			t.Error("there is a done file before the results are there")
		}
		return summary(reporter.Ready), nil
	})
	if _, err := s.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, item := handedOver(t, dir); item.Status != "passed" {
		t.Error(item.Status)
	}
	s.Dir = done
	if outcome, err := s.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "preparing the results: ") || outcome.Code != -1 {
		t.Errorf("a file is no folder for results: %+v, %v", outcome, err)
	}
	s.Dir = t.TempDir()
	if err := os.MkdirAll(filepath.Join(s.Dir, "done", "x"), 0o755); err != nil {
		t.Fatal(err)
	}
	if outcome, err := s.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "removing the done file of an earlier run: ") || outcome.Ready {
		t.Errorf("a folder is no done file: %+v, %v", outcome, err)
	}
}

// TestProgressMeanwhile holds that progress is told while a run is under way.
func TestProgressMeanwhile(t *testing.T) {
	t.Parallel()
	signals := make(chan os.Signal, 1)
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		select {
		case signals <- syscall.SIGTERM: // for which the run waits
		default:
		}
	}))
	defer server.Close()
	s := session(t.TempDir(), "waits", func() (reporter.Summary, error) { return summary(reporter.NotReady), nil })
	s.Progress, s.Signals, s.Grace = server.URL, signals, time.Minute
	if outcome, err := s.Run(t.Context()); err != nil || outcome.Ready || outcome.Problem != "" {
		t.Errorf("%+v, %v", outcome, err)
	}
}

// TestUnwritten holds that results that could not be handed over are an error.
func TestUnwritten(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := session(dir, "ready", func() (reporter.Summary, error) { return summary(reporter.Ready), os.RemoveAll(sonobuoy.Folder(dir)) })
	if _, err := s.Run(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "writing the results for Sonobuoy: ") {
		t.Error(err)
	}
}

// unwritable is an output that takes nothing.
type unwritable struct{}

func (unwritable) Write([]byte) (int, error) { return 0, errors.New("disk full") }

// TestUnsaid holds that a run whose words are lost is not ready.
func TestUnsaid(t *testing.T) {
	t.Parallel()
	s := session(t.TempDir(), "ready", func() (reporter.Summary, error) { return summary(reporter.Ready), nil })
	s.Output = unwritable{}
	if outcome, err := s.Run(t.Context()); err != nil || outcome.Ready || outcome.Code != -1 || outcome.Problem != "the run ended without a verdict: disk full" {
		t.Errorf("%+v, %v", outcome, err)
	}
}

// TestImpatient holds that signals that keep coming do not put off the kill.
func TestImpatient(t *testing.T) {
	t.Parallel()
	first, signals, done := make(chan os.Signal, 1), make(chan os.Signal), make(chan struct{})
	s := session(t.TempDir(), "deaf", func() (reporter.Summary, error) { return summary(reporter.Ready), nil })
	s.Signals, s.Output = signals, started{first}
	go func() {
		for sent := <-first; ; {
			select {
			case signals <- sent:
			case <-done:
				return
			}
		}
	}()
	outcome, err := s.Run(t.Context())
	close(done)
	if err != nil || outcome.Ready || outcome.Code != -1 {
		t.Errorf("%+v, %v", outcome, err)
	}
}

// TestProgress holds that progress is told, whole at the end, and that a worker who is not there stops nothing.
func TestProgress(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var last sonobuoy.Progress
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if err := json.NewDecoder(r.Body).Decode(&last); err != nil {
			t.Error(err)
		}
	}))
	defer server.Close()
	for i, address := range []string{server.URL, "http://127.0.0.1:1", server.URL} {
		s := session(t.TempDir(), "ready", func() (reporter.Summary, error) { return summary(reporter.Ready), nil })
		s.Progress = address
		if i == 2 { // told at the end alone
			s.Every = time.Hour
			mu.Lock()
			last = sonobuoy.Progress{}
			mu.Unlock()
		}
		if outcome, err := s.Run(t.Context()); err != nil || !outcome.Ready {
			t.Errorf("%s: %+v, %v", address, outcome, err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if last.Total != 1 || last.Message != "0 of 1 tests ended, 0 failed" {
		t.Errorf("the last that was told: %+v", last)
	}
}
