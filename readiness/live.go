package readiness

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// live shows how far a run is: on a terminal a matrix of categories and abilities that fills, and everywhere the failures as they
// happen. Without a terminal there is a line for each ability that came to its end.
type live struct {
	w      io.Writer
	region *region // nil: no terminal, or one that e2e.test itself writes to
	paint  painter
	dir    string
	now    func() time.Time

	mu   sync.Mutex
	p    progress
	open []record.Ability // those that have not come to their end
	all  int              // abilities that have tests
	rest []byte           // the beginning of a line that Write got
}

func newLive(w io.Writer, p Plan, now func() time.Time) *live {
	v := &live{w: w, dir: p.facts.Folder, now: now, paint: painter(os.Getenv("NO_COLOR") == "")}
	if !p.options.Verbose {
		v.region = terminalOf(w)
	}
	v.p = progress{ended: map[runner.Task]reporter.State{}, began: now()}
	v.p.abilities, v.p.tests = planned(recordPlan(p.Tests))
	for _, a := range v.p.abilities {
		if len(a.Tests) > 0 {
			v.open = append(v.open, a)
		}
	}
	v.all = len(v.open)
	return v
}

// start draws the matrix once a second, and at each new size of the terminal, until the function that it returns is called.
func (v *live) start() func() {
	if v.region == nil {
		return func() { v.locked(v.flush) }
	}
	sizes := make(chan os.Signal, 1)
	if list := resized(); len(list) > 0 {
		signal.Notify(sizes, list...)
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
			case <-sizes:
			}
			v.locked(func() { v.say() })
		}
	}()
	return func() {
		signal.Stop(sizes)
		close(stop)
		<-stopped
		v.locked(func() { v.flush(); v.region.draw(nil, nil) })
	}
}

func (v *live) locked(do func()) {
	v.mu.Lock()
	defer v.mu.Unlock()
	do()
}

func (v *live) observer() runner.Observer {
	return runner.Observer{
		Began: func(inv runner.Invocation) {
			v.locked(func() {
				v.p.send = inv.Send
				v.say(fmt.Sprintf("invocation %d: %s%s", inv.Number, count(len(inv.Tests), "test"), sendText(inv.Send)))
			})
		},
		Test: func(test string) { v.locked(func() { v.p.running, v.p.since = test, v.now(); v.say() }) },
		Ended: func(e runner.Event) {
			v.locked(func() {
				if v.p.running == e.Test {
					v.p.running = ""
				}
				v.p.ended[runner.TaskOf(e.Test, v.p.send)] = stateOf(e.State)
				v.close()
			})
		},
		Failed: func(test string, said []string) { v.locked(func() { v.say(v.p.failureText(test, said)...) }) },
		Done:   func(inv runner.Invocation, result runner.Result) { v.locked(func() { v.finish(inv, result) }) },
	}
}

// finish takes what the JUnit files of an invocation tell beyond its progress, such as skipped tests, and counts the
// rest of its tests as not run.
func (v *live) finish(inv runner.Invocation, result runner.Result) {
	v.p.running = ""
	for _, test := range inv.Tests {
		if _, ok := v.p.ended[runner.TaskOf(test, inv.Send)]; !ok {
			v.p.ended[runner.TaskOf(test, inv.Send)] = reporter.NotRun
		}
	}
	v.p.addFiles(v.dir, result.JUnit, inv.Send)
	v.close()
}

// addFiles takes what JUnit files of a call tell that sent pods somewhere. What one of them lacks the report says.
func (p *progress) addFiles(dir string, names []string, send specs.OS) {
	for _, name := range names {
		file, err := os.Open(filepath.Join(dir, name))
		if err != nil {
			continue
		}
		var c reporter.Collector
		_ = c.Add(name, file)
		_ = file.Close()
		for _, test := range testsOfSuites(c.Evidence().Suites) {
			p.ended[runner.TaskOf(test.Name, send)] = test.State
		}
	}
}

// close says of each ability whose tests have all ended how they ended. On a terminal the matrix does.
func (v *live) close() {
	var lines []string
	open := v.open[:0]
	for _, a := range v.open {
		if !all(a.Tests, func(test string) bool { _, ok := v.p.ended[runner.TaskOf(test, a.Send)]; return ok }) {
			open = append(open, a)
			continue
		}
		if v.region == nil {
			lines = append(lines, fmt.Sprintf("[%d/%d] %-12s %s %s (%s)", v.all-len(v.open)+len(lines)+1, v.all, v.p.word(a), a.Category, a.ID, span(v.now().Sub(v.p.began))))
		}
	}
	v.open = open
	v.say(lines...)
}

// word is how the tests of an ability ended, which is not how it will be judged.
func (p progress) word(a record.Ability) string {
	if m := p.markOf(a); m != allPassed {
		_, words, _ := m.sign()
		return words
	}
	return "tests passed"
}

func all(list []string, is func(string) bool) bool {
	for _, item := range list {
		if !is(item) {
			return false
		}
	}
	return true
}

// Write says what others have to say while the run goes on, by whole lines, above the matrix.
func (v *live) Write(text []byte) (int, error) {
	v.locked(func() {
		v.rest = append(v.rest, text...)
		lines := strings.Split(string(v.rest), "\n")
		v.rest = []byte(lines[len(lines)-1])
		if lines = lines[:len(lines)-1]; len(lines) > 0 {
			v.say(lines...)
		}
	})
	return len(text), nil
}

// flush says the beginning of a line of which nobody wrote the end.
func (v *live) flush() {
	if len(v.rest) > 0 {
		v.say(string(v.rest))
	}
	v.rest = nil
}

// say writes lines, on a terminal above the matrix, which it draws anew.
func (v *live) say(lines ...string) {
	if v.region == nil {
		for _, line := range lines {
			fmt.Fprintln(v.w, line)
		}
		return
	}
	s := v.region.size()
	s.rows = max(s.rows-1, 0) // the cursor stands below
	v.region.draw(lines, v.p.screen(v.now(), s, v.paint))
}
