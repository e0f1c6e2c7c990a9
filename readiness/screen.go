package readiness

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/safetext"
	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

// size is that of a terminal. A zero is not known.
type size struct{ columns, rows int }

// painter colours text, or does not.
type painter bool

func (p painter) paint(text string, tone reporter.Tone) string {
	if !p {
		return text
	}
	return view.Paint(text, tone)
}

// screen shows progress in at most so many rows and columns: a row for each category with a mark for each of its abilities, the
// test that runs, how many ended, and what the marks mean. If there are fewer rows, the last of these stay longest.
func (p progress) screen(now time.Time, s size, paint painter) []string {
	if s.columns == 0 {
		s.columns = 80
	}
	lines := append([]string{""}, p.matrix(s.columns, paint)...)
	lines = append(lines, p.legend(s.columns, paint)...)
	lines = append(lines, p.now(now, s.columns)...)
	if s.rows > 0 && len(lines) > s.rows {
		lines = lines[len(lines)-s.rows:]
	}
	return lines
}

// leastColumns is what the name of a category and its marks need at least, and the longest part of the legend; on narrower
// terminals there are neither.
const leastColumns = 30

// matrix has a row for each category.
func (p progress) matrix(columns int, paint painter) []string {
	if columns < leastColumns {
		return nil
	}
	names := p.categories()
	name, most := 0, 0
	rows := map[string][]mark{}
	for _, a := range p.abilities {
		rows[a.Category] = append(rows[a.Category], p.markOf(a))
	}
	for _, n := range names {
		name, most = max(name, termtext.Width(safetext.Line(n))), max(most, len(rows[n]))
	}
	const count = 8 // "  12/13"
	gap := " "
	if name+2+2*most+count > columns {
		gap = ""
	}
	room := columns - most - count - 2 // for names, where marks stand side by side
	if gap != "" {
		room = name
	}
	var lines []string
	for _, n := range names {
		lines = append(lines, rowFormat{min(name, max(room, 4)), most, columns, gap}.row(n, rows[n], paint))
	}
	return lines
}

// rowFormat is what the rows of a matrix have in common.
type rowFormat struct {
	name    int // columns for the name of the category
	most    int // marks
	columns int // of the terminal
	gap     string
}

// row is that of a category: its name, the marks, and how many of its abilities have ended, of those that have a test.
func (f rowFormat) row(category string, list []mark, paint painter) string {
	title := termtext.Cut(safetext.Line(category), f.name)
	text := title + strings.Repeat(" ", f.name-termtext.Width(title)+2)
	ended, all := 0, 0
	for _, m := range list {
		sign, _, tone := m.sign()
		if termtext.Width(text)+1 < f.columns {
			text += paint.paint(sign, tone) + f.gap
		}
		if m != untested {
			all++
		}
		if m != untested && m != waiting && m != runs {
			ended++
		}
	}
	text += strings.Repeat(" ", (f.most-len(list))*(1+len(f.gap)))
	if count := fmt.Sprintf(" %d/%d", ended, all); termtext.Width(text)+len(count) < f.columns {
		text += count
	}
	return strings.TrimRight(text, " ")
}

// legend says what the marks mean that are shown.
func (p progress) legend(columns int, paint painter) []string {
	seen := map[mark]bool{}
	for _, a := range p.abilities {
		seen[p.markOf(a)] = true
	}
	var parts []string
	for m := range marks {
		if sign, words, tone := m.sign(); seen[m] {
			parts = append(parts, paint.paint(sign, tone)+" "+words)
		}
	}
	if columns < leastColumns || len(parts) == 0 {
		return nil
	}
	return flow(parts, columns-1)
}

// flow puts parts behind each other, two columns apart, into as few lines as hold them.
func flow(parts []string, columns int) []string {
	lines := []string{parts[0]}
	for _, part := range parts[1:] {
		last := &lines[len(lines)-1]
		if termtext.Width(*last)+2+termtext.Width(part) > columns {
			lines = append(lines, part)
		} else {
			*last += "  " + part
		}
	}
	return lines
}

// now is the test that runs with its ability, and the count.
func (p progress) now(now time.Time, columns int) []string {
	var lines []string
	if p.running.test != "" {
		lines = append(lines, termtext.Cut(fmt.Sprintf("> %s (%s)", strings.Join(p.against(p.running), ", "), span(now.Sub(p.since))), columns-1))
		lines = append(lines, termtext.Cut("  "+safetext.Line(p.running.test), columns-1))
	}
	return append(lines, termtext.Cut(p.count(now), columns-1))
}

// count is how far the tests are, and how long the rest takes as far as that is known.
func (p progress) count(now time.Time) string {
	return fmt.Sprintf("%d of %s ended, %d failed, %s%s", p.endedTests(), count(p.tests, "test"), p.failures(), span(now.Sub(p.began)), p.leftWords(now))
}

// span is a time in seconds, without the zeros that Go writes: "1h2m", "14m3s".
func span(d time.Duration) string {
	text := max(d, 0).Round(time.Second).String()
	if d >= time.Minute {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// failureText is a test that failed, with what it is for and the first that it said.
func (p progress) failureText(t task, said []string) []string {
	lines := []string{fmt.Sprintf("%s: %s", reporter.Failed, safetext.Line(t.test))}
	if names := p.against(t); len(names) > 0 {
		lines[0] += " (" + strings.Join(names, ", ") + ")"
	}
	for _, line := range said {
		lines = append(lines, "  | "+safetext.Line(line))
	}
	return lines
}

// failed are the tests that failed, sorted.
func (p progress) failed() []task {
	var list []task
	for t, state := range p.ended {
		if state == reporter.Failed {
			list = append(list, t)
		}
	}
	slices.SortFunc(list, func(a, b task) int { return cmp.Or(cmp.Compare(a.test, b.test), a.call-b.call) })
	return list
}
