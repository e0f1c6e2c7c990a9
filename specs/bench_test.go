package specs_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// BenchmarkAssign assigns all tests of the release with the most of them to all abilities, and, as the peer x-regexp, does
// the same by one regular expression for each ability, as Ginkgo would.
func BenchmarkAssign(b *testing.B) {
	catalogs, err := catalog.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	names := slices.MaxFunc(catalogs, func(a, b catalog.Catalog) int { return len(a.Names) - len(b.Names) })
	categories, err := specs.Default()
	if err != nil {
		b.Fatal(err)
	}
	selected, err := specs.Select(categories, names.Minor)
	if err != nil {
		b.Fatal(err)
	}
	var cases []specs.TestCase
	for _, c := range selected {
		for _, tc := range c.TestCases {
			if tc.Proven() {
				cases = append(cases, tc)
			}
		}
	}
	var ours, peer time.Duration
	for b.Loop() {
		start := time.Now()
		found := assign(b, cases, names.Names)
		ours += time.Since(start)
		start = time.Now()
		if want := assignByRegexp(cases, names.Names); found != want {
			b.Fatalf("found %d, a plain loop %d", found, want)
		}
		peer += time.Since(start)
	}
	b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "ms/assignment")
	b.ReportMetric(float64(peer)/float64(ours), "x-regexp")
}

func assign(b *testing.B, cases []specs.TestCase, names []string) int {
	assigned, err := specs.Assign(cases, names)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	for _, a := range assigned {
		n += len(a.Tests)
	}
	return n
}

func assignByRegexp(cases []specs.TestCase, names []string) int {
	n := 0
	for _, tc := range cases {
		focus := regexp.MustCompile(strings.Join(tc.Expressions(), "|"))
		for _, name := range names {
			if focus.MatchString(specs.Suite + " " + name) {
				n++
			}
		}
	}
	return n
}
