package readiness

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"sync"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
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
	open []abilityTasks // those that have not come to their end
	all  int            // abilities that have tests
	rest []byte         // the beginning of a line that Write got
}

func newLive(w io.Writer, p Plan, usual map[string]time.Duration, now func() time.Time) *live {
	v := &live{w: w, dir: p.facts.Folder, now: now, paint: painter(os.Getenv("NO_COLOR") == "")}
	if !p.options.Verbose {
		v.region = terminalOf(w)
	}
	v.p = newProgress(recordPlan(p.Tests), now(), usual)
	for _, a := range v.p.abilities {
		if len(a.tasks) > 0 {
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
				v.p.goesIn(inv.Number, v.now())
				v.say(fmt.Sprintf("invocation %d: %s%s", inv.Number, count(len(inv.Tests), "test"), sendText(inv.Send)))
			})
		},
		Test: func(test string) {
			v.locked(func() { v.p.running, v.p.since = task{v.p.call, test}, v.now(); v.say() })
		},
		Ended: func(e runner.Event) {
			v.locked(func() {
				t := task{v.p.call, e.Test}
				if v.p.running == t {
					v.p.running = task{}
				}
				v.p.end(t, e)
				v.close()
			})
		},
		Failed: func(test string, said []string) {
			v.locked(func() { v.say(v.p.failureText(task{v.p.call, test}, said)...) })
		},
		Done: func(inv runner.Invocation, result runner.Result) { v.locked(func() { v.finish(inv, result) }) },
	}
}

// finish takes what the JUnit files of an invocation tell beyond its progress, such as skipped tests, and counts the
// rest of its tests as not run.
func (v *live) finish(inv runner.Invocation, result runner.Result) {
	v.p.running = task{}
	for _, test := range inv.Tests {
		if t := (task{inv.Number, test}); !v.p.over(t) {
			v.p.ended[t] = reporter.NotRun
		}
	}
	v.p.addFiles(v.dir, inv.Number, result.JUnit)
	v.close()
}

// end takes how something ended.
func (p progress) end(t task, e record.Event) {
	p.ended[t], p.took[t] = stateOf(e.State), time.Duration(e.Seconds*float64(time.Second))
}

// over tells whether something has come to its end.
func (p progress) over(t task) bool {
	_, over := p.ended[t]
	return over
}

// addFiles takes what the JUnit files of a call tell. What one of them lacks the report says.
func (p *progress) addFiles(dir string, call int, names []string) {
	for _, name := range names {
		suites, _ := suitesOf(dir, name)
		for _, test := range testsOfSuites(suites) {
			t := task{call, test.Name}
			if p.ended[t] = test.State; !stands(test) {
				p.ended[t] = reporter.NotRun
			}
			if test.Duration > 0 {
				p.took[t] = test.Duration
			}
		}
	}
}

// close says of each ability whose tests have all ended how they ended. On a terminal the matrix does.
func (v *live) close() {
	var lines []string
	open := v.open[:0]
	for _, a := range v.open {
		if slices.ContainsFunc(a.tasks, func(t task) bool { return !v.p.over(t) }) {
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
func (p progress) word(a abilityTasks) string {
	if m := p.markOf(a); m != allPassed {
		_, words, _ := m.sign()
		return words
	}
	return "tests passed"
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
