package proof_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sigs.k8s.io/windows-operational-readiness/specs"
	"sigs.k8s.io/windows-operational-readiness/specs/catalog"
	"sigs.k8s.io/windows-operational-readiness/specs/proof"
)

// TestVerifyShipped holds that the shipped specs are right on every version, warnings included, and that each says which
// job of SIG Windows runs its tests if one does.
func TestVerifyShipped(t *testing.T) {
	t.Parallel()
	categories, catalogs := shipped(t)
	report, err := proof.Verify(categories, versions(catalogs), catalogs)
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Strict().Err(); err != nil {
		t.Error(err)
	}
	if len(report.Abilities) != 46 {
		t.Errorf("%d abilities", len(report.Abilities))
	}
	for _, a := range report.Abilities {
		for i, p := range a.On {
			if in := proof.SeenIn(t, p.Tests); len(p.Tests) > 0 && p.Seen != in {
				t.Errorf("%s on %s: seen %q, but the job that runs its tests is %q", a.ID, report.Releases[i], p.Seen, in)
			}
		}
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	categories, catalogs := small(t)
	report, err := proof.Verify(categories, versions(catalogs), catalogs)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "report.txt", report.WriteTable)
	golden(t, "report.github", report.WriteGitHub)
}

// TestUnused holds that test cases of a retired version are found, and no others.
func TestUnused(t *testing.T) {
	t.Parallel()
	categories, catalogs := small(t)
	for _, test := range []struct {
		versions []specs.Version
		want     []string
	}{
		{versions(catalogs), nil},
		{[]specs.Version{{Major: 1, Minor: 36}}, []string{"ahead at 29"}},
		{[]specs.Version{specs.Master()}, []string{"ahead at 25"}},
	} {
		report, err := proof.Verify(categories, test.versions, catalogs)
		if err != nil {
			t.Fatal(err)
		}
		before := len(report.Findings)
		var got []string
		unused := report.Unused(categories)
		for _, f := range unused.Findings {
			if f.Severity == proof.Warning && strings.HasPrefix(f.Message, "no supported version") {
				got = append(got, fmt.Sprintf("%s at %d", f.Ability, f.Line))
			}
		}
		if !slices.Equal(got, test.want) || len(report.Findings) != before || len(unused.Findings) != before+len(got) {
			t.Errorf("%v: %q, want %q", test.versions, got, test.want)
		}
	}
}

// TestReportErr holds what makes a report an error: errors, of required categories for RequiredErr, and with Strict the
// warnings too.
func TestReportErr(t *testing.T) {
	t.Parallel()
	finding := func(s proof.Severity, required bool) proof.Finding {
		return proof.Finding{Severity: s, Required: required, File: "a.yaml", Line: 3, Ability: "a", Message: "is wrong", Hints: []string{"so?"}}
	}
	for _, test := range []struct {
		findings              []proof.Finding
		err, required, strict bool
	}{
		{},
		{findings: []proof.Finding{finding(proof.Warning, true)}, strict: true},
		{findings: []proof.Finding{finding(proof.Error, false)}, err: true, strict: true},
		{findings: []proof.Finding{finding(proof.Warning, true), finding(proof.Error, true)}, err: true, required: true, strict: true},
	} {
		r := proof.Report{Findings: test.findings}
		if got := r.Err() != nil; got != test.err {
			t.Errorf("%v: Err is %v", test.findings, r.Err())
		}
		if got := r.RequiredErr() != nil; got != test.required {
			t.Errorf("%v: RequiredErr is %v", test.findings, r.RequiredErr())
		}
		if got := r.Strict().Err() != nil; got != test.strict {
			t.Errorf("%v: strict, Err is %v", test.findings, r.Strict().Err())
		}
	}
	one := finding(proof.Error, true)
	one.Release = proof.Release{Version: specs.Version{Major: 1, Minor: 36}}
	two := one
	two.Release = proof.Release{Version: specs.Master(), Assumed: true}
	got := fmt.Sprint(proof.Report{Findings: []proof.Finding{one, two}}.Err())
	if want := "a.yaml:3: ability \"a\": is wrong (Kubernetes 1.36, master*)\n    so?"; got != want {
		t.Errorf("Err is %s, want %s", got, want)
	}
}

// TestVerifyTooOld holds that a version below all catalogs is not passed over.
func TestVerifyTooOld(t *testing.T) {
	t.Parallel()
	categories, catalogs := small(t)
	_, err := proof.Verify(categories, []specs.Version{{Major: 1, Minor: 34}, {Major: 1, Minor: 36}}, catalogs)
	if want := "no catalog of e2e tests for Kubernetes 1.34: the oldest is of v1.35.1"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// plainRegexp is Verify's question in its plainest form: one regular expression for each ability, over all names.
func plainRegexp(categories []specs.Category, catalogs []catalog.Catalog) (int, error) {
	found := 0
	for _, c := range catalogs {
		selected, err := specs.Select(categories, c.Minor)
		if err != nil {
			return 0, err
		}
		for _, category := range selected {
			for _, tc := range category.TestCases {
				n, err := plainMatches(slices.Concat(tc.Focus, tc.Candidates), c.Names)
				if err != nil {
					return 0, err
				}
				found += n
			}
		}
	}
	return found, nil
}

func plainMatches(focus, names []string) (int, error) {
	if len(focus) == 0 {
		return 0, nil
	}
	expr, err := regexp.Compile(strings.Join(focus, "|"))
	if err != nil {
		return 0, err
	}
	n := 0
	for _, name := range names {
		if expr.MatchString(specs.Suite + " " + name) {
			n++
		}
	}
	return n, nil
}

// BenchmarkVerify measures Verify of all specs against three catalogs, and in the same run the plain loop over regular
// expressions. "times-faster" is the second by the first.
func BenchmarkVerify(b *testing.B) {
	categories, catalogs := shipped(b)
	minors := proof.Versions(catalogs)
	var own time.Duration
	b.Run("verify", func(b *testing.B) {
		for b.Loop() {
			if r, err := proof.Verify(categories, minors, catalogs); err != nil || len(r.Findings) > 0 {
				b.Fatal(err, r.Findings)
			}
		}
		own = b.Elapsed() / time.Duration(b.N)
	})
	b.Run("plain-regexp", func(b *testing.B) {
		for b.Loop() {
			if n, err := plainRegexp(categories, catalogs); err != nil || n == 0 {
				b.Fatal(n, err)
			}
		}
		if own > 0 {
			b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(own), "times-faster")
		}
	})
	b.Run("with-reading", func(b *testing.B) {
		for b.Loop() {
			categories, catalogs := shipped(b)
			if _, err := proof.Verify(categories, minors, catalogs); err != nil {
				b.Fatal(err)
			}
		}
	})
}
