package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// does carries one test out.
func (r *fakeResults) does(test fakeTest, dir string, signals <-chan os.Signal, deadline <-chan time.Time) {
	result := fakeResult{status: "passed"}
	switch test.Does {
	case "fail":
		result = fakeResult{status: "failed", message: "expected pods to be running\ngot: Pending"}
	case "failThenPass":
		if mark := filepath.Join(dir, "failed-once"); os.Mkdir(mark, 0o755) == nil {
			result = fakeResult{status: "failed", message: "expected pods to be running\ngot: Pending"}
		}
	case "skip":
		result = fakeResult{status: "skipped", message: "no node is joined to a domain"}
	case "panic":
		panic("e2e.test panics")
	case "kill":
		signalTo(os.Getpid(), os.Kill)
	case "lost", "lies":
		result = fakeResult{status: "failed", message: "expected pods to be running\ngot: Pending"}
	case "retried":
		result.retried = true
	case "pending":
		result = fakeResult{status: "pending"}
	case "gone":
		path, err := os.Executable()
		check(err)
		check(os.Remove(path))
	case "child":
		startChild(dir)
		fallthrough
	case "orphan":
		check(os.WriteFile(filepath.Join(dir, "pid"), fmt.Append(nil, os.Getpid()), 0o644))
		signalTo(os.Getppid(), os.Kill)
		fallthrough
	case "deaf":
		fmt.Println("hanging, whatever you say")
		for range signals {
		}
	case "twice":
		signalTo(os.Getppid(), os.Interrupt)
		<-signals
		signalTo(os.Getppid(), os.Interrupt)
		select {}
	case "stall":
		asked := make(chan os.Signal, 1)
		signal.Notify(asked, askedForProgress)
		<-asked
		fmt.Println("  In [It] (Node Runtime: 1h): waiting for a pod")
		<-signals
		result, r.reason = fakeResult{status: "interrupted", message: "Interrupted by User"}, "Interrupted by User"
	case "abort":
		job, err := strconv.Atoi(os.Getenv("PROW_JOB_PID"))
		check(err)
		signalTo(job, os.Interrupt) // as Prow's entrypoint does
		signalTo(job, syscall.SIGTERM)
		r.untilStopped(&result, signals, deadline)
	case "hup":
		signalTo(os.Getppid(), syscall.SIGHUP)
		r.untilStopped(&result, signals, deadline)
	case "interrupt":
		signalTo(os.Getppid(), os.Interrupt)
		fallthrough
	case "hang":
		r.untilStopped(&result, signals, deadline)
	}
	r.of[test.Name] = result
}

// untilStopped waits for a signal or the end of the suite's time.
func (r *fakeResults) untilStopped(result *fakeResult, signals <-chan os.Signal, deadline <-chan time.Time) {
	select {
	case <-signals:
		*result = fakeResult{status: "interrupted", message: "Interrupted by User"}
		r.reason = "Interrupted by User"
	case <-deadline:
		*result = fakeResult{status: "timedout", message: "A suite timeout occurred"}
		r.reason = "Suite Timeout Elapsed"
	}
}
