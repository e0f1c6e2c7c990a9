package safetext

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestWithoutEscapes holds that sequences go as a whole, and nothing else does.
func TestWithoutEscapes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"\x1b[38;5;9mred\x1b[0m\x1b[K":                                "red",
		"\x1b[?25l\x1b[1 qa":                                          "a",
		"\u009b31mred\u009b0m":                                        "red",
		"\x9b31mred\x9b0m":                                            "red",
		"\x1b]0;a title\aafter":                                       "after",
		"\x1b]8;;https://example.com\x1b\\a link\x1b]8;;\x1b\\":       "a link",
		"\u009d0;a title\u009cafter":                                  "after",
		"\x1bPq#0;2\x1b\\after \x1bXx\x1b\\\x1b^x\x1b\\\x1b_x\x1b\\.": "after .",
		"\x1b]0;no end\nnext line\a":                                  "0;no end\nnext line\a",
		"\x1b(Bcharset \x1bMup \x1b":                                  "charset up ",
		"\x1b[31":                                                     "",
		"\x1b[\nm":                                                    "\nm",
		"\x1b\x1b[31mred":                                             "red",
		"\ufffd[31mred\ufffd[0m":                                      "red",
		"\ufffd[FAILED] \ufffd[2":                                     "\ufffd[FAILED] \ufffd[2",
		"[FAILED] [It] a[0m] é 世\tx\r\n":                              "[FAILED] [It] a[0m] é 世\tx\r\n",
		"\xff\xfe\xc3":                                                "\xff\xfe\xc3",
		"":                                                            "",
	} {
		if got := withoutEscapes(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// TestEscapesEverywhere holds that no function leaves a part of a sequence, which would be read as text.
func TestEscapesEverywhere(t *testing.T) {
	t.Parallel()
	const text = "a\x1b[38;5;9mb\u009b1mc\x1b]8;;https://example.com\x1b\\d"
	for name, got := range map[string]string{
		"Line": Line(text), "Cut": Cut(text, 100), "Code": Code(text), "Cell": Cell(text),
		"CodeElement": CodeElement(text), "Fence": Fence([]string{text}), "Words": Words(text, 100),
		"HTML": string(HTML(text)), "Title": Title(text), "CSV": CSV(text), "Document": Document(text),
	} {
		if !strings.Contains(got, "abcd") {
			t.Errorf("%s makes %q of it", name, got)
		}
	}
}

func FuzzWithoutEscapes(f *testing.F) {
	for _, text := range []string{"\x1b[31mred\x1b[0m", "\x1b]0;t\a", "\u009b1m", "\x9b1m", "\ufffd[1m", "\x1b", "plain"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := withoutEscapes(text)
		if len(got) > len(text) {
			t.Errorf("%q became longer: %q", text, got)
		}
		if utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("%q is no UTF-8 any more: %q", text, got)
		}
		if !strings.Contains(text, "\x1b") && utf8.ValidString(text) && !strings.Contains(text, "\ufffd") {
			for _, r := range text {
				if r >= 0x80 && r <= 0x9f {
					return
				}
			}
			if got != text {
				t.Errorf("%q has no sequence, and became %q", text, got)
			}
		}
	})
}
