package specs

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// DefaultMaxTests is how many tests an ability may select unless its test case says otherwise.
const DefaultMaxTests = 4

// Excess is why the tests of an ability are more than can be meant to prove it.
type Excess struct {
	Message string   // such as "its focus matches 6087 tests, more than maxTests: 4"
	Hint    string   // what to do about it; "" for nothing but to look at Tests
	Tests   []string // the tests that are too many; nil if no single one is
}

// Excesses returns in what way the tests that a test case selects are too many, or for Linux only: the limits that hold
// for a spec under verification and for a plan that is run. None: the tests are within them.
func (t TestCase) Excesses(tests []string) []Excess {
	var found []Excess
	if most := cmp.Or(t.MaxTests, DefaultMaxTests); len(tests) > most {
		found = append(found, Excess{
			Message: fmt.Sprintf("its focus matches %d tests, more than maxTests: %d", len(tests), most),
			Hint:    "name the tests that prove it, or set maxTests if all of them do",
		})
	}
	linux := slices.DeleteFunc(slices.Clone(tests), func(name string) bool { return !strings.Contains(name, "[LinuxOnly]") })
	if len(linux) > 0 {
		found = append(found, Excess{
			Message: fmt.Sprintf("its focus matches %s for Linux only, which proves nothing of Windows", countTests(len(linux))),
			Tests:   linux,
		})
	}
	return found
}

func countTests(n int) string {
	if n == 1 {
		return "1 test"
	}
	return fmt.Sprintf("%d tests", n)
}
