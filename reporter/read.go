package reporter

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"sigs.k8s.io/windows-operational-readiness/specs"
)

// ErrNoResults means that a build holds no JUnit file.
var ErrNoResults = errors.New("no junit*.xml")

// ReadDir reads every junit*.xml below dir, the folder of one build, in the order of their paths.
func ReadDir(dir fs.FS) (Results, error) {
	var c Collector
	var version string
	err := fs.WalkDir(dir, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir():
			return nil
		case IsJUnit(name):
			return addFile(&c, dir, name)
		case path.Base(name) == "metadata.json" || path.Base(name) == "finished.json":
			data, err := fs.ReadFile(dir, name)
			if err != nil {
				return err
			}
			if v := Revision(data); v != "" {
				version = v
			}
		}
		return nil
	})
	if err != nil {
		return Results{}, fmt.Errorf("reading results: %w", err)
	}
	results := c.Results()
	results.KubernetesVersion = version
	if results.Files == 0 {
		return Results{}, ErrNoResults
	}
	return results, nil
}

func addFile(c *Collector, dir fs.FS, name string) error {
	file, err := dir.Open(name)
	if err != nil {
		return err
	}
	defer file.Close()
	return c.Add(name, file)
}

// Append adds what next gathered from files that were written after those of c.
func (c *Collector) Append(next *Collector) {
	c.results.Files += next.results.Files
	c.results.Setup = append(c.results.Setup, next.results.Setup...)
	c.results.Incomplete = append(c.results.Incomplete, next.results.Incomplete...)
	c.results.Warnings = append(c.results.Warnings, next.results.Warnings...)
	if c.tests == nil {
		c.tests = map[string]Test{}
	}
	for name, test := range next.tests {
		if first, seen := c.tests[name]; seen {
			test = merge(first, test)
		}
		c.tests[name] = test
	}
}

// IsJUnit tells whether Prow's and TestGrid's rule, junit*.xml, holds for the file; a compressed one is read as well.
func IsJUnit(name string) bool {
	base := strings.TrimSuffix(path.Base(name), ".gz")
	return strings.HasPrefix(base, "junit") && strings.HasSuffix(base, ".xml")
}

// Revision returns the Kubernetes version that a job states: windows-testing's run-capz-e2e.sh writes it to
// artifacts/metadata.json, Prow's sidecar copies it to the metadata of finished.json
// (https://docs.prow.k8s.io/docs/metadata-artifacts/). What is no version, such as a commit, is not returned.
func Revision(data []byte) string {
	var file struct {
		Revision string `json:"revision"`
		Metadata struct {
			Revision string `json:"revision"`
		} `json:"metadata"`
	}
	if json.Unmarshal(data, &file) != nil {
		return "" // somebody else's file of that name
	}
	for _, text := range []string{file.Revision, file.Metadata.Revision} {
		if _, err := specs.ParseVersion(text); err == nil && strings.Contains(text, ".") {
			return text
		}
	}
	return ""
}
