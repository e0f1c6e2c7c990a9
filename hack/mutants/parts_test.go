package main

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestRender holds how switches are nested: the longer around the shorter, and of one span the first around the second.
func TestRender(t *testing.T) {
	t.Parallel()
	s := &source{text: "a b c", wraps: []wrap{
		{start: 0, end: 1, before: "<1", after: "1>"},
		{start: 0, end: 5, before: "<2", after: "2>"},
		{start: 2, end: 3, before: "<3", after: "3>"},
		{start: 2, end: 3, before: "<4", after: "4>"},
		{start: 2, end: 5, before: "<5", after: "5>"},
		{start: 1, end: 2, before: "<6", after: "6>"},
		{start: 0, end: 5, before: "<7", after: "7>", dropped: true},
	}}
	text, spans := s.render()
	if want := "<2<1a1><6 6><5<3<4b4>3> c5>2>"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	for i, want := range map[int]string{0: "<1a1>", 1: text, 3: "<4b4>", 4: "<5<3<4b4>3> c5>"} {
		if got := text[spans[i][0]:spans[i][1]]; got != want {
			t.Errorf("wrap %d: %q, want %q", i, got, want)
		}
	}
	if at := strings.Index(text, "b"); !s.drop(at, spans) || !s.wraps[3].dropped || s.wraps[2].dropped {
		t.Error("not the innermost switch was dropped")
	}
	if text, _ := s.render(); text != "<2<1a1><6 6><5<3b3> c5>2>" {
		t.Errorf("without the dropped one: %q", text)
	}
	if s.drop(1000, spans) {
		t.Error("dropped a switch where there is none")
	}
}

// TestBatches holds that quick tests run together and slow ones alone, with time enough.
func TestBatches(t *testing.T) {
	t.Parallel()
	var tests []test
	for _, ms := range []time.Duration{10, 400, 500, 600, 3000, 4000} {
		tests = append(tests, test{name: ms.String(), took: ms * time.Millisecond})
	}
	var sizes []int
	list := batches(tests)
	for _, b := range list {
		sizes = append(sizes, len(b))
	}
	if !slices.Equal(sizes, []int{3, 1, 1, 1}) {
		t.Errorf("batches of %v", sizes)
	}
	if got := list[0].takes(10); got != 9100*time.Millisecond {
		t.Errorf("ten times: %s", got)
	}
	if batches(nil) != nil {
		t.Error("a batch of nothing")
	}
	b := batch{{name: "TestA"}, {name: "TestB/x.y"}}
	if got, want := b.pattern(), `^TestA$|^TestB$/^x\.y$`; got != want {
		t.Errorf("pattern %q, want %q", got, want)
	}
}

// TestFailed holds which test is said to have noticed.
func TestFailed(t *testing.T) {
	t.Parallel()
	for output, want := range map[string]string{
		"--- FAIL: TestA (0.00s)\n    --- FAIL: TestA/one (0.00s)\nFAIL\n": "TestA/one",
		"--- FAIL: TestA (0.00s)\npanic: no luck [recovered]\n":            "TestA",
		"panic: test timed out after 5s\n\trunning tests:\n":               "",
		"panic: test timed out after 5s\nrunning tests:\n\tTestB/x (5s)\n": "TestB/x, which did not end",
		"fatal error: all goroutines are asleep - deadlock!\n":             "",
	} {
		if got := (outcome{output: output}).failed(); got != want {
			t.Errorf("%q: %q, want %q", output, got, want)
		}
	}
}

// TestEntries holds the form of the table: what it is written as is read again.
func TestEntries(t *testing.T) {
	t.Parallel()
	m := mutant{file: "a/b.go", line: 7, code: "if a || b {", what: "`a || b` is true"}
	written := strings.Replace(row(m), " | |", " | since | it is so |", 1)
	if _, err := parseAccepted("doc.md", header+"\n"+written); err == nil || !strings.Contains(err.Error(), "doc.md:2: want a file") {
		t.Errorf("five cells: %v", err)
	}
	written = strings.Replace(row(m), " | |", " | since it is so |", 1)
	a, err := parseAccepted("doc.md", "| File | Line |\n| x | y |\n\ntext\n"+header+"\n| --- | --- | --- | --- |\n"+written+"\n\n| other | table | of | four |\n")
	if err != nil || len(a.entries) != 1 || a.entries[0].reason != "since it is so" || a.entries[0].line != 7 {
		t.Fatalf("%+v, %v", a, err)
	}
	for _, other := range []mutant{{file: "a/c.go", code: m.code, what: m.what}, {file: m.file, code: "if a {", what: m.what}, {file: m.file, code: m.code, what: "x"}} {
		if a.take(other) {
			t.Errorf("%v is accepted", other)
		}
	}
	if !a.take(m) || a.take(m) {
		t.Error("one row is not for one survivor")
	}
}

// TestQueue holds that results are told in their order.
func TestQueue(t *testing.T) {
	t.Parallel()
	var told []string
	q := queue{tell: func(r *result) { told = append(told, r.killer) }, results: make([]result, 3), known: make([]bool, 3)}
	for _, i := range []int{1, 0, 2} {
		q.put(i, result{killer: string(rune('a' + i))})
		if i == 1 && told != nil {
			t.Error("told too early")
		}
	}
	if !slices.Equal(told, []string{"a", "b", "c"}) {
		t.Errorf("told %q", told)
	}
}

// TestPlaces holds which mutants places have.
func TestPlaces(t *testing.T) {
	t.Parallel()
	m := mutant{file: "a.go", line: 7}
	for text, want := range map[string]bool{"": true, "a.go": true, "a.go:7": true, "a.go:8": false, "b.go": false, "b.go:7": false, "b.go,a.go:7": true, "a.go:6,a.go:8": false} {
		p, err := parsePlaces(text)
		if err != nil || p.has(m) != want {
			t.Errorf("%q: %t, %v", text, p.has(m), err)
		}
	}
	for _, text := range []string{"a.go:", "a.go:0", "a.go:-1", "a.go:x", "a.go,a.go:x"} {
		if _, err := parsePlaces(text); err == nil {
			t.Errorf("%q: no error", text)
		}
	}
}

// TestApart holds that what is kept apart cannot reach this very process, nor sees it, and that its children end with it.
func TestApart(t *testing.T) {
	t.Parallel()
	var m module
	if err := m.keepApart(false); err != nil {
		t.Skip(err) // such as for want of permission
	}
	out, err := shell(false, `echo $$; kill -0 "$0" || echo no such process; ls -d "/proc/$0" || echo not seen; sleep 600 &`, strconv.Itoa(os.Getpid())).Output()
	if want := "1\nno such process\nnot seen\n"; err != nil || string(out) != want {
		t.Errorf("%q, %v", out, err)
	}
}

// TestNotExecuted holds that a program which could not be executed is no test that failed: nothing noticed anything.
func TestNotExecuted(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux refuses to execute what is open for writing")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "tests")
	if err := copyFile("/bin/true", path); err != nil {
		t.Fatal(err)
	}
	p := &program{path: path, dir: dir, near: true}
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if o, err := p.run(t.Context(), time.Minute); err == nil || !strings.Contains(err.Error(), "could not be executed") {
		t.Errorf("open for writing: %+v, %v", o, err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if o, err := p.run(t.Context(), time.Minute); err != nil || !o.passed {
		t.Errorf("closed: %+v, %v", o, err)
	}
}
