package junit

import (
	"bytes"
	"io"
)

const (
	windowSize = 64 << 10 // stays in a processor's second-level cache
	minRead    = 512      // room for a read; a decoder of charsets cannot do with less than a rune
	newline    = "\n"
)

// window is the part of the text that is in memory. It slides forward and grows only for a tag that does not fit.
type window struct {
	src  io.Reader
	buf  []byte
	pos  int               // of the next byte to be looked at; what lies before may be dropped
	end  int               // of the bytes in buf
	base int64             // offset of buf[0] in the text
	err  error             // why src gives no more; io.EOF at its end
	told func(n int) error // how many bytes came; an error is that of src; nil: nobody is told

	next int // of a "<" that was found on the way; nothing is known if it is not behind pos

	known place // a line that was counted, so that the next one is counted from there
	mark  mark
	codes *transcoder // translates offsets, if the file is in another charset; nil otherwise
}

// mark is a stretch of the text, a start tag, that can be looked at after the window has left it behind.
type mark struct {
	place
	size  int
	gone  bool // saved holds it, and place was counted
	saved []byte
}

// place is a position in the text.
type place struct {
	offset int64 // in the text
	line   int   // from 1
	source int64 // in the file, which differs in other charsets
}

func newWindow(src io.Reader) *window {
	return &window{src: src, buf: make([]byte, windowSize), known: place{line: 1}}
}

// rest returns what is in memory and not yet consumed. It is valid until more or need is called.
func (w *window) rest() []byte { return w.buf[w.pos:w.end] }

// offset returns the place in the text of the i-th byte of rest.
func (w *window) offset(i int) int64 { return w.base + int64(w.pos+i) }

// more reads on and tells whether there was anything. The index of rest stays what it was.
func (w *window) more() bool {
	if w.err != nil {
		return false
	}
	w.makeRoom()
	n := 0
	for n == 0 && w.err == nil {
		n, w.err = w.src.Read(w.buf[w.end:])
		w.end += n
	}
	if w.told != nil && n > 0 {
		if err := w.told(n); err != nil {
			w.err = err
		}
	}
	return n > 0
}

// need reads on until rest holds n bytes, and tells whether it does.
func (w *window) need(n int) bool {
	for w.end-w.pos < n {
		if !w.more() {
			return false
		}
	}
	return true
}

// makeRoom drops what was consumed if the buffer is full, and doubles the buffer if that did not help.
func (w *window) makeRoom() {
	if w.pos < w.end && len(w.buf)-w.end >= minRead {
		return
	}
	w.forget()
	w.end = copy(w.buf, w.buf[w.pos:w.end])
	w.base += int64(w.pos)
	w.pos, w.next = 0, 0
	if len(w.buf)-w.end < minRead {
		w.buf = append(w.buf, make([]byte, len(w.buf))...)
	}
}

// forget counts what can only be counted as long as it is in memory.
func (w *window) forget() {
	next := w.offset(0)
	if !w.mark.gone && w.mark.offset < next {
		w.mark.saved = append(w.mark.saved[:0], w.held()...)
		w.mark.place = w.locate(w.mark.offset)
		w.mark.gone = true
	}
	w.known = w.locate(next)
	if w.codes != nil {
		w.codes.forget(next)
	}
}

// hold marks the first bytes of rest.
func (w *window) hold(size int) {
	w.mark.offset, w.mark.size, w.mark.gone = w.offset(0), size, false
}

// held returns what was marked last.
func (w *window) held() []byte {
	if w.mark.gone {
		return w.mark.saved
	}
	return w.buf[w.mark.offset-w.base:][:w.mark.size]
}

// locate returns the place of an offset that is in memory, or is the mark. Lines are counted only here, from the last
// place that was asked for, forward or backward: most of a file is never counted line by line.
func (w *window) locate(offset int64) place {
	if w.mark.gone && offset == w.mark.offset {
		return w.mark.place
	}
	p := place{offset: offset, source: offset}
	from, to := int(w.known.offset-w.base), int(offset-w.base)
	if from <= to {
		p.line = w.known.line + bytes.Count(w.buf[from:to], []byte(newline))
	} else {
		p.line = w.known.line - bytes.Count(w.buf[to:from], []byte(newline))
	}
	w.known = p
	if w.codes != nil {
		p.source = w.codes.source(offset)
	}
	return p
}

// toMarkup consumes the text before the next "<" and tells whether there is one.
func (w *window) toMarkup() bool {
	if w.next > w.pos {
		w.pos = w.next
		return true
	}
	return w.skipTo('<')
}

// bracketIn tells whether there is a "<" in the first size bytes of rest but the first one. The one that it finds is
// remembered for toMarkup, since mostly it is the next tag.
func (w *window) bracketIn(size int) bool {
	i := bytes.IndexByte(w.buf[w.pos+1:w.end], '<')
	if i < 0 {
		return false
	}
	w.next = w.pos + 1 + i
	return i+1 < size
}

// skipTo consumes the text before the next c and tells whether there is one.
func (w *window) skipTo(c byte) bool {
	for {
		if i := bytes.IndexByte(w.buf[w.pos:w.end], c); i >= 0 {
			w.pos += i
			return true
		}
		w.pos = w.end
		if !w.more() {
			return false
		}
	}
}

// skipPast consumes the text up to and with the next terminator and tells whether there is one.
func (w *window) skipPast(terminator string) bool {
	for {
		rest := w.rest()
		if i := bytes.Index(rest, []byte(terminator)); i >= 0 {
			w.pos += i + len(terminator)
			return true
		}
		w.pos += max(0, len(rest)-len(terminator)+1) // the terminator may have begun
		if !w.more() {
			w.pos = w.end
			return false
		}
	}
}

// detach gives away what was not consumed, with all that follows, to somebody who reads it before the window does.
func (w *window) detach() io.Reader {
	w.forget()
	rest := bytes.Clone(w.rest())
	w.base += int64(w.pos)
	w.pos, w.next, w.end = 0, 0, 0
	if w.err != nil {
		return io.MultiReader(bytes.NewReader(rest), failing{w.err})
	}
	return io.MultiReader(bytes.NewReader(rest), w.src)
}

// attach lets the window go on with what src gives.
func (w *window) attach(src io.Reader) { w.src, w.err = src, nil }

// failing is a reader that was already found to fail.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
