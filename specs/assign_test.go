package specs_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

func TestAssign(t *testing.T) {
	t.Parallel()
	tests := []string{"[sig-a] one", "[sig-a] two", "[sig-b] two [Slow]", "[sig-b] three"}
	cases := []specs.TestCase{
		{Focus: []string{`^Kubernetes e2e suite \[sig-a\] one$`, `two`}, Skip: []string{`\[Slow\]`}},
		{Unproven: "no test"},
		{Focus: []string{`one`, `one`, `gone`}},
		{Focus: []string{`three`}, AnyOf: [][]string{{`gone`, `lost`}, {`(?i)TWO`, `gone`}}},
		{AnyOf: [][]string{{`gone`}, {`^Kubernetes e2e suite \[sig-b\] three$`, `sig-b`}}},
	}
	want := []specs.Assignment{
		{Tests: []int{0, 1}, Focus: []specs.Requirement{
			{Focus: cases[0].Focus[0], Tests: []int{0}}, {Focus: "two", Tests: []int{1}},
		}},
		{Focus: []specs.Requirement{}},
		{Tests: []int{0}, Focus: []specs.Requirement{
			{Focus: "one", Tests: []int{0}}, {Focus: "one", Tests: []int{0}}, {Focus: "gone"},
		}},
		{Tests: []int{1, 2, 3}, Focus: []specs.Requirement{{Focus: "three", Tests: []int{3}}}, AnyOf: [][]specs.Requirement{
			{{Focus: "gone"}, {Focus: "lost"}}, {{Focus: "(?i)TWO", Tests: []int{1, 2}}, {Focus: "gone"}},
		}},
		{Tests: []int{2, 3}, Focus: []specs.Requirement{}, AnyOf: [][]specs.Requirement{
			{{Focus: "gone"}}, {{Focus: cases[4].AnyOf[1][0], Tests: []int{3}}, {Focus: "sig-b", Tests: []int{2, 3}}},
		}},
	}
	got, err := specs.Assign(cases, tests)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Assign (-want +got):\n%s", diff)
	}
	for i, tc := range cases {
		if got := len(got[i].Ways()); got != max(1, len(tc.AnyOf)) {
			t.Errorf("case %d: %d ways", i, got)
		}
	}
	if _, err := specs.Assign([]specs.TestCase{{Focus: []string{"("}}}, tests); err == nil {
		t.Error("a focus that does not compile: no error")
	}
	if _, err := specs.Assign([]specs.TestCase{{Focus: []string{"a"}, Skip: []string{"("}}}, tests); err == nil {
		t.Error("a skip that does not compile: no error")
	}
}

// TestUnshown holds that every focus string must be shown, and of the alternatives every string of one.
func TestUnshown(t *testing.T) {
	t.Parallel()
	// letters that "Kubernetes e2e suite" does not have
	tests := []string{"q", "w", "z", "v", "qw"}
	for _, test := range []struct {
		name   string
		spec   specs.TestCase
		counts []string // the tests that count
		want   []string
	}{
		{"one", specs.TestCase{Focus: []string{"q"}}, []string{"q"}, nil},
		{"none", specs.TestCase{Focus: []string{"q"}}, nil, []string{"q"}},
		{"one of two", specs.TestCase{Focus: []string{"q", "w"}}, []string{"q"}, []string{"w"}},
		{"one test for both", specs.TestCase{Focus: []string{"q", "w"}}, []string{"qw"}, nil},
		{"selects nothing", specs.TestCase{Focus: []string{"q", "X"}}, tests, []string{"X"}},
		{"alternatives", specs.TestCase{AnyOf: [][]string{{"z"}, {"v"}}}, []string{"v"}, nil},
		{"no alternative", specs.TestCase{AnyOf: [][]string{{"z", "X"}, {"v"}}}, []string{"q"}, []string{"v"}},
		{"half an alternative", specs.TestCase{AnyOf: [][]string{{"z", "v"}, {"X", "Y"}}}, []string{"z"}, []string{"v"}},
		{"alternative without the rest", specs.TestCase{Focus: []string{"q"}, AnyOf: [][]string{{"z"}, {"v"}}}, []string{"z", "v"}, []string{"q"}},
		{"the rest without an alternative", specs.TestCase{Focus: []string{"q"}, AnyOf: [][]string{{"z"}, {"v"}}}, []string{"q"}, []string{"z"}},
	} {
		assigned, err := specs.Assign([]specs.TestCase{test.spec}, tests)
		if err != nil {
			t.Fatal(err)
		}
		got := assigned[0].Unshown(func(i int) bool { return slices.Contains(test.counts, tests[i]) })
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}

// TestLeftOut holds the order of the two reasons: what no test proves is unproven on every provider.
func TestLeftOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		spec     specs.TestCase
		provider string
		want     specs.Omission
		reason   string
	}{
		{specs.TestCase{Focus: []string{"a"}, SkipProviders: []string{"azure"}}, "azure", specs.Exempt, `the spec leaves it out on provider "azure"`},
		{specs.TestCase{Focus: []string{"a"}, SkipProviders: []string{"azure"}}, "skeleton", specs.NotOmitted, ""},
		{specs.TestCase{Focus: []string{"a"}, SkipProviders: []string{""}}, "", specs.NotOmitted, ""},
		{specs.TestCase{Unproven: "no test", SkipProviders: []string{"azure"}}, "azure", specs.Unproven, "no test"},
		{specs.TestCase{Unproven: "no test"}, "", specs.Unproven, "no test"},
	} {
		if got, reason := test.spec.LeftOut(test.provider); got != test.want || reason != test.reason {
			t.Errorf("%+v on %q: %q, %q", test.spec, test.provider, got, reason)
		}
	}
}

func TestExcesses(t *testing.T) {
	t.Parallel()
	many := []string{"a", "b [LinuxOnly]", "c", "d", "e"}
	for _, test := range []struct {
		name  string
		spec  specs.TestCase
		tests []string
		want  []specs.Excess
	}{
		{"within", specs.TestCase{}, many[2:], nil},
		{"none", specs.TestCase{}, nil, nil},
		{"as many as it says", specs.TestCase{MaxTests: 5}, many, []specs.Excess{
			{Message: "its focus matches 1 test for Linux only, which proves nothing of Windows", Tests: many[1:2]},
		}},
		{"too many", specs.TestCase{MaxTests: 2}, many[2:], []specs.Excess{
			{Message: "its focus matches 3 tests, more than maxTests: 2", Hint: "name the tests that prove it, or set maxTests if all of them do"},
		}},
		{"both", specs.TestCase{}, append(many, "f [LinuxOnly]"), []specs.Excess{
			{Message: "its focus matches 6 tests, more than maxTests: 4", Hint: "name the tests that prove it, or set maxTests if all of them do"},
			{Message: "its focus matches 2 tests for Linux only, which proves nothing of Windows", Tests: []string{"b [LinuxOnly]", "f [LinuxOnly]"}},
		}},
	} {
		if diff := cmp.Diff(test.want, test.spec.Excesses(test.tests)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
	}
}
