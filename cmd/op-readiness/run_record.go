package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/runner"
)

// recordFile keeps in the report directory what a run was and came to. docs/run.md documents it.
const recordFile = "op-readiness.json"

// recordSchema names the form of the record. Within a version keys are only ever added.
const recordSchema = "op-readiness.run/v1"

// record is the content of recordFile. It is written before e2e.test is called, without summary, and again at the end.
type record struct {
	Schema            string          `json:"schema"`
	Tool              string          `json:"tool"` // version of op-readiness
	Started           time.Time       `json:"started"`
	Ended             *time.Time      `json:"ended,omitempty"`      // absent: the run did not come to its end
	Categories        []string        `json:"categories,omitempty"` // chosen by name; absent: all
	Abilities         []string        `json:"abilities,omitempty"`  // chosen by id; absent: all of the categories
	KubernetesVersion string          `json:"kubernetesVersion"`
	Provider          string          `json:"provider"`
	E2ETest           recordBinary    `json:"e2eTest"`
	Cluster           *runner.Cluster `json:"cluster,omitempty"`
	Plan              runner.Plan     `json:"plan"`        // of the last run into this folder
	Invocations       []runner.Result `json:"invocations"` // of all runs into this folder
	Summary           *reporter.JSON  `json:"summary,omitempty"`
}

type recordBinary struct {
	Path    string `json:"path"`
	Release string `json:"release,omitempty"`
	Tests   int    `json:"tests"`
}

// readRecord returns the record of a report directory, nil if there is none.
func readRecord(dir string) (*record, error) {
	name := filepath.Join(dir, recordFile)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var r record
	if err := json.Unmarshal(data, &r); err != nil {
		return nil, fmt.Errorf("reading %q: %w", name, err)
	}
	if r.Schema != recordSchema {
		return nil, fmt.Errorf("reading %q: schema %q is not %q", name, r.Schema, recordSchema)
	}
	return &r, nil
}

func (r *readinessRun) newRecord() record {
	rec := record{
		Schema: recordSchema, Tool: version(), Started: time.Now().UTC(), Categories: r.categories, Abilities: r.abilities,
		KubernetesVersion: r.version, Provider: r.provider, Cluster: r.cluster, Plan: r.plan, Invocations: []runner.Result{},
		E2ETest: recordBinary{Path: r.e2e.Path, Release: r.e2e.Release, Tests: len(r.e2e.Tests)},
	}
	if before := r.earlier.record; before != nil {
		rec.Invocations = before.Invocations
		rec.Categories = union(before.Categories, rec.Categories)
	}
	return rec
}

// union joins two choices, of which an empty one means all.
func union(a, b []string) []string {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	joined := append([]string{}, a...)
	for _, item := range b {
		if !slices.Contains(joined, item) {
			joined = append(joined, item)
		}
	}
	return joined
}

func (r record) write(dir string) error {
	return writeWith(filepath.Join(dir, recordFile), func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(r)
	})
}

// writeWith renders a file in memory and writes it whole or not at all.
func writeWith(name string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return fmt.Errorf("writing %q: %w", name, err)
	}
	return writeFile(name, text.Bytes())
}

// addMetadata adds to the folder's metadata.json, which Prow copies into finished.json and TestGrid reads for the heads
// of its columns. The revision of whoever made the cluster stays; the other two keys are ours, and say what holds now.
func addMetadata(dir, kubernetesVersion, verdict string) error {
	name := filepath.Join(dir, "metadata.json")
	metadata := map[string]any{}
	data, err := os.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(data, &metadata)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("adding to %q: %w", name, err)
	}
	if _, there := metadata["revision"]; !there {
		metadata["revision"] = kubernetesVersion
	}
	metadata["kubernetes-version"], metadata["op-readiness"] = kubernetesVersion, verdict
	return writeWith(name, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(metadata)
	})
}
