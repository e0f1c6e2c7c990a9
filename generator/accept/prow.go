package accept

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	prowconfig "sigs.k8s.io/prow/pkg/config"
	"sigs.k8s.io/yaml"

	"sigs.k8s.io/windows-operational-readiness/config"
	"sigs.k8s.io/windows-operational-readiness/generator"
)

// job is a job as Prow's loader gives it, with defaults and presets merged in.
type job struct {
	prowconfig.JobBase
	repository string                // "" for a periodic
	presubmit  *prowconfig.Presubmit // these three: nil but for one
	postsubmit *prowconfig.Postsubmit
	periodic   *prowconfig.Periodic
}

func (j job) String() string {
	if j.repository == "" {
		return fmt.Sprintf("job %q", j.Name)
	}
	return fmt.Sprintf("job %q on %s", j.Name, j.repository)
}

// trusted tells whether the job stands where those with credentials do.
func (j job) trusted(p config.Profile) bool {
	for _, folder := range []string{p.Folders.Trusted, p.Folders.Publish} {
		if folder != "" && folder != p.Folders.Jobs && j.in(folder) {
			return true
		}
	}
	return false
}

// in tells whether the job stands in a folder.
func (j job) in(folder string) bool {
	return strings.Contains(filepath.ToSlash(j.SourcePath), "/"+folder+"/")
}

// loadJobs writes the job files to a folder of their own and loads them as Prow does.
func loadJobs(files []generator.File, cfg config.Config) ([]job, error) {
	folder, err := os.MkdirTemp("", "op-readiness-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	files = only(cfg.Profile.JobsFolder(), files)
	if err := writeAll(folder, append(files, prowConfigFile(cfg))); err != nil {
		return nil, err
	}
	loaded, err := prowconfig.LoadStrict(filepath.Join(folder, prowConfigName), filepath.Join(folder, cfg.Profile.JobsFolder()), nil, "")
	if err != nil {
		if own := unreadable(files); own != nil {
			return nil, own
		}
		text := strings.ReplaceAll(err.Error(), folder+string(filepath.Separator), "")
		if refused := refusedOf(text); len(refused) > 0 {
			return nil, refused
		}
		return nil, fmt.Errorf("prow: %s", text)
	}
	return jobsOf(loaded), nil
}

// refusal is why Prow's loader takes jobs for invalid.
type refusal []problem

func (r refusal) Error() string { return fmt.Sprintf("prow: %d invalid jobs", len(r)) }

var invalidJob = regexp.MustCompile(`invalid (?:presubmit|postsubmit|periodic) job ([a-z0-9-]+): `)

// refusedOf takes the jobs out of the one line of Prow's loader that has them all. None: it speaks of something else.
func refusedOf(text string) refusal {
	var found refusal
	all := invalidJob.FindAllStringSubmatchIndex(text, -1)
	for i, m := range all {
		end := len(text)
		if i+1 < len(all) {
			end = all[i+1][0]
		}
		name := text[m[2]:m[3]]
		why := strings.TrimRight(text[m[1]:end], ", ]")
		path := "name"
		switch {
		case strings.Contains(why, "init container"):
			path = "spec.initContainers"
		case strings.Contains(why, "container") || strings.Contains(why, "env ") || strings.Contains(why, "volume"):
			path = "spec.containers[0]"
		}
		found = append(found, problem{of: fmt.Sprintf("job %q", name), job: name, path: path, text: "prow: " + why})
	}
	return found
}

// only returns the files below a folder.
func only(folder string, files []generator.File) []generator.File {
	var below []generator.File
	for _, f := range files {
		if strings.HasPrefix(f.Path, folder+"/") {
			below = append(below, f)
		}
	}
	return below
}

func writeAll(folder string, files []generator.File) error {
	for _, f := range files {
		name := filepath.Join(folder, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func jobsOf(cfg *prowconfig.Config) []job {
	var jobs []job
	for i := range cfg.Periodics {
		jobs = append(jobs, job{JobBase: cfg.Periodics[i].JobBase, periodic: &cfg.Periodics[i]})
	}
	for _, repository := range slices.Sorted(maps.Keys(cfg.PresubmitsStatic)) {
		presubmits := cfg.PresubmitsStatic[repository]
		for i := range presubmits {
			jobs = append(jobs, job{JobBase: presubmits[i].JobBase, repository: repository, presubmit: &presubmits[i]})
		}
	}
	for _, repository := range slices.Sorted(maps.Keys(cfg.PostsubmitsStatic)) {
		postsubmits := cfg.PostsubmitsStatic[repository]
		for i := range postsubmits {
			jobs = append(jobs, job{JobBase: postsubmits[i].JobBase, repository: repository, postsubmit: &postsubmits[i]})
		}
	}
	return jobs
}

const prowConfigName = "config.yaml"

func prowConfigFile(cfg config.Config) generator.File {
	entries := []any{map[string]any{"config": defaultDecoration(cfg.Bucket)}}
	return jsonFile(prowConfigName, map[string]any{"plank": map[string]any{"default_decoration_config_entries": entries}})
}

// defaultDecoration is what a Prow says of the pods of all jobs, as far as its loader asks for it.
func defaultDecoration(bucket string) map[string]any {
	images := map[string]any{}
	for _, name := range []string{"clonerefs", "initupload", "entrypoint", "sidecar"} {
		images[name] = name
	}
	return map[string]any{
		"gcs_configuration": map[string]any{"bucket": bucket, "path_strategy": "explicit"},
		"utility_images":    images,
	}
}

// jsonFile writes JSON, which is YAML too.
func jsonFile(path string, content map[string]any) generator.File {
	data, err := json.Marshal(content)
	if err != nil {
		panic(err) // maps, lists and texts always encode
	}
	return generator.File{Path: path, Data: data}
}

// unreadable returns, for each job that is not one to Prow's types, its name and why; nil if all of them are. Prow's loader
// stops at the first and names the file alone.
func unreadable(files []generator.File) error {
	var errs []error
	for _, f := range files {
		var content struct {
			Periodics   []json.RawMessage            `json:"periodics"`
			Presubmits  map[string][]json.RawMessage `json:"presubmits"`
			Postsubmits map[string][]json.RawMessage `json:"postsubmits"`
		}
		if err := yaml.Unmarshal(f.Data, &content); err != nil {
			return nil // no YAML, which the loader's words are fit for
		}
		errs = append(errs, decodeAll[prowconfig.Periodic](f.Path, content.Periodics)...)
		for _, repository := range slices.Sorted(maps.Keys(content.Presubmits)) {
			errs = append(errs, decodeAll[prowconfig.Presubmit](f.Path, content.Presubmits[repository])...)
		}
		for _, repository := range slices.Sorted(maps.Keys(content.Postsubmits)) {
			errs = append(errs, decodeAll[prowconfig.Postsubmit](f.Path, content.Postsubmits[repository])...)
		}
	}
	return errors.Join(errs...)
}

// decodeAll decodes jobs strictly into Prow's type T.
func decodeAll[T any](file string, jobs []json.RawMessage) []error {
	var errs []error
	for _, text := range jobs {
		var named struct {
			Name any `json:"name"`
		}
		var job T
		if err := yaml.UnmarshalStrict(text, &job); err != nil && json.Unmarshal(text, &named) == nil {
			errs = append(errs, fmt.Errorf("%s: job %q is none to Prow: %w", file, named.Name, innermost(err)))
		}
	}
	return errs
}

// innermost returns the error without the words of those that passed it on.
func innermost(err error) error {
	for below := errors.Unwrap(err); below != nil; below = errors.Unwrap(err) {
		err = below
	}
	return err
}
