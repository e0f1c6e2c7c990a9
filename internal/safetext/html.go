package safetext

import (
	"html/template"
	"net/url"
	"strings"
	"unicode/utf8"
)

// HTML escapes text so that it stays text when it is unescaped once more. Deck's html lens puts a page into an attribute
// and escapes its quotes but not its ampersands, so a page's "&lt;b" is read as "<b" there
// (https://github.com/kubernetes-sigs/prow/blob/main/pkg/spyglass/lenses/html/html.go). A <wbr> behind each "<" and "&"
// keeps them from beginning anything, and is no part of the text. It holds between tags only: no text from a build may
// stand in an attribute.
func HTML(text string) template.HTML {
	var lines []string
	for _, line := range strings.Split(strings.ReplaceAll(text, "\t", "    "), "\n") {
		lines = append(lines, visible(strings.TrimRight(line, " \r")))
	}
	escaped := template.HTMLEscapeString(strings.Join(lines, "\n"))
	return template.HTML(strings.NewReplacer("&lt;", "&lt;<wbr>", "&amp;", "&amp;<wbr>").Replace(escaped))
}

// Title keeps what has no meaning in HTML at all, for the title of a page: Deck shows it unescaped.
func Title(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= utf8.RuneSelf || strings.ContainsRune("<>&\"'`", r) {
			return -1
		}
		return r
	}, visible(text))
}

// Address returns the address if it is one that may stand in a link, "" if not.
func Address(address string) string {
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return ""
	}
	return u.String()
}
