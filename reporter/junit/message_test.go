package junit

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		max   int
		parts []string
		want  string
	}{
		{"nothing", 100, nil, ""},
		{"white space", 100, []string{" \n", "\t"}, ""},
		{"one", 100, []string{"  a b \n"}, "a b"},
		{"several", 100, []string{"a\n", "", "  b", "c "}, "a\nb\nc"},
		{"just fits", 200, []string{strings.Repeat("x", 200)}, strings.Repeat("x", 200)},
		{"too long", 200, []string{strings.Repeat("x", 1000) + strings.Repeat("y", 1000)},
			strings.Repeat("x", 76) + "\n[... 1848 bytes left out ...]\n" + strings.Repeat("y", 76)},
		{"too long together", 200, []string{strings.Repeat("x", 150), strings.Repeat("y", 150)},
			strings.Repeat("x", 76) + "\n[... 149 bytes left out ...]\n" + strings.Repeat("y", 76)},
		{"between characters", 199, []string{strings.Repeat("é", 1000)},
			strings.Repeat("é", 37) + "\n[... 1850 bytes left out ...]\n" + strings.Repeat("é", 38)},
		{"not UTF-8", 200, []string{"a\xff\xffb"}, "a�b"},
		{"longer when mended", 200, []string{strings.Repeat("\xffa", 75)},
			strings.Repeat("�a", 19) + "\n[... 148 bytes left out ...]\n" + strings.Repeat("�a", 19)},
		{"little room", 5, []string{"éééé"}, "éé"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, chunk := range []int{1, 7, 1 << 20} {
				m := message{max: tt.max}
				m.reset()
				for _, part := range tt.parts {
					m.part()
					for ; part != ""; part = part[min(chunk, len(part)):] {
						m.write([]byte(part[:min(chunk, len(part))]))
					}
				}
				if got, _ := m.text(); got != tt.want {
					t.Errorf("in chunks of %d:\ngot  %q\nwant %q", chunk, got, tt.want)
				}
			}
		})
	}
}

// TestMessageIsBounded holds the promise of Options.MaxMessage for texts and limits of many lengths.
func TestMessageIsBounded(t *testing.T) {
	t.Parallel()
	for max := 1; max < 400; max += 7 {
		for size := 0; size < 2000; size += 13 {
			for _, unit := range []string{"x", "中", "\xff", "a\xff", "\n"} {
				m := message{max: max}
				m.reset()
				m.write([]byte(strings.Repeat(unit, size)))
				if text, _ := m.text(); len(text) > max || !utf8.ValidString(text) {
					t.Fatalf("max %d: %d times %q gives %d bytes: %q", max, size, unit, len(text), text)
				}
				if len(m.head)+len(m.tail) > 6*max+size {
					t.Fatalf("max %d: holds %d bytes", max, len(m.head)+len(m.tail))
				}
			}
		}
	}
}

// TestMessageLeftOut holds that what is kept and what is said to be left out are all there was.
func TestMessageLeftOut(t *testing.T) {
	t.Parallel()
	for size := 201; size < 100_000; size = size*3/2 + 1 {
		m := message{max: 200}
		m.reset()
		m.write([]byte(strings.Repeat("x", size)))
		text, _ := m.text()
		kept, left := strings.Count(text, "x"), 0
		_, mark, _ := strings.Cut(text, "[... ")
		if _, err := fmt.Sscanf(mark, "%d bytes", &left); err != nil || kept+left != size {
			t.Errorf("%d bytes: %d kept, %d left out, %v", size, kept, left, err)
		}
	}
}
