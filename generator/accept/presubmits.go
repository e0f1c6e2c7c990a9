package accept

import (
	"fmt"
	"maps"
	"slices"

	prowconfig "sigs.k8s.io/prow/pkg/config"
)

// checkPresubmit holds that a presubmit runs on request only, under its own name.
func checkPresubmit(p *problems, j job) {
	ps := j.presubmit
	if ps.Context != ps.Name {
		p.addf("context %q is not the job's name", ps.Context)
	}
	if want := prowconfig.DefaultRerunCommandFor(ps.Name); ps.RerunCommand != want {
		p.addf("rerun_command %q is not %q", ps.RerunCommand, want)
	}
	if want := prowconfig.DefaultTriggerFor(ps.Name); ps.Trigger != want {
		p.addf("trigger %q is not %q", ps.Trigger, want)
	}
	if ps.AlwaysRun || ps.RunIfChanged != "" || ps.SkipIfOnlyChanged != "" || ps.RunBeforeMerge {
		p.addf("it would run without being asked to: a run costs a cluster")
	}
	if !ps.Optional {
		p.addf("not optional: it would block merges")
	}
	if len(ps.Branches) > 0 && len(ps.SkipBranches) > 0 {
		p.addf("both branches and skip_branches")
	}
}

// checkTriggers holds that the command of one presubmit starts no other one of the same repository.
func checkTriggers(jobs []job) []problem {
	byRepository := map[string][]job{}
	for _, j := range jobs {
		if j.presubmit != nil {
			byRepository[j.repository] = append(byRepository[j.repository], j)
		}
	}
	var found []problem
	for _, repository := range slices.Sorted(maps.Keys(byRepository)) {
		for _, asked := range byRepository[repository] {
			for _, other := range byRepository[repository] {
				if command := asked.presubmit.RerunCommand; asked.Name != other.Name && other.presubmit.TriggerMatches(command) {
					found = append(found, problem{of: other.String(), job: other.Name, text: fmt.Sprintf("%q starts it too", command)})
				}
			}
		}
	}
	return found
}
