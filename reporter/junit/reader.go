package junit

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// errEnd is returned where the input gives no more, for whatever reason.
var errEnd = errors.New("end of input")

// refusal is the error of a file that cannot be understood from here on.
type refusal struct{ reason string }

func (f *refusal) Error() string { return f.reason }

func (r *reader) refuse(format string, args ...any) error {
	return &refusal{fmt.Sprintf(format, args...)}
}

// reader is what is known at one place of a file.
type reader struct {
	opt  Options
	emit func(*Row) error
	win  *window

	begin     int64   // offset of the first character
	stack     []frame // open elements
	names     []byte  // of the open elements, end to end
	path      []byte  // names of the open suites, joined by "."
	suite     int     // place of the innermost open one in file.Suites; -1 for none
	roots     int     // root elements seen
	suiteText int     // bytes of what is kept of the suites
	inside    string  // the kind of markup that the file ended in, "" if it was none

	tag     tag    // the start tag at hand
	scratch []byte // for text at hand
	noted   noted
	test    testCase
	props   properties

	row      Row
	file     File
	warnings warnings
}

func newReader(src io.Reader, opt Options, row func(*Row) error) *reader {
	r := &reader{opt: opt, emit: row, win: newWindow(src), suite: -1}
	for _, m := range []*message{&r.test.message, &r.test.reason, &r.props.text} {
		m.max = opt.MaxMessage
	}
	return r
}

// run reads text and markup in turn until one of them says that this is the end.
func (r *reader) run() error {
	for {
		if err := r.text(); err != nil {
			return err
		}
		if err := r.markup(); err != nil {
			return err
		}
	}
}

// text consumes what is before the next "<".
func (r *reader) text() error {
	if len(r.stack) == 0 {
		return r.outside()
	}
	if m := r.sink(); m != nil {
		return r.collect(m)
	}
	if !r.win.toMarkup() {
		return errEnd
	}
	return nil
}

// outside consumes text before, between and after root elements, where only white space belongs.
func (r *reader) outside() error {
	warned := false
	for {
		rest := r.win.rest()
		n := skipSpace(rest, 0)
		r.win.pos += n
		switch {
		case n == len(rest):
			if !r.win.more() {
				return errEnd
			}
		case rest[n] == '<':
			return nil
		default:
			if !warned {
				r.win.need(maxQuote + 1)
				text, _, _ := bytes.Cut(r.win.rest(), []byte("<"))
				if r.roots == 0 && isBinary(text) {
					return r.refuse("no JUnit file, but binary data: %s", quote(text))
				}
				r.warn(r.win.offset(0), "text outside of the root element: %s", quote(text))
				warned = true
			}
			if !r.win.skipTo('<') {
				return errEnd
			}
		}
	}
}

// isBinary tells whether the beginning of a file is that of an archive or another thing that is no text: what looks like
// elements somewhere in it are not its own.
func isBinary(text []byte) bool {
	head := text[:min(len(text), maxQuote)]
	return bytes.IndexByte(head, 0) >= 0 || plausible(head) < len(head)
}

// plausible returns how many bytes of text are UTF-8, a rune that is cut off at its end included.
func plausible(text []byte) int {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 && utf8.FullRune(text[i:]) {
			return i
		}
		i += size
	}
	return len(text)
}

// collect keeps the text before the next "<".
func (r *reader) collect(m *message) error {
	for {
		src := r.win.rest()
		i := bytes.IndexByte(src, '<')
		final := i >= 0 || r.win.err != nil
		if i >= 0 {
			src = src[:i]
		}
		text, used, odd := appendText(r.scratch[:0], src, final)
		r.scratch = text
		r.note(src, odd)
		m.write(text)
		r.win.pos += used
		switch {
		case i >= 0:
			return nil
		case final:
			return errEnd
		}
		r.win.more()
	}
}

// collectCDATA keeps the text before the next "]]>", and consumes that too.
func (r *reader) collectCDATA(m *message) error {
	for {
		src := r.win.rest()
		i := bytes.Index(src, []byte(endCDATA))
		final := i >= 0 || r.win.err != nil
		switch {
		case i >= 0:
			src = src[:i]
		case !final:
			src = src[:max(0, len(src)-len(endCDATA)+1)] // the end may have begun
		}
		text, used, odd := appendCDATA(r.scratch[:0], src, final)
		r.scratch = text
		r.note(src, odd)
		m.write(text)
		r.win.pos += used
		switch {
		case i >= 0:
			r.win.pos += len(endCDATA)
			return nil
		case final:
			return r.endIn("a CDATA section")
		}
		r.win.more()
	}
}

// noted tells which kinds of oddities were told of the element at hand: one of each is enough.
type noted struct{ control, reference bool }

// note warns of oddities in the text that is about to be consumed, in their order.
func (r *reader) note(src []byte, odd oddities) {
	if odd.control > odd.reference {
		r.noteReference(src, odd)
		r.noteControl(odd)
	} else {
		r.noteControl(odd)
		r.noteReference(src, odd)
	}
}

func (r *reader) noteControl(odd oddities) {
	if odd.control > 0 && !r.noted.control {
		r.noted.control = true
		r.warn(r.win.offset(odd.control-1), "a character that XML does not allow")
	}
}

func (r *reader) noteReference(src []byte, odd oddities) {
	if odd.reference > 0 && !r.noted.reference {
		r.noted.reference = true
		r.warn(r.win.offset(odd.reference-1), unknownReference, quote(referenceAt(src, odd.reference-1)))
	}
}

const unknownReference = "no reference that XML knows: %s, kept as written"

// endIn says that the input ended in the middle of some markup.
func (r *reader) endIn(markup string) error {
	r.inside = markup
	return errEnd
}

// incomplete notes why and where reading stopped.
func (r *reader) incomplete(reason string) {
	r.file.Incomplete = reason
	r.file.IncompleteLine = r.win.locate(r.win.offset(0)).line
}

// end is reached where there is nothing more to read: well, or too early.
func (r *reader) end() error {
	where := ""
	if r.inside != "" {
		where = " in " + r.inside
	}
	if len(r.stack) > 0 {
		where += " inside of " + element(r.topName())
	}
	switch {
	case where != "" || !errors.Is(r.win.err, io.EOF):
		r.incomplete(inWords(r.win.err) + where)
	case r.win.base == 0 && r.win.end == 0:
		r.incomplete("the file is empty")
	case r.roots == 0:
		r.incomplete("no JUnit file: there is no element in it")
	}
	return r.salvage()
}

// salvage delivers the test case that the end of a file cut off, if it is known to have failed.
func (r *reader) salvage() error {
	if !r.test.open || !r.test.failed {
		return nil
	}
	r.test.tag.raw = r.win.held()
	return r.deliver(Failed)
}
