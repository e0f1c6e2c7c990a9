package generator

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"sigs.k8s.io/yaml"

	"sigs.k8s.io/windows-operational-readiness/internal/coordinates"
	"sigs.k8s.io/windows-operational-readiness/templates"
)

const goodJob = `name: {{ quote .Name }}
decorate: true
`

// templatesWith returns templates of a provider called capz, with some of them replaced.
func templatesWith(changed map[string]string) fstest.MapFS {
	texts := map[string]string{periodicTemplate: goodJob + "cron: {{ quote .Cron }}\n", presubmitTemplate: goodJob, summariesTemplate: goodJob + "interval: {{ quote .Interval }}\n", publishTemplate: goodJob}
	maps.Copy(texts, changed)
	fsys := fstest.MapFS{"kubemark/README.md": {}}
	for name, text := range texts {
		if text != "" {
			fsys["capz/"+name] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	return fsys
}

func TestRenderProblems(t *testing.T) {
	t.Parallel()
	plan := smallPlan(t)
	tests := []struct{ name, template, text, want string }{
		{"no such field", periodicTemplate, "name: {{ .Nmae }}", `capz/periodic.yaml.tmpl:1: can't evaluate field Nmae in type generator.Job (job "ci-windows-op-readiness-master-ltsc2022" and 7 others)`},
		{"no such label", periodicTemplate, "name: {{ .Labels.owner }}", `map has no entry for key "owner"`},
		{"no such function", periodicTemplate, "name: {{ nope .Name }}", `reading templates "capz": template: periodic.yaml.tmpl:1: function "nope" not defined`},
		{"key twice", periodicTemplate, goodJob + "decorate: true", `key "decorate" already set`},
		{"no YAML", periodicTemplate, "name: [", `capz/periodic.yaml.tmpl:1: what comes out is no job: `},
		{"a list", periodicTemplate, "- {{ .Name }}", `capz/periodic.yaml.tmpl: what comes out is no job: it is no mapping (job "ci-windows-op-readiness-master-ltsc2022" and 7 others)`},
		{"nothing", periodicTemplate, "# {{ .Name }}", `capz/periodic.yaml.tmpl: what comes out is no job: it is no mapping (job "ci-windows-op-readiness-master-ltsc2022" and 7 others)`},
		{"presubmit", presubmitTemplate, goodJob + "decorate: true", `capz/presubmit.yaml.tmpl:3: what comes out is no job: key "decorate" already set in map (job "pull-windows-op-readiness" and 2 others)`},
		{"absent", presubmitTemplate, "", `templates "capz" lack presubmit.yaml.tmpl`},
		{"absent for the summaries", summariesTemplate, "", `templates "capz" lack summaries.yaml.tmpl`},
		{"absent for the image", publishTemplate, "", `templates "capz" lack publish.yaml.tmpl`},
		{"summaries", summariesTemplate, goodJob + "decorate: true", `capz/summaries.yaml.tmpl:3: what comes out is no job: key "decorate" already set in map (job "ci-windows-op-readiness-report")`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Render(plan, templatesWith(map[string]string{test.template: test.text}))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got:\n%v\nwant:\n%s", err, test.want)
			}
		})
	}
}

func TestRenderWithoutTemplates(t *testing.T) {
	t.Parallel()
	plan := smallPlan(t, "templates: capz", "templates: kubermark")
	_, err := Render(plan, templatesWith(nil))
	want := plan.TemplatesAt + `: no templates "kubermark" (did you mean "kubemark"?); known are ["capz" "kubemark"]`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	if !strings.HasPrefix(plan.TemplatesAt, "config.yaml:") {
		t.Errorf("the place %q is not in the config", plan.TemplatesAt)
	}
}

// TestRenderQuotes holds that nothing in a config can break out of the place that the template gives it.
func TestRenderQuotes(t *testing.T) {
	t.Parallel()
	cfg := configWith(t)
	evil := "x\"\n# yes: {{ .Name }} ' &a *b"
	cfg.ServiceAccount = evil
	cfg.Platforms[0].Title = evil
	plan, err := NewPlan(categoriesOf(t, smallSpec), cfg)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Render(plan, templates.Jobs)
	if err != nil {
		t.Fatal(err)
	}
	jobs := 0
	for _, f := range files {
		for _, j := range testedBy(t, f) {
			jobs++
			if j.Spec.ServiceAccountName != evil {
				t.Errorf("%s: serviceAccountName %q", j.Name, j.Spec.ServiceAccountName)
			}
		}
	}
	if want := len(plan.Periodics) + len(plan.Presubmits)*len(plan.Repositories); jobs != want {
		t.Errorf("got %d jobs, want %d", jobs, want)
	}
}

// writtenJob is a part of a job as it is written.
type writtenJob struct {
	Name string `json:"name"`
	Spec struct {
		ServiceAccountName string `json:"serviceAccountName"`
	} `json:"spec"`
}

// testedBy returns the jobs of a file, but for the one that tests nothing.
func testedBy(t *testing.T, f File) []writtenJob {
	t.Helper()
	var content struct {
		Periodics  []writtenJob            `json:"periodics"`
		Presubmits map[string][]writtenJob `json:"presubmits"`
	}
	if err := yaml.Unmarshal(f.Data, &content); err != nil {
		t.Fatal(err)
	}
	jobs := content.Periodics
	for _, repository := range slices.Sorted(maps.Keys(content.Presubmits)) {
		jobs = append(jobs, content.Presubmits[repository]...)
	}
	return slices.DeleteFunc(jobs, func(j writtenJob) bool { return j.Name == coordinates.ReportJob })
}
