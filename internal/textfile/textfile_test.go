package textfile_test

import (
	"testing"

	"sigs.k8s.io/windows-operational-readiness/internal/textfile"
)

func TestLF(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":             "",
		"a\nb\n":       "a\nb\n",
		"a\r\n\r\nb":   "a\n\nb",
		"a\rb\r":       "a\rb\r",
		"a\r\r\nb\n\r": "a\r\nb\n\r",
	} {
		if got := textfile.LF(text); got != want {
			t.Errorf("LF(%q) = %q, want %q", text, got, want)
		}
		if got := textfile.LF([]byte(text)); string(got) != want {
			t.Errorf("LF([]byte(%q)) = %q, want %q", text, got, want)
		}
	}
}
