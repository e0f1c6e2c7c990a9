package specs

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
)

// Suite is the description of Kubernetes' e2e suite. Ginkgo matches focus and skip against Suite, a space and the text
// of the test (ginkgo's internal/focus.go).
const Suite = "Kubernetes e2e suite"

// Matcher selects tests by focus and skip as Ginkgo does: the strings of each are joined by "|" to one regular
// expression. The zero Matcher selects nothing.
type Matcher struct {
	exact map[string]bool // names with Suite that a whole-name focus spells out
	focus *regexp.Regexp  // the other focus strings; nil for none
	skip  *regexp.Regexp  // nil for none
}

// NewMatcher compiles focus and skip. Without focus it selects nothing: an ability without tests must not select them
// all, as Ginkgo would.
func NewMatcher(focus, skip []string) (Matcher, error) {
	m := Matcher{exact: map[string]bool{}}
	var rest []string
	for _, f := range focus {
		if name, ok := exactName(f); ok {
			m.exact[name] = true
		} else {
			rest = append(rest, f)
		}
	}
	// A flag such as (?i) and a quotation \Q hold for what follows them across "|", so then the strings stay together.
	if slices.ContainsFunc(rest, func(f string) bool { return strings.Contains(f, "(?") || strings.Contains(f, `\Q`) }) {
		m.exact, rest = nil, focus
	}
	var err error
	if m.focus, err = joined(rest); err != nil {
		return Matcher{}, err
	}
	if m.skip, err = joined(skip); err != nil {
		return Matcher{}, err
	}
	return m, nil
}

// Match tells whether the test with this text, without Suite, is selected.
func (m Matcher) Match(text string) bool { return m.matchFull(Suite + " " + text) }

func (m Matcher) matchFull(full string) bool {
	if !m.exact[full] && (m.focus == nil || !m.focus.MatchString(full)) {
		return false
	}
	return m.skip == nil || !m.skip.MatchString(full)
}

func joined(exprs []string) (*regexp.Regexp, error) {
	if len(exprs) == 0 {
		return nil, nil
	}
	return regexp.Compile(strings.Join(exprs, "|"))
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

// Index finds the test cases that a test belongs to. Most focus strings spell out a whole name, so a lookup is one map
// access and as many regular expressions as there are test cases with another kind of focus.
type Index struct {
	exact   map[string][]int
	regexps []int // test cases whose focus is not only whole names
	cases   []Matcher
}

// NewIndex compiles the test cases of a selection; Lookup speaks of them by their place in it.
func NewIndex(cases []TestCase) (*Index, error) {
	ix := &Index{exact: map[string][]int{}, cases: make([]Matcher, len(cases))}
	for i, tc := range cases {
		m, err := NewMatcher(tc.Focus, tc.Skip)
		if err != nil {
			return nil, err
		}
		ix.cases[i] = m
		for name := range m.exact {
			ix.exact[name] = append(ix.exact[name], i)
		}
		if m.focus != nil {
			ix.regexps = append(ix.regexps, i)
		}
	}
	return ix, nil
}

// Lookup appends to found the places of the test cases that select the test with this text, in order.
func (ix *Index) Lookup(text string, found []int) []int {
	full := Suite + " " + text
	for _, i := range ix.exact[full] {
		if m := ix.cases[i]; m.skip == nil || !m.skip.MatchString(full) {
			found = append(found, i)
		}
	}
	for _, i := range ix.regexps {
		if !slices.Contains(found, i) && ix.cases[i].matchFull(full) {
			found = append(found, i)
		}
	}
	slices.Sort(found)
	return found
}
