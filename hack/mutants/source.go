package main

import (
	"cmp"
	"go/ast"
	"slices"
	"strings"
)

// source is a file, with the switches that are to be written into it.
type source struct {
	path  string // in the copy
	name  string // below the module, with slashes
	text  string
	lines []string
	file  *ast.File
	wraps []wrap
}

// wrap puts text around a part of a file: all switches are of this form, so that they can be nested. It adds no line.
type wrap struct {
	start, end    int // offsets
	before, after string
	ids           []int // the mutants that it switches
	dropped       bool  // it does not type-check
}

// part is one piece of text to put into a file.
type part struct {
	at   int
	wrap int // index; a later one of the same span is inside
	open bool
}

// render returns the text of the file with its switches, and where in it each of them begins and ends.
func (s *source) render() (string, map[int][2]int) {
	var parts []part
	for i, w := range s.wraps {
		if !w.dropped {
			parts = append(parts, part{w.start, i, true}, part{w.end, i, false})
		}
	}
	slices.SortFunc(parts, s.order)
	var b strings.Builder
	at, spans := 0, map[int][2]int{}
	for _, p := range parts {
		b.WriteString(s.text[at:p.at])
		at = p.at
		if p.open {
			spans[p.wrap] = [2]int{b.Len(), b.Len()}
			b.WriteString(s.wraps[p.wrap].before)
		} else {
			b.WriteString(s.wraps[p.wrap].after)
			spans[p.wrap] = [2]int{spans[p.wrap][0], b.Len()}
		}
	}
	b.WriteString(s.text[at:])
	return b.String(), spans
}

// order sorts what goes to one place: first what ends there, the inner before the outer, then what begins, the other way.
func (s *source) order(a, b part) int {
	span := func(p part) int { return s.wraps[p.wrap].end - s.wraps[p.wrap].start }
	switch {
	case a.at != b.at:
		return cmp.Compare(a.at, b.at)
	case a.open != b.open && a.open:
		return 1
	case a.open != b.open:
		return -1
	case a.open:
		return cmp.Or(cmp.Compare(span(b), span(a)), cmp.Compare(a.wrap, b.wrap))
	}
	return cmp.Or(cmp.Compare(span(a), span(b)), cmp.Compare(b.wrap, a.wrap))
}

// drop drops the innermost switch around an offset of the rendered text, and tells whether there was one.
func (s *source) drop(offset int, spans map[int][2]int) bool {
	inner := -1
	for i, span := range spans {
		if span[0] <= offset && offset <= span[1] && (inner < 0 || spans[inner][1]-spans[inner][0] > span[1]-span[0]) {
			inner = i
		}
	}
	if inner >= 0 {
		s.wraps[inner].dropped = true
	}
	return inner >= 0
}
