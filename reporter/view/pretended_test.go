package view_test

import (
	"encoding/csv"
	"regexp"
	"strings"
	"testing"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
)

const onPretended = " on pretended Windows nodes"

// TestNoFormTakesPretenceForWindows holds that no form says of pretended Windows nodes that they are ready, or not, without
// saying what they are, of one build or among others, of the cluster or of a part of it.
func TestNoFormTakesPretenceForWindows(t *testing.T) {
	t.Parallel()
	said := regexp.MustCompile(`(?i)(operationally|categories are|Core\.\w+ (?:is|are)(?: not| not shown to be)?) ready` + "(" + onPretended + ")?")
	of := func(change func(*reporter.Evidence, *reporter.Question)) reporter.Summary {
		e, q := reportertest.PretendedBuild(t)
		change(&e, &q)
		return reportertest.Answer(t, e, q)
	}
	summaries := map[string]reporter.Summary{
		"ready":      of(func(*reporter.Evidence, *reporter.Question) {}),
		"of a part":  of(func(_ *reporter.Evidence, q *reporter.Question) { q.Spec.Required = append(q.Spec.Required, "another") }),
		"incomplete": of(func(e *reporter.Evidence, _ *reporter.Question) { e.End.State = reporter.Cut }),
		"not ready":  of(func(e *reporter.Evidence, _ *reporter.Question) { e.Suites[0].Results[0].State = reporter.Failed }),
	}
	for name, s := range summaries {
		if !strings.Contains(s.Headline(), onPretended) || (name == "ready") != (s.Whole && s.Verdict == reporter.Ready) {
			t.Fatalf("%s: %s", name, s.Headline())
		}
		for form := range greenOf(t) {
			text := renderForm(t, form, view.Options{Width: 1000, Details: true}, s)
			for _, m := range said.FindAllStringSubmatch(text, -1) {
				if m[2] == "" {
					t.Errorf("%s: %s says %q of nodes that pretend", name, form, m[0])
				}
			}
			if form != "csv" && !strings.Contains(text, onPretended) {
				t.Errorf("%s: %s does not say that the nodes pretend:\n%s", name, form, text)
			}
		}
	}
}

// TestPretenceAmongOthers holds that a build on pretended nodes beside one on Windows stands apart wherever builds are counted
// or listed, and that both cells of a spreadsheet tell it.
func TestPretenceAmongOthers(t *testing.T) {
	t.Parallel()
	e, q := reportertest.PretendedBuild(t)
	pretended := reportertest.Answer(t, e, q)
	real := reportertest.Answer(t, first(reportertest.ReadyBuild(t)), q)
	table := render(t, "table", view.Options{Width: 200}, real, pretended)
	for _, want := range []string{"of 2 builds: 1 ready, 1 ready on pretended Windows nodes\n", "\n  2  ready       on pretended Windows nodes; 14 whole, 1 in part, of 17; "} {
		if !strings.Contains(table, want) {
			t.Errorf("the table lacks %q:\n%s", want, table)
		}
	}
	page := render(t, "html", view.Options{}, real, pretended)
	for _, want := range []string{"readiness: READY on pretended Windows nodes, ", "2 builds: 1 ready, 1 ready on pretended Windows nodes.", `<span class="state ready">ready on pretended Windows nodes</span>`, "windows (pretended)"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	e.End.State = reporter.Cut
	bad := reportertest.Answer(t, e, q)
	for verdict, builds := range map[string][]reporter.Summary{
		"READY": {real, real}, "INCOMPLETE on pretended Windows nodes": {real, bad, pretended}, "READY on pretended Windows nodes": {real, pretended},
	} {
		if page := render(t, "html", view.Options{}, builds...); !strings.Contains(page, "<title>Windows operational readiness: "+verdict+", ") {
			t.Errorf("the title does not say %q", verdict)
		}
	}
	rows, err := csv.NewReader(strings.NewReader(render(t, "csv", view.Options{}, real, pretended))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	last := len(rows[0]) - 1
	for i, row := range rows {
		want := "pretended"
		if i > 0 {
			want = "false"
		}
		if i > len(rows)/2 {
			want = "true"
		}
		if row[last] != want {
			t.Errorf("row %d: %q, want %q", i, row[last], want)
		}
	}
}

// first is the evidence of a build.
func first(e reporter.Evidence, _ reporter.Question) reporter.Evidence { return e }
