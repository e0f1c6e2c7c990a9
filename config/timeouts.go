package config

import (
	"cmp"
	"fmt"
	"time"
)

// Timeouts are when Prow ends a job, and what of that time is not for its tests. In an Override zero means as before.
type Timeouts struct {
	Periodic  time.Duration `yaml:"periodic"`
	Presubmit time.Duration `yaml:"presubmit"`
	Cluster   time.Duration `yaml:"cluster"` // of which making the cluster may take this
	Grace     time.Duration `yaml:"grace"`   // for a job that is ended to end by itself
}

// TimeoutsOf are those of jobs of a version on a platform.
func (c Config) TimeoutsOf(v Version, p Platform) Timeouts {
	return c.Timeouts.with(v.Override.Timeouts).with(p.Override.Timeouts)
}

// with are the timeouts where others go before them.
func (t Timeouts) with(o Timeouts) Timeouts {
	return Timeouts{
		Periodic:  cmp.Or(o.Periodic, t.Periodic),
		Presubmit: cmp.Or(o.Presubmit, t.Presubmit),
		Cluster:   cmp.Or(o.Cluster, t.Cluster),
		Grace:     cmp.Or(o.Grace, t.Grace),
	}
}

// Tests is how long the tests of a job may take, by the job's timeout: they end by themselves before Prow ends the job.
func (t Timeouts) Tests(timeout time.Duration) time.Duration { return timeout - t.Cluster - t.Grace }

// TestGrace is how long e2e.test has to clean up when it is ended: a third of what Prow leaves the job, whose cluster is to
// be deleted too.
func (t Timeouts) TestGrace() time.Duration { return (t.Grace / 3).Truncate(time.Second) }

// named are the timeouts with their keys, those of jobs first.
func (t Timeouts) named() []namedTimeout {
	return []namedTimeout{{"periodic", t.Periodic}, {"presubmit", t.Presubmit}, {"cluster", t.Cluster}, {"grace", t.Grace}}
}

type namedTimeout struct {
	key   string
	value time.Duration
}

// ofJobs is how many of Timeouts.named are the timeouts of jobs.
const ofJobs = 2

func (c checker) timeouts() {
	base := c.cfg.Timeouts
	for _, t := range base.named() {
		c.timeout("timeouts."+t.key, t.value)
	}
	c.leavesTime("timeouts", base)
	for i, v := range c.cfg.Versions {
		for _, p := range c.cfg.Platforms {
			c.leavesTime(fmt.Sprintf("versions[%d].override.timeouts", i), c.cfg.TimeoutsOf(v, p),
				base, base.with(v.Override.Timeouts), base.with(p.Override.Timeouts))
		}
	}
}

// overridden checks timeouts that a version or platform has of its own.
func (c checker) overridden(at string, own Timeouts) {
	for _, t := range own.named() {
		if t.value != 0 {
			c.timeout(at+"."+t.key, t.value)
		}
	}
	c.leavesTime(at, c.cfg.Timeouts.with(own), c.cfg.Timeouts)
}

func (c checker) timeout(at string, d time.Duration) {
	if d < time.Minute {
		c.Problemf(at, "%s is less than a minute, or missing, such as 6h", lastKey(at))
	}
}

// leavesTime holds that jobs have time for their tests; a problem that those before have is told of those.
func (c checker) leavesTime(at string, t Timeouts, before ...Timeouts) {
	for i, job := range t.named()[:ofJobs] {
		told := job.value < time.Minute
		for _, b := range before {
			told = told || b.Tests(b.named()[i].value) < time.Minute
		}
		if !told && t.Tests(job.value) < time.Minute {
			c.Problemf(at+"."+job.key, "%s %s leaves no time for tests beside timeouts.cluster %s and timeouts.grace %s", job.key, job.value, t.Cluster, t.Grace)
		}
	}
}
