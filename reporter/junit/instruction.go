package junit

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/charset"
)

const (
	endInstruction = "?>"
	startHTML      = "<!doctype html"

	// maxInstruction bounds what is looked at as one processing instruction inside of an element, so that a "<?" in a
	// text cannot hide what follows.
	maxInstruction = 4 << 10
)

// instruction consumes a processing instruction; the XML declaration is written like one.
func (r *reader) instruction() error {
	end := r.instructionEnd()
	rest := r.win.rest()
	switch {
	case end > 0 && len(r.stack) > 0 && bytes.IndexByte(rest[1:end], '<') >= 0:
		return r.noTag()
	case end > 0 && len(r.stack) == 0 && isDeclaration(rest):
		r.xmlDeclaration(rest[:end])
		return nil
	case end > 0:
		r.win.pos += end
		return nil
	case len(rest) < maxInstruction:
		return r.endIn("an instruction")
	case len(r.stack) > 0:
		return r.noTag()
	default:
		r.win.pos += len("<?")
		return r.skipPast(endInstruction, "an instruction")
	}
}

// instructionEnd returns where the instruction at hand ends, 0 if it does so nowhere near.
func (r *reader) instructionEnd() int {
	for {
		rest := r.win.rest()
		window := rest[len("<?"):min(len(rest), maxInstruction)]
		if i := bytes.Index(window, []byte(endInstruction)); i >= 0 {
			return len("<?") + i + len(endInstruction)
		}
		if len(rest) >= maxInstruction || !r.grow(2*len(rest)) {
			return 0
		}
	}
}

func isDeclaration(b []byte) bool {
	const start = "<?xml"
	return bytes.HasPrefix(b, []byte(start)) && !isName(b[len(start)])
}

// xmlDeclaration looks into an XML declaration for the charset of what follows it.
func (r *reader) xmlDeclaration(raw []byte) {
	at := r.win.offset(0)
	if at > r.begin {
		r.warn(at, "the XML declaration is not at the beginning")
	}
	if version := declared(raw, "version"); version != "" && version != "1.0" {
		r.warn(at, "XML version %s", quote([]byte(version)))
	}
	label := declared(raw, "encoding")
	encoding, name := charset.Lookup(label)
	switch {
	case label == "" || name == "utf-8":
	case r.win.codes != nil: // a byte order mark tells more than a word; or it is a second root element
	case strings.HasPrefix(name, "utf-16"): // as .NET has it, which writes to a string first
		r.warn(at, "declared to be %s, but it is not", quote([]byte(label)))
	case encoding == nil || name == "replacement": // which means one that browsers refuse to read
		r.warn(at, "unknown charset %s, read as UTF-8", quote([]byte(label)))
	default:
		r.transcode(encoding, len(raw))
		return
	}
	r.win.pos += len(raw)
}

// declared returns a pseudo attribute of an XML declaration.
func declared(raw []byte, name string) string {
	_, value, found := bytes.Cut(raw, []byte(name))
	value = bytes.TrimLeft(value, spaces)
	if !found || len(value) < 2 || value[0] != '=' {
		return ""
	}
	value = bytes.TrimLeft(value[1:], spaces)
	if len(value) == 0 || value[0] != '"' && value[0] != '\'' {
		return ""
	}
	text, _, _ := bytes.Cut(value[1:], value[:1])
	return string(text)
}

// doctype skips a document type with all it declares. Entities that it defines are never expanded.
func (r *reader) doctype() error {
	r.win.need(len(startHTML))
	rest := r.win.rest()
	if len(rest) >= len(startHTML) && strings.EqualFold(string(rest[:len(startHTML)]), startHTML) {
		return r.refuse(htmlPage)
	}
	r.warn(r.win.offset(0), "a document type; entities that it declares are not expanded")
	r.win.pos += len("<!")
	for depth := 1; depth > 0; {
		step, err := r.doctypePart()
		if err != nil {
			return err
		}
		depth += step
	}
	return nil
}

// doctypePart consumes a quoted text, a comment or a byte, and tells how that changes the depth of brackets.
func (r *reader) doctypePart() (step int, err error) {
	const markup = "a document type"
	if !r.win.need(1) {
		return 0, r.endIn(markup)
	}
	switch c := r.win.rest()[0]; c {
	case '"', '\'':
		r.win.pos++
		return 0, r.skipPast(string(c), markup)
	case '>':
		r.win.pos++
		return -1, nil
	case '<':
		if r.win.need(len(startComment)) && bytes.HasPrefix(r.win.rest(), []byte(startComment)) {
			r.win.pos += len(startComment)
			return 0, r.skipPast(endComment, markup)
		}
		r.win.pos++
		return 1, nil
	}
	r.win.pos++
	return 0, nil
}
