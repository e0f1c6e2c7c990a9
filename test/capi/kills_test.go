package capi

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	fleetSize = 50
	kills     = 100
)

// killed holds that the controller, killed a hundred times while fifty clusters come up, is run and end, begins exactly one run
// for each, and comes to the same for all.
func killed(t *testing.T, s *stand) {
	random := rand.New(rand.NewPCG(17, 1)) // the same moments in each run
	names := make([]string, fleetSize)
	for i := range names {
		names[i] = fmt.Sprintf("fleet%02d", i)
		s.provider.hold(names[i], true)
		s.kubelet.set(names[i], judged("ready", older))
		s.create(t, asking(names[i], map[string]string{holdUpgrades: "true"}))
	}
	kubeconfig := s.install(t)
	for i := range kills {
		if i%2 == 0 {
			s.provider.hold(names[i/2], false) // so that something is under way all the time
		}
		c := s.controller(t, kubeconfig, "--leader-elect=false")
		if i%5 > 0 { // the others are killed while they begin
			c.ready(t)
		}
		select {
		case <-c.done:
			t.Fatalf("the controller ended by itself; %s", c.tail())
		case <-time.After(time.Duration(random.IntN(800)) * time.Millisecond):
		}
		c.kill()
	}
	s.controller(t, kubeconfig, "--leader-elect=false")
	for _, name := range names {
		s.says(t, name, conditionType, metav1.ConditionTrue, "Ready")
		s.held(t, name, false)
	}
	for _, name := range names {
		s.past.never(t, name, metav1.ConditionFalse)
		s.past.alwaysHeld(t, name)
		made := s.jobs.of(name)
		for job, times := range made {
			if times != 1 {
				t.Errorf("%s was made %d times", job, times)
			}
		}
		if n := s.kubelet.begun(name); len(made) != 1 || n != 1 {
			t.Errorf("%s has %d Jobs, and its run began %d times", name, len(made), n)
		}
	}
}
