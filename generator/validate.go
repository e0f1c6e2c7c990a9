package generator

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	testgridconfig "github.com/GoogleCloudPlatform/testgrid/config"
	"github.com/GoogleCloudPlatform/testgrid/config/yamlcfg"
	configpb "github.com/GoogleCloudPlatform/testgrid/pb/config"
	prowconfig "sigs.k8s.io/prow/pkg/config"
)

// Validate has Prow's strict loader and TestGrid's validation read the files, and then holds jobs and dashboards
// against the rules of test-infra and those that nobody else checks. It returns all problems joined.
func Validate(files []File, cfg Config) error {
	var jobs []loadedJob
	var grid *configpb.Configuration
	var prowErr, gridErr error
	var wg sync.WaitGroup
	wg.Go(func() { jobs, prowErr = loadProw(files, cfg) })
	wg.Go(func() { grid, gridErr = loadTestGrid(files) })
	wg.Wait()
	if err := errors.Join(prowErr, gridErr); err != nil {
		return err
	}
	return errors.Join(checkJobs(jobs, cfg), checkTestGrid(jobs, grid))
}

// loadProw writes the job files to a folder of their own, beside the presets that the config knows and a Prow config
// with no more than decoration needs, and loads them as Prow does.
func loadProw(files []File, cfg Config) ([]loadedJob, error) {
	folder, err := os.MkdirTemp("", "op-readiness-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)
	tree := append(jobFiles(files), prowConfigFile(cfg), presetsFile(cfg))
	for _, f := range tree {
		name := filepath.Join(folder, filepath.FromSlash(f.Path))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			return nil, err
		}
	}
	loaded, err := prowconfig.LoadStrict(filepath.Join(folder, prowConfigName), filepath.Join(folder, "jobs"), nil, "")
	if err != nil {
		return nil, fmt.Errorf("prow: %s", strings.ReplaceAll(err.Error(), folder+string(filepath.Separator), ""))
	}
	return loadedJobs(loaded), nil
}

func jobFiles(files []File) []File {
	var jobs []File
	for _, f := range files {
		if strings.HasPrefix(f.Path, "jobs/") {
			jobs = append(jobs, f)
		}
	}
	return jobs
}

const prowConfigName = "config.yaml"

func prowConfigFile(cfg Config) File {
	images := map[string]any{}
	for _, name := range []string{"clonerefs", "initupload", "entrypoint", "sidecar"} {
		images[name] = name
	}
	decoration := map[string]any{
		"gcs_configuration": map[string]any{"bucket": cfg.Bucket, "path_strategy": "explicit"},
		"utility_images":    images,
	}
	entries := []any{map[string]any{"config": decoration}}
	m := mapping{{"plank", map[string]any{"default_decoration_config_entries": entries}}}
	return File{Path: prowConfigName, Data: encode("", m)}
}

func presetsFile(cfg Config) File {
	var presets []any
	for _, p := range cfg.KnownPresets {
		var env, volumes, mounts []any
		for _, name := range p.Env {
			env = append(env, map[string]any{"name": name, "value": "set"})
		}
		for _, name := range p.Volumes {
			volumes = append(volumes, map[string]any{"name": name, "emptyDir": map[string]any{}})
			mounts = append(mounts, map[string]any{"name": name, "mountPath": "/presets/" + name})
		}
		presets = append(presets, map[string]any{
			"labels": map[string]any{p.Name: "true"}, "env": env, "volumes": volumes, "volumeMounts": mounts,
		})
	}
	return File{Path: "jobs/known-presets.yaml", Data: encode("", mapping{{"presets", presets}})}
}

func loadTestGrid(files []File) (*configpb.Configuration, error) {
	var grid configpb.Configuration
	for _, f := range files {
		if !strings.HasPrefix(f.Path, testgridFolder+"/") {
			continue
		}
		if err := yamlcfg.Update(&grid, f.Data, nil, true); err != nil {
			return nil, fmt.Errorf("testgrid: %s: %w", f.Path, err)
		}
	}
	if err := testgridconfig.Validate(&grid); err != nil {
		return nil, flatten("testgrid", err)
	}
	return &grid, nil
}

// flatten gives each error of a list, which go-multierror would print as a paragraph, a line of its own. TestGrid finds
// them in the order of a map, so they are sorted.
func flatten(who string, err error) error {
	list, ok := err.(interface{ WrappedErrors() []error })
	if !ok {
		return fmt.Errorf("%s: %w", who, err)
	}
	var errs []error
	for _, e := range list.WrappedErrors() {
		errs = append(errs, flatten(who, e))
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}
