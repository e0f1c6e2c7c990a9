package proof

import (
	"fmt"
	"slices"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// wrong is a finding without its place.
type wrong struct {
	severity Severity
	message  string
	hints    []string
}

// inspect holds one ability against one release.
func inspect(p Proof, words func() *lexicon, r Release, jobs []jobMatcher) []wrong {
	switch {
	case p.absent:
		return []wrong{{Error, p.Reason, nil}}
	case p.State == Unproven:
		return watched(p.Candidates)
	case len(p.Tests) == 0:
		return unmatched(p, words, r)
	}
	return slices.Concat(unmatched(p, words, r), excesses(p), misseen(p, jobs))
}

// unmatched says what the release lacks of an ability: each of its focus strings must be shown.
func unmatched(p Proof, words func() *lexicon, r Release) []wrong {
	var found []wrong
	for _, lack := range lacks(p.testCase, p.Unmatched, len(p.Tests) > 0, words) {
		found = append(found, wrong{Error, lack.Message, lack.Hints})
	}
	if v, ok := ahead(p.testCase, r); ok && len(p.Tests) == 0 {
		hint := fmt.Sprintf("it is for Kubernetes %s, and the newest catalog is of %s: add a catalog first, see docs/releases.md", v, r.Catalog)
		found[0].hints = slices.Insert(found[0].hints, 0, hint)
	}
	return found
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

// excesses warns of tests that are too many, or for Linux only.
func excesses(p Proof) []wrong {
	var found []wrong
	for _, e := range p.testCase.Excesses(p.Tests) {
		found = append(found, wrong{Warning, e.Message, ExcessHints(e)})
	}
	return found
}

// misseen warns of a spec that names a job of SIG Windows which does not run all tests of the ability, so that nobody
// knows that they pass there. Tests move between jobs when a release renames them.
func misseen(p Proof, jobs []jobMatcher) []wrong {
	in := runnerOf(p.Tests, jobs)
	if p.Seen == "" || p.Seen == in {
		return nil
	}
	hint := "leave seen out"
	if in != "" {
		hint = "write seen: " + in
	}
	return []wrong{{Warning, fmt.Sprintf("the %s job of SIG Windows does not run all of its tests", p.Seen), []string{hint}}}
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
