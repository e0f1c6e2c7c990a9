package proof

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// wrong is a finding without its place.
type wrong struct {
	severity Severity
	message  string
	hints    []string
}

// inspect holds one ability against one release.
func inspect(p Proof, words func() *lexicon, r Release) []wrong {
	switch {
	case p.absent:
		return []wrong{{Error, p.Reason, nil}}
	case p.State == Missing:
		return []wrong{missing(p.testCase, words(), r)}
	case p.State == Unproven:
		return watched(p.Candidates)
	}
	return slices.Concat(idle(p, words), tooWide(p), linuxOnly(p.Tests))
}

// missing says that a focus matches nothing, and what it may have meant.
func missing(tc specs.TestCase, words *lexicon, r Release) wrong {
	w := wrong{Error, "its focus matches no test", nil}
	if all := selected(specs.TestCase{Focus: tc.Focus}, words.names); len(all) > 0 {
		w.message = fmt.Sprintf("its skip leaves out %s that its focus matches", allOf(len(all)))
		return w
	}
	if v, ok := ahead(tc, r); ok {
		w.hints = append(w.hints, fmt.Sprintf("it is for Kubernetes %s, and the newest catalog is of %s: add a catalog first, see docs/releases.md", v, r.Catalog))
	}
	w.hints = append(w.hints, didYouMean(tc.Focus, words)...)
	return w
}

func allOf(n int) string {
	if n == 1 {
		return "the one test"
	}
	return fmt.Sprintf("all %d tests", n)
}

// ahead returns the version for which a test case was chosen, if the catalog that stands in is older.
func ahead(tc specs.TestCase, r Release) (specs.Version, bool) {
	known, err := specs.ParseVersion(r.Catalog)
	if err != nil || !r.Assumed {
		return specs.Version{}, false
	}
	for _, v := range tc.KubernetesVersions {
		if v.Compare(known) > 0 && v.Compare(r.Version) <= 0 {
			return v, true
		}
	}
	return specs.Version{}, false
}

// maxHints is how many names a hint offers.
const maxHints = 3

func didYouMean(focus []string, words *lexicon) []string {
	var hints []string
	for _, f := range focus {
		for _, name := range words.near(f, max(1, maxHints-len(focus)+1)) {
			hint := fmt.Sprintf("did you mean %q?", name)
			if !slices.Contains(hints, hint) && len(hints) < maxHints {
				hints = append(hints, hint)
			}
		}
	}
	return hints
}

// flag is a group that changes how the rest of an expression is read.
var flag = regexp.MustCompile(`\(\?[a-zA-Z-]+\)|\\Q`)

// idle warns of a focus string that matches nothing while others of the ability do: a test that has gone.
func idle(p Proof, words func() *lexicon) []wrong {
	focus := p.testCase.Focus
	if len(focus) < 2 || slices.ContainsFunc(focus, flag.MatchString) {
		return nil
	}
	var found []wrong
	for _, f := range focus {
		alone := specs.TestCase{Focus: []string{f}, Skip: p.testCase.Skip}
		if len(selected(alone, p.Tests)) == 0 {
			found = append(found, wrong{Warning, fmt.Sprintf("one of its focus strings matches no test: %q", f), didYouMean([]string{f}, words())})
		}
	}
	return found
}

// selected returns the names that a test case selects.
func selected(tc specs.TestCase, names []string) []string {
	m, err := specs.NewMatcher(tc.Focus, tc.Skip)
	if err != nil {
		return nil // the strings were compiled before, together: a part of them that does not compile selects nothing
	}
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !m.Match(name) })
}

func tooWide(p Proof) []wrong {
	most := cmp.Or(p.testCase.MaxTests, specs.DefaultMaxTests)
	if len(p.Tests) <= most {
		return nil
	}
	return []wrong{{Warning, fmt.Sprintf("its focus matches %d tests, more than maxTests: %d", len(p.Tests), most),
		[]string{"name the tests that prove it, or set maxTests if all of them do"}}}
}

func linuxOnly(tests []string) []wrong {
	var names []string
	for _, name := range tests {
		if strings.Contains(name, "[LinuxOnly]") {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil
	}
	return []wrong{{Warning, fmt.Sprintf("its focus matches %s for Linux only, which proves nothing of Windows", plural(len(names), "test")), lookAt(names)}}
}

// lookAt are hints that name the first few tests.
func lookAt(names []string) []string {
	var hints []string
	for _, name := range names[:min(maxHints, len(names))] {
		hints = append(hints, fmt.Sprintf("look at %q", name))
	}
	return hints
}

// watched warns of candidates that have come: the ability may be unproven no longer.
func watched(candidates []string) []wrong {
	if len(candidates) == 0 {
		return nil
	}
	return []wrong{{Warning, fmt.Sprintf("it is unproven, and %s its candidates", matchWords(len(candidates))), lookAt(candidates)}}
}

func matchWords(n int) string {
	if n == 1 {
		return "1 test now matches"
	}
	return fmt.Sprintf("%d tests now match", n)
}

// use is one category's claim on a test.
type use struct{ category, test string }

// usersOf returns the abilities of a category that select a test on the i-th release, by category and test.
func usersOf(abilities []Ability, i int) map[use][]Ability {
	users := map[use][]Ability{}
	for _, a := range abilities {
		for _, test := range a.On[i].Tests {
			u := use{category: a.Category, test: test}
			users[u] = append(users[u], a)
		}
	}
	return users
}

// sharing warns of tests that prove two abilities of one category, unless the spec says that it is so on purpose; and of
// a spec that says so although it is not.
func sharing(a Ability, p Proof, users map[use][]Ability) []wrong {
	var others []string
	common := map[string][]string{}
	for _, test := range p.Tests {
		for _, other := range users[use{category: a.Category, test: test}] {
			if other.ID == a.ID {
				continue
			}
			if len(common[other.ID]) == 0 {
				others = append(others, other.ID)
			}
			common[other.ID] = append(common[other.ID], test)
		}
	}
	if p.testCase.Shared {
		if len(others) == 0 && len(p.Tests) > 0 {
			return []wrong{{Warning, "it is shared, but no other ability of the category has one of its tests", nil}}
		}
		return nil
	}
	var found []wrong
	for _, id := range others {
		found = append(found, wrong{Warning, fmt.Sprintf("ability %q of the category has %s in common with it", id, plural(len(common[id]), "test")),
			append(lookAt(common[id]), "give both `shared: true` if one test proves both")})
	}
	return found
}
