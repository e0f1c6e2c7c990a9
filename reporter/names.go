package reporter

import (
	"strings"

	"sigs.k8s.io/windows-operational-readiness/reporter/junit"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// Names finds the test that a row is of. Some producers put the suite before its name or its labels behind it. The zero
// value takes each name as it is, and every test for one that matters.
type Names struct {
	index *specs.Index
	known map[string]bool
}

// NewNames returns the names of tests that an ability of the categories selects, of every version in them, and of the other
// known tests. The rows of other tests are counted, and not kept.
func NewNames(categories []specs.Category, known []string) (Names, error) {
	var cases []specs.TestCase
	for _, c := range categories {
		cases = append(cases, c.TestCases...)
	}
	index, err := specs.NewIndex(cases)
	if err != nil {
		return Names{}, err
	}
	n := Names{index: index, known: make(map[string]bool, len(known))}
	for _, name := range known {
		n.known[name] = true
	}
	return n, nil
}

// Resolve returns the name of the test as e2e.test lists it, and whether an ability selects it.
func (n Names) Resolve(row string) (name string, selected bool) {
	name = trimSuite(row)
	if n.index == nil {
		return name, true
	}
	for candidate := name; ; {
		switch {
		case n.selects(candidate):
			return candidate, true
		case n.known[candidate]:
			return candidate, false
		}
		shorter, ok := trimLabels(candidate)
		if !ok {
			return name, false
		}
		candidate = shorter
	}
}

func (n Names) selects(name string) bool { return len(n.index.Lookup(name, nil)) > 0 }

// trimSuite takes from a name what is put before it: the name of the suite, and the type of the node.
func trimSuite(name string) string {
	name = strings.TrimPrefix(name, junit.It)
	if rest, ok := strings.CutPrefix(name, specs.Suite); ok {
		name = strings.TrimPrefix(strings.TrimLeft(rest, ". :"), junit.It)
	}
	return name
}

// trimLabels takes from the end of a name the brackets in which Ginkgo lists labels; ok is false if there are none. A single
// word in brackets may be a part of the name of another test, and is left.
func trimLabels(name string) (shorter string, ok bool) {
	at := strings.LastIndex(name, " [")
	if at < 0 || !strings.HasSuffix(name, "]") || !strings.Contains(name[at:], ", ") {
		return name, false
	}
	return name[:at], true
}
