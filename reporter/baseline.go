package reporter

import (
	"fmt"
	"slices"
)

// Compare holds each failure of a summary against builds of the base branch, the newest first, and says whose it is: new,
// failing there too, or flaky there. Of the builds those count that were known when the build ran: that began before it
// ended, and have results. Which do not is a warning. It changes neither states nor verdicts.
func Compare(s Summary, baseline []Summary) Summary {
	past := make([]Past, len(baseline))
	for i, b := range baseline {
		past[i] = PastOf(b)
	}
	return ComparePast(s, past)
}

// ComparePast is Compare with what is left of builds.
func ComparePast(s Summary, baseline []Past) Summary {
	if len(baseline) == 0 {
		return s
	}
	baseline, warnings := known(s.Build, baseline)
	s.Warnings = slices.Concat(s.Warnings, warnings)
	if len(baseline) == 0 {
		return s
	}
	s.Categories = slices.Clone(s.Categories)
	for i := range s.Categories {
		abilities := slices.Clone(s.Categories[i].Abilities)
		for j, a := range abilities {
			if a.State == Failed {
				abilities[j].Standing = standingOf(a, baseline)
			}
		}
		s.Categories[i].Abilities = abilities
	}
	s.Baseline = len(baseline)
	return s
}

// NotCompared is a summary that could not be compared with the base branch, and says so.
func NotCompared(s Summary, err error) Summary {
	s.Warnings = slices.Concat(s.Warnings, []Warning{{Message: fmt.Sprintf("not compared with the base branch: %v", err)}})
	return s
}

// known splits builds of the base branch into those that b can be compared with, and warnings about the others. Builds
// that began later are no matter of a warning: they are there because the base branch goes on.
func known(b Build, baseline []Past) (usable []Past, warnings []Warning) {
	for _, past := range baseline {
		why := past.Useless
		switch {
		case why != "", b.Finished.IsZero():
		case past.Began.IsZero():
			why = "when it began is not known"
		case !past.Began.Before(b.Finished):
			continue
		}
		if why == "" {
			usable = append(usable, past)
			continue
		}
		warnings = append(warnings, Warning{Message: fmt.Sprintf("not compared with build %s of the base branch: %s", past.ID, why)})
	}
	return usable, warnings
}

// testStates are the states of all tests of a build.
func testStates(s Summary) map[string]State {
	states := map[string]State{}
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			for _, t := range a.Tests {
				states[t.Name] = t.State
			}
		}
	}
	return states
}

// standingOf is the standing of the failed test that most needs a look: an ability with one new failure is new.
func standingOf(a Ability, baseline []Past) Standing {
	var worst Standing
	for _, t := range a.Tests {
		if t.State != Failed {
			continue
		}
		if s := testStanding(t.Name, baseline); worst.Kind == Uncompared || urgency(s.Kind) > urgency(worst.Kind) {
			worst = s
		}
	}
	return worst
}

// urgency orders the kinds by how much they are the author's to look at.
func urgency(k StandingKind) int {
	return map[StandingKind]int{AlsoFailing: 1, FlakyThere: 2, Unclear: 3, New: 4}[k]
}

// leastFailing is in how many builds of the base branch a test must fail, from the newest, to count as failing there.
const leastFailing = 2

// testStanding is the standing of a failed test by its results in the baseline, the newest first.
func testStanding(name string, baseline []Past) Standing {
	s := Standing{Kind: New}
	row := 0 // builds from the newest in which it failed
	for _, past := range baseline {
		switch past.Tests[name] {
		case Failed:
			if row == s.Of {
				row++
				s.Since = past.ID
			}
			s.Failed++
		case Flaky:
			s.Failed++
		case Passed:
		default:
			continue
		}
		s.Of++
	}
	switch {
	case row >= leastFailing:
		s.Kind = AlsoFailing
		return s
	case s.Failed > 0 && s.Of < leastFailing:
		s.Kind = Unclear
	case s.Failed > 0:
		s.Kind = FlakyThere
	}
	s.Since = ""
	return s
}

// String says the standing as it stands behind a failure, "" if there is none.
func (s Standing) String() string {
	switch s.Kind {
	case New:
		if s.Of == 0 {
			return "new: no result on the base branch"
		}
		return "new: it passes on the base branch"
	case AlsoFailing:
		return "also failing on the base branch since build " + s.Since
	case Unclear:
		return "not known whether new: it failed in the one build of the base branch that has a result"
	case FlakyThere:
		return fmt.Sprintf("flaky on the base branch: it failed in %d of %d builds", s.Failed, s.Of)
	}
	return ""
}

// String returns the word of the JSON form.
func (k StandingKind) String() string {
	return [...]string{"", "new", "also failing", "flaky there", "unclear"}[k]
}

// Attention says how many failures the author must look at, "" if the summary was not compared.
func (s Summary) Attention() string {
	if s.Baseline == 0 {
		return ""
	}
	failed, fresh := 0, 0
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			if a.State == Failed {
				failed++
			}
			if a.Standing.Kind == New || a.Standing.Kind == Unclear {
				fresh++
			}
		}
	}
	if failed == 0 {
		return ""
	}
	text := fmt.Sprintf("Need the author's attention: %d of %d failures.", fresh, failed)
	if fresh < failed {
		text += " The others are of the base branch."
	}
	return text
}
