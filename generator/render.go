package generator

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"text/template"

	"sigs.k8s.io/yaml"

	"sigs.k8s.io/windows-operational-readiness/internal/nearest"
	"sigs.k8s.io/windows-operational-readiness/internal/schedule"
	"sigs.k8s.io/windows-operational-readiness/internal/slug"
)

// File is one generated file.
type File struct {
	Path string // below the output folder, with slashes
	Data []byte
	Once bool // it is written if it is not there, and left alone if it is
}

// fileStem begins the base name of each file. Prow wants that of a job file to be unique in its whole repository.
const fileStem = "windows-op-readiness"

// Render fills in the templates for each job and writes what comes out, and the dashboards, in a stable order. The
// templates are in a folder of fsys with the name that the plan gives.
func Render(plan Plan, fsys fs.FS) ([]File, error) {
	t, err := parseTemplates(plan, fsys)
	if err != nil {
		return nil, err
	}
	var makers []func() (File, error)
	if len(plan.Dashboards) > 0 {
		makers = append(makers, func() (File, error) { return testgridFile(plan), nil })
	}
	for _, jobs := range byVersion(plan.Periodics) {
		makers = append(makers, func() (File, error) { return periodicFile(t, plan, jobs) })
	}
	if len(plan.Presubmits) > 0 {
		makers = append(makers, func() (File, error) { return presubmitFile(t, plan) })
	}
	if plan.Summaries != nil {
		makers = append(makers, func() (File, error) { return summariesFile(t, plan) })
	}
	if plan.Publish != nil {
		makers = append(makers, func() (File, error) { return publishFile(t, plan) })
	}
	files := make([]File, len(makers))
	errs := make([]error, len(makers))
	each(len(makers), func(i int) { files[i], errs[i] = makers[i]() })
	if err := explain(plan, fsys, errs); err != nil {
		return nil, err
	}
	if len(plan.Images) > 0 {
		files = append(files, imagesOf(plan))
	}
	if len(plan.Owners.Approvers) > 0 {
		files = append(files, owners(plan))
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

// parseTemplates reads all templates of the plan's provider, so that they can use each other.
func parseTemplates(plan Plan, fsys fs.FS) (*template.Template, error) {
	funcs := template.FuncMap{"quote": quote, "json": jsonText, "join": strings.Join}
	t := template.New("").Funcs(funcs).Option("missingkey=error")
	names, err := fs.Glob(fsys, path.Join(plan.Templates, "*.tmpl"))
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		known := folders(fsys)
		return nil, fmt.Errorf("%s: no templates %q%s; known are %q",
			plan.TemplatesAt, plan.Templates, nearest.Hint(plan.Templates, known), known)
	}
	if t, err = t.ParseFS(fsys, names...); err != nil {
		return nil, fmt.Errorf("reading templates %q: %w", plan.Templates, err)
	}
	needed := []string{periodicTemplate, presubmitTemplate}
	if plan.Summaries != nil {
		needed = append(needed, summariesTemplate)
	}
	if plan.Publish != nil {
		needed = append(needed, publishTemplate)
	}
	for _, name := range needed {
		if t.Lookup(name) == nil {
			return nil, fmt.Errorf("%s: templates %q lack %s", plan.TemplatesAt, plan.Templates, name)
		}
	}
	return t, nil
}

const (
	periodicTemplate  = "periodic.yaml.tmpl"
	presubmitTemplate = "presubmit.yaml.tmpl"
	summariesTemplate = "summaries.yaml.tmpl"
	publishTemplate   = "publish.yaml.tmpl"
)

// quote returns the parts, joined, as one YAML scalar, whatever is in them.
func quote(parts ...string) string { return scalar(strings.Join(parts, "")) }

// jsonText returns a map or list as JSON, which is YAML on one line.
func jsonText(v any) (string, error) {
	data, err := json.Marshal(v)
	return string(data), err
}

func folders(fsys fs.FS) []string {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil
	}
	names := []string{}
	for _, e := range entries {
		if e.IsDir() {
			names = append(names, e.Name())
		}
	}
	return names
}

// byVersion splits jobs, which stand in the order of their versions.
func byVersion(jobs []Job) [][]Job {
	var groups [][]Job
	for i, j := range jobs {
		if i == 0 || jobs[i-1].Version.Name != j.Version.Name {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], j)
	}
	return groups
}

