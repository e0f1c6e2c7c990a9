package specs_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

func TestEscape(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ expr, want string }{
		{"[sig-a] works (fine)", `^Kubernetes e2e suite \[sig-a\] works \(fine\)$`},
		{"Kubernetes e2e suite [sig-a] works", `^Kubernetes e2e suite \[sig-a\] works$`},
		{"[sig-a].*works [Serial]", `\[sig-a\].*works \[Serial\]`},
		{"works [Feature:Windows] [Slow]", `works \[Feature:Windows\] \[Slow\]`},
		{`\[sig-a\] [Serial]`, `\[sig-a\] \[Serial\]`},
		{"[Rr]eboot [abc]", "[Rr]eboot [abc]"},
	} {
		if got := specs.Escape(test.expr); got != test.want {
			t.Errorf("Escape(%q) = %s, want %s", test.expr, got, test.want)
		}
	}
}

// FuzzExactly holds that the expression for a test selects it and no other, and that the name of a test, taken for an
// expression, leads to that expression.
func FuzzExactly(f *testing.F) {
	f.Add("[sig-a] works (fine) [Serial]", "[sig-a] works")
	f.Add("[sig-b] a|b.*", "[sig-b] a")
	f.Add("[sig-windows] it isn't", "x")
	f.Fuzz(func(t *testing.T, name, other string) {
		if !utf8.ValidString(name) { // no expression can hold it
			t.Skip()
		}
		m, err := specs.NewMatcher([]string{specs.Exactly(name)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if !m.Match(name) || m.Match(other) != (name == other) {
			t.Errorf("Exactly(%q): matches it %t, matches %q %t", name, m.Match(name), other, m.Match(other))
		}
		if strings.HasPrefix(name, "[sig-") && !strings.ContainsAny(name, `\|^$*+?`) && specs.Escape(name) != specs.Exactly(name) {
			t.Errorf("Escape(%q) = %s", name, specs.Escape(name))
		}
	})
}
