package safetext

import (
	"strings"
	"unicode/utf8"
)

// withoutEscapes returns text without the sequences that steer a terminal (ECMA-48): colours, movements of the cursor, titles and
// links of a window, each as a whole, in its form of seven bits and of eight. Only the lines of a link's or title's own
// text are looked at for its end: one that does not end there loses no more than its beginning. It changes nothing else.
//
// A sequence may have lost its first character: what writes XML puts U+FFFD for one that XML forbids.
func withoutEscapes(text string) string {
	var b strings.Builder
	kept := 0
	for i := 0; i < len(text); {
		n := escape(text[i:])
		if n == 0 {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		b.WriteString(text[kept:i])
		i += n
		kept = i
	}
	if kept == 0 {
		return text
	}
	b.WriteString(text[kept:])
	return b.String()
}

// escape returns the length of the sequence that text begins with, 0 if it begins with none.
func escape(text string) int {
	switch {
	case text[0] == 0x1b:
		return sevenBits(text)
	case strings.HasPrefix(text, "\ufffd["):
		return afterLost(text)
	}
	c, size := rune(text[0]), 1
	if c >= utf8.RuneSelf {
		if r, n := utf8.DecodeRuneInString(text); r != utf8.RuneError || n > 1 {
			c, size = r, n
		}
	}
	if c < 0x80 || c > 0x9f {
		return 0
	}
	return size + introduced(byte(c-0x40), text[size:])
}

// sevenBits is the length of a sequence that begins with ESC.
func sevenBits(text string) int {
	n := 1
	for n < len(text) && text[n] >= 0x20 && text[n] <= 0x2f {
		n++
	}
	if n == len(text) || text[n] < 0x30 || text[n] > 0x7e {
		return n
	}
	if n > 1 {
		return n + 1
	}
	return 2 + introduced(text[1], text[2:])
}

// introduced is the length of what follows a control function of the set C1, named by the character that stands for it
// behind ESC.
func introduced(c byte, rest string) int {
	switch c {
	case '[':
		return parameters(rest)
	case ']', 'P', 'X', '^', '_':
		return controlString(rest)
	}
	return 0
}

// parameters is the length of the rest of a control sequence: what was cut short has none but its parameters.
func parameters(rest string) int {
	n := 0
	for n < len(rest) && rest[n] >= 0x20 && rest[n] <= 0x3f {
		n++
	}
	if n < len(rest) && rest[n] >= 0x40 && rest[n] <= 0x7e {
		n++
	}
	return n
}

// controlString is the length of a control string with its end: BEL, ESC \ or the ST of eight bits.
func controlString(rest string) int {
	line := rest
	if at := strings.IndexAny(rest, "\r\n"); at >= 0 {
		line = rest[:at]
	}
	end := 0
	for _, st := range []string{"\a", "\x1b\\", "\u009c"} {
		if at := strings.Index(line, st); at >= 0 && (end == 0 || at+len(st) < end) {
			end = at + len(st)
		}
	}
	return end
}

// afterLost is the length of a control sequence whose ESC was replaced by U+FFFD: only a whole one is taken for one.
func afterLost(text string) int {
	const lost = "\ufffd["
	n := len(lost)
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || text[n] == ';') {
		n++
	}
	finals := "ABCDEFGHJKSTfmnsu"
	if n == len(lost) {
		finals = "Km" // the others say nothing without a number
	}
	if n < len(text) && strings.IndexByte(finals, text[n]) >= 0 {
		return n + 1
	}
	return 0
}
