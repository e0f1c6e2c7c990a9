package proof

import (
	"cmp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// lexicon finds the names that are nearest to a focus. The edit distance to each of some 7,500 names would take a second
// for a few focus strings, so it is taken of those names only that share the rarest words with the focus.
type lexicon struct {
	names    []string
	postings map[string][]int // the names, by place, that have the word
}

func newLexicon(names []string) *lexicon {
	l := &lexicon{names: names, postings: map[string][]int{}}
	for i, name := range names {
		for _, word := range wordsOf(name) {
			if at := l.postings[word]; len(at) == 0 || at[len(at)-1] != i {
				l.postings[word] = append(at, i)
			}
		}
	}
	return l
}

func wordsOf(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// shortlist is how many names get their edit distance taken.
const shortlist = 64

// near returns at most n names, the nearest first, in which the literal text of a focus is found with edits that cost at
// most its length.
func (l *lexicon) near(focus string, n int) []string {
	text := literal(focus)
	return l.nearest(text, n, len(text))
}

// nearest returns at most n names in which text is found with edits of at most that cost, the least first, ties by
// length. Those that cost more than twice as much as the first are of no help beside it.
func (l *lexicon) nearest(text string, n, cost int) []string {
	type candidate struct {
		name string
		far  int
	}
	var near []candidate
	for _, i := range l.akin(text) {
		if far := editsWithin(strings.ToLower(text), strings.ToLower(l.names[i])); far <= cost {
			near = append(near, candidate{name: l.names[i], far: far})
		}
	}
	slices.SortFunc(near, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.far, b.far), cmp.Compare(len(a.name), len(b.name)), cmp.Compare(a.name, b.name))
	})
	names := make([]string, 0, n)
	for _, c := range near[:min(n, len(near))] {
		if c.far <= 2*near[0].far {
			names = append(names, c.name)
		}
	}
	return names
}

// akin returns the places of the names that share the most words with text, a rare word counting more.
func (l *lexicon) akin(text string) []int {
	score := map[int]float64{}
	for _, word := range slices.Compact(slices.Sorted(slices.Values(wordsOf(text)))) {
		at := l.postings[word]
		for _, i := range at {
			score[i] += 1 / float64(len(at))
		}
	}
	places := make([]int, 0, len(score))
	for i := range l.names {
		if score[i] > 0 {
			places = append(places, i)
		}
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(score[b], score[a]) })
	return places[:min(shortlist, len(places))]
}

// editsWithin is the least cost at which pattern becomes some part of text: 1 for a byte that text has more, 2 for one that
// it lacks or has another for. What stands before and after that part is free: a focus is a part of a name, and a renamed
// test mostly got a tag more.
func editsWithin(pattern, text string) int {
	above := make([]int, len(text)+1)
	row := make([]int, len(text)+1)
	for i := range len(pattern) {
		row[0] = 2 * (i + 1)
		for j := range len(text) {
			change := above[j]
			if pattern[i] != text[j] {
				change += 2
			}
			row[j+1] = min(change, above[j+1]+2, row[j]+1)
		}
		above, row = row, above
	}
	return slices.Min(above)
}

// literal returns the text that a focus spells out, without specs.Suite; a space stands for what it leaves open.
func literal(focus string) string {
	re, err := syntax.Parse(focus, syntax.Perl)
	if err != nil {
		return focus
	}
	text := strings.Join(strings.Fields(spelled(re)), " ")
	return strings.TrimPrefix(strings.TrimPrefix(text, specs.Suite), " ")
}

func spelled(re *syntax.Regexp) string {
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCapture, syntax.OpPlus, syntax.OpAlternate:
		return spelled(re.Sub[0])
	case syntax.OpConcat:
		var text strings.Builder
		for _, sub := range re.Sub {
			text.WriteString(spelled(sub))
		}
		return text.String()
	case syntax.OpBeginText, syntax.OpEndText, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpEmptyMatch, syntax.OpWordBoundary:
		return ""
	}
	return " "
}
