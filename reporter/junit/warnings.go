package junit

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxWarnings is how many oddities of a file are told: whoever mends its producer needs one of a kind, with its place.
const maxWarnings = 20

type warnings struct {
	kept []Warning
	more int
	last place // of the first that was not kept
}

// warn notes an oddity at an offset of the text, which must still be in the window.
func (r *reader) warn(offset int64, format string, args ...any) {
	w := &r.warnings
	if len(w.kept) >= maxWarnings {
		if w.more == 0 {
			w.last = r.win.locate(offset)
		}
		w.more++
		return
	}
	p := r.win.locate(offset)
	w.kept = append(w.kept, Warning{Line: p.line, Offset: p.source, Message: fmt.Sprintf(format, args...)})
}

func (w *warnings) list() []Warning {
	if w.more > 0 {
		more := fmt.Sprintf("%d more oddities from here on", w.more)
		return append(w.kept, Warning{Line: w.last.line, Offset: w.last.source, Message: more})
	}
	return w.kept
}

// maxQuote is how much of a file is shown in a message about it.
const maxQuote = 80

// quote shows a piece of a file in a message.
func quote(b []byte) string {
	if len(b) > maxQuote {
		return fmt.Sprintf("%q...", b[:maxQuote])
	}
	return fmt.Sprintf("%q", b)
}

// element shows the name of an element in a message.
func element(name []byte) string {
	return "<" + strings.ToValidUTF8(string(name[:min(len(name), maxQuote)]), string(utf8.RuneError)) + ">"
}
