package main

import (
	"fmt"
	"slices"
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
	file string
	line int // 0: all
}

// places are some of them.
type places []place

// parsePlaces reads "file" or "file:line", or several behind commas.
func parsePlaces(text string) (places, error) {
	var all places
	for at := range strings.SplitSeq(text, ",") {
		file, line, ok := strings.Cut(at, ":")
		n, err := strconv.Atoi(line)
		if ok && (err != nil || n < 1) {
			return nil, fmt.Errorf("%q is no line of a file", at)
		}
		if file != "" {
			all = append(all, place{file: file, line: n})
		}
	}
	return all, nil
}

// has tells whether a mutant is at one of the places, or there are none.
func (all places) has(m mutant) bool {
	return len(all) == 0 || slices.ContainsFunc(all, func(p place) bool { return p.file == m.file && (p.line == 0 || p.line == m.line) })
}
