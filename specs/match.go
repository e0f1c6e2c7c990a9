package specs

import (
	"cmp"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// Suite is the description of Kubernetes' e2e suite. Ginkgo matches focus and skip against Suite, a space and the text
// of the test (ginkgo's internal/focus.go).
const Suite = "Kubernetes e2e suite"

// Matcher selects tests by focus and skip as Ginkgo does: a test that one of focus matches and none of skip. Each string
// is an expression of its own: unlike in Ginkgo, which joins them by "|", a flag such as (?i) ends with its string. The
// zero Matcher selects nothing.
type Matcher struct{ index *Index }

// NewMatcher compiles focus and skip. Without focus it selects nothing: an ability without tests must not select them
// all, as Ginkgo would.
func NewMatcher(focus, skip []string) (Matcher, error) {
	index, err := NewIndex([]TestCase{{Focus: focus, Skip: skip}})
	return Matcher{index: index}, err
}

// Match tells whether the test with this text, without Suite, is selected.
func (m Matcher) Match(text string) bool { return m.index != nil && len(m.index.lookup(text)) > 0 }

// Index finds the test cases that a test belongs to. Most focus strings spell out a whole name, so a lookup is one map
// access and as many regular expressions as there are focus strings of another kind.
type Index struct {
	exact   map[string][]match
	regexps []pattern
	skips   []*regexp.Regexp // of each test case; nil for none
}

// match is one focus string that selects a test: by its place in TestCase.Expressions.
type match struct{ testCase, expression int }

type pattern struct {
	match
	re *regexp.Regexp
}

// NewIndex compiles the test cases of a selection; Lookup speaks of them by their place in it.
func NewIndex(cases []TestCase) (*Index, error) {
	ix := &Index{exact: map[string][]match{}, skips: make([]*regexp.Regexp, len(cases))}
	for i, tc := range cases {
		for j, expr := range tc.Expressions() {
			m := match{testCase: i, expression: j}
			if name, ok := exactName(expr); ok {
				ix.exact[name] = append(ix.exact[name], m)
				continue
			}
			re, err := regexp.Compile(expr)
			if err != nil {
				return nil, fmt.Errorf("focus %q: %w", expr, err)
			}
			ix.regexps = append(ix.regexps, pattern{match: m, re: re})
		}
		if len(tc.Skip) > 0 {
			var err error
			if ix.skips[i], err = regexp.Compile(Union(tc.Skip)); err != nil {
				return nil, fmt.Errorf("skip %q: %w", tc.Skip, err)
			}
		}
	}
	return ix, nil
}

// Lookup appends to found the places of the test cases that select the test with this text, in order.
func (ix *Index) Lookup(text string, found []int) []int {
	last := -1
	for _, m := range ix.lookup(text) {
		if m.testCase != last {
			last = m.testCase
			found = append(found, last)
		}
	}
	return found
}

// lookup returns the focus strings that select the test with this text, by test case and place.
func (ix *Index) lookup(text string) []match {
	full := Suite + " " + text
	found := slices.Clone(ix.exact[full])
	for _, p := range ix.regexps {
		if p.re.MatchString(full) {
			found = append(found, p.match)
		}
	}
	found = slices.DeleteFunc(found, func(m match) bool {
		skip := ix.skips[m.testCase]
		return skip != nil && skip.MatchString(full)
	})
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(a.testCase, b.testCase), cmp.Compare(a.expression, b.expression))
	})
	return found
}

// exactName returns the one string that expr can match, if expr is a literal between ^ and $.
func exactName(expr string) (string, bool) {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil || re.Op != syntax.OpConcat || len(re.Sub) != 3 {
		return "", false
	}
	begin, literal, end := re.Sub[0], re.Sub[1], re.Sub[2]
	if begin.Op != syntax.OpBeginText || end.Op != syntax.OpEndText || literal.Op != syntax.OpLiteral ||
		literal.Flags&syntax.FoldCase != 0 {
		return "", false
	}
	return string(literal.Rune), true
}

// Union returns one expression that matches what one of exprs matches, for programs that take a single one: exprs joined
// by "|". A flag such as (?i), a quotation \Q or the name of a group would reach beyond its own string, so a string with
// one is written anew. One that does not compile stays as it is.
func Union(exprs []string) string {
	alone := make([]string, len(exprs))
	for i, expr := range exprs {
		alone[i] = standalone(expr)
	}
	return strings.Join(alone, "|")
}

func standalone(expr string) string {
	if !strings.Contains(expr, "(?") && !strings.Contains(expr, `\Q`) {
		return expr
	}
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return expr
	}
	return "(?:" + unnamed(re).String() + ")"
}

// unnamed drops the captures from an expression: what is matched stays the same.
func unnamed(re *syntax.Regexp) *syntax.Regexp {
	if re.Op == syntax.OpCapture {
		return unnamed(re.Sub[0])
	}
	for i, sub := range re.Sub {
		re.Sub[i] = unnamed(sub)
	}
	return re
}
