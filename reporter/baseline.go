package reporter

import (
	"cmp"
	"fmt"
	"slices"
)

// Compare holds each failure of a summary against builds of the base branch, the newest first, and says whose it is: new,
// failing there too, or flaky there. It changes neither states nor verdicts.
func Compare(s Summary, baseline []Summary) Summary {
	if len(baseline) == 0 {
		return s
	}
	histories := make([]map[string]State, len(baseline))
	for i, b := range baseline {
		histories[i] = testStates(b)
	}
	s.Categories = slices.Clone(s.Categories)
	for i := range s.Categories {
		abilities := slices.Clone(s.Categories[i].Abilities)
		for j, a := range abilities {
			if a.State == Failed {
				abilities[j].Standing = standingOf(a, baseline, histories)
			}
		}
		s.Categories[i].Abilities = abilities
	}
	s.Baseline = len(baseline)
	return s
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
func standingOf(a Ability, baseline []Summary, histories []map[string]State) Standing {
	var worst Standing
	for _, t := range a.Tests {
		if t.State != Failed {
			continue
		}
		if s := testStanding(t.Name, baseline, histories); worst.Kind == Uncompared || urgency(s.Kind) > urgency(worst.Kind) {
			worst = s
		}
	}
	return worst
}

// urgency orders the kinds by how much they are the author's to look at.
func urgency(k StandingKind) int {
	return map[StandingKind]int{AlsoFailing: 1, FlakyThere: 2, New: 3}[k]
}

func testStanding(name string, baseline []Summary, histories []map[string]State) Standing {
	s := Standing{Kind: New}
	row := true // every build so far, from the newest, has it failed
	for i, states := range histories {
		switch states[name] {
		case Failed:
			s.Failed++
			s.Of++
			if row {
				s.Since = cmp.Or(baseline[i].Build.ID, baseline[i].Build.Source)
			}
		case Flaky:
			s.Failed++
			s.Of++
			row = false
		case Passed:
			s.Of++
			row = false
		}
	}
	switch {
	case s.Since != "":
		s.Kind = AlsoFailing
	case s.Failed > 0:
		s.Kind = FlakyThere
	}
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
	case FlakyThere:
		return fmt.Sprintf("flaky on the base branch: it failed in %d of %d builds", s.Failed, s.Of)
	}
	return ""
}

// String returns the word of the JSON form.
func (k StandingKind) String() string {
	return [...]string{"", "new", "also failing", "flaky there"}[k]
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
			if a.Standing.Kind == New {
				fresh++
			}
		}
	}
	if failed == 0 {
		return ""
	}
	return fmt.Sprintf("Need the author's attention: %d of %d failures, which are new against the base branch.", fresh, failed)
}
