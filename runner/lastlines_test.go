package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// numbered returns lines "line 1" to "line n".
func numbered(from, to int) []string {
	var lines []string
	for i := from; i <= to; i++ {
		lines = append(lines, fmt.Sprintf("line %d", i))
	}
	return lines
}

// TestLastLines holds what is quoted of a program that went wrong: twelve lines, from the panic on or the last, each of
// 500 bytes at most, and nothing that an earlier call said.
func TestLastLines(t *testing.T) {
	t.Parallel()
	lines := func(list ...string) string { return strings.Join(list, "\n") + "\n" }
	panicked := append([]string{"said before"}, append([]string{"panic: no luck"}, numbered(1, 40)...)...)
	fatal := append(numbered(1, 30), "fatal error: all goroutines are asleep", "stack")
	for _, test := range []struct {
		name, earlier, output string
		want                  []string
	}{
		{"few lines", "", lines(numbered(1, 12)...), numbered(1, 12)},
		{"many lines", "", lines(numbered(1, 13)...), numbered(2, 13)},
		{"an earlier call", lines("of an earlier call"), lines("one", "two"), []string{"one", "two"}},
		{"blank lines around", "", "\n\n one\n\ntwo\n\n", []string{"one", "", "two"}},
		{"a panic", "", lines(panicked...), append([]string{"panic: no luck"}, numbered(1, 11)...)},
		{"a panic at once", "", lines(append([]string{"panic: no luck"}, numbered(1, 40)...)...), append([]string{"panic: no luck"}, numbered(1, 11)...)},
		{"a panic of an earlier call", lines(panicked...), lines("one", "two"), []string{"one", "two"}},
		{"a fatal error", "", lines(fatal...), fatal[30:]},
		{"a word of panic", "", lines(append([]string{"do not panic: all is well"}, numbered(1, 12)...)...), numbered(1, 12)},
		{"a line that begins so", "", lines(append([]string{"panics are caught"}, numbered(1, 12)...)...), numbered(1, 12)},
		{"a line that is just short enough", "", lines(strings.Repeat("x", 500)), []string{strings.Repeat("x", 500)}},
		{"a line that is too long", "", lines(strings.Repeat("x", 499) + "yz"), []string{strings.Repeat("x", 499) + "y"}},
		{"a letter across the end", "", lines(strings.Repeat("x", 499) + "é"), []string{strings.Repeat("x", 499)}},
		{"64 KiB behind a panic", "", lines("panic: long ago") + strings.Repeat(".\n", 32<<10), slices.Repeat([]string{"."}, 12)},
		{"just within 64 KiB", "", lines("panic: lately") + strings.Repeat(".", 64<<10-15) + "\n", []string{"panic: lately", strings.Repeat(".", 500)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			name := filepath.Join(t.TempDir(), "log")
			if err := os.WriteFile(name, []byte(test.earlier+test.output), 0o644); err != nil {
				t.Fatal(err)
			}
			log, err := os.Open(name)
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			if diff := cmp.Diff(test.want, lastLines(log, int64(len(test.earlier)))); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
