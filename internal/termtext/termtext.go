// Package termtext measures, cuts and wraps text by the columns that it takes on a terminal: a wide character takes two, a
// combining one none.
//
// Note: github.com/charmbracelet/x/ansi does this too. It brings github.com/mattn/go-runewidth along, which fills a table of
// all characters whenever the program starts: half of the time that --help took.
package termtext

import (
	"regexp"
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// colour is a sequence that sets a colour (ECMA-48, SGR).
var colour = regexp.MustCompile(`\x1b\[[0-9;]*m`)

// Width is how many columns a line takes. Colours take none.
func Width(line string) int { return displaywidth.String(colour.ReplaceAllString(line, "")) }

// Cut returns a line of at most that many columns; one that was longer ends in an ellipsis.
func Cut(line string, columns int) string {
	return displaywidth.TruncateString(line, max(columns, 1), "…")
}

// Wrap breaks a line at its spaces, so that none of the lines takes more columns, but for a word that does alone: such a
// word is broken within. It has at least one line.
func Wrap(line string, columns int) []string {
	columns = max(columns, 1)
	var lines []string
	current, used, first := "", 0, true
	for word := range strings.SplitSeq(line, " ") {
		width := Width(word)
		switch {
		case first:
			first = false
		case used+1+width > columns:
			if current = strings.TrimRight(current, " "); current != "" {
				lines = append(lines, current)
			}
			current, used = "", 0
		default:
			current, used = current+" ", used+1
		}
		if width > columns {
			var broken []string
			broken, word, width = breakWord(word, columns)
			lines = append(lines, broken...)
		}
		current, used = current+word, used+width
	}
	return append(lines, current)
}

// breakWord cuts whole lines off a word, and returns the rest of it and its width.
func breakWord(word string, columns int) (lines []string, rest string, width int) {
	var b strings.Builder
	for clusters := displaywidth.StringGraphemes(word); clusters.Next(); {
		if width+clusters.Width() > columns && b.Len() > 0 {
			lines = append(lines, b.String())
			b.Reset()
			width = 0
		}
		b.WriteString(clusters.Value())
		width += clusters.Width()
	}
	return lines, b.String(), width
}
