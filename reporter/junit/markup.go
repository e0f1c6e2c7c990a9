package junit

import (
	"bytes"
	"strings"
)

const (
	startComment = "<!--"
	endComment   = "-->"
	startCDATA   = "<![CDATA["
	endCDATA     = "]]>"
)

// markup consumes what begins with the "<" at hand.
func (r *reader) markup() error {
	if !r.win.need(len("</")) {
		return r.endIn("a tag")
	}
	switch c := r.win.rest()[1]; {
	case c == '/':
		return r.endTag()
	case c == '!':
		return r.declaration()
	case c == '?':
		return r.instruction()
	case c == 's' && r.unselected():
		return nil
	case isName(c):
		return r.startTag()
	default:
		return r.noTag()
	}
}

// unselected consumes a skipped element that says nothing, if that is what is at hand. More than nine of ten test
// cases of a Kubernetes run hold exactly this and nothing else; to take it apart would be half of all the work.
func (r *reader) unselected() bool {
	n := len(r.stack)
	if n == 0 || n == maxDepth || r.stack[n-1].kind != testcase {
		return false
	}
	for _, whole := range []string{`<skipped message="skipped"></skipped>`, `<skipped></skipped>`} {
		if rest := r.win.rest(); len(rest) >= len(whole) && string(rest[:len(whole)]) == whole {
			r.test.skipped = true
			r.win.pos += len(whole)
			return true
		}
	}
	return false
}

// startTag takes apart the tag at hand. A tag that does not fit into the window is tried again with twice the bytes,
// so that all tries together cost no more than two.
func (r *reader) startTag() error {
	for {
		rest := r.win.rest()
		switch r.tag.parse(rest) {
		case whole:
			r.tag.at = r.win.offset(0)
			return r.wholeTag()
		case malformed:
			return r.noTag()
		case longAttribute:
			return r.refuse("an attribute of %s is longer than %d bytes", element(rest[1:r.tag.nameEnd]), maxAttribute)
		case longTag:
			return r.refuse("the tag %s is longer than %d bytes", element(rest[1:r.tag.nameEnd]), maxTag)
		}
		if !r.grow(2 * len(rest)) {
			return r.endIn("a tag")
		}
	}
}

// grow reads on until there are n bytes, and tells whether there are more than before.
func (r *reader) grow(n int) bool {
	had := len(r.win.rest())
	return r.win.need(n) || len(r.win.rest()) > had
}

// wholeTag looks for the sign of a quote that is missing: then one attribute reaches to the next quote, over the tags
// between them, which must not get lost.
func (r *reader) wholeTag() error {
	if !r.win.bracketIn(r.tag.size) {
		return r.open()
	}
	raw := r.tag.raw
	switch {
	case bytes.Contains(raw[1:], []byte("<testcase")) || bytes.Contains(raw, []byte("</testcase")):
		return r.refuse("malformed: a quote is missing in %s", element(r.tag.name()))
	case r.inText() && kindOf(r.tag.name()) == other:
		return r.noTag()
	}
	r.warn(r.tag.at, "an attribute of %s has a \"<\" in it", element(r.tag.name()))
	return r.open()
}

// noTag takes the "<" at hand as text, where there is text.
func (r *reader) noTag() error {
	r.win.need(maxQuote)
	rest := r.win.rest()
	if !r.inText() {
		return r.refuse("malformed: no tag: %s", quote(rest[:min(len(rest), maxQuote)]))
	}
	r.warn(r.win.offset(0), "a \"<\" that begins no tag, taken as text")
	if m := r.sink(); m != nil {
		m.write([]byte("<"))
	}
	r.win.pos++
	return nil
}

// endTag closes the innermost element, which is all that well-formed files ask for.
func (r *reader) endTag() error {
	if len(r.stack) > 0 {
		rest, name := r.win.rest(), r.topName()
		size := len("</") + len(name)
		if len(rest) > size && rest[size] == '>' && bytes.Equal(rest[len("</"):size], name) {
			r.win.pos += size + 1
			return r.leave()
		}
	}
	for {
		rest := r.win.rest()
		name, size, v := endTag(rest)
		switch v {
		case whole:
			return r.close(rest[len("</"):name], size)
		case malformed, longTag:
			return r.noTag()
		}
		if !r.grow(2 * len(rest)) {
			return r.endIn("a tag")
		}
	}
}

// close closes the element of an end tag. In text, tags that a producer forgot to escape may be open, such as "<nil>",
// or be closed that were never opened.
func (r *reader) close(name []byte, size int) error {
	n := r.opened(name)
	switch {
	case n == 0 && r.inText() && kindOf(name) == other:
		r.warn(r.win.offset(0), "the end of %s, which was not open, ignored", element(name))
	case n == 0 && len(r.stack) == 0:
		return r.refuse("malformed: the end of %s, which was not open", element(name))
	case n == 0:
		return r.refuse("malformed: the end of %s, but %s is open", element(name), element(r.topName()))
	case n > 1:
		r.warn(r.win.offset(0), "%s inside of %s is never closed", element(r.topName()), element(name))
	}
	r.win.pos += size
	for range n {
		if err := r.leave(); err != nil {
			return err
		}
	}
	return nil
}

// opened returns how many elements end with the innermost one of that name: 1, or more if those in between are tags in
// a text. It is 0 if there is none of that name, or something else is open in it.
func (r *reader) opened(name []byte) int {
	end := len(r.names)
	for i := len(r.stack) - 1; i >= 0; i-- {
		f := r.stack[i]
		n := len(r.stack) - i
		if bytes.Equal(r.names[f.name:end], name) {
			if n > 1 && f.into == nowhere && f.kind != output {
				return 0
			}
			return n
		}
		if f.kind != other {
			return 0
		}
		end = f.name
	}
	return 0
}

// declaration consumes what begins with "<!".
func (r *reader) declaration() error {
	r.win.need(len(startCDATA))
	rest := r.win.rest()
	switch {
	case bytes.HasPrefix(rest, []byte(startComment)):
		r.win.pos += len(startComment)
		return r.skipPast(endComment, "a comment")
	case bytes.HasPrefix(rest, []byte(startCDATA)):
		r.win.pos += len(startCDATA)
		return r.cdata()
	case strings.HasPrefix(startComment, string(rest)) || strings.HasPrefix(startCDATA, string(rest)):
		return r.endIn("a tag")
	case len(r.stack) > 0:
		return r.noTag()
	default:
		return r.doctype()
	}
}

func (r *reader) skipPast(terminator, markup string) error {
	if !r.win.skipPast(terminator) {
		return r.endIn(markup)
	}
	return nil
}

func (r *reader) cdata() error {
	if len(r.stack) > 0 {
		if m := r.sink(); m != nil {
			return r.collectCDATA(m)
		}
	}
	return r.skipPast(endCDATA, "a CDATA section")
}
