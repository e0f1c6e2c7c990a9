package readiness_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/reportertest"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// TestRows holds that a job begins with a result for each category of whose verdict a run will write one, and for no other: a row
// that a later build has not is red on TestGrid for as long as results are kept, and one that a job that broke off has not stays
// green.
func TestRows(t *testing.T) {
	t.Parallel()
	cfg, err := config.Default()
	if err != nil {
		t.Fatal(err)
	}
	categories, err := specs.Default()
	if err != nil {
		t.Fatal(err)
	}
	plan, err := generator.NewPlan(categories, cfg)
	if err != nil {
		t.Fatal(err)
	}
	row := regexp.MustCompile(`<testcase name="([A-Z][A-Za-z.]+)" classname="Verdict"`)
	for _, j := range slices.Concat(plan.Periodics, plan.Presubmits) {
		q := reportertest.Question(t, map[string]string{"master": "1.37"}[j.Version.Name]+strings.TrimPrefix(j.Version.Name, "master"))
		if len(j.Select) > 0 {
			q.Chosen = true
			q.Spec.Categories = slices.DeleteFunc(slices.Clone(q.Spec.Categories), func(c specs.Category) bool { return !slices.Contains(j.Select, c.Name) })
		}
		for _, evidence := range []reporter.Evidence{{}, reportertest.Proved(t, reporter.Build{ID: "1"}, q)} {
			var text strings.Builder
			if err := view.Render(&text, "junit", []reporter.Summary{reportertest.Answer(t, evidence, q)}, view.Options{}); err != nil {
				t.Fatal(err)
			}
			var rows []string
			for _, m := range row.FindAllStringSubmatch(text.String(), -1) {
				rows = append(rows, m[1])
			}
			if diff := cmp.Diff(rows, j.Rows); diff != "" {
				t.Errorf("%s (-a run +its beginning):\n%s", j.Name, diff)
			}
		}
	}
}
