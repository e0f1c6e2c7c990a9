package safetext

import (
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
)

// joiner is U+2060, which is not seen. Behind an "@" it keeps GitHub, and bots that read the source of comments, from
// taking what follows for a name.
const joiner = "\u2060"

// Most characters that are shown of one name, and of one line of a failure text.
const (
	nameLength = 300
	lineLength = 160
)

// harmless is Cut for text that is shown as code. It has no beginning of an HTML comment, by which bots know their own comments
// again: Prow's crier takes every comment of its account with one such in it, anywhere, for its own.
func harmless(text string, n int) string {
	return strings.NewReplacer("@", "@"+joiner, "#", "#"+joiner, "<!--", "<"+joiner+"!--").Replace(Cut(text, n))
}

// Code shows text as a code span.
func Code(text string) string { return codeSpan(harmless(text, nameLength)) }

// Cell is Code for a cell of a table, which a pipe ends even in a code span. Escaping it would not do: behind a backslash
// of the text GitHub takes the one of the escape for a character.
func Cell(text string) string {
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

func longestRun(text string) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}

// CodeElement shows text as code inside an HTML element, where nothing is read as Markdown.
func CodeElement(text string) string {
	return "<code>" + html.EscapeString(harmless(text, nameLength)) + "</code>"
}

// Fence shows lines as a block of code. Each begins with a bar, so that none ends the block, and none begins with a slash:
// Prow, for one, obeys "/close" at the start of any line of a comment, in a block of code or not.
func Fence(lines []string) string {
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

// Words shows at most n characters of words as they are. They stand within a line, never at its beginning.
func Words(text string, n int) string {
	text = plainReferences.ReplaceAllStringFunc(Cut(text, n), func(s string) string {
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

// Link makes a link of a label that is Markdown already. Without an address that is one it returns the label.
func Link(label, address string) string {
	if len(address) > 1000 || !linkable.MatchString(address) {
		return label
	}
	return "[" + label + "](" + address + ")"
}
