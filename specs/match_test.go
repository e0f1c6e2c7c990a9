package specs_test

import (
	"regexp"
	"slices"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// ginkgo is Ginkgo's rule in its plainest form, but for an empty focus, and with each string by itself.
func ginkgo(focus, skip []string, text string) bool {
	full := specs.Suite + " " + text
	matches := func(expr string) bool { return regexp.MustCompile(expr).MatchString(full) }
	return slices.ContainsFunc(focus, matches) && !slices.ContainsFunc(skip, matches)
}

var matchTables = []struct{ focus, skip []string }{
	{},
	{focus: []string{`^Kubernetes e2e suite \[sig-a\] works \(fine\)$`}},
	{focus: []string{`^Kubernetes e2e suite \[sig-a\] works \(fine\)$`, `also`}},
	{focus: []string{`works`}, skip: []string{`\[Slow\]`}},
	{focus: []string{`^\[sig-a\]`}},
	{focus: []string{`(?i)^KUBERNETES E2E SUITE \[SIG-A\] WORKS`, `ALSO`}},
	{focus: []string{`(?i)nothing`, `^Kubernetes e2e suite \[SIG-A\] ALSO works$`}},
	{focus: []string{`works$|fine`}, skip: []string{`^Kubernetes e2e suite \[sig-b\]`, `x{3}`}},
	{focus: []string{`^Kubernetes e2e suite [sg] works (fine)$`}},
	{focus: []string{`\Qalso`, `^Kubernetes e2e suite \[sig-b\] works$`}},
	{focus: []string{`works`}, skip: []string{`\Q[sig-a]`, `(?i)FINE`, `SLOW`}},
	{focus: []string{`(?P<n>works)`, `(?P<n>also)`}, skip: []string{`(?P<n>x{3})`, `(?P<n>\[Slow)`}},
}

// TestMatch holds that matcher and index select what Ginkgo selects, whatever short cuts they take.
func TestMatch(t *testing.T) {
	t.Parallel()
	texts := []string{
		"[sig-a] works (fine)", "[sig-a] works (fine) [Slow]", "[sig-a] also works", "[sig-b] works", "[sig-b] xxx also fine", "",
	}
	var cases []specs.TestCase
	for _, table := range matchTables {
		cases = append(cases, specs.TestCase{Focus: table.focus, Skip: table.skip})
	}
	index, err := specs.NewIndex(cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range texts {
		found := index.Lookup(text, nil)
		for i, table := range matchTables {
			m, err := specs.NewMatcher(table.focus, table.skip)
			if err != nil {
				t.Fatal(err)
			}
			want := ginkgo(table.focus, table.skip, text)
			if got := m.Match(text); got != want {
				t.Errorf("focus %q skip %q: Match(%q) = %t", table.focus, table.skip, text, got)
			}
			if got := slices.Contains(found, i); got != want {
				t.Errorf("focus %q skip %q: Lookup(%q) finds it: %t", table.focus, table.skip, text, got)
			}
		}
	}
}

// TestExact holds which expressions are looked up by name: all that spell one out, and no other.
func TestExact(t *testing.T) {
	t.Parallel()
	for expr, want := range map[string]bool{
		`^a$`: true, `^Kubernetes e2e suite \[sig-a\] works \(fine\)$`: true, specs.Exactly("[sig-a] works (fine)"): true,
		`a`: false, `^a`: false, `a$`: false, `^a.$`: false, `^(?i)a$`: false, `(?i)^a$`: false, `^a$|^b$`: false, `^$`: false, `^ab?$`: false,
		`^a|b$`: false, `(?m)^a$`: false, `\ba$`: false, `^a\b`: false, `^.$`: false, `^(`: false, `^|a|$`: false, `^a*b$`: false, `(a)b(c)`: false, `xy*z`: false,
	} {
		if got := specs.Exact(expr); got != want {
			t.Errorf("%q: %t, want %t", expr, got, want)
		}
	}
}

// TestLookupOrder holds that test cases are found in their order, and once each, whether by name or by expression.
func TestLookupOrder(t *testing.T) {
	t.Parallel()
	exact := specs.Exactly("a")
	index, err := specs.NewIndex([]specs.TestCase{
		{Focus: []string{"suite a", exact, "a$"}}, {Focus: []string{"zzz"}}, {Focus: []string{exact}, AnyOf: [][]string{{"."}}}, {Focus: []string{"a"}, Skip: []string{"a$"}}, {Focus: []string{"x", "a"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := index.Lookup("a", []int{7}), []int{7, 0, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("Lookup = %d, want %d", got, want)
	}
	for _, focus := range []string{"(", exact} {
		m, err := specs.NewMatcher([]string{focus}, []string{"a("})
		if err == nil || m.Match("a") || (specs.Matcher{}).Match("a") {
			t.Errorf("focus %q with a skip that does not compile: %v", focus, err)
		}
	}
}

func FuzzMatch(f *testing.F) {
	f.Add(`^Kubernetes e2e suite a$`, `(?i)b`, `c`, "a")
	f.Add(`\Qa`, `^Kubernetes e2e suite x$`, `c`, "x")
	f.Add(`a|b`, `^Kubernetes e2e suite \[x\]$`, ``, "[x]")
	f.Fuzz(func(t *testing.T, a, b, skip, text string) {
		focus, skips := []string{a, b}, []string{skip}
		for _, expr := range []string{a, b, skip} {
			if _, err := regexp.Compile(expr); err != nil || expr == "" {
				t.Skip()
			}
		}
		m, err := specs.NewMatcher(focus, skips)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := m.Match(text), ginkgo(focus, skips, text); got != want {
			t.Errorf("focus %q skip %q: Match(%q) = %t, want %t", focus, skips, text, got, want)
		}
	})
}

// TestUnion holds that strings keep their meaning beside each other, in one expression.
func TestUnion(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		exprs []string
		want  string
	}{
		{nil, ``},
		{[]string{`a`, `b`}, `a|b`},
		{[]string{`(?i)a`, `b`}, `(?:(?i:A))|b`},
		{[]string{`\Qa.b`, `c`}, `(?:a\.b)|c`},
		{[]string{`(?P<n>x)`, `(?P<n>y)`}, `(?:x)|(?:y)`},
		{[]string{`(?i`, `c`}, `(?i|c`},
		{[]string{`(?i)x(y(z)|w)`}, `(?:(?i:X(?:YZ|W)))`},
	} {
		if got := specs.Union(test.exprs); got != test.want {
			t.Errorf("Union(%q) = %s, want %s", test.exprs, got, test.want)
		}
	}
}
