package reporter

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// FailedTest is a test that failed, or failed first, with all that it counts against.
type FailedTest struct {
	Test
	Against  []AbilityName
	Standing Standing // of these, the one that most needs a look
}

// AbilityName says which ability something is about.
type AbilityName struct{ Category, ID, Description string }

// String returns the words of the KEP.
func (n AbilityName) String() string { return n.Category + ": " + n.Description }

// FailedTests lists each test once that counts against an ability: those that failed, then those that are flaky.
func (s Summary) FailedTests() []FailedTest {
	var list []FailedTest
	at := map[string]int{}
	for _, state := range []State{Failed, Flaky} {
		for _, c := range s.Categories {
			for _, a := range c.Abilities {
				for _, t := range a.Tests {
					if t.State != state || a.State == Exempt {
						continue
					}
					i, seen := at[t.Name]
					if !seen {
						i = len(list)
						at[t.Name] = i
						list = append(list, FailedTest{Test: t})
					}
					standing := a.Standing
					if state == Flaky {
						standing = Standing{} // that of another test
					}
					list[i].add(AbilityName{c.Name, a.ID, a.Description}, standing)
				}
			}
		}
	}
	return list
}

// add notes one more ability that the test counts against.
func (f *FailedTest) add(ability AbilityName, s Standing) {
	if !slices.Contains(f.Against, ability) {
		f.Against = append(f.Against, ability)
	}
	if urgency(s.Kind) > urgency(f.Standing.Kind) {
		f.Standing = s
	}
}

// OtherFailures are failures of other suites of the build, as lines: they may be the cause where tests did not run.
func (s Summary) OtherFailures() []string {
	var lines []string
	for _, f := range s.Others {
		line := f.Test.Name
		if f.Suite != "" {
			line = f.Suite + ": " + line
		}
		line += ": " + f.Test.Place()
		if excerpt, _ := f.Test.Excerpt(1); len(excerpt) > 0 {
			line += ": " + excerpt[0]
		}
		lines = append(lines, line)
	}
	return lines
}

// Why lists why the proof is not whole: what failed around the tests, and the Reasons.
func (s Summary) Why() []string { return append(s.Around(), s.Reasons()...) }

// Reasons lists why the proof is not whole, each reason once: what stands against every result, which nodes the cluster lacks,
// and what stands against abilities that are not shown, those that stand against the most first.
func (s Summary) Reasons() []string {
	lines := append(Lines(s.Incomplete), s.Shortage...)
	for _, r := range s.abilityReasons() {
		lines = append(lines, r.String())
	}
	if n := s.Counts().Of(NotRun); n > 0 {
		lines = append(lines, s.Ledger.notRun(n, s.Counts().All()))
	}
	return lines
}

// SharedReason stands for the reasons of an ability that Why has already, since they stand against other results too.
const SharedReason = "see why the proof is not whole"

// ReasonsOf are the reasons of an ability for a view that shows Why: those that stand against other results too are one.
func (s Summary) ReasonsOf(a Ability) []string {
	shared := map[string]bool{}
	for _, w := range s.Incomplete {
		shared[w.String()] = true
	}
	own := slices.DeleteFunc(slices.Clone(a.Reasons), func(text string) bool { return shared[text] })
	if len(own) < len(a.Reasons) {
		own = append(own, SharedReason)
	}
	return own
}

// reason is one reason with all that it is the reason for.
type reason struct {
	text      string
	tests     []string // that it is about; none: it does not name any
	abilities int
}

// abilityReasons are the reasons of the abilities that are not shown but were to be.
func (s Summary) abilityReasons() []reason {
	var list []reason
	for _, c := range s.Categories {
		for _, a := range c.Abilities {
			if a.State == Unconfirmed || a.State == NotRun || a.State == Skipped {
				a.Reasons = s.ReasonsOf(a)
				list = addReasons(list, a)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b reason) int { return b.abilities - a.abilities })
	return list
}

func addReasons(list []reason, a Ability) []reason {
	counted := map[string]bool{}
	for _, text := range a.Reasons {
		if text == SharedReason {
			continue
		}
		text, test := cutTest(text)
		if a.State == Skipped && test == "" {
			text = "skipped: " + text
		}
		i := slices.IndexFunc(list, func(r reason) bool { return r.text == text })
		if i < 0 {
			i = len(list)
			list = append(list, reason{text: text})
		}
		if test != "" && !slices.Contains(list[i].tests, test) {
			list[i].tests = append(list[i].tests, test)
		}
		if !counted[text] {
			counted[text] = true
			list[i].abilities++
		}
	}
	return list
}

// cutTest cuts the name of a test from the end of a reason: in quotes and brackets, or in quotes behind "of".
func cutTest(reason string) (text, test string) {
	for _, form := range []struct{ begin, end, left string }{{` (`, `)`, `: `}, {` of `, ``, ` of `}} {
		at := strings.LastIndex(reason, form.begin+`"`)
		if at < 0 || !strings.HasSuffix(reason, form.end) {
			continue
		}
		if test, err := strconv.Unquote(reason[at+len(form.begin) : len(reason)-len(form.end)]); err == nil {
			return reason[:at] + form.left, test
		}
	}
	return reason, ""
}

// String says the reason, which test it is about, and how many abilities it stands against.
func (r reason) String() string {
	count := ""
	if r.abilities > 1 {
		count = fmt.Sprintf(" (%d abilities)", r.abilities)
	}
	switch len(r.tests) {
	case 0:
		return r.text + count
	case 1:
		return fmt.Sprintf("%s%q%s", r.text, r.tests[0], count)
	}
	return fmt.Sprintf("%s%d tests%s, such as %q", r.text, len(r.tests), count, r.tests[0])
}
