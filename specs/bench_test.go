package specs_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
)

// BenchmarkAttribute attributes all tests of Kubernetes 1.36 to all abilities, and, as the peer x-regexp, does the same
// by one regular expression for each ability, as Ginkgo would.
func BenchmarkAttribute(b *testing.B) {
	catalogs, err := catalog.Embedded()
	if err != nil {
		b.Fatal(err)
	}
	names := catalogs[len(catalogs)-1].Names
	categories, err := specs.Default()
	if err != nil {
		b.Fatal(err)
	}
	var cases []specs.TestCase
	for _, c := range categories {
		for _, tc := range c.TestCases {
			if tc.Proven() {
				cases = append(cases, tc)
			}
		}
	}
	var ours, peer time.Duration
	for b.Loop() {
		start := time.Now()
		found := attribute(b, cases, names)
		ours += time.Since(start)
		start = time.Now()
		if want := attributeByRegexp(cases, names); found != want {
			b.Fatalf("found %d, a plain loop %d", found, want)
		}
		peer += time.Since(start)
	}
	b.ReportMetric(float64(ours.Microseconds())/1000/float64(b.N), "ms/attribution")
	b.ReportMetric(float64(peer)/float64(ours), "x-regexp")
}

func attribute(b *testing.B, cases []specs.TestCase, names []string) int {
	index, err := specs.NewIndex(cases)
	if err != nil {
		b.Fatal(err)
	}
	n := 0
	var found []int
	for _, name := range names {
		found = index.Lookup(name, found[:0])
		n += len(found)
	}
	return n
}

func attributeByRegexp(cases []specs.TestCase, names []string) int {
	n := 0
	for _, tc := range cases {
		focus := regexp.MustCompile(strings.Join(tc.Focus, "|"))
		for _, name := range names {
			if focus.MatchString(specs.Suite + " " + name) {
				n++
			}
		}
	}
	return n
}
