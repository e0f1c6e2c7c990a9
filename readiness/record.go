package readiness

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"sigs.k8s.io/windows-operational-readiness/internal/atomicfile"
	"sigs.k8s.io/windows-operational-readiness/internal/reportdir"
	"sigs.k8s.io/windows-operational-readiness/reporter"
	"sigs.k8s.io/windows-operational-readiness/reporter/artifacts"
	"sigs.k8s.io/windows-operational-readiness/reporter/view"
	"sigs.k8s.io/windows-operational-readiness/runner"
	"sigs.k8s.io/windows-operational-readiness/specs"
)

// recordSchema names the form of the record. Within a version keys are only ever added.
const recordSchema = "op-readiness.run/v1"

// record says what a run was and came to; docs/run.md documents it. It is written before e2e.test is called, without
// summary, and again at the end.
type record struct {
	Schema            string          `json:"schema"`
	Tool              string          `json:"tool"` // version of op-readiness
	Started           time.Time       `json:"started"`
	Ended             *time.Time      `json:"ended,omitempty"`      // absent: the run did not come to its end
	Categories        []string        `json:"categories,omitempty"` // chosen by name; absent: all
	Abilities         []string        `json:"abilities,omitempty"`  // chosen by id; absent: all of the categories
	Spec              specs.Identity  `json:"spec,omitzero"`        // absent in the records of earlier programs
	KubernetesVersion string          `json:"kubernetesVersion"`
	Provider          string          `json:"provider"`
	E2ETest           recordBinary    `json:"e2eTest"`
	Cluster           *runner.Cluster `json:"cluster,omitempty"`
	Plan              runner.Plan     `json:"plan"`        // of the last run into this folder
	Invocations       []runner.Result `json:"invocations"` // of all runs into this folder
	Summary           *view.JSON      `json:"summary,omitempty"`
}

type recordBinary struct {
	Path    string `json:"path"`
	Release string `json:"release,omitempty"`
	Tests   int    `json:"tests"`
}

// readRecord returns the record of a report directory, nil if there is none.
func readRecord(dir string) (*record, error) {
	name := filepath.Join(dir, reportdir.Record)
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

func (p Plan) newRecord(now time.Time) record {
	o, e2e := p.options, p.facts.E2E
	rec := record{
		Schema: recordSchema, Tool: o.Tool, Started: now.UTC(), Categories: o.Categories, Abilities: o.Abilities, Spec: p.Spec,
		KubernetesVersion: p.Version, Provider: o.Provider, Cluster: p.facts.Cluster, Plan: p.Tests, Invocations: []runner.Result{},
		E2ETest: recordBinary{Path: e2e.Path, Release: e2e.Release, Tests: len(e2e.Tests)},
	}
	if before := p.facts.earlier.record; before != nil {
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
	joined := slices.Clone(a)
	for _, item := range b {
		if !slices.Contains(joined, item) {
			joined = append(joined, item)
		}
	}
	return joined
}

func (r record) write(dir string) error { return writeJSON(filepath.Join(dir, reportdir.Record), r) }

func writeJSON(name string, value any) error {
	return atomicfile.Render(name, func(w io.Writer) error {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		encoder.SetEscapeHTML(false)
		return encoder.Encode(value)
	})
}

// write writes the judgement in the forms that others read.
func (p Plan) write(rec record, summary reporter.Summary) error {
	dir := p.facts.Folder
	ended, judged := time.Now().UTC(), view.NewJSON(summary)
	rec.Ended, rec.Summary = &ended, &judged
	form := func(file, name string) error {
		return atomicfile.Render(filepath.Join(dir, file), func(w io.Writer) error {
			return view.Render(w, name, []reporter.Summary{summary}, view.Options{Addresses: p.options.Addresses})
		})
	}
	return errors.Join(
		form(reportdir.View, "junit"),
		form(reportdir.Page, "html"),
		writeLink(dir),
		rec.write(dir),
		addMetadata(dir, p.Version, summary.Verdict.String()),
	)
}

// writeLink writes where the page will be in a Prow job, for Spyglass's links lens: prow.k8s.io does not show pages
// themselves (https://docs.prow.k8s.io/docs/spyglass/, links).
func writeLink(dir string) error {
	address, err := artifacts.UploadAddress(reportdir.Page)
	if err != nil || address == "" {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, reportdir.PageLink), []byte(address+"\n"))
}

// addMetadata adds to the folder's metadata.json, which Prow copies into finished.json and TestGrid reads for the heads
// of its columns. The revision of whoever made the cluster stays; the other two keys are ours, and say what holds now.
func addMetadata(dir, kubernetesVersion, verdict string) error {
	name := filepath.Join(dir, reportdir.Metadata)
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
	return writeJSON(name, metadata)
}
