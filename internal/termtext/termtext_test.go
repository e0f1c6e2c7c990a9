package termtext_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line    string
		columns int
		want    []string
	}{
		{"", 10, []string{""}},
		{"short", 10, []string{"short"}},
		{"one two three", 7, []string{"one two", "three"}},
		{"one two three", 6, []string{"one", "two", "three"}},
		{"a  b", 10, []string{"a  b"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"x abcdefghij y", 4, []string{"x", "abcd", "efgh", "ij y"}},
		{"日本語 日本", 6, []string{"日本語", "日本"}},
		{"日本語", 4, []string{"日本", "語"}},
		{"日", 1, []string{"日"}},
		{"é́ é́", 1, []string{"é́", "é́"}},
	} {
		if got := termtext.Wrap(test.line, test.columns); !slices.Equal(got, test.want) {
			t.Errorf("%q in %d columns: %q, want %q", test.line, test.columns, got, test.want)
		}
	}
}

func TestWidth(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]int{"": 0, "ab": 2, "日本": 4, "e\u0301": 1, "\x1b[1;31mred\x1b[0m": 3} {
		if got := termtext.Width(line); got != want {
			t.Errorf("%q: %d columns, want %d", line, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		line    string
		columns int
		want    string
	}{{"short", 5, "short"}, {"longer", 5, "long…"}, {"日本語", 5, "日本…"}, {"日本語", 4, "日…"}, {"x", 0, "x"}, {"", 3, ""}} {
		if got := termtext.Cut(test.line, test.columns); got != test.want {
			t.Errorf("%q in %d columns: %q, want %q", test.line, test.columns, got, test.want)
		}
	}
}

// FuzzWrap holds that no line is too long, and that only spaces are lost.
func FuzzWrap(f *testing.F) {
	for _, line := range []string{"", "one two three", " a  b ", "abcdefghij", "日本語 日本", "é x"} {
		f.Add(line, uint8(4))
	}
	f.Fuzz(func(t *testing.T, line string, columns uint8) {
		if !utf8.ValidString(line) || strings.ContainsFunc(line, joins) {
			return // the width of a whole is not the sum of its parts then
		}
		most := max(int(columns), 2) // a character takes up to two
		lines := termtext.Wrap(line, most)
		for _, l := range lines {
			if termtext.Width(l) > most {
				t.Errorf("%q has %d columns of %d", l, termtext.Width(l), most)
			}
		}
		if got, want := without(strings.Join(lines, "")), without(line); got != want {
			t.Errorf("%q became %q", line, lines)
		}
	})
}

// joins tells of characters that may become one with their neighbours.
func joins(r rune) bool {
	return unicode.In(r, unicode.M, unicode.Cf, unicode.Cc, unicode.So, unicode.Sk, unicode.Regional_Indicator, unicode.Hangul) || unicode.In(r, unicode.Variation_Selector)
}

func without(text string) string { return strings.ReplaceAll(text, " ", "") }
