package proof

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEditsWithin(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		pattern, text string
		want          int
	}{
		{"", "", 0}, {"", "abc", 0}, {"abc", "", 6}, {"abc", "abc", 0}, {"abc", "xxabcxx", 0}, {"abc", "xxacxx", 2},
		{"abc", "xxaxbcxx", 1}, {"abc", "axc", 2}, {"kitten", "sitting", 4}, {"abc", "xyz", 6},
	} {
		if got := editsWithin(test.pattern, test.text); got != test.want {
			t.Errorf("editsWithin(%q, %q) = %d, want %d", test.pattern, test.text, got, test.want)
		}
	}
}

func TestLiteral(t *testing.T) {
	t.Parallel()
	for focus, want := range map[string]string{
		`^Kubernetes e2e suite \[sig-a\] works \(fine\)$`: "[sig-a] works (fine)",
		`\[sig-a\].*works`:  "[sig-a] works",
		`(a b|c) d+ (?i)e?`: "a b d",
		`(`:                 "(",
		`.*`:                "",
	} {
		if got := literal(focus); got != want {
			t.Errorf("literal(%q) = %q, want %q", focus, got, want)
		}
	}
}

func TestNear(t *testing.T) {
	t.Parallel()
	l := newLexicon([]string{
		"[sig-a] DNS should work", "[sig-a] DNS should work [Slow]", "[sig-a] Services should work", "[sig-b] else",
	})
	for _, test := range []struct {
		focus string
		want  []string
	}{
		{`^Kubernetes e2e suite \[sig-a\] DNS should works$`, []string{"[sig-a] DNS should work", "[sig-a] DNS should work [Slow]"}},
		{`Service should .*`, []string{"[sig-a] Services should work"}},
		{`nothing like it`, []string{}},
		{`.*`, []string{}},
	} {
		if diff := cmp.Diff(test.want, l.near(test.focus, 2)); diff != "" {
			t.Errorf("near(%q) (-want +got):\n%s", test.focus, diff)
		}
	}
}