func periodicFile(t *template.Template, plan Plan, jobs []Job) (File, error) {
	rendered, err := renderJobs(t.Lookup(periodicTemplate), jobs)
	if err != nil {
		return File{}, err
	}
	name := fileStem + "-periodics-" + slug.Of(jobs[0].Version.Name) + ".yaml"
	data := encode(header(periodicLoad(jobs)), mapping{{"periodics", rendered}})
	return File{Path: path.Join(plan.Profile.Folders.Jobs, name), Data: data}, nil
}

func presubmitFile(t *template.Template, plan Plan) (File, error) {
	var repositories mapping
	for _, r := range plan.Repositories {
		var jobs []Job
		for _, j := range plan.Presubmits {
			jobs = append(jobs, j.forRepository(r))
		}
		rendered, err := renderJobs(t.Lookup(presubmitTemplate), jobs)
		if err != nil {
			return File{}, err
		}
		if i := slices.IndexFunc(repositories, func(e entry) bool { return e.key == r.FullName() }); i >= 0 {
			repositories[i].value = append(repositories[i].value.([]any), rendered...) // another branch of it
			continue
		}
		repositories = append(repositories, entry{r.FullName(), rendered})
	}
	name := fileStem + "-presubmits.yaml"
	data := encode(header(presubmitLoad(plan)), mapping{{"presubmits", repositories}})
	return File{Path: path.Join(plan.Profile.Folders.Jobs, name), Data: data}, nil
}

func summariesFile(t *template.Template, plan Plan) (File, error) {
	j := *plan.Summaries
	rendered, err := renderJobs(t.Lookup(summariesTemplate), []Job{j})
	if err != nil {
		return File{}, err
	}
	load := fmt.Sprintf("1 periodic, every %s, with a token for GitHub.", schedule.Text(j.Every))
	data := encode(header(load), mapping{{"periodics", rendered}})
	return File{Path: path.Join(plan.Profile.Folders.Trusted, fileStem+"-report.yaml"), Data: data}, nil
}

// publishFile is named after the project of Google Cloud, as test-infra wants it of such jobs.
func publishFile(t *template.Template, plan Plan) (File, error) {
	j := *plan.Publish
	rendered, err := renderJobs(t.Lookup(publishTemplate), []Job{j})
	if err != nil {
		return File{}, err
	}
	data := encode(header("1 postsubmit, which publishes an image."), mapping{{"postsubmits", mapping{{j.Repository.FullName(), rendered}}}})
	return File{Path: path.Join(plan.Profile.Folders.Publish, j.Project+".yaml"), Data: data}, nil
}

// renderJobs renders each job. The errors are in the order of the jobs.
func renderJobs(t *template.Template, jobs []Job) ([]any, error) {
	rendered := make([]any, len(jobs))
	errs := make([]error, len(jobs))
	each(len(jobs), func(i int) { rendered[i], errs[i] = renderJob(t, jobs[i]) })
	return rendered, joinFaults(errs)
}

// each calls f with 0 to n-1, on all processors.
func each(n int, f func(i int)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	wg.Wait()
}

// renderJob fills in one template and returns what the text says: maps, lists and scalars.
//
// Note: whether that is a job is for Prow's own loader to tell (accept.Check). Prow's types would say so here, at the price
// of a second reading of every job and of all of Prow in every program that makes a plan.
func renderJob(t *template.Template, j Job) (any, error) {
	var text bytes.Buffer
	if err := t.Execute(&text, j); err != nil {
		return nil, &jobFault{job: j.Name, template: t.Name(), err: err}
	}
	job, err := decode(text.Bytes())
	if err != nil {
		return nil, &jobFault{job: j.Name, template: t.Name(), err: err, rendered: true}
	}
	return prune(job), nil
}

// decode reads a YAML mapping in which no key stands twice, as Prow reads it: by way of JSON.
func decode(text []byte) (map[string]any, error) {
	data, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return nil, err
	}
	var value map[string]any
	if err := json.Unmarshal(data, &value); err != nil || value == nil {
		return nil, errors.New("it is no mapping")
	}
	return value, nil
}
