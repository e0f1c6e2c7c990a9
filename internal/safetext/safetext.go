// Package safetext makes text that anybody may have written harmless where it is shown: names and failure texts come from
// test output, and what a bucket holds is nobody's word but its writer's.
//
// There is one function for each place in which a text can stand:
//
//	Line           on a terminal, in one line
//	Code, Cell     a code span of Markdown, in a paragraph or in a table
//	CodeElement    inside an HTML element of a comment, where no Markdown is read
//	Fence          several lines as a block of code
//	Words          words of ours or of a spec, in Markdown
//	Link, Address  an address
//	HTML, Title    a page, between tags and in its title
//	CSV            a cell of a table that a spreadsheet opens
//	Document       a document for programs, whose own form keeps text apart
//
// What is shown as code is read by GitHub neither as Markdown nor as mentions, references, links and emoji. Each function
// returns one line, but for Fence, HTML and Document. None fails, and none is to be applied to what another returned.
package safetext

import (
	"strings"
	"unicode"
)

// Line takes out of text what could steer a terminal or reorder other text, and makes it one line.
func Line(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\n' || r == '\r':
			return ' '
		case unicode.Is(unicode.Bidi_Control, r) || unicode.IsControl(r):
			return -1
		}
		return r
	}, withoutEscapes(text))
}

// Document takes out of text what could steer a terminal and what a document cannot hold, and keeps its lines.
func Document(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' {
			return -1
		}
		return r
	}, withoutEscapes(text))
}

// visible is Line for places where zero-width characters can split or hide words as well.
func visible(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, Line(text))
}

// Cut takes out of text all that is not seen or moves other text, and makes it one line of at most n characters. What it
// returns is not yet harmless in Markdown.
func Cut(text string, n int) string {
	var b strings.Builder
	for _, r := range visible(text) {
		if hidden(r) {
			continue
		}
		if n--; n < 0 {
			b.WriteString("…")
			break
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(b.String())
}

// hidden tells of characters that have no shape of their own and are no format characters, and of the two that some
// programs take for the end of a line.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Zl, unicode.Zp)
}

// CSV keeps a cell from being a formula (https://owasp.org/www-community/attacks/CSV_Injection): one that a spreadsheet
// would read so begins with an apostrophe.
func CSV(text string) string {
	text = strings.TrimSpace(visible(text))
	if text != "" && strings.ContainsRune("=+-@", rune(text[0])) {
		return "'" + text
	}
	return text
}
