package junit

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"
)

// markRoom is what the mark in the place of a cut may need.
const markRoom = 48

const spaces = " \t\r\n"

// message collects texts, and of long ones keeps the beginning and the end: in the one a failure says what it is, in
// the other what came of it. What it needs is bounded by max, not by the text.
type message struct {
	max   int
	head  []byte // all, until that is more than max; then the beginning
	tail  []byte // what follows head, but for a gap; may hold more than is kept in the end
	total int    // bytes written
	cut   bool   // tail is in use
	begin bool   // nothing of the current part was written yet
}

func (m *message) reset() {
	m.head, m.tail, m.total, m.cut, m.begin = m.head[:0], m.tail[:0], 0, false, true
}

// part begins another text: white space around it is dropped, and it stands on a line of its own.
func (m *message) part() { m.begin = true }

func (m *message) empty() bool { return m.total == 0 }

func (m *message) write(b []byte) {
	if m.begin {
		b = bytes.TrimLeft(b, spaces)
		if len(b) == 0 {
			return
		}
		m.begin = false
		m.endLine()
	}
	m.add(b)
}

func (m *message) endLine() {
	if m.total == 0 {
		return
	}
	if !m.cut { // else it takes a little more room, no matter
		m.head = bytes.TrimRight(m.head, spaces)
		m.total = len(m.head)
	}
	m.add([]byte(newline))
}

func (m *message) add(b []byte) {
	m.total += len(b)
	if m.total <= m.max {
		m.head = append(m.head, b...)
		return
	}
	front, back := m.quota()
	if !m.cut {
		m.cut = true
		n := min(max(front-len(m.head), 0), len(b))
		m.head = append(m.head, b[:n]...)
		b = b[n:]
		m.tail = append(m.tail, m.head[front:]...)
		m.head = m.head[:front]
	}
	m.tail = append(m.tail, b[max(len(b)-back, 0):]...)
	if len(m.tail) > 4*back {
		m.tail = append(m.tail[:0], m.tail[len(m.tail)-back:]...)
	}
}

// quota returns how much of a text that is too long is kept of its beginning and its end.
func (m *message) quota() (front, back int) {
	if m.max < 2*markRoom {
		return m.max, 0
	}
	front = (m.max - markRoom) / 2
	return front, m.max - markRoom - front
}

// text returns what was collected as valid UTF-8, in at most max bytes, and whether it was valid.
func (m *message) text() (text string, valid bool) {
	if !m.cut {
		text, valid = repair(bytes.TrimRight(m.head, spaces))
		if len(text) > m.max {
			again := message{max: m.max}
			again.add([]byte(text))
			text, _ = again.text()
		}
		return text, valid
	}
	front, back := m.quota()
	tail := m.tail[max(len(m.tail)-back, 0):]
	for len(tail) > 0 && !utf8.RuneStart(tail[0]) {
		tail = tail[1:]
	}
	first, firstValid := repair(wholeRunes(m.head))
	last, lastValid := repair(tail)
	left := m.total - len(wholeRunes(m.head)) - len(tail)
	last = strings.TrimRight(last, spaces)
	if back == 0 {
		return cutEnd(first, front), firstValid
	}
	mark := fmt.Sprintf("\n[... %d bytes left out ...]\n", left)
	return cutEnd(first, front) + mark + cutStart(last, back), firstValid && lastValid
}

// repair returns b as a string, with U+FFFD in the place of what is not UTF-8.
func repair(b []byte) (text string, valid bool) {
	if utf8.Valid(b) {
		return string(b), true
	}
	return strings.ToValidUTF8(string(b), string(utf8.RuneError)), false
}

// wholeRunes drops the beginning of a character from the end of b.
func wholeRunes(b []byte) []byte {
	for i := len(b) - 1; i >= 0 && i >= len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}

// cutEnd and cutStart cut a valid string to at most n bytes, between characters.
func cutEnd(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func cutStart(s string, n int) string {
	if len(s) <= n {
		return s
	}
	i := len(s) - n
	for i < len(s) && !utf8.RuneStart(s[i]) {
		i++
	}
	return s[i:]
}
