package runner

import (
	"sync/atomic"
	"time"
)

// Pulse beats when something happens in a run: e2e.test says something, a pod changes. One that has not beaten for long is
// of a run that stands still. The zero value has never beaten. It may be used by several goroutines.
type Pulse struct{ last atomic.Int64 }

// Beat says that something happened.
func (p *Pulse) Beat() { p.last.Store(time.Now().UnixNano()) }

// since is how long ago it last beat.
func (p *Pulse) since() time.Duration { return time.Since(time.Unix(0, p.last.Load())) }

// Write beats for output of any kind, and keeps none of it.
func (p *Pulse) Write(output []byte) (int, error) {
	p.Beat()
	return len(output), nil
}
