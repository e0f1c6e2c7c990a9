package readiness

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// live shows how far a run is: on a terminal a bar that is drawn again and again, and everywhere a line for each ability
// that came to its end.
type live struct {
	w        io.Writer
	terminal bool
	width    int
	dir      string
	now      func() time.Time

	mu      sync.Mutex
	current string // the test that runs, if e2e.test tells
	began   time.Time
	total   int // tests
	done    map[string]reporter.State
	open    []runner.Ability
	ended   int // abilities
	all     int
}

// newLive draws a bar only where w is a terminal that e2e.test itself does not write to.
func newLive(w io.Writer, p Plan, now func() time.Time) *live {
	v := &live{w: w, dir: p.facts.Folder, now: now, began: now(), done: map[string]reporter.State{}}
	if file, ok := w.(*os.File); ok && term.IsTerminal(int(file.Fd())) && !p.options.Verbose {
		v.terminal = true
		v.width, _, _ = term.GetSize(int(file.Fd())) // 0 where it is not told
	}
	for _, a := range p.Tests.Abilities {
		if len(a.Tests) > 0 {
			v.open = append(v.open, a)
		}
	}
	for _, inv := range p.Tests.Invocations {
		v.total += len(inv.Tests)
	}
	v.all = len(v.open)
	return v
}

// start draws the bar once a second until the function that it returns is called.
func (v *live) start() func() {
	if !v.terminal {
		return func() {}
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
				v.locked(v.draw)
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
		v.locked(v.erase)
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
				v.say(fmt.Sprintf("invocation %d: %s", inv.Number, count(len(inv.Tests), "test")))
			})
		},
		Test: func(test string) { v.locked(func() { v.current = test }) },
		Ended: func(e runner.Event) {
			v.locked(func() {
				v.done[e.Test] = stateOf(e.State)
				v.close(func(test string) bool { _, ok := v.done[test]; return ok })
			})
		},
		Done: func(inv runner.Invocation, result runner.Result) { v.locked(func() { v.finish(inv, result) }) },
	}
}

// finish takes what the JUnit files of an invocation tell beyond its progress, such as skipped tests, and counts the
// rest of its tests as not run.
func (v *live) finish(inv runner.Invocation, result runner.Result) {
	for _, test := range inv.Tests {
		if _, ok := v.done[test]; !ok {
			v.done[test] = reporter.NotRun
		}
	}
	for _, name := range result.JUnit {
		file, err := os.Open(filepath.Join(v.dir, name))
		if err != nil {
			continue // the report says what is missing
		}
		var c reporter.Collector
		_ = c.Add(name, file) // likewise
		_ = file.Close()
		for _, test := range testsOfSuites(c.Evidence().Suites) {
			v.done[test.Name] = test.State
		}
	}
	v.close(func(test string) bool { _, ok := v.done[test]; return ok })
}

// close says of each ability whose tests have all ended how it ended.
func (v *live) close(ended func(string) bool) {
	open := v.open[:0]
	for _, a := range v.open {
		if !all(a.Tests, ended) {
			open = append(open, a)
			continue
		}
		v.ended++
		v.say(fmt.Sprintf("[%d/%d] %-8s %s %s (%s)", v.ended, v.all, v.worst(a.Tests), a.Category, a.ID, v.elapsed()))
	}
	v.open = open
}

func all(list []string, is func(string) bool) bool {
	for _, item := range list {
		if !is(item) {
			return false
		}
	}
	return true
}

// worst is how an ability ended, by the states of its tests.
func (v *live) worst(tests []string) reporter.State {
	has := map[reporter.State]bool{}
	for _, test := range tests {
		has[v.done[test]] = true
	}
	for _, state := range []reporter.State{reporter.Failed, reporter.Flaky, reporter.Passed, reporter.Skipped} {
		if has[state] {
			return state
		}
	}
	return reporter.NotRun
}

func (v *live) elapsed() time.Duration { return v.now().Sub(v.began).Round(time.Second) }

// say writes a line above the bar.
func (v *live) say(line string) {
	v.erase()
	fmt.Fprintln(v.w, line)
	v.draw()
}

func (v *live) erase() {
	if v.terminal {
		fmt.Fprint(v.w, "\r\x1b[K")
	}
}

func (v *live) draw() {
	if v.terminal {
		fmt.Fprint(v.w, "\r\x1b[K"+v.bar())
	}
}

// bar is one line: how many of the tests ended, how many of them failed, the time so far and the time left.
func (v *live) bar() string {
	failed := 0
	for _, state := range v.done {
		if state == reporter.Failed {
			failed++
		}
	}
	const cells = 20
	filled := 0
	if v.total > 0 {
		filled = min(cells, cells*len(v.done)/v.total)
	}
	text := fmt.Sprintf("%s%s %d/%d tests, %d failed, %s", strings.Repeat("█", filled), strings.Repeat("░", cells-filled),
		len(v.done), v.total, failed, v.elapsed())
	if n := len(v.done); n > 0 && n < v.total {
		left := v.elapsed() * time.Duration(v.total-n) / time.Duration(n)
		text += fmt.Sprintf(", about %s left", left.Round(time.Second))
	}
	if v.current != "" {
		text += "  " + safetext.Line(v.current)
	}
	if v.width > 0 {
		runes := []rune(text)
		text = string(runes[:min(len(runes), v.width-1)])
	}
	return text
}
