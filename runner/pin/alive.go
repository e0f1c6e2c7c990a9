package pin

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/processdir"
)

// NewRun makes the id of a run: when it began, and something that no other has.
func NewRun(now time.Time) string {
	return strings.ToLower(now.UTC().Format("20060102-150405-") + rand.Text()[:6])
}

// aliveAnnotation, of the namespaces by which a run says that it is under way, holds when it last said so, and who it is.
const aliveAnnotation = "op-readiness.sigs.k8s.io/alive"

// How often a run says that it is under way, and for how long others believe it.
const (
	beat    = time.Minute
	believe = 5 * time.Minute
)

// alive is what a run says of itself.
func alive(now time.Time) string {
	host, err := os.Hostname()
	if err != nil {
		host = "" // others then believe the time alone
	}
	return fmt.Sprintf("%s %d %s", now.UTC().Format(time.RFC3339), os.Getpid(), host)
}

// dead tells whether a run that said so is surely not under way any more: it has not said so for long, or ever, or its process
// was on this machine and is not there.
func dead(said string, now time.Time) bool {
	parts := strings.SplitN(said, " ", 3)
	at, err := time.Parse(time.RFC3339, parts[0])
	if err != nil || len(parts) < 3 || now.Sub(at) > believe {
		return true
	}
	pid, err := strconv.Atoi(parts[1])
	host, hostErr := os.Hostname()
	return err == nil && hostErr == nil && host != "" && host == parts[2] && !processdir.Running(pid)
}

// keepSaying says from time to time that the run is under way.
func (p *Pin) keepSaying(every time.Duration) {
	ctx, stop := context.WithCancel(context.Background())
	p.stop = stop
	p.beating.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			select {
			case now := <-tick.C:
				for _, m := range p.made {
					if m.path == namespacesPath {
						_ = p.api.patch(ctx, m.path, m.name(), Object{"metadata": Object{"annotations": Object{aliveAnnotation: alive(now)}}}) // the next one says it
					}
				}
			case <-ctx.Done():
				return
			}
		}
	})
}
