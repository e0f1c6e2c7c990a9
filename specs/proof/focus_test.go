package proof_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

// byFlags returns the names that runs of e2e.test with the selections' flags would run, by Ginkgo's rule alone.
func byFlags(t *testing.T, selections []proof.Selection, names []string) []string {
	t.Helper()
	var run []string
	for _, s := range selections {
		focus, err := regexp.Compile(s.Focus)
		if err != nil || s.Focus == "" {
			t.Fatalf("focus %q: %v", s.Focus, err)
		}
		skip, err := regexp.Compile(s.Skip)
		if err != nil {
			t.Fatalf("skip %q: %v", s.Skip, err)
		}
		for _, name := range names {
			full := specs.Suite + " " + name
			if focus.MatchString(full) && (s.Skip == "" || !skip.MatchString(full)) {
				run = append(run, name)
			}
		}
	}
	slices.Sort(run)
	return slices.Compact(run)
}

// bySpec returns the names that some ability selects.
func bySpec(t *testing.T, categories []specs.Category, names []string) []string {
	t.Helper()
	var run []string
	for _, c := range categories {
		for _, tc := range c.TestCases {
			m, err := specs.NewMatcher(tc.Focus, tc.Skip)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				if m.Match(name) {
					run = append(run, name)
				}
			}
		}
	}
	slices.Sort(run)
	return slices.Compact(run)
}

// TestFocusShipped holds that the printed flags select exactly the tests of the abilities, in every catalog, for all
// categories and for each.
func TestFocusShipped(t *testing.T) {
	t.Parallel()
	categories, catalogs := shipped(t)
	for _, c := range catalogs {
		selected, err := specs.Select(categories, c.Minor)
		if err != nil {
			t.Fatal(err)
		}
		sets := [][]specs.Category{selected}
		for i := range selected {
			sets = append(sets, selected[i:i+1])
		}
		for _, set := range sets {
			run := byFlags(t, proof.Focus(set), c.Names)
			if diff := cmp.Diff(bySpec(t, set, c.Names), run); diff != "" {
				t.Errorf("%s, %s and %d more (-spec +flags):\n%s", c.Version, set[0].Name, len(set)-1, diff)
			}
			if len(set) == len(selected) && len(run) < 20 {
				t.Errorf("%s: the flags select %d tests", c.Version, len(run))
			}
		}
	}
}

// TestFocus holds how abilities are put together: by skip, each focus string once, and with what would reach beyond
// its own string kept in.
func TestFocus(t *testing.T) {
	t.Parallel()
	categories := []specs.Category{
		{Name: "Core.Network", TestCases: []specs.TestCase{
			{ID: "a", Focus: []string{`x\|y`, `y`}},
			{ID: "b", Focus: []string{`isn't`}, Skip: []string{"s", "t"}},
			{ID: "none", Unproven: "no test"},
			{ID: "c", Focus: []string{`y`, `z`}},
		}},
		{Name: "Core.Storage", TestCases: []specs.TestCase{
			{ID: "d", Focus: []string{`(?i)v`, `w`}},
			{ID: "e", Focus: []string{`\Qa.b`}},
			{ID: "f", Focus: []string{`(?P<name>g)+`}},
			{ID: "g", Focus: []string{`u`}, Skip: []string{"s|t"}},
		}},
	}
	want := []proof.Selection{
		{Abilities: []string{"a", "c", "d", "e", "f"}, Focus: `x\|y|y|z|(?:(?i:V))|w|(?:a\.b)|(?:g+)`},
		{Abilities: []string{"b", "g"}, Focus: `isn't|u`, Skip: "s|t"},
	}
	got := proof.Focus(categories)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Focus (-want +got):\n%s", diff)
	}
	if flags, want := got[1].Flags(), `--ginkgo.focus='isn'\''t|u' --ginkgo.skip='s|t'`; flags != want {
		t.Errorf("Flags() = %s, want %s", flags, want)
	}
	names := []specs.Category{{TestCases: []specs.TestCase{
		{ID: "a", Focus: []string{`^Kubernetes e2e suite a$`, `^Kubernetes e2e suite b|c`, `d`}},
		{ID: "b", Focus: []string{`^Kubernetes e2e suite e$`, `^Kubernetes e2e suite ?f`}},
	}}}
	focus := `^Kubernetes e2e suite (?:a$|e$)|^Kubernetes e2e suite b|c|d|^Kubernetes e2e suite ?f`
	if got := proof.Focus(names)[0].Focus; got != focus {
		t.Errorf("Focus of whole names: %s, want %s", got, focus)
	}
	if got := proof.Focus(categories[:0]); got != nil {
		t.Errorf("Focus of nothing: %v", got)
	}
}

// TestFlagsShell holds that a shell reads back what Flags quotes.
func TestFlagsShell(t *testing.T) {
	t.Parallel()
	s := proof.Selection{Focus: `a'b "c" $HOME \d+ ` + "`x`\n" + `!`, Skip: `'`}
	out, err := exec.Command("sh", "-c", "printf '%s\\0' "+s.Flags()).Output()
	if want := "--ginkgo.focus=" + s.Focus + "\x00--ginkgo.skip='\x00"; err != nil || string(out) != want {
		t.Errorf("the shell reads %q, %v; want %q", out, err, want)
	}
}

// FuzzFocus holds that the printed focus selects the same set as the specs, whatever the expressions.
func FuzzFocus(f *testing.F) {
	f.Add(`^Kubernetes e2e suite \[sig-a\] x$`, `(?i)b|C`, `\[Slow\]`, `[sig-a] x`)
	f.Add(`(?P<n>a)(?P<m>b)*`, `(?P<n>c)`, ``, `ab`)
	f.Add(`\Qa|b`, `\Qc`, `(?s).`, "a|b")
	f.Add(`(?U)a+?|(?m)^b$`, `x{2,3}|`, `z`, "a\nb")
	f.Add(`a\|b`, `[|b]`, `c`, "b")
	f.Add(`^Kubernetes e2e suite a`, `^Kubernetes e2e suite b|c`, ``, "a")
	f.Add(`^Kubernetes e2e suite *`, `^Kubernetes e2e suite `, ``, "")
	f.Fuzz(func(t *testing.T, a, b, skip, name string) {
		cases := []specs.TestCase{{ID: "a", Focus: []string{a}}, {ID: "b", Focus: []string{b}}, {ID: "ab", Focus: []string{a, b}}}
		if a == "" || b == "" {
			t.Skip()
		}
		if skip != "" {
			cases[1].Skip = []string{skip}
		}
		if _, err := specs.NewIndex(cases); err != nil {
			t.Skip()
		}
		categories := []specs.Category{{Name: "Core.Network", TestCases: cases}}
		names := []string{name, "", "[sig-a] x", a, b, strings.TrimPrefix(a, "^Kubernetes e2e suite ")}
		slices.Sort(names)
		if diff := cmp.Diff(bySpec(t, categories, names), byFlags(t, proof.Focus(categories), names)); diff != "" {
			t.Errorf("%q %q skip %q (-spec +flags):\n%s", a, b, skip, diff)
		}
	})
}
