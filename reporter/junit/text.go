package junit

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode"
	"unicode/utf8"
)

// maxReference is the longest "&...;" that is looked at. The longest that means something has 10 bytes, leading zeros
// aside.
const maxReference = 40

// oddities are places in a text, from 1; 0 if there is none.
type oddities struct {
	control   int // a character that XML does not allow, written as it is or as a reference
	reference int // an "&" that begins no reference which XML knows: "&nbsp;", "a && b"
}

// appendText appends to dst what the character data src means: references and line ends are resolved, all else is kept
// as it is. Unless src is final, it leaves out an end that may go on in the next bytes; used is what it took.
func appendText(dst, src []byte, final bool) (text []byte, used int, odd oddities) {
	i := 0
	for {
		n := plainPrefix(src[i:])
		dst = append(dst, src[i:i+n]...)
		i += n
		if i == len(src) {
			return dst, i, odd
		}
		n, control := 1, false
		switch c := src[i]; c {
		case '\r':
			n = lineEnd(src[i:], final)
			dst = append(dst, newline[:min(n, 1)]...)
		case '&':
			var r rune
			dst, n, r = appendReference(dst, src[i:], final)
			control = r == utf8.RuneError || r >= 0 && r < ' ' && isControl(byte(r))
			if n > 0 && r == unknown && odd.reference == 0 {
				odd.reference = i + 1
			}
		default:
			dst, control = append(dst, c), true
		}
		if control && odd.control == 0 {
			odd.control = i + 1
		}
		if n == 0 {
			return dst, i, odd
		}
		i += n
	}
}

// appendCDATA appends what src means in a CDATA section, where there are no references.
func appendCDATA(dst, src []byte, final bool) (text []byte, used int, odd oddities) {
	for i, c := range src {
		switch {
		case c == '\r':
			if i+1 == len(src) && !final {
				return dst, i, odd
			}
			if i+1 == len(src) || src[i+1] != '\n' {
				dst = append(dst, '\n')
			}
			continue
		case isControl(c) && odd.control == 0:
			odd.control = i + 1
		}
		dst = append(dst, c)
	}
	return dst, len(src), odd
}

// lineEnd returns the length of the line end that b begins with, a carriage return; 0 if that is not known yet.
func lineEnd(b []byte, final bool) int {
	switch {
	case len(b) > 1 && b[1] == '\n':
		return 2
	case len(b) > 1 || final:
		return 1
	default:
		return 0
	}
}

// unknown is no character.
const unknown rune = -1

// appendReference resolves the reference that src begins with and returns its length and the character that it stands
// for. Of one that XML does not know it takes only the "&", and keeps it as written: a document type may define it,
// but one that can define what a text means can define a gigabyte. The length is 0 if src may go on.
func appendReference(dst, src []byte, final bool) (text []byte, n int, r rune) {
	window := src[:min(len(src), maxReference)]
	end := bytes.IndexByte(window, ';')
	if end < 0 && len(window) < maxReference && !final {
		return dst, 0, unknown
	}
	if end > 0 {
		if r := reference(window[1:end]); r != unknown {
			return utf8.AppendRune(dst, r), end + 1, r
		}
	}
	return append(dst, '&'), 1, unknown
}

// referenceAt returns the reference that begins at src[i], "&" if it never ends.
func referenceAt(src []byte, i int) []byte {
	window := src[i:min(len(src), i+maxReference)]
	return window[:max(bytes.IndexByte(window, ';')+1, 1)]
}

// reference returns the character that a reference stands for, by what is between "&" and ";".
func reference(name []byte) rune {
	switch string(name) {
	case "amp":
		return '&'
	case "lt":
		return '<'
	case "gt":
		return '>'
	case "quot":
		return '"'
	case "apos":
		return '\''
	}
	switch {
	case len(name) > 2 && name[0] == '#' && name[1] == 'x':
		return number(name[2:], 16)
	case len(name) > 1 && name[0] == '#':
		return number(name[1:], 10)
	default:
		return unknown
	}
}

// number returns the character of a number. What is no character, such as 0 or half a surrogate pair, is U+FFFD.
func number(digits []byte, base rune) rune {
	var r rune
	for _, c := range digits {
		d := rune(c - '0')
		if c > '9' {
			d = rune(c|0x20-'a') + 10
		}
		if d >= base || r > unicode.MaxRune {
			return unknown
		}
		r = r*base + d
	}
	switch {
	case r > unicode.MaxRune:
		return unknown
	case r == 0 || !utf8.ValidRune(r):
		return utf8.RuneError
	default:
		return r
	}
}

// isControl tells whether c is one of the characters below the space that XML does not allow.
func isControl(c byte) bool { return c < ' ' && c != '\t' && c != '\n' && c != '\r' }

// plainPrefix returns how many bytes of b mean themselves: no "&", no carriage return, no control character.
func plainPrefix(b []byte) int {
	i := 0
	for {
		i += calmPrefix(b[i:])
		if i == len(b) || b[i] != '\t' && b[i] != '\n' {
			return i
		}
		i++
	}
}

// calmPrefix is plainPrefix up to the first tab or newline. It looks at eight bytes at once: a byte below 0x20 is one
// that borrows when 0x20 is subtracted and did not have its top bit set; an "&" is one that borrows 1 when it was
// xored with "&". A borrow may spoil the bytes above it, never the first.
func calmPrefix(b []byte) int {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	i := 0
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		y := x ^ '&'*ones
		if hit := ((x-' '*ones)&^x | (y-ones)&^y) & tops; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for i < len(b) && b[i] >= ' ' && b[i] != '&' {
		i++
	}
	return i
}
