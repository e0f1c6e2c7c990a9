package runner

import (
	"bytes"
	"strings"
)

// lineReader takes output in any portions and hands on its lines, of each no more than maxLine.
type lineReader struct {
	read func(line string)
	line []byte // the line so far, at most maxLine bytes of it
}

// maxLine is how much of a line is kept: more than any name. Ginkgo writes a letter for each unselected test into one.
const maxLine = 8 << 10

// Write never fails: what nobody understands says nothing.
func (l *lineReader) Write(output []byte) (int, error) {
	for rest := output; len(rest) > 0; {
		part, after, whole := bytes.Cut(rest, []byte("\n"))
		l.line = append(l.line, part[:min(len(part), max(0, maxLine-len(l.line)))]...)
		if !whole {
			break
		}
		l.read(strings.TrimSuffix(string(l.line), "\r"))
		l.line, rest = l.line[:0], after
	}
	return len(output), nil
}
