package sonobuoy

import (
	"io"
	"strings"
	"sync"
)

const (
	tailBytes = 8 << 10 // of the end of what a run said
	tailLines = 20      // of these, the lines that are kept
)

// tail passes on what is written, and keeps the end of it. A reader who is gone stops nothing.
type tail struct {
	w    io.Writer
	mu   sync.Mutex
	last []byte
}

func (t *tail) Write(p []byte) (int, error) {
	_, _ = t.w.Write(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = append(t.last, p...)
	if over := len(t.last) - tailBytes; over > 0 {
		t.last = append(t.last[:0], t.last[over:]...)
	}
	return len(p), nil
}

// lines are the last lines that were written.
func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	said := strings.TrimSpace(strings.ToValidUTF8(string(t.last), ""))
	if said == "" {
		return nil
	}
	all := strings.Split(said, "\n")
	return all[max(0, len(all)-tailLines):]
}
