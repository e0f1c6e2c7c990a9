package proof

import (
	"fmt"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// job is one call of e2e.test by SIG Windows' own periodics, which know no abilities.
type job struct{ name, focus, skip string }

// jobs returns the calls of capz/run-capz-e2e.sh in kubernetes-sigs/windows-testing, as they were in July 2026:
// https://github.com/kubernetes-sigs/windows-testing/blob/master/capz/run-capz-e2e.sh
func jobs() []job {
	return []job{
		{
			name: specs.SeenParallel,
			focus: `\[Conformance\]|\[NodeConformance\]|\[sig-windows\]|\[sig-apps\].CronJob|\[sig-api-machinery\].ResourceQuota|` +
				`\[sig-scheduling\].SchedulerPreemption`,
			skip: `\[LinuxOnly\]|\[Serial\]|\[Slow\]|\[Excluded:WindowsDocker\]|\[Feature:DynamicResourceAllocation\]|` +
				`Networking.Granular.Checks(.*)node-pod.communication|Guestbook.application.should.create.and.stop.a.working.application|` +
				`device.plugin.for.Windows|Container.Lifecycle.Hook.when.create.a.pod.with.lifecycle.hook.should.execute(.*)http.hook.properly|` +
				`\[sig-api-machinery\].Garbage.collector|\[Alpha\]|\[Beta\].\[Feature:OffByDefault\]`,
		},
		{
			name: specs.SeenSerial,
			focus: `(\[sig-windows\]|\[sig-scheduling\].SchedulerPreemption|\[sig-autoscaling\].\[Feature:HPA\]|\[sig-apps\].CronJob)` +
				`.*(\[Serial\]|\[Slow\])|(\[Serial\]|\[Slow\]).*(\[Conformance\]|\[NodeConformance\])|\[sig-api-machinery\].Garbage.collector`,
			skip: `\[LinuxOnly\]|\[Excluded:WindowsDocker\]|device.plugin.for.Windows|` +
				`should.be.able.to.gracefully.shutdown.pods.with.various.grace.periods|\[Alpha\]|\[Beta\].\[Feature:OffByDefault\]`,
		},
	}
}

// jobMatcher selects what a job runs.
type jobMatcher struct {
	name string
	specs.Matcher
}

// newJobMatchers compiles the jobs.
func newJobMatchers() ([]jobMatcher, error) {
	var all []jobMatcher
	for _, j := range jobs() {
		m, err := specs.NewMatcher([]string{j.focus}, []string{j.skip})
		if err != nil {
			return nil, fmt.Errorf("the %s job of SIG Windows: %w", j.name, err)
		}
		all = append(all, jobMatcher{name: j.name, Matcher: m})
	}
	return all, nil
}

// runnerOf returns the job that runs all of some tests, or "".
func runnerOf(tests []string, jobs []jobMatcher) string {
	for _, j := range jobs {
		if len(tests) > 0 && !slices.ContainsFunc(tests, func(test string) bool { return !j.Match(test) }) {
			return j.name
		}
	}
	return ""
}
