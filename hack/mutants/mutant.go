package main

import (
	"fmt"
	"strconv"
	"strings"
)

// mutant is one change of the code.
type mutant struct {
	id   int // of its switch, from 1
	file string
	line int
	code string // the line, without what is around it
	what string // the change
	late bool   // it is where only an error leads
}

func (m mutant) String() string { return fmt.Sprintf("%s:%d: %s", m.file, m.line, m.what) }

// result is what became of a mutant.
type result struct {
	mutant
	killer string // the test that noticed; "" if none did
	listed bool   // there is a reason why it may survive
	tests  int    // how many get there
}

// survived tells whether tests get to the mutant and do not notice it. What only an error leads to and no test reaches is
// no survivor: many an error, such as a full disk, cannot be had in a test.
func (r result) survived() bool { return r.killer == "" && !r.unprovoked() }

func (r result) unprovoked() bool { return r.tests == 0 && r.late }

func (r result) reached() string {
	if r.tests == 0 {
		return ", no test gets where it would matter"
	}
	return ""
}

// place is a file or a line of one.
type place struct {
	file string // "": everywhere
	line int    // 0: all
}

// parsePlace reads "file" or "file:line".
func parsePlace(text string) (place, error) {
	file, line, ok := strings.Cut(text, ":")
	if !ok {
		return place{file: file}, nil
	}
	n, err := strconv.Atoi(line)
	if err != nil || n < 1 {
		return place{}, fmt.Errorf("%q is no line of a file", text)
	}
	return place{file: file, line: n}, nil
}

func (p place) has(m mutant) bool {
	return p.file == "" || p.file == m.file && (p.line == 0 || p.line == m.line)
}
