package reporter

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// What a comment shows of input goes through one of these functions, by where it stands: commentCode in a paragraph,
// commentCell in a table, commentHTML in an HTML element, commentFence for several lines, all of which GitHub shows as
// code, where it reads neither Markdown nor mentions, references, links and emoji; commentPlain for the words of the
// spec; commentLink for an address. They return one line each, but for commentFence.

// joiner is U+2060, which is not seen. Behind an "@" it keeps GitHub, and bots that read the source of comments, from
// taking what follows for a name.
const joiner = "\u2060"

// seen takes out of text all that is not seen or moves other text, and makes it one line of at most n characters.
func seen(text string, n int) string {
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

// harmless is seen for text that is shown as code.
func harmless(text string, n int) string {
	return strings.NewReplacer("@", "@"+joiner, "#", "#"+joiner).Replace(seen(text, n))
}

// hidden tells of characters that have no shape of their own and are no format characters, and of the two that some
// programs take for the end of a line.
func hidden(r rune) bool {
	return unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector, unicode.Zl, unicode.Zp)
}

// Most characters that are shown of one name, and of one line of a failure text.
const (
	nameLength = 300
	lineLength = 160
)

// commentCode shows text as a code span.
func commentCode(text string) string { return codeSpan(harmless(text, nameLength)) }

// commentCell is commentCode for a cell of a table, which a pipe ends even in a code span. Escaping it would not do:
// behind a backslash of the text GitHub takes the one of the escape for a character.
func commentCell(text string) string {
	return codeSpan(strings.ReplaceAll(harmless(text, nameLength), "|", "¦"))
}

// codeSpan puts a line between fences that are longer than any in it.
func codeSpan(line string) string {
	if line == "" {
		line = "?"
	}
	fence := strings.Repeat("`", longestRun(line)+1)
	if fence == "`" {
		return fence + line + fence
	}
	return fence + " " + line + " " + fence
}

// commentHTML shows text as code inside an HTML element, where nothing is read as Markdown.
func commentHTML(text string) string {
	return "<code>" + html.EscapeString(harmless(text, nameLength)) + "</code>"
}

// commentFence shows lines as a block of code. Each begins with a bar, so that none ends the block, and none begins with
// a slash: Prow, for one, obeys "/close" at the start of any line of a comment, in a block of code or not.
func commentFence(lines []string) string {
	var b strings.Builder
	b.WriteString("```text\n")
	for _, line := range lines {
		b.WriteString("| " + harmlessIndented(line) + "\n")
	}
	return b.String() + "```"
}

// harmlessIndented is harmless for a line of a failure text, whose indentation means something.
func harmlessIndented(line string) string {
	line = visible(line)
	text := strings.TrimLeft(line, " ")
	indent := strings.Repeat(" ", min(len(line)-len(text), lineLength/2))
	return indent + harmless(text, lineLength-len(indent))
}

// plainSyntax are the characters that Markdown or HTML may read as something else than themselves.
var plainSyntax = regexp.MustCompile("[!-&*+:;<=>?@[-`{-~]")

// plainReferences are what GitHub makes links of although it has no such character: addresses, "GH-123", commits.
var plainReferences = regexp.MustCompile(`(?i)www\.|\bgh-|\b[0-9a-f]{7,}\b`)

// commentPlain shows words of the spec as they are. It stands within a line, never at its beginning.
func commentPlain(text string) string { return escapePlain(seen(text, nameLength)) }

// escapePlain makes a line mean itself.
func escapePlain(text string) string {
	text = plainReferences.ReplaceAllStringFunc(text, func(s string) string {
		return s[:2] + joiner + strings.Join(chunks(s[2:], 6), joiner)
	})
	return plainSyntax.ReplaceAllStringFunc(text, func(c string) string {
		entity := fmt.Sprintf("&#%d;", c[0])
		if strings.Contains("@#:", c) {
			entity += joiner
		}
		return entity
	})
}

// chunks cuts ASCII text into pieces of n bytes.
func chunks(text string, n int) []string {
	var list []string
	for chunk := range slices.Chunk([]byte(text), n) {
		list = append(list, string(chunk))
	}
	return list
}

// linkable are the addresses that need no escaping, neither in a link nor in a cell.
var linkable = regexp.MustCompile(`^https?://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]+)?(/[A-Za-z0-9._~/=,%+-]*)?(\?[A-Za-z0-9._~/=&%+-]*)?(#[A-Za-z0-9._~/=&%+-]*)?$`)

// commentLink makes a link of a label that is Markdown already. An address that is none is left out.
func commentLink(label, address string) string {
	if len(address) > 1000 || !linkable.MatchString(address) {
		return label
	}
	return "[" + label + "](" + address + ")"
}

// commandable are the names of jobs that a person can be told to write into a comment of their own.
var commandable = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$`)

// commentRerun is the comment that makes Prow run a job again, "" if there is none.
func commentRerun(b Build) string {
	if b.Job == "" || !commandable.MatchString(b.Job) {
		return ""
	}
	return "`/test " + b.Job + "`"
}

// shortSHA is a commit as people read it, "" if the text is none.
func shortSHA(sha string) string {
	if !commit.MatchString(sha) {
		return ""
	}
	return sha[:7]
}

var commit = regexp.MustCompile(`^[0-9a-f]{7,64}$`)
