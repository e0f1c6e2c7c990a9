package runner

import (
	"io"
	"os"
	"time"
)

// Heard is what a log of e2e.test tells of tests besides the journal.
type Heard struct {
	Running  string              // the test that began last and has not ended; "" if there is none, or nobody tells
	Failures map[string][]string // what failed tests said first
}

// mostHeard is how much of the end of a log is listened to.
const mostHeard = 8 << 20

// Listen reads the end of a log, which e2e.test may be writing, for what it tells of these tests.
func Listen(log *os.File, tests []string) (Heard, error) {
	info, err := log.Stat()
	if err != nil {
		return Heard{}, err
	}
	heard := Heard{Failures: map[string][]string{}}
	failures := newFailureReader(tests, func(test string, said []string) { heard.Failures[test] = said })
	f := follower{
		tests: failures.tests,
		began: func(test string) { heard.Running = test },
		ended: func(string, State, time.Duration) { heard.Running = "" },
		spoke: func(Spoken) { heard.Running = "" },
	}
	from := max(0, info.Size()-mostHeard)
	_, err = io.Copy(io.MultiWriter(&f, failures), io.NewSectionReader(log, from, info.Size()-from))
	failures.end()
	return heard, err
}
