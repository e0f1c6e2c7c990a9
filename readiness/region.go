package readiness

import (
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"

	"golang.org/x/term"

	"sigs.k8s.io/windows-operational-readiness/internal/termtext"
)

// region is the lines at the bottom of a terminal that are drawn again and again. What is said in the meantime stands above
// them and scrolls away as any output does. Nothing of the terminal is changed that would have to be set back: a program that is
// killed leaves it as it is.
//
// Note: bubbletea draws in this way too, and brings a loop of its own that reads the keyboard. It takes the terminal's width at
// the time of drawing for that of erasing, so that lines which a narrower terminal broke stay behind.
type region struct {
	w     io.Writer
	size  func() size
	drawn []string // each on a line of its own, the cursor below them
}

// terminalOf returns the region of a terminal, nil if w is none, or one that cannot move its cursor.
func terminalOf(w io.Writer) *region {
	file, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(file.Fd())) || dumb() || !movesCursor(file) {
		return nil
	}
	return &region{w: w, size: func() size {
		columns, rows, err := term.GetSize(int(file.Fd()))
		if err != nil {
			return size{} // not told
		}
		return size{columns, rows}
	}}
}

// dumb tells whether the terminal says that it can do nothing but print.
func dumb() bool {
	name := os.Getenv("TERM")
	return name == "dumb" || name == "" && runtime.GOOS != "windows"
}

// draw writes lines above the region, and the region anew below them, at once.
func (r *region) draw(said, lines []string) {
	var out strings.Builder
	if rows := r.rows(); rows > 0 {
		// From its second row on, and that one alone: tmux keeps what is erased from the top of the screen on, so that each drawing
		// would stay in what one can scroll back to (tmux, screen_write_clearendofscreen).
		out.WriteString("\r\x1b[" + strconv.Itoa(rows) + "A\x1b[K\x1b[B\x1b[J\x1b[A")
	} else {
		out.WriteString("\r\x1b[J")
	}
	for _, line := range append(said, lines...) {
		out.WriteString(line + "\n")
	}
	r.drawn = append([]string(nil), lines...)
	_, _ = io.WriteString(r.w, out.String()) // talk: what cannot be shown does not stop a run
}

// rows is how many the region takes now. A terminal that became narrower has broken its lines; most do so, and one that cut
// them instead shows a few lines less of what was said before.
func (r *region) rows() int {
	columns := r.size().columns
	n := 0
	for _, line := range r.drawn {
		n++
		if columns > 0 {
			n += max(0, termtext.Width(line)-1) / columns
		}
	}
	return n
}
