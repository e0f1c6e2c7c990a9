package junit

import "bytes"

const (
	maxAttribute = 1 << 20 // bytes; more is no name and no message that anybody will read
	maxTag       = 2 << 20
	maxName      = 1 << 10
)

// attribute is one that a JUnit file may have and we look at.
type attribute uint8

const (
	attrName attribute = iota
	attrClass
	attrStatus
	attrTime
	attrMessage
	attrTimestamp
	attrValue
	numAttributes
)

// span is a part of a tag; to is 0 if there is none.
type span struct{ from, to int32 }

// tag is a start tag, taken apart. Its numbers count from its "<".
type tag struct {
	raw      []byte              // from its "<" to its ">"
	at       int64               // offset of its "<" in the text
	attrs    [numAttributes]span // values, without the quotes, as written
	nameEnd  int
	size     int  // or the place of what is wrong
	closed   bool // <a/>
	repeated bool // an attribute is there twice
}

// verdict is how far taking a tag apart came.
type verdict uint8

const (
	whole         verdict = iota
	short                 // the tag goes on behind the bytes that are there
	malformed             // this is no tag
	longAttribute         // than we are willing to keep
	longTag
)

// parse takes apart the start tag that b begins with. It depends on nothing but these bytes, so that after short the
// caller can try again with more.
func (t *tag) parse(b []byte) verdict {
	*t = tag{}
	window := b[:min(len(b), maxTag)]
	v := t.parts(window)
	if v == short && len(window) == maxTag {
		return longTag
	}
	return v
}

func (t *tag) parts(b []byte) verdict {
	i := nameEnd(b, 1)
	t.nameEnd = i
	for {
		i = skipSpace(b, i)
		if i == len(b) {
			return short
		}
		switch b[i] {
		case '>':
			t.size, t.raw = i+1, b[:i+1]
			return whole
		case '/':
			return t.selfClose(b, i)
		}
		var v verdict
		if i, v = t.attribute(b, i); v != whole {
			t.size = i
			return v
		}
	}
}

func (t *tag) selfClose(b []byte, i int) verdict {
	t.size, t.closed = i+2, true
	switch {
	case i+1 == len(b):
		return short
	case b[i+1] == '>':
		t.raw = b[:t.size]
		return whole
	default:
		return malformed
	}
}

// attribute reads name="value" from i on and returns where it ends, or where it is wrong.
func (t *tag) attribute(b []byte, i int) (int, verdict) {
	from := i
	to := nameEnd(b, i)
	i = skipSpace(b, to)
	if i == len(b) {
		return i, short
	}
	if b[i] != '=' || from == to {
		return i, malformed
	}
	i = skipSpace(b, i+1)
	if i == len(b) {
		return i, short
	}
	quote := b[i]
	if quote != '"' && quote != '\'' {
		return i, malformed
	}
	i++
	window := b[i:min(len(b), i+maxAttribute+1)]
	n := bytes.IndexByte(window, quote)
	switch {
	case n >= 0:
		t.set(b[from:to], span{int32(i), int32(i + n)})
		return i + n + 1, whole
	case len(window) > maxAttribute:
		return i, longAttribute
	default:
		return i, short
	}
}

func (t *tag) set(name []byte, value span) {
	a := attributeOf(name)
	if a == numAttributes {
		return
	}
	if t.attrs[a].to != 0 {
		t.repeated = true
	}
	t.attrs[a] = value
}

// attributeOf knows attributes by their names, with a prefix or without.
func attributeOf(name []byte) attribute {
	a := attributeOfLocal(name)
	if a == numAttributes {
		if prefix, local, found := bytes.Cut(name, []byte(":")); found && string(prefix) != "xmlns" {
			return attributeOfLocal(local)
		}
	}
	return a
}

func attributeOfLocal(name []byte) attribute {
	switch string(name) {
	case "name":
		return attrName
	case "classname":
		return attrClass
	case "status":
		return attrStatus
	case "time":
		return attrTime
	case "message":
		return attrMessage
	case "timestamp":
		return attrTimestamp
	case "value":
		return attrValue
	default:
		return numAttributes
	}
}

// has tells whether the tag has the attribute; it may be empty.
func (t *tag) has(a attribute) bool { return t.attrs[a].to != 0 }

// value returns an attribute as it is written, "" if the tag has none.
func (t *tag) value(a attribute) []byte { return t.raw[t.attrs[a].from:t.attrs[a].to] }

func (t *tag) name() []byte { return t.raw[1:t.nameEnd] }

// endTag takes apart the end tag that b begins with: it returns where the name ends and where the tag does.
func endTag(b []byte) (name, size int, v verdict) {
	window := b[:min(len(b), maxTag)]
	name = nameEnd(window, len("</"))
	size = skipSpace(window, name)
	switch {
	case size == len(window) && len(window) == maxTag:
		return name, size, longTag
	case size == len(window):
		return name, size, short
	case window[size] != '>' || name == len("</"):
		return name, size, malformed
	default:
		return name, size + 1, whole
	}
}

func nameEnd(b []byte, i int) int {
	for i < len(b) && isName(b[i]) {
		i++
	}
	return i
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// isName tells whether c may be in a name. What it may begin with is not checked: "<1>" is a tag here.
func isName(c byte) bool {
	return c|0x20-'a' < 26 || c-'0' < 10 || c == '-' || c == '_' || c == ':' || c == '.' || c >= 0x80
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }
