package runner

import (
	"context"
	"time"

	"k8s.io/client-go/discovery"
	"k8s.io/client-go/rest"

	"sigs.k8s.io/windows-operational-readiness/internal/record"
)

// probeTimeout is how long the API server may take for an answer to a question that costs it nothing.
const probeTimeout = 5 * time.Second

// Probe asks the API server for its version again and again, and notes when it does not answer. The function that it returns ends
// that, and returns the outages in the order of time. Of what lies between two questions nothing is known.
func Probe(config *rest.Config, every time.Duration) (func() []record.Outage, error) {
	config = rest.CopyConfig(config)
	config.Timeout = probeTimeout
	client, err := discovery.NewDiscoveryClientForConfig(config)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	outages := make(chan []record.Outage, 1)
	go func() {
		var p probed
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			p.note(time.Now().UTC(), ask(ctx, client))
			select {
			case <-ctx.Done():
				outages <- p.end(time.Now().UTC())
				return
			case <-tick.C:
			}
		}
	}()
	return func() []record.Outage {
		cancel()
		return <-outages
	}, nil
}

func ask(ctx context.Context, client *discovery.DiscoveryClient) error {
	err := client.RESTClient().Get().AbsPath("/version").Do(ctx).Error()
	if ctx.Err() != nil {
		return nil // it is we who gave up
	}
	return err
}

// probed is what answers, and their absence, come to. The zero value has heard nothing.
type probed struct {
	answered time.Time // the last time
	away     *record.Outage
	outages  []record.Outage
}

// note takes the outcome of one question.
func (p *probed) note(now time.Time, err error) {
	switch {
	case err == nil:
		if p.away != nil {
			p.away.Until = now
			p.outages, p.away = append(p.outages, *p.away), nil
		}
		p.answered = now
	case p.away == nil:
		from := p.answered
		if from.IsZero() {
			from = now
		}
		p.away = &record.Outage{From: from, Words: err.Error()}
	}
}

// end returns the outages, the last of which may still go on.
func (p *probed) end(now time.Time) []record.Outage {
	if p.away != nil {
		p.away.Until = now
		p.outages = append(p.outages, *p.away)
	}
	return p.outages
}
